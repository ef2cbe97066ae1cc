"""What of a repo is stored for good: large files by digest, and their deletion from all commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kaz_datasets.hub.bodies import read_json
from kaz_datasets.hub.errors import HubError
from kaz_datasets.hub.repository import Repository
from kaz_datasets.hub.rewriting import without_files
from kaz_datasets.hub.segments import base_url
from kaz_datasets.hub.state import HubState


def lfs_files(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET …/lfs-files`: every large file that a commit of the repo names, once, in pages."""
    hub.require_write(request)
    repo = hub.repo(request)
    found = list(_stored(repo))
    cursor = request.query_params.get("cursor", "0")
    start = int(cursor) if cursor.isascii() and cursor.isdigit() else 0
    end = start + hub.page_size
    address = f"{base_url(request)}/api/datasets/{repo.id}/lfs-files?cursor={end}"
    headers = {"Link": f'<{address}>; rel="next"'} if end < len(found) else {}
    return JSONResponse(found[start:end], headers=headers)


def _stored(repo: Repository) -> Iterator[dict[str, Any]]:
    seen = set(repo.deleted())
    for commit in repo.commits():
        for path, entry in commit.tree.items():
            if entry.sha256 and entry.sha256 not in seen:
                seen.add(entry.sha256)
                yield {
                    "fileOid": entry.sha256,
                    "oid": entry.sha256,
                    "filename": path,
                    "size": entry.size,
                    "pushedAt": commit.date,
                    "ref": "refs/heads/main",
                }


def delete_lfs_files(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST …/lfs-files/batch`: delete contents; no revision serves them any more.

    With `rewriteHistory` all commits are written anew without the files, under new ids, and the
    refs are moved; without it they go on naming files that are not there.
    """
    repo = hub.repo(request, write=True)
    try:
        wanted = read_json(body)["deletions"]
        digests = [str(digest) for digest in wanted["sha"]]
        rewrite = bool(wanted.get("rewriteHistory", True))
    except (KeyError, TypeError) as error:
        raise HubError(400, "deletions need a list `sha`") from error
    with hub.lock:
        known = {file["oid"] for file in _stored(repo)}
        if not known.issuperset(digests):
            raise HubError(404, "no such large file in this repo", "EntryNotFound")
        repo.write_deleted({*repo.deleted(), *digests})
        if rewrite:
            without_files(repo, frozenset(digests))
        _forget(hub, repo, digests)
    return JSONResponse({"success": True})


def _forget(hub: HubState, repo: Repository, digests: Iterable[str]) -> None:
    """Remove the contents themselves, except for what other repos hold too."""
    others = [other for other in hub.repos() if other.id != repo.id]
    kept = {file["oid"] for other in others for file in _stored(other)}
    for digest in set(digests) - kept:
        hub.objects.delete_large(digest)
    if hub.xet:
        # a chunk may belong to many files; whole files are in the store of objects already
        hub.xet_store.clear()
