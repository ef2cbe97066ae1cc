"""One release = one commit + one tag, whatever happens on the way.

Large files are uploaded first and stay invisible until the commit, which names the parent that the
release was compared with: of two publishers one wins. A lost answer or a killed process leaves
either no commit or a whole one; the next attempt finds it by the digest of `release.json` in its
message, so publishing twice is publishing once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kaz_datasets.errors import Conflict, PublishFailed, Unavailable, WrongUse
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing.content import Content, Difference, difference, local_content

if TYPE_CHECKING:
    from kaz_datasets.publishing.repo import HubRepo

FILES_AT_ONCE = 50
"""Files handed to the Hub in one upload call: what a failure in it makes us ask for again."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """Where a release is now."""

    repo: str
    tag: str
    commit: str
    state: Literal["published", "already published"]


def publish(
    release: Path,
    repo: str,
    *,
    version: str,
    endpoint: str | None,
    token: str,
    private: bool = True,
    timeout: float,
    retry_wait: float = 1.0,
    progress: Progress = silent,
) -> Published:
    """Publish a release folder as `v<version>` of a dataset repo, which is made if it is missing.

    `endpoint` None is the real Hub; `timeout` are the seconds it may stay silent. Raises Refused
    (token), Conflict (the repo moved, or the tag holds something else), Unavailable (no answer in
    time, overload), PublishFailed, NotFound (no release) and WrongUse (name of the repo).
    """
    if repo.count("/") != 1:
        raise WrongUse(f"{repo} is not a repo name on the Hub: name it OWNER/NAME")
    contents = local_content(release)
    # huggingface_hub reads the environment when it is imported, which is the caller's to prepare
    from kaz_datasets.publishing.client import impatient
    from kaz_datasets.publishing.repo import HubRepo

    with impatient(timeout):
        there = HubRepo.of(repo, endpoint=endpoint, token=token, retry_wait=retry_wait)
        publication = _Publication(
            release=release, tag=f"v{version}", contents=contents, there=there, progress=progress
        )
        return publication.run(private)


@dataclass(frozen=True, kw_only=True)
class _Publication:
    release: Path
    tag: str
    contents: Mapping[str, Content]
    there: HubRepo
    progress: Progress

    def run(self, private: bool) -> Published:
        self.there.ensure(private=private)
        tagged = self.there.tags().get(self.tag)
        if tagged is not None:
            return self._published(tagged, "already published")
        commit = self._commit()
        self.there.create_tag(self.tag, commit)
        tagged = self.there.tags().get(self.tag)
        if tagged is None:
            raise Unavailable(
                f"the Hub does not show {self.tag} of {self.there.name} yet:"
                " give the command again later (the commit is there)"
            )
        # somebody else's tag of that name would have been left alone
        return self._published(tagged, "published")

    def _published(
        self, commit: str, state: Literal["published", "already published"]
    ) -> Published:
        """What the tag holds, proven to be the release. Raises Conflict."""
        differs = self._missing(commit)
        if differs:
            raise Conflict(
                f"{self.tag} of {self.there.name} exists and differs in {differs}:"
                " raise the version and build again"
            )
        return Published(repo=self.there.name, tag=self.tag, commit=commit, state=state)

    def _commit(self) -> str:
        """The commit that holds the release: one that is there already, or a new one."""
        parent = self.there.head()
        landed = self._landed(parent)
        if landed is not None:
            return landed
        change = self._missing(parent)
        if not change:
            return parent
        self._upload(change.added)
        commit = self._land(change, parent)
        differs = self._missing(commit)
        if differs:
            raise PublishFailed(
                f"the Hub's commit {commit} differs from the release in {differs}:"
                " revert that commit and publish again"
            )
        return commit

    def _land(self, change: Difference, parent: str) -> str:
        """Commit on `parent` and no other, also where the answer to an earlier attempt was lost."""
        try:
            return self.there.commit(
                self.release,
                change,
                parent=parent,
                title=f"Release {self.tag}",
                message=self._message,
                already=lambda: self._landed("main"),
            )
        except Conflict:
            landed = self._landed("main")
            if landed is None:
                raise
            return landed

    def _landed(self, revision: str) -> str | None:
        """The commit of this very release among the newest ones, if there is one."""
        for commit in self.there.commits_saying(self._message, revision):
            if not self._missing(commit):
                return commit
        return None

    @property
    def _message(self) -> str:
        return f"release.json sha256: {self.contents['release.json'].sha256}"

    def _missing(self, commit: str) -> Difference:
        return difference(self.contents, self.there.tree(commit))

    def _upload(self, paths: list[str]) -> None:
        total = sum(self.contents[path].size for path in paths)
        done = 0
        for start in range(0, len(paths), FILES_AT_ONCE):
            batch = paths[start : start + FILES_AT_ONCE]
            self.there.upload({path: self.release / path for path in batch})
            done += sum(self.contents[path].size for path in batch)
            self.progress(done, total, "bytes")
