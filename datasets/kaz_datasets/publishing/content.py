"""What a release holds here and there: digests by path, compared without a download."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kaz_datasets.errors import NotFound

KEPT = frozenset({".gitattributes"})  # the Hub's own file: never removed by a release
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Content:
    """A file's size in bytes and its digests, of which the Hub tells one.

    It knows a large file by its SHA-256 and a small one by the id of its git blob.
    """

    size: int
    sha256: str | None
    git: str | None

    def same(self, other: Content) -> bool:
        """Whether both are the same bytes, by the best digest that both have."""
        if self.size != other.size:
            return False
        if self.sha256 and other.sha256:
            return self.sha256 == other.sha256
        return self.git is not None and self.git == other.git


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What has to change so that a tree becomes the release."""

    added: list[str]
    removed: list[str]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.added or self.removed)

    def __str__(self) -> str:
        paths = sorted(self.added + self.removed)
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        return paths[0] + more if paths else "nothing"


def local_content(release: Path) -> dict[str, Content]:
    """Every file of a release folder. Raises NotFound if it is not one."""
    if not (release / "release.json").is_file():
        raise NotFound(f"{release} is not a release (it has no release.json): build one first")
    paths = sorted(path for path in release.rglob("*") if path.is_file())
    return {path.relative_to(release).as_posix(): _content_of(path) for path in paths}


def _content_of(path: Path) -> Content:
    size = path.stat().st_size
    sha256, git = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            sha256.update(chunk)
            git.update(chunk)
    return Content(size=size, sha256=sha256.hexdigest(), git=git.hexdigest())


def difference(release: Mapping[str, Content], tree: Mapping[str, Content]) -> Difference:
    """What `tree` lacks of the release, and what it has beyond it."""
    added = [
        path
        for path, content in release.items()
        if path not in tree or not content.same(tree[path])
    ]
    return Difference(added=added, removed=sorted(tree.keys() - release.keys() - KEPT))
