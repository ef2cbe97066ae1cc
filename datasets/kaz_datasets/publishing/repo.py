"""One dataset repo on the Hub, as a publisher needs it. Every call persists while it is busy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, HfFileSystem
from huggingface_hub.hf_api import RepoFile

from kaz_datasets.errors import PublishFailed
from kaz_datasets.publishing.asking import Asking
from kaz_datasets.publishing.content import Content, Difference
from kaz_datasets.publishing.stored import StoredFile, gathered, is_data

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

    def revisions(self) -> dict[str, tuple[str, ...]]:
        """Every commit that can be reached, with the names that lead to it, newest name last.

        Pull requests and what the Hub converts for its viewer serve files as well.
        """
        refs = self.asking.persist(
            lambda: self.api.list_repo_refs(self.name, include_pull_requests=True, **_TYPE)
        )
        names: dict[str, tuple[str, ...]] = {}
        for ref in (*refs.tags, *refs.branches, *refs.converts, *(refs.pull_requests or [])):
            known = ref.name if ref in (*refs.tags, *refs.branches) else ref.ref
            names[ref.target_commit] = (*names.get(ref.target_commit, ()), known)
        for ref in (*refs.branches, *(refs.pull_requests or [])):
            revision = ref.name if ref in refs.branches else ref.ref
            for commit in self._history(revision):
                names.setdefault(commit, ())
        return names

    def _history(self, revision: str) -> list[str]:
        return self.asking.persist(
            lambda: [
                commit.commit_id
                for commit in self.api.list_repo_commits(self.name, revision=revision, **_TYPE)
            ]
        )

    def stored(self) -> list[StoredFile]:
        """The large data files of every commit that the Hub still has the contents of."""
        there = {file.file_oid for file in self._lfs_files()}
        newest = {content.sha256 for content in self.tree(self.head()).values()}
        return gathered(
            (revision, path, content.sha256, content.size, content.sha256 in newest)
            for commit, names in self.revisions().items()
            for path, content in self.tree(commit).items()
            if content.sha256 is not None and content.sha256 in there and is_data(path)
            for revision in names or (commit,)
        )

    def _lfs_files(self) -> list[Any]:
        return self.asking.persist(lambda: list(self.api.list_lfs_files(self.name, **_TYPE)))

    @contextmanager
    def opened(self, file: StoredFile) -> Iterator[BinaryIO]:
        """A file's content, fetched in parts as it is read."""
        files = HfFileSystem(
            endpoint=self.api.endpoint, token=self.api.token, skip_instance_cache=True
        )
        revision = quote(file.revisions[0], safe="")
        with self.asking.persist(
            lambda: files.open(f"datasets/{self.name}@{revision}/{file.path}", "rb")
        ) as stream:
            yield stream

    def delete_forever(self, stored: Sequence[StoredFile]) -> None:
        """Have the Hub delete contents. History is not rewritten: commits are what is cited.

        Raises PublishFailed where the Hub has them still.
        """
        digests = {file.sha256 for file in stored}
        found = [file for file in self._lfs_files() if file.file_oid in digests]

        def delete() -> None:
            self.api.permanently_delete_lfs_files(self.name, found, rewrite_history=False, **_TYPE)

        self.asking.persist(delete)
        left = digests & {file.file_oid for file in self._lfs_files()}
        if left:
            raise PublishFailed(
                f"{self.name} still has {len(left)} of the deleted files:"
                " give the command again later, or ask the Hub's support"
            )

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
