"""The history of a repo without some files: every commit anew, with new ids, and the refs moved."""

from __future__ import annotations

from kaz_datasets.hub.repository import Refs, Repository


def without_files(repo: Repository, digests: frozenset[str]) -> None:
    """Write all commits that refs reach without the files of these digests (SHA-256)."""
    anew: dict[str, str] = {}
    refs = repo.refs()
    for head in {*refs.branches.values(), *refs.tags.values()}:
        for commit in reversed(list(repo.history(head))):
            if commit.sha in anew:
                continue
            tree = {path: file for path, file in commit.tree.items() if file.sha256 not in digests}
            parent = anew.get(commit.parent, commit.parent) if commit.parent else None
            same = tree == commit.tree and parent == commit.parent
            anew[commit.sha] = (
                commit.sha
                if same
                else repo.write_commit(
                    parent,
                    tree,
                    title=commit.title,
                    message=commit.message,
                    author=commit.author,
                    date=commit.date,
                )
            )
    repo.write_refs(
        Refs(
            branches={name: anew[sha] for name, sha in refs.branches.items()},
            tags={name: anew[sha] for name, sha in refs.tags.items()},
        )
    )
    repo.remove_commits({old for old, new in anew.items() if old != new})
