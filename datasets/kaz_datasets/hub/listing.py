"""The JSON shapes in which the Hub tells what a repo holds."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import yaml

from kaz_datasets.hub.errors import entry_not_found
from kaz_datasets.hub.objects import Entry, ObjectStore
from kaz_datasets.hub.repository import Commit, Repository, Tree

_FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)\r?\n---", re.DOTALL)
Json = dict[str, Any]


def file_entry(path: str, entry: Entry) -> Json:
    """One file of a listing."""
    shape: Json = {"type": "file", "path": path, "size": entry.size, "oid": entry.oid}
    if entry.sha256:
        size, pointer_size = entry.size, entry.pointer_size
        shape["lfs"] = {"oid": entry.sha256, "size": size, "pointerSize": pointer_size}
    return shape


def folder_entry(path: str) -> Json:
    """One folder of a listing; its id only has to be stable."""
    oid = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    return {"type": "directory", "path": path, "size": 0, "oid": oid}


def entries_under(tree: Tree, folder: str, *, recursive: bool) -> list[Json]:
    """Files and folders below `folder`, by path. Raises HubError if there is no such folder."""
    base = f"{folder.strip('/')}/" if folder.strip("/") else ""
    inside = {path: entry for path, entry in tree.items() if path.startswith(base)}
    if base and not inside:
        raise entry_not_found(folder)
    listed: dict[str, Json] = {}
    for path, entry in inside.items():
        folders = _folders_between(base, path)
        for name in folders if recursive else folders[:1]:
            listed[name] = folder_entry(name)
        if recursive or not folders:
            listed[path] = file_entry(path, entry)
    return [listed[path] for path in sorted(listed)]


def _folders_between(base: str, path: str) -> list[str]:
    parts = path.removeprefix(base).split("/")[:-1]
    return [base + "/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def entry_at(tree: Tree, path: str) -> Json | None:
    """The file or folder at `path`, or None."""
    if path in tree:
        return file_entry(path, tree[path])
    return folder_entry(path) if any(name.startswith(f"{path}/") for name in tree) else None


def with_last_commit(shapes: list[Json], history: list[Commit]) -> list[Json]:
    """The same entries, each with the newest commit that changed it (`expand=True`)."""
    return [{**shape, "lastCommit": _last_change(shape["path"], history)} for shape in shapes]


def _last_change(path: str, history: list[Commit]) -> Json:
    def content(commit: Commit) -> Json:
        inside = {path, *(name for name in commit.tree if name.startswith(f"{path}/"))}
        return {name: commit.tree.get(name) for name in inside}

    newest = history[0]
    for older in history[1:]:
        if content(older) != content(newest):
            break
        newest = older
    return {"id": newest.sha, "title": newest.title, "date": newest.date}


def repo_info(repo: Repository, commit: Commit, objects: ObjectStore, *, blobs: bool) -> Json:
    """What the Hub says of a repo at one commit."""
    settings = repo.settings()
    return {
        "_id": hashlib.sha256(repo.id.encode()).hexdigest()[:24],
        "id": repo.id,
        "author": repo.owner,
        "sha": commit.sha,
        "lastModified": commit.date,
        "createdAt": settings["createdAt"],
        "private": settings["private"],
        "gated": settings["gated"],
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "cardData": _card_data(commit.tree, objects),
        "siblings": [_sibling(path, entry, blobs) for path, entry in sorted(commit.tree.items())],
    }


def _sibling(path: str, entry: Entry, blobs: bool) -> Json:
    shape: Json = {"rfilename": path}
    if blobs:
        shape |= {"size": entry.size, "blobId": entry.oid}
        if entry.sha256:
            size, pointer_size = entry.size, entry.pointer_size
            shape["lfs"] = {"sha256": entry.sha256, "size": size, "pointerSize": pointer_size}
    return shape


def _card_data(tree: Tree, objects: ObjectStore) -> Json:
    """The card's YAML; nothing of it where it cannot be read."""
    if "README.md" not in tree:
        return {}
    try:
        card = read_front_matter(objects.path(tree["README.md"]).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}
    return card if isinstance(card, dict) else {}


def read_front_matter(text: str) -> Any:
    """The YAML between the dashes on top of a card; None without. Raises YAMLError."""
    match = _FRONT_MATTER.match(text)
    # dates as the Hub sends them: strings
    return yaml.load(match[1], Loader=yaml.BaseLoader) if match else None  # noqa: S506
