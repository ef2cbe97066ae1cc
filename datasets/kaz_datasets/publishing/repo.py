"""One dataset repo on the Hub, as a publisher needs it. Every call persists while it is busy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.hf_api import RepoFile

from kaz_datasets.errors import PublishFailed
from kaz_datasets.publishing.asking import Asking
from kaz_datasets.publishing.content import Content, Difference

_TYPE: dict[str, Any] = {"repo_type": "dataset"}
_COMMITS_SEARCHED = 50  # one page of the Hub's history


@dataclass(frozen=True, kw_only=True)
class HubRepo:
    """A repo, the client that reaches it, and how patiently it asks."""

    name: str
    api: HfApi = field(repr=False)
    asking: Asking

    @classmethod
    def of(cls, name: str, *, endpoint: str | None, token: str, retry_wait: float) -> HubRepo:
        """The repo of that name at `endpoint`, None being the real Hub."""
        return cls(
            name=name,
            api=HfApi(endpoint=endpoint, token=token),
            asking=Asking(repo=name, token=token, retry_wait=retry_wait),
        )

    def ensure(self, *, private: bool) -> None:
        """Make the repo unless it is there: making one is rate-limited, looking is not."""

        def ensure() -> None:
            if not self.api.repo_exists(self.name, **_TYPE):
                self.api.create_repo(self.name, private=private, exist_ok=True, **_TYPE)

        self.asking.persist(ensure)

    def head(self) -> str:
        """The newest commit of `main`, from the refs: the repo's summary may lag behind."""
        refs = self.asking.persist(lambda: self.api.list_repo_refs(self.name, **_TYPE))
        for branch in refs.branches:
            if branch.name == "main":
                return branch.target_commit
        raise PublishFailed(f"{self.name} has no branch main: make one and publish again")

    def tags(self) -> dict[str, str]:
        """The commit of each tag."""
        refs = self.asking.persist(lambda: self.api.list_repo_refs(self.name, **_TYPE))
        return {tag.name: tag.target_commit for tag in refs.tags}

    def tree(self, revision: str) -> dict[str, Content]:
        """Every file at a revision."""

        def listed() -> list[Any]:
            found = self.api.list_repo_tree(self.name, recursive=True, revision=revision, **_TYPE)
            return [entry for entry in found if isinstance(entry, RepoFile)]

        return {entry.path: _content(entry) for entry in self.asking.persist(listed)}

    def commits_saying(self, message: str, revision: str) -> Iterator[str]:
        """The newest commits at or before `revision` whose message holds these words."""

        def listed() -> list[Any]:
            found = self.api.list_repo_commits(self.name, revision=revision, **_TYPE)
            return list(islice(found, _COMMITS_SEARCHED))

        for commit in self.asking.persist(listed):
            if message in commit.message:
                yield commit.commit_id

    def upload(self, files: Mapping[str, Path]) -> None:
        """Send the contents of large files; nothing of it shows before a commit.

        What the Hub has already is not sent again.
        """

        def upload() -> None:
            # an attempt changes the operations, so each has its own
            operations = [CommitOperationAdd(path, file) for path, file in files.items()]
            self.api.preupload_lfs_files(self.name, operations, **_TYPE)

        self.asking.persist(upload)

    def commit(
        self,
        release: Path,
        change: Difference,
        *,
        parent: str,
        title: str,
        message: str,
        already: Callable[[], str | None],
    ) -> str:
        """Commit a change on `parent`; `already` is asked before, for an answer may get lost.

        Raises Conflict if `main` is no longer at `parent`.
        """

        def commit() -> str:
            landed = already()
            if landed is not None:
                return landed
            added = [CommitOperationAdd(path, release / path) for path in change.added]
            removed = [CommitOperationDelete(path) for path in change.removed]
            done = self.api.create_commit(
                self.name,
                [*added, *removed],
                commit_message=title,
                commit_description=message,
                parent_commit=parent,
                **_TYPE,
            )
            return str(done.oid)

        return self.asking.persist(commit)

    def create_tag(self, tag: str, commit: str) -> None:
        """Tag a commit; a tag of that name that is there stays as it is."""
        self.asking.persist(
            lambda: self.api.create_tag(
                self.name, tag=tag, revision=commit, tag_message=tag, exist_ok=True, **_TYPE
            )
        )


def _content(entry: RepoFile) -> Content:
    if entry.lfs:
        return Content(size=entry.size, sha256=entry.lfs.sha256, git=None)
    return Content(size=entry.size, sha256=None, git=entry.blob_id)
