"""One writer a bucket: an object that only one machine can have written, renewed while it works.

Taking it is a write on condition that it is absent (If-None-Match: *), renewing it one on condition
that nobody changed it (If-Match), both of RFC 9110, section 13.1, and known to S3 since 2024. No
clock is compared: a lease counts as left behind when it has not changed for LEFT seconds of this
machine's own time. A store that ignores the conditions is found out at once, and what then holds is
said in docs/cluster.md.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_datasets.errors import Failed, KazcorpusError
from kaz_flows.storage.bucket import Bucket, ConditionFailed

KEY: Final = ".lease.json"
RENEW: Final = 10.0
LEFT: Final = 35.0
"""Three renewals missed, and some grace."""
SETTLE: Final = 2.0
"""Between writing and reading back, in a store without conditions."""
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who writes."""

    host: str
    pid: int
    token: str

    @classmethod
    def me(cls) -> Holder:
        """This process, for one lease."""
        return cls(host=socket.gethostname(), pid=os.getpid(), token=secrets.token_hex(8))

    @property
    def is_gone(self) -> bool:
        """Whether it was a process of this very machine that is there no more."""
        return self.host == socket.gethostname() and not Path(f"/proc/{self.pid}").exists()

    def text(self, number: int) -> bytes:
        """The lease's object; `number` counts renewals, so that each changes it."""
        value = {"host": self.host, "pid": self.pid, "token": self.token, "renewal": number}
        return json.dumps(value).encode()


@contextmanager
def held(bucket: Bucket, patience: float = LEFT) -> Iterator[None]:
    """Hold the lease for the time of the block.

    Raises Failed while another machine holds it, and at the end if it was lost meanwhile.
    """
    me = Holder.me()
    keeper = _Keeper(bucket, me, _taken(bucket, me, patience))
    keeper.start()
    try:
        yield
    finally:
        keeper.end()
    if keeper.lost:
        raise Failed(
            f"another machine took over {bucket.url} while this one was silent: give the same"
            " command again once that has ended"
        )


def _taken(bucket: Bucket, me: Holder, patience: float) -> str:
    try:
        etag = bucket.write(KEY, me.text(0), IfNoneMatch="*")
    except ConditionFailed:
        return _taken_over(bucket, me, patience)
    try:
        bucket.write(KEY, me.text(0), IfNoneMatch="*")
    except ConditionFailed:
        return etag
    _settle(bucket, me)
    return bucket.etag(KEY) or etag


def _taken_over(bucket: Bucket, me: Holder, patience: float) -> str:
    """Wait until a lease shows no sign of life, then replace exactly that one."""
    etag, deadline = bucket.etag(KEY), time.monotonic() + patience
    other = _holder(bucket)
    while etag is not None and not other.is_gone and time.monotonic() < deadline:
        time.sleep(min(1.0, patience / 5))
        if bucket.etag(KEY) != etag:
            raise Failed(
                f"process {other.pid} of {other.host} is working in {bucket.url}:"
                " wait until it has ended and give the command again"
            )
    condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
    try:
        return bucket.write(KEY, me.text(0), **condition)
    except ConditionFailed as error:
        raise Failed(
            f"another machine has just begun to work in {bucket.url}: wait until it has ended"
        ) from error


def _settle(bucket: Bucket, me: Holder) -> None:
    _LOG.warning(
        "%s does not honour conditional writes: do not start two commands on it at once", bucket.url
    )
    time.sleep(SETTLE)
    other = _holder(bucket)
    if other.token != me.token:
        raise Failed(f"process {other.pid} of {other.host} is working in {bucket.url}")


def _holder(bucket: Bucket) -> Holder:
    try:
        noted = json.loads(bucket.read(KEY))
        return Holder(host=str(noted["host"]), pid=int(noted["pid"]), token=str(noted["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Holder(host="another machine", pid=0, token="")


class _Keeper(threading.Thread):
    """Renews the lease until told to end; notices when somebody else has it."""

    def __init__(self, bucket: Bucket, me: Holder, etag: str) -> None:
        super().__init__(name="lease", daemon=True)
        self._bucket, self._me, self._etag = bucket, me, etag
        self._ended = threading.Event()
        self.lost = False

    def run(self) -> None:
        number = 0
        while not self._ended.wait(RENEW):
            number += 1
            try:
                self._etag = self._bucket.write(KEY, self._me.text(number), IfMatch=self._etag)
            except ConditionFailed:
                self.lost = True
                return
            except KazcorpusError as error:  # the store may be back before the lease runs out
                _LOG.warning("the lease could not be renewed: %s", error)

    def end(self) -> None:
        self._ended.set()
        self.join()
        if not self.lost and _holder(self._bucket).token == self._me.token:
            with suppress(KazcorpusError):  # it runs out by itself
                self._bucket.remove(KEY)
