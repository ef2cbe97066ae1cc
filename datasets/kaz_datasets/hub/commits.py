"""What a commit asks for, read from the client's lines and applied to a tree."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from kaz_datasets.hub.errors import HubError
from kaz_datasets.hub.objects import Entry, ObjectStore
from kaz_datasets.hub.repository import Tree

_SHA256 = re.compile(r"[0-9a-f]{64}")
Change = Callable[[dict[str, Entry], ObjectStore], None]


@dataclass(frozen=True, kw_only=True)
class CommitRequest:
    """A commit that was asked for: its words, the parent it builds on, and its changes in order."""

    title: str
    message: str
    parent: str | None
    changes: list[Change] = field(default_factory=list)

    def apply(self, tree: Tree, objects: ObjectStore) -> Tree:
        """The tree after the changes. Raises HubError if one of them cannot be."""
        changed = dict(tree)
        for change in self.changes:
            change(changed, objects)
        return changed


def read_commit(body: bytes) -> CommitRequest:
    """Read the NDJSON body: a header line, then one line a change. Raises HubError."""
    try:
        (key, header), *lines = _lines(body)
        if key != "header":
            raise HubError(400, "the first line must be the header")
        return CommitRequest(
            title=str(header["summary"]),
            message=str(header.get("description") or ""),
            parent=header.get("parentCommit"),
            changes=[_READERS[key](value) for key, value in lines],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HubError(400, "the commit cannot be read") from error


def _lines(body: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in body.splitlines():
        if line.strip():
            read = json.loads(line)
            yield read["key"], read["value"]


def _path(value: dict[str, Any]) -> str:
    """The path, if every client can keep it under its own folder."""
    path = str(value["path"]).rstrip("/")
    parts = path.split("/")
    if PurePosixPath(path).is_absolute() or {"", ".", "..", ".git"} & set(parts) or "\\" in path:
        raise HubError(400, f"not a path that a repo may hold: {path}")
    return path


def _small(value: dict[str, Any]) -> Change:
    path = _path(value)
    try:
        content = base64.b64decode(value["content"], validate=True)
    except binascii.Error as error:
        raise HubError(400, f"the content of {path} is not base64") from error

    def add(tree: dict[str, Entry], objects: ObjectStore) -> None:
        tree[path] = objects.put_small(content)

    return add


def _large(value: dict[str, Any]) -> Change:
    path, sha256, size = _path(value), str(value["oid"]), value.get("size")
    if not _SHA256.fullmatch(sha256):
        raise HubError(400, f"the oid of {path} is not a SHA-256")

    def add(tree: dict[str, Entry], objects: ObjectStore) -> None:
        # a copy of a file that is already here comes without its size
        known = size if size is not None else objects.size_of_large(sha256)
        tree[path] = objects.entry_of_large(sha256, int(known))

    return add


def _deleted_file(value: dict[str, Any]) -> Change:
    path = _path(value)

    def delete(tree: dict[str, Entry], objects: ObjectStore) -> None:
        if tree.pop(path, None) is None:
            raise HubError(404, f"A file with this name doesn't exist: {path}", "EntryNotFound")

    return delete


def _deleted_folder(value: dict[str, Any]) -> Change:
    path = _path(value)

    def delete(tree: dict[str, Entry], objects: ObjectStore) -> None:
        inside = [name for name in tree if name.startswith(f"{path}/")]
        if not inside:
            raise HubError(404, f"A folder with this name doesn't exist: {path}", "EntryNotFound")
        for name in inside:
            del tree[name]

    return delete


_READERS: dict[str, Callable[[dict[str, Any]], Change]] = {
    "file": _small,
    "lfsFile": _large,
    "deletedFile": _deleted_file,
    "deletedFolder": _deleted_folder,
}
