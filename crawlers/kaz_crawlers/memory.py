"""How much memory a crawl has taken: its own, not that of the process that started it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scrapy.extensions.memusage import MemoryUsage

_STATUS: Final = Path("/proc/self/status")


class OwnMemoryUsage(MemoryUsage):
    """Scrapy's watch over memory, with the peak of this program alone.

    `ru_maxrss`, which Scrapy reads, begins at the size of the process that called exec
    (getrusage(2)): started from a large one, a crawl would end at once for memory that it never
    had. `VmHWM` (proc(5)) begins anew.
    """

    def get_virtual_size(self) -> int:
        """Peak resident memory in bytes."""
        try:
            lines = _STATUS.read_text(encoding="ascii").splitlines()
        except OSError:  # no Linux
            return int(super().get_virtual_size())
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
