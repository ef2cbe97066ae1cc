"""The crawling process with a resolver that the attacker owns: `python hostile_child.py FILE`.

Every name of `.example` is at 127.0.0.1, but `inside.example` is at 127.0.0.2 and `rebind.example`
is there from the second question on. The peak memory of the process, in kibibytes, is written to
FILE: what the kernel tells a parent of its child is at least the parent's own.
"""

from __future__ import annotations

import socket
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from kaz_crawlers import child

_ask = socket.getaddrinfo
_asked: Counter[str] = Counter()


def poisoned(host: Any, port: Any, *arguments: Any, **named: Any) -> Any:
    """The attacker's answer."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name.rstrip(".").endswith(".example"):
        _asked[name] += 1
        moved = name == "inside.example" or (name == "rebind.example" and _asked[name] > 1)
        host = "127.0.0.2" if moved else "127.0.0.1"
    return _ask(host, port, *arguments, **named)


def peak() -> str:
    """Of this process since it is this program (Linux)."""
    status = Path("/proc/self/status").read_text()
    return next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    socket.getaddrinfo = poisoned
    code = child.main()
    Path(sys.argv[1]).write_text(peak())
    sys.exit(code)
