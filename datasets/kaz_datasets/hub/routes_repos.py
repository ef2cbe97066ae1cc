"""Who am I; making, changing and removing repos; checking a card."""

from __future__ import annotations

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kaz_datasets.hub.bodies import read_json
from kaz_datasets.hub.errors import HubError, repo_not_found
from kaz_datasets.hub.listing import read_front_matter, repo_info
from kaz_datasets.hub.objects import Entry
from kaz_datasets.hub.repository import Repository
from kaz_datasets.hub.segments import base_url, segment
from kaz_datasets.hub.state import HubState

_OWNER = "local"
_LFS_SUFFIXES = ("parquet", "arrow", "bin", "gz", "tar", "zip", "zst", "sqlite")
GITATTRIBUTES = "".join(
    f"*.{suffix} filter=lfs diff=lfs merge=lfs -text\n" for suffix in _LFS_SUFFIXES
)


def whoami(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET /api/whoami-v2`."""
    right = hub.right(request)
    if right is None:
        raise HubError(401, "Invalid username or password.")
    access = {"displayName": "token", "role": right}
    return JSONResponse(
        {
            "type": "user",
            "id": _OWNER,
            "name": _OWNER,
            "fullname": _OWNER,
            "isPro": False,
            "orgs": [],
            "auth": {"type": "access_token", "accessToken": access},
        }
    )


def create(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST /api/repos/create`."""
    hub.require_write(request)
    wanted = read_json(body)
    repo = _repo_of(hub, wanted)
    url = f"{base_url(request)}/datasets/{repo.id}"
    with hub.lock:
        if repo.exists:
            # the client reads `url` from the refusal too
            raise HubError(409, "You already created this dataset repo", extra={"url": url})
        private = wanted.get("visibility") == "private" or wanted.get("private") is True
        repo.create(private=private, tree=_first_tree(hub))
    return JSONResponse({"url": url, "name": repo.id, "id": repo.id})


def _first_tree(hub: HubState) -> dict[str, Entry]:
    return {".gitattributes": hub.objects.put_small(GITATTRIBUTES.encode())}


def delete(hub: HubState, request: Request, body: bytes) -> Response:
    """`DELETE /api/repos/delete`."""
    hub.require_write(request)
    repo = _repo_of(hub, read_json(body))
    with hub.lock:
        if not repo.exists:
            raise repo_not_found()
        repo.delete()
    return JSONResponse({})


def _repo_of(hub: HubState, wanted: dict[str, object]) -> Repository:
    if wanted.get("type", "model") != "dataset":
        raise HubError(400, "this Hub holds dataset repos only")
    owner = wanted.get("organization") or _OWNER
    return hub.named(f"{owner}/{wanted.get('name')}")


def settings(hub: HubState, request: Request, body: bytes) -> Response:
    """`PUT …/settings`: visibility and gating."""
    repo = hub.repo(request, write=True)
    wanted = read_json(body)
    with hub.lock:
        changed = repo.settings()
        changed |= {key: wanted[key] for key in ("private", "gated") if key in wanted}
        if "visibility" in wanted:
            changed["private"] = wanted["visibility"] == "private"
        repo.write_settings(changed)
    return JSONResponse(changed)


def info(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET /api/datasets/{repo}` and `…/revision/{revision}`."""
    repo = hub.repo(request)
    commit = repo.commit(segment(request, "revision", "main"))
    blobs = "blobs" in request.query_params
    return JSONResponse(repo_info(repo, commit, hub.objects, blobs=blobs))


def validate_yaml(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST /api/validate-yaml`: asked by the client before it commits a card."""
    try:
        card = read_front_matter(str(read_json(body).get("content", "")))
    except yaml.YAMLError as error:
        return JSONResponse({"errors": [{"message": str(error)}], "warnings": []}, 400)
    missing = {"message": "empty or missing yaml metadata in repo card"}
    return JSONResponse({"errors": [], "warnings": [] if card else [missing]})
