"""Branches, tags and the list of commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kaz_datasets.hub.bodies import read_json
from kaz_datasets.hub.errors import HubError, revision_not_found
from kaz_datasets.hub.segments import segment
from kaz_datasets.hub.state import HubState


def refs(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET …/refs`."""
    found = hub.repo(request).refs()
    return JSONResponse(
        {
            "branches": _listed(found.branches, "refs/heads/"),
            "tags": _listed(found.tags, "refs/tags/"),
            "converts": [],
            "pullRequests": [],
        }
    )


def _listed(refs: Mapping[str, str], prefix: str) -> list[dict[str, str]]:
    return [
        {"name": name, "ref": prefix + name, "targetCommit": commit}
        for name, commit in refs.items()
    ]


def commits(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET …/commits/{revision}`, newest first."""
    history = hub.repo(request).history(segment(request, "revision"))
    return JSONResponse(
        [
            {
                "id": commit.sha,
                "title": commit.title,
                "message": commit.message,
                "date": commit.date,
                "authors": [{"user": commit.author}],
            }
            for commit in history
        ]
    )


def create_branch(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST …/branch/{branch}`."""
    repo = hub.repo(request, write=True)
    name = segment(request, "branch")
    start = read_json(body).get("startingPoint", "main")
    with hub.lock:
        found = repo.refs()
        if name in found.branches:
            raise HubError(409, f"Branch {name} already exists")
        branches = {**found.branches, name: repo.resolve(start)}
        repo.write_refs(replace(found, branches=branches))
    return JSONResponse({})


def create_tag(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST …/tag/{revision}`; a tag is never moved."""
    repo = hub.repo(request, write=True)
    name = str(read_json(body).get("tag", ""))
    if not name:
        raise HubError(400, "a tag needs a name")
    with hub.lock:
        found = repo.refs()
        if name in found.tags:
            raise HubError(409, f"Tag {name} already exists")
        tags = {**found.tags, name: repo.resolve(segment(request, "revision"))}
        repo.write_refs(replace(found, tags=tags))
    return JSONResponse({})


def delete_branch(hub: HubState, request: Request, body: bytes) -> Response:
    """`DELETE …/branch/{branch}`."""
    repo = hub.repo(request, write=True)
    name = segment(request, "branch")
    if name == "main":
        raise HubError(400, "main cannot be deleted")
    with hub.lock:
        found = repo.refs()
        repo.write_refs(replace(found, branches=_without(found.branches, name)))
    return JSONResponse({})


def delete_tag(hub: HubState, request: Request, body: bytes) -> Response:
    """`DELETE …/tag/{tag}`."""
    repo = hub.repo(request, write=True)
    with hub.lock:
        found = repo.refs()
        repo.write_refs(replace(found, tags=_without(found.tags, segment(request, "tag"))))
    return JSONResponse({})


def _without(refs: Mapping[str, str], name: str) -> dict[str, str]:
    if name not in refs:
        raise revision_not_found(name)
    return {kept: commit for kept, commit in refs.items() if kept != name}
