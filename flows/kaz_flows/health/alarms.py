"""What an operator must hear of: sick sources, a full disk, a crawl that stands still, a lock that
outlived its holder, a token that no longer works.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_datasets.workspace import Workspace
from kaz_flows.doctor.finding import Finding
from kaz_flows.doctor.hub import HubAccess, hub_findings
from kaz_flows.doctor.machine import LEAST_DISK
from kaz_flows.health.history import History
from kaz_flows.lock import Holder, holders
from kaz_flows.plan import FINISHED

STUCK: Final = 1800.0
"""Seconds without a new byte in frontier, archive or log of a crawl at work. Its slowest step is an
answer that takes a minute, from a host that asked for a rest of at most some minutes."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that goes on being wrong until somebody does something about it."""

    kind: str
    about: str
    found: str
    advice: str

    @property
    def sentence(self) -> str:
        """One line for a log, a message or a mail."""
        return f"{self.kind}: {self.about}: {self.found}: {self.advice}"


def alarms(workspace: Workspace, access: HubAccess | None = None) -> Iterator[Alarm]:
    """Everything that is wrong now; the token is asked for only with `access`."""
    yield from _sources(workspace)
    yield from _disk(workspace)
    at_work = holders(workspace)
    yield from _locks(at_work)
    yield from _crawls(workspace, at_work)
    if access is not None:
        yield from _token(hub_findings(access))


def _sources(workspace: Workspace) -> Iterator[Alarm]:
    for source, history in History.all(workspace).items():
        for crawl, found in history.held().items():
            yield Alarm(
                kind="source",
                about=f"{source}/{crawl}",
                found="; ".join(departure.sentence for departure in found),
                advice="held back from releases: look at its pages, mend the source file and crawl"
                f" again, or `kazcorpus health let-in {source} {crawl} --why …`",
            )


def _disk(workspace: Workspace) -> Iterator[Alarm]:
    free = shutil.disk_usage(workspace.root).free
    if free < LEAST_DISK:
        yield Alarm(
            kind="disk",
            about=str(workspace.root),
            found=f"{free / 1e9:.1f} GB free",
            advice="free some: work stops when it is full, and goes on by the same command",
        )


def _locks(at_work: list[Holder]) -> Iterator[Alarm]:
    for holder in at_work:
        if holder.process is not None and not Path(f"/proc/{holder.process}").exists():
            yield Alarm(
                kind="stale lock",
                about=holder.doing,
                found=f"process {holder.process} has ended, and a child of it holds the lock",
                advice="end its children (`lslocks` names them)",
            )


def _crawls(workspace: Workspace, at_work: list[Holder]) -> Iterator[Alarm]:
    crawling = {holder.doing.removeprefix("crawling ") for holder in at_work}
    for frontier in sorted(workspace.archive.glob(f"*/*/{FRONTIER_FILE}")):
        folder = frontier.parent
        if folder.parent.name not in crawling or (folder / FINISHED).exists():
            continue
        quiet = time.time() - max(path.stat().st_mtime for path in folder.iterdir())
        if quiet > STUCK:
            yield Alarm(
                kind="stuck crawl",
                about=f"{folder.parent.name}/{folder.name}",
                found=f"nothing was written for {quiet / 60:.0f} minutes",
                advice=f"see {folder / 'crawl.log'}; end the run and start it again, it goes on",
            )


def _token(findings: Iterator[Finding]) -> Iterator[Alarm]:
    for finding in findings:
        if finding.check == "token" and finding.state == "wrong":
            yield Alarm(kind="token", about="the Hub", found=finding.found, advice=finding.advice)
