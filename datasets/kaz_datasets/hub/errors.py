"""Answers that say no, in the form that `huggingface_hub` turns into its exceptions."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse


class HubError(Exception):
    """An answer of 400 or above.

    `code` goes into `X-Error-Code`, by which the client tells a missing repo from a missing file.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def response(self) -> JSONResponse:
        """The answer to send."""
        headers = {"X-Error-Message": _as_header(self.message), **self.headers}
        if self.code:
            headers["X-Error-Code"] = self.code
        return JSONResponse({"error": self.message, **self.extra}, self.status, headers)


def _as_header(message: str) -> str:
    """A header may hold neither line ends nor letters outside Latin-1 (RFC 9110, 5.5)."""
    return " ".join(message.encode("ascii", "replace").decode().split())


def repo_not_found(status: int = 404) -> HubError:
    """No such repo, or a private one to somebody who may not know of it."""
    return HubError(status, "Repository not found", "RepoNotFound")


def revision_not_found(revision: str) -> HubError:
    """No such branch, tag or commit."""
    return HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(path: str, commit: str | None = None) -> HubError:
    """No such file or folder in that commit, which is named so that clients can cache the no."""
    headers = {"X-Repo-Commit": commit} if commit else {}
    return HubError(404, f"Entry not found: {path}", "EntryNotFound", headers=headers)
