"""What is in a commit: listings, single paths, and the files themselves."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from kaz_datasets.hub.bodies import read_form
from kaz_datasets.hub.errors import HubError, entry_not_found
from kaz_datasets.hub.listing import entries_under, entry_at, with_last_commit
from kaz_datasets.hub.segments import base_url, is_set, segment
from kaz_datasets.hub.state import HubState


def tree(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET …/tree/{revision}[/{path}]`, in pages."""
    repo = hub.repo(request)
    commit = repo.commit(segment(request, "revision"))
    entries = entries_under(
        commit.tree, segment(request, "path"), recursive=is_set(request, "recursive")
    )
    start = _cursor(request)
    end = start + hub.page_size
    page = entries[start:end]
    if is_set(request, "expand"):
        page = with_last_commit(page, list(repo.history(commit.sha)))
    headers = {"Link": _next_page(request, end)} if end < len(entries) else {}
    return JSONResponse(page, headers=headers)


def _cursor(request: Request) -> int:
    cursor = request.query_params.get("cursor", "0")
    if not (cursor.isascii() and cursor.isdigit()):
        raise HubError(400, "not a cursor of this listing")
    return int(cursor)


def _next_page(request: Request, cursor: int) -> str:
    query = urlencode({**request.query_params, "cursor": str(cursor)})
    return f'<{base_url(request)}{request.scope["path"]}?{query}>; rel="next"'


def paths_info(hub: HubState, request: Request, body: bytes) -> Response:
    """`POST …/paths-info/{revision}`; unknown paths are left out."""
    repo = hub.repo(request)
    commit = repo.commit(segment(request, "revision"))
    form = read_form(body)
    found = [entry_at(commit.tree, path.strip("/")) for path in form.get("paths", [])]
    entries = [entry for entry in found if entry]
    if form.get("expand", [""])[0].lower() in ("1", "true"):
        entries = with_last_commit(entries, list(repo.history(commit.sha)))
    return JSONResponse(entries)


def resolve(hub: HubState, request: Request, body: bytes) -> Response:
    """`GET` and `HEAD /datasets/{repo}/resolve/{revision}/{path}`: the file, or parts of it."""
    repo = hub.repo(request)
    if repo.settings()["gated"] and hub.right(request) is None:
        # what a gated repo holds is told to all, its files only to those who were let in
        raise HubError(401, f"Access to dataset {repo.id} is restricted.", "GatedRepo")
    commit = repo.commit(segment(request, "revision"))
    path = segment(request, "path")
    entry = commit.tree.get(path)
    if entry is None:
        raise entry_not_found(path, commit.sha)
    if entry.sha256 in repo.deleted():
        raise HubError(404, f"{path} of this commit was deleted for good", "EntryNotFound")
    headers = {"X-Repo-Commit": commit.sha, "ETag": f'"{entry.digest}"'}
    if entry.sha256:
        headers |= {"X-Linked-ETag": f'"{entry.sha256}"', "X-Linked-Size": str(entry.size)}
        headers |= _xet_headers(hub, request, entry.sha256)
    return FileResponse(
        hub.objects.path(entry),
        headers=headers,
        # as a page of this origin, a file of somebody else could read what the token may
        media_type="application/octet-stream",
        filename=path.rsplit("/", 1)[-1],
    )


def _xet_headers(hub: HubState, request: Request, sha256: str) -> dict[str, str]:
    """By what hf_xet fetches a file as chunks, and leaves out those that it has."""
    name = hub.xet_store.hash_of(sha256) if hub.xet else None
    if name is None:
        return {}
    repo = f"{segment(request, 'owner')}/{segment(request, 'name')}"
    refresh = f"{base_url(request)}/api/datasets/{repo}/xet-read-token/main"
    return {"X-Xet-Hash": name, "Link": f'<{refresh}>; rel="xet-auth"'}
