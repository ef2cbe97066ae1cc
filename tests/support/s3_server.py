"""A real S3-compatible server on loopback, and the environment in which clients find it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKET = "corpus"
SECRET = "not-for-any-log-0123456789"


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """Run moto's server in a process of its own; yields the environment of its clients."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-P", "-W", "ignore", "-c", _SERVE]
        with (
            log.open("wb") as stream,
            subprocess.Popen(command, stdout=stream, stderr=subprocess.DEVNULL) as server,
        ):
            try:
                yield _environment(_port(log, server))
            finally:
                server.terminate()


_SERVE = """
import time
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
time.sleep(3600)
"""


def _port(log: Path, server: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 60
    while not (text := log.read_text(encoding="ascii")).endswith("\n"):
        assert server.poll() is None, "the S3 server ended"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(text.split()[-1])


def _environment(port: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "operator",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
