"""How far a run is, as progress artifacts that are renewed in place."""

from __future__ import annotations

import threading
import time
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from kaz_datasets.progress import Progress
from kaz_flows.watching import EVERY, StageWork


class StageProgress:
    """One artifact a stage of a build."""

    def __init__(self) -> None:
        self._known: dict[str, UUID] = {}
        self._lock = threading.Lock()

    def __call__(self, work: StageWork) -> None:
        """Show a stage as it is now."""
        percent = 100.0 * work.done / work.units if work.units else 100.0
        self.show(f"progress-{work.stage}", percent, work.sentence)

    def show(self, key: str, percent: float, sentence: str) -> None:
        """Make or renew an artifact."""
        with self._lock:
            known = self._known.get(key)
            if known is None:
                made = create_progress_artifact(percent, key=key, description=sentence)
                self._known[key] = UUID(str(made))
            else:
                update_progress_artifact(known, percent, description=sentence)


class CrawlProgress:
    """One artifact a source: pages and their speed. How many there will be, nobody knows."""

    def __init__(self) -> None:
        self._shown = StageProgress()

    def of(self, source: str) -> Progress:
        """What the crawl of a source reports to."""
        began = said = time.monotonic()

        def report(done: int, total: int | None, unit: str) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= EVERY:
                said = now
                speed = f"{60 * done / (now - began):,.0f} a minute"
                self._shown.show(f"progress-{source}", 0.0, f"{done:,} {unit}, {speed}")

        return report
