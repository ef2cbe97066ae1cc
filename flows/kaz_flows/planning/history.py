"""What a workspace's own past says: its frontiers and the records of its stages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kaz_crawlers.source import load_source
from kaz_crawlers.url_states import FRONTIER_FILE, host_traffic
from kaz_datasets.errors import KazcorpusError, NotFound
from kaz_datasets.workspace import Workspace
from kaz_flows.plan import find_crawls, units_of
from kaz_flows.planning.load import ASSUMED, DELAY, Load
from kaz_flows.planning.rates import Figure
from kaz_flows.runner import processes_here

OWN: Final = "this workspace"
_LEAST: Final = 200
"""Documents from which a workspace's own figures are taken: starting up weighs too much before."""


@dataclass(frozen=True, kw_only=True)
class History:
    """What is there, and what it cost so far."""

    load: Load
    figures: Mapping[str, Figure]
    """Of stages that a build here has finished; empty before the first."""


@dataclass
class _Tally:
    """Records of one stage, added up."""

    seconds: float = 0.0
    entered: int = 0
    kept: int = 0
    bytes: int = 0
    records: int = 0
    rejected: int = field(default=0)

    def add(self, record: Mapping[str, Any]) -> None:
        self.seconds += record["seconds"]
        self.entered += record["account"]["in"]
        self.kept += record["account"]["kept"]
        self.bytes += sum(output["bytes"] for output in record["outputs"].values())
        self.records += 1


def history_of(workspace: Workspace, configured: int = 0) -> History:
    """The past of a workspace; `configured` is its number of processes, 0 for as many as cores.

    Raises NotFound where nothing was gathered yet.
    """
    crawls = find_crawls(workspace)
    units = units_of(crawls)
    clean = _tally(workspace.documents.glob("*/*/*.stage.json"), but="crawl")
    sign = _tally((workspace.dedup / "signatures").glob("*.stage.json"))
    cluster = _tally(workspace.dedup.glob("clusters.stage.json"))
    keep = _tally((workspace.dedup / "kept").glob("*.stage.json"))
    release = _tally(workspace.releases.glob("*.stage.json"))
    size = sum(unit.archive.stat().st_size for unit in units if unit.archive.is_file())
    figures = {}
    if keep.kept >= _LEAST:
        processes = processes_here(len(units), configured)
        of = f"{clean.entered:,} pages in {len(units)} archive files"
        values = {
            "clean_seconds": clean.seconds * processes / clean.entered,
            "extraction_seconds": 0.0,  # its own cleaning has it in it already
            "unit_seconds": 0.0,
            "archive_bytes": size / clean.entered,
            "documents_bytes": clean.bytes / clean.kept,
            "sign_seconds": sign.seconds / clean.kept,
            "signatures_bytes": sign.bytes / clean.kept,
            "cluster_seconds": cluster.seconds / clean.kept,
            "clusters_bytes": cluster.bytes / clean.kept,
            "keep_seconds": keep.seconds / clean.kept,
            "kept_bytes": keep.bytes / keep.kept,
        }
        if release.kept:
            values["release_seconds"] = release.seconds / release.kept
            values["release_bytes"] = release.bytes / release.kept
        figures = {
            name: Figure(value=value, unit="a document", command=OWN, of=of)
            for name, value in values.items()
        }
    pages = clean.entered or round(size / 8_000)
    hosts = list(_hosts(workspace))
    load = Load(
        pages=pages,
        cleaned=clean.kept or round(pages * ASSUMED.cleaned_a_document / ASSUMED.pages_a_document),
        kept=keep.kept or round(pages / ASSUMED.pages_a_document),
        files=len(units),
        hosts=len(hosts),
        slowest_host_seconds=max((pages * delay for pages, delay in hosts), default=0.0),
        html=any((crawl.folder / FRONTIER_FILE).is_file() for crawl in crawls),
    )
    return History(load=load, figures=figures)


def _hosts(workspace: Workspace) -> Iterator[tuple[int, float]]:
    """Pages of each host and the delay that its source promises."""
    pages: Counter[str] = Counter()
    delays: dict[str, float] = {}
    for frontier in sorted(workspace.archive.glob(f"*/*/{FRONTIER_FILE}")):
        delay = _delay(frontier.parent)
        try:
            traffic = host_traffic(frontier.parent)
        except (NotFound, KazcorpusError):
            continue
        for host, seen in traffic.items():
            pages[host] = max(pages[host], seen.pages)  # a renewal asks for them again
            delays[host] = max(delays.get(host, 0.0), delay)
    yield from ((count, delays[host]) for host, count in pages.items())


def _delay(folder: Path) -> float:
    try:
        return load_source(folder / "source.toml").polite.delay
    except (OSError, KazcorpusError):
        return DELAY


def _tally(records: Iterator[Path], but: str = "") -> _Tally:
    tally = _Tally()
    for path in sorted(records):
        if path.name == f"{but}.stage.json":
            continue
        try:
            tally.add(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a stage that is not done says nothing of what it costs
    return tally
