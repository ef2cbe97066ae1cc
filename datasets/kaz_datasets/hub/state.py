"""What every route works on: the folder, who may do what, and one lock over all writes."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from starlette.requests import Request

from kaz_datasets.hub.errors import HubError, repo_not_found
from kaz_datasets.hub.objects import ObjectStore
from kaz_datasets.hub.repository import Repository
from kaz_datasets.hub.segments import segment
from kaz_datasets.hub.xet_store import XetStore

Right = Literal["read", "write"]


@dataclass(frozen=True, kw_only=True)
class HubState:
    """One Hub. Reads need no lock: every file is replaced whole."""

    root: Path
    tokens: Mapping[str, Right] = field(repr=False)
    page_size: int
    """Entries in one answer of the tree listing; the real Hub sends 1000."""
    xet: bool = False
    """Whether clients upload through the Xet store of this machine instead of Git LFS."""
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Signs upload addresses: clients send no token to them."""

    @property
    def objects(self) -> ObjectStore:
        """The contents of all repos."""
        return ObjectStore(self.root / "objects", self.xet_store if self.xet else None)

    @property
    def xet_store(self) -> XetStore:
        """What `casUrl` names."""
        return XetStore(self.root / "xet")

    def right(self, request: Request) -> Right | None:
        """What the caller's token allows; None without a token. Raises HubError (401)."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not token:
            return None
        for known, right in self.tokens.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                return right
        raise HubError(401, "Invalid credentials in Authorization header")

    def require_write(self, request: Request) -> None:
        """Raise HubError unless the caller may write."""
        right = self.right(request)
        if right is None:
            raise HubError(401, "Invalid username or password.")
        if right != "write":
            raise HubError(403, "this token may only read: use a write token")

    def repo(self, request: Request, *, write: bool = False) -> Repository:
        """The repo that the address names, if the caller may see (and write) it.

        Without a token a private repo and a missing one look alike, as on the real Hub.
        """
        right = self.right(request)
        repo = self.named(f"{segment(request, 'owner')}/{segment(request, 'name')}")
        if not repo.exists or (right is None and repo.settings()["private"]):
            raise repo_not_found(404 if right else 401)
        if write:
            self.require_write(request)
        return repo

    def repos(self) -> list[Repository]:
        """Every repo that exists."""
        folder = self.root / "repos"
        names = sorted(path.parent.relative_to(folder) for path in folder.glob("*/*/refs.json"))
        return [Repository(folder, name.as_posix()) for name in names]

    def named(self, repo_id: str) -> Repository:
        """The repo of that id, whether it exists or not. Raises HubError for an impossible id."""
        return Repository(self.root / "repos", repo_id)

    def signature(self, sha256: str) -> str:
        """What an upload address must carry."""
        return hmac.new(self.secret, sha256.encode(), "sha256").hexdigest()
