"""Uploads: how each file travels, large contents first, then one commit that makes them visible."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import time
from dataclasses import replace
from fnmatch import fnmatch
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kaz_datasets.hub.bodies import read_json
from kaz_datasets.hub.commits import CommitRequest, read_commit
from kaz_datasets.hub.errors import HubError, revision_not_found
from kaz_datasets.hub.repository import Repository, Tree
from kaz_datasets.hub.segments import base_url, segment
from kaz_datasets.hub.state import HubState

REGULAR_MAX_BYTES = 10 << 20  # above it the Hub takes a file by LFS only
_XET_SECONDS = 3600
_SHA256 = re.compile(r"[0-9a-f]{64}")


def preupload(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST …/preupload/{revision}`: which files go by LFS, and which are there already."""
    tree = hub.repo(request, write=True).commit(segment(request, "revision")).tree
    patterns = _lfs_patterns(hub, tree)
    files = read_json(body).get("files", [])
    return JSONResponse({"files": [_upload_mode(file, tree, patterns) for file in files]})


def _lfs_patterns(hub: HubState, tree: Tree) -> list[str]:
    if ".gitattributes" not in tree:
        return []
    lines = hub.objects.path(tree[".gitattributes"]).read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if "filter=lfs" in line]


def _upload_mode(file: dict[str, Any], tree: Tree, patterns: list[str]) -> dict[str, Any]:
    try:
        path, size = str(file["path"]), int(file["size"])
        sample = base64.b64decode(file.get("sample", ""))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise HubError(400, "a file needs path, size and sample") from error
    name = path.rsplit("/", 1)[-1]
    binary = b"\0" in sample or any(fnmatch(name, pattern) for pattern in patterns)
    mode = "lfs" if binary or size > REGULAR_MAX_BYTES else "regular"
    answer = {"path": path, "uploadMode": mode, "shouldIgnore": False}
    # by this id the client leaves out what has not changed
    return answer | {"oid": tree[path].digest} if path in tree else answer


def lfs_batch(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST /datasets/{repo}.git/info/lfs/objects/batch`: where to put what is not here yet."""
    hub.repo(request, write=True)
    try:
        wanted = [(str(item["oid"]), int(item["size"])) for item in read_json(body)["objects"]]
    except (KeyError, TypeError, ValueError) as error:
        raise HubError(400, "every object needs oid and size") from error
    objects = [_upload_action(hub, base_url(request), oid, size) for oid, size in wanted]
    return JSONResponse(
        {"transfer": "basic", "objects": objects}, media_type="application/vnd.git-lfs+json"
    )


def _upload_action(hub: HubState, base: str, oid: str, size: int) -> dict[str, Any]:
    _checked(oid)
    answer: dict[str, Any] = {"oid": oid, "size": size}
    if hub.objects.size_of_large(oid) == size:
        return answer  # no actions: stored
    upload = {"href": f"{base}/_lfs/{oid}?signature={hub.signature(oid)}", "header": {}}
    verify = {"href": f"{base}/_lfs/{oid}/verify", "header": {}}
    return answer | {"actions": {"upload": upload, "verify": verify}}


def _checked(oid: str) -> str:
    if not _SHA256.fullmatch(oid):
        raise HubError(400, "an LFS oid is a SHA-256 in hexadecimal")
    return oid


async def put_large(hub: HubState, request: Request) -> Response:
    """`PUT /_lfs/{oid}`: the content, as it comes; the signature stands for the token."""
    oid = _checked(segment(request, "oid"))
    given = request.query_params.get("signature", "")
    if not hmac.compare_digest(given.encode(), hub.signature(oid).encode()):
        raise HubError(403, "this upload address is not signed by this Hub")
    await hub.objects.receive_large(oid, request.stream())
    return Response(headers={"ETag": f'"{oid}"'})


def verify_large(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST /_lfs/{oid}/verify`: whether the content is here, whole."""
    hub.require_write(request)
    oid = _checked(segment(request, "oid"))
    if hub.objects.size_of_large(oid) != read_json(body).get("size"):
        raise HubError(404, "the object is not here, or of another size")
    return JSONResponse({"success": True})


def xet_write_token(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET …/xet-write-token/{revision}`: where hf_xet puts the chunks of large files."""
    hub.repo(request, write=True)
    return _xet_store(hub)


def xet_read_token(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET …/xet-read-token/{revision}`: where hf_xet finds them."""
    hub.repo(request)
    return _xet_store(hub)


def _xet_store(hub: HubState) -> Response:
    if not hub.xet:
        raise HubError(404, "this Hub takes large files by Git LFS: set HF_HUB_DISABLE_XET=1")
    expires = int(time.time()) + _XET_SECONDS
    store = f"local://{hub.xet_store.folder.resolve()}"
    return JSONResponse(
        {"casUrl": store, "exp": expires, "accessToken": "local"},
        headers={
            "X-Xet-Cas-Url": store,
            "X-Xet-Access-Token": "local",
            "X-Xet-Token-Expiration": str(expires),
        },
    )


def commit(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST …/commit/{revision}`: all changes become visible at once, or none does."""
    repo = hub.repo(request, write=True)
    if request.query_params.get("create_pr"):
        raise HubError(403, "this Hub has no pull requests: commit to a branch")
    wanted = read_commit(body)
    with hub.lock:
        sha = _write(hub, repo, segment(request, "revision"), wanted)
    url = f"{base_url(request)}/datasets/{repo.id}/commit/{sha}"
    return JSONResponse({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""})


def _write(hub: HubState, repo: Repository, branch: str, wanted: CommitRequest) -> str:
    refs = repo.refs()
    head = refs.branches.get(branch)
    if head is None:
        raise revision_not_found(branch)
    if wanted.parent and not head.startswith(wanted.parent):
        raise HubError(412, "A commit has happened since. Please refresh and try again.")
    tree = wanted.apply(repo.commit(head).tree, hub.objects)
    back = {entry.sha256 for entry in tree.values()} & repo.deleted()
    if back:  # what is uploaded again is there again
        repo.write_deleted(repo.deleted() - back)
    sha = repo.write_commit(head, tree, title=wanted.title, message=wanted.message, author="local")
    repo.write_refs(replace(refs, branches={**refs.branches, branch: sha}))
    return sha
