"""The application: which address is answered by what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kaz_datasets.hub import routes_refs, routes_repos, routes_stored, routes_tree, routes_uploads
from kaz_datasets.hub.errors import HubError
from kaz_datasets.hub.faults import FaultMiddleware, Faults
from kaz_datasets.hub.segments import RawPath
from kaz_datasets.hub.state import HubState, Right

Handler = Callable[[HubState, Request, bytes], Response]
Endpoint = Callable[[Request], Awaitable[Response]]
PAGE_SIZE = 1000

_API = "/api/datasets/{owner}/{name}"
_FILES = "/datasets/{owner}/{name}"
_HANDLERS: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/api/whoami-v2", routes_repos.whoami),
    ("POST", "/api/repos/create", routes_repos.create),
    ("DELETE", "/api/repos/delete", routes_repos.delete),
    ("POST", "/api/validate-yaml", routes_repos.validate_yaml),
    ("GET", _API, routes_repos.info),
    ("GET", _API + "/revision/{revision}", routes_repos.info),
    ("PUT", _API + "/settings", routes_repos.settings),
    ("GET", _API + "/refs", routes_refs.refs),
    ("GET", _API + "/commits/{revision}", routes_refs.commits),
    ("POST", _API + "/branch/{branch}", routes_refs.create_branch),
    ("DELETE", _API + "/branch/{branch}", routes_refs.delete_branch),
    ("POST", _API + "/tag/{revision}", routes_refs.create_tag),
    ("DELETE", _API + "/tag/{tag}", routes_refs.delete_tag),
    ("GET", _API + "/tree/{revision}", routes_tree.tree),
    ("GET", _API + "/tree/{revision}/{path:path}", routes_tree.tree),
    ("POST", _API + "/paths-info/{revision}", routes_tree.paths_info),
    ("POST", _API + "/preupload/{revision}", routes_uploads.preupload),
    ("POST", _API + "/commit/{revision}", routes_uploads.commit),
    ("GET", _API + "/lfs-files", routes_stored.lfs_files),
    ("POST", _API + "/lfs-files/batch", routes_stored.delete_lfs_files),
    ("GET", _API + "/xet-write-token/{revision}", routes_uploads.xet_write_token),
    ("GET", _API + "/xet-read-token/{revision}", routes_uploads.xet_read_token),
    ("POST", _FILES + ".git/info/lfs/objects/batch", routes_uploads.lfs_batch),
    ("POST", "/_lfs/{oid}/verify", routes_uploads.verify_large),
    ("GET", _FILES + "/resolve/{revision}/{path:path}", routes_tree.resolve),
)


def create_app(
    root: Path,
    *,
    tokens: Mapping[str, Right],
    faults: Faults | None = None,
    page_size: int = PAGE_SIZE,
    xet: bool = False,
) -> Starlette:
    """A Hub whose state is in `root`; `tokens` says what each token allows."""
    hub = HubState(root=root, tokens=dict(tokens), page_size=page_size, xet=xet)
    routes = [
        Route(path, _endpoint(hub, handler), methods=[method])
        for method, path, handler in _HANDLERS
    ]
    routes.append(Route("/_lfs/{oid}", _upload(hub), methods=["PUT"]))
    return Starlette(
        routes=routes,
        middleware=[
            # a page on the web must not reach this Hub under a name of its own (DNS rebinding)
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"]),
            Middleware(RawPath),
            Middleware(FaultMiddleware, faults=faults or Faults()),
        ],
        exception_handlers={HubError: _refusal, HTTPException: _no_route},
    )


def _endpoint(hub: HubState, handler: Handler) -> Endpoint:
    async def answer(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(handler, hub, request, body)

    return answer


def _upload(hub: HubState) -> Endpoint:
    async def answer(request: Request) -> Response:
        return await routes_uploads.put_large(hub, request)

    return answer


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return error.response()


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return HubError(error.status_code, "this Hub does not know that address").response()
