"""Repos as git has them: immutable commits that hold a whole tree, and refs that point at them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kaz_datasets.files import write_json
from kaz_datasets.hub.errors import HubError, repo_not_found, revision_not_found
from kaz_datasets.hub.objects import Entry

Tree = Mapping[str, Entry]
_NAME = re.compile(r"(?!.*(\.\.|--))[A-Za-z0-9_][A-Za-z0-9._-]{0,95}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,40}")


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One state of a repo's files and how it came to be."""

    sha: str
    parent: str | None
    tree: Tree
    title: str
    message: str
    author: str
    date: str


@dataclass(frozen=True, kw_only=True)
class Refs:
    """Which commit each branch and tag points at."""

    branches: Mapping[str, str]
    tags: Mapping[str, str]

    def find(self, name: str) -> str | None:
        """The commit that a short or full ref name points at."""
        short = name.removeprefix("refs/heads/").removeprefix("refs/tags/")
        return self.branches.get(short) or self.tags.get(short)


def now() -> str:
    """The time as the Hub writes it: UTC, milliseconds, Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Repository:
    """One dataset repo, in a folder of JSON files that are each written whole."""

    def __init__(self, repos: Path, repo_id: str) -> None:
        owner, _, name = repo_id.partition("/")
        if not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)):
            raise repo_not_found()
        self.id = repo_id
        self.owner = owner
        self._folder = repos / owner / name

    @property
    def exists(self) -> bool:
        """Whether it was created; its refs are written last."""
        return (self._folder / "refs.json").is_file()

    def create(self, *, private: bool, tree: Tree) -> None:
        """Make the repo, with one commit on `main`."""
        sha = self.write_commit(None, tree, title="initial commit", message="", author="hub")
        self.write_settings({"private": private, "gated": False, "createdAt": now()})
        self.write_refs(Refs(branches={"main": sha}, tags={}))

    def delete(self) -> None:
        """Remove the repo; the contents of its files stay in the store."""
        (self._folder / "refs.json").unlink()
        shutil.rmtree(self._folder)

    def settings(self) -> dict[str, Any]:
        """`private`, `gated` and `createdAt`."""
        return dict(_read(self._folder / "repo.json"))

    def write_settings(self, settings: Mapping[str, Any]) -> None:
        """Replace the settings."""
        write_json(self._folder / "repo.json", settings)

    def refs(self) -> Refs:
        """Branches and tags."""
        return Refs(**_read(self._folder / "refs.json"))

    def write_refs(self, refs: Refs) -> None:
        """Move the refs: what makes a commit visible."""
        write_json(
            self._folder / "refs.json", {"branches": dict(refs.branches), "tags": dict(refs.tags)}
        )

    def resolve(self, revision: str) -> str:
        """The commit of a branch, a tag or a commit's (shortened) id. Raises HubError."""
        if found := self.refs().find(revision):
            return found
        if _COMMIT.fullmatch(revision):
            candidates = list((self._folder / "commits").glob(f"{revision}*.json"))
            if len(candidates) == 1:
                return candidates[0].stem
        raise revision_not_found(revision)

    def commit(self, revision: str) -> Commit:
        """The commit at a revision. Raises HubError."""
        sha = self.resolve(revision)
        kept = _read(self._folder / "commits" / f"{sha}.json")
        tree = {path: Entry(**entry) for path, entry in kept.pop("tree").items()}
        return Commit(sha=sha, tree=tree, **kept)

    def history(self, revision: str) -> Iterator[Commit]:
        """The commit at a revision and those before it, newest first."""
        commit = self.commit(revision)
        yield commit
        while commit.parent:
            commit = self.commit(commit.parent)
            yield commit

    def commits(self) -> list[Commit]:
        """Every commit that a branch or tag reaches, oldest first."""
        refs = self.refs()
        found: dict[str, Commit] = {}
        for head in (*refs.branches.values(), *refs.tags.values()):
            for commit in self.history(head):
                found[commit.sha] = commit
        return sorted(found.values(), key=lambda commit: (commit.date, commit.sha))

    def remove_commits(self, shas: Collection[str]) -> None:
        """Remove commits that nothing points at any more."""
        for sha in shas:
            (self._folder / "commits" / f"{sha}.json").unlink()

    def deleted(self) -> frozenset[str]:
        """SHA-256 of the large files that were deleted for good."""
        path = self._folder / "deleted.json"
        return frozenset(_read(path)["deleted"]) if path.is_file() else frozenset()

    def write_deleted(self, digests: Collection[str]) -> None:
        """Replace the list of deleted files."""
        if digests or self.deleted():
            write_json(self._folder / "deleted.json", {"deleted": sorted(digests)})

    def write_commit(
        self,
        parent: str | None,
        tree: Tree,
        *,
        title: str,
        message: str,
        author: str,
        date: str | None = None,
    ) -> str:
        """Keep a commit that no ref points at yet; returns its id."""
        kept = {
            "parent": parent,
            "tree": {path: tree[path].to_json() for path in sorted(tree)},
            "title": title,
            "message": message,
            "author": author,
            "date": date or now(),
        }
        sha = hashlib.sha1(json.dumps(kept).encode(), usedforsecurity=False).hexdigest()
        write_json(self._folder / "commits" / f"{sha}.json", kept)
        return sha


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise repo_not_found() from None
    except ValueError as error:
        raise HubError(500, f"{path.name} of a repo cannot be read") from error
