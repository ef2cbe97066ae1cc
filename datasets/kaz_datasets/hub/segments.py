"""Path segments as they were sent: `refs%2Fpr%2F1` is one revision, not three folders.

Starlette routes on the decoded path, in which the two can no longer be told apart, so routing is
done on the raw one and each handler decodes the segments that it reads.
"""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send


class RawPath:
    """Middleware that has the router see the path before percent-decoding."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on the request with its raw path."""
        if scope["type"] == "http":
            scope = {**scope, "path": scope["raw_path"].decode("ascii", "replace")}
        await self._app(scope, receive, send)


def segment(request: Request, name: str, default: str = "") -> str:
    """A decoded parameter of the path."""
    return unquote(str(request.path_params.get(name, default)))


def base_url(request: Request) -> str:
    """The address under which the client reached this Hub; its host is checked before."""
    return f"{request.url.scheme}://{request.headers['host']}"


def is_set(request: Request, name: str) -> bool:
    """Whether a query parameter says yes."""
    return request.query_params.get(name, "").lower() in ("1", "true")
