"""What every crawl of a source was like: one small file a source, `health/<source>.json`.

The end of a crawl enters what was fetched, the end of its cleaning what became of it. So the
history outlives archive and documents, and a build judges a crawl the same however often it runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.files import write_json
from kaz_datasets.workspace import Workspace
from kaz_flows.health.bands import Departure, judge

FOLDER: Final = "health"


@dataclass(frozen=True, kw_only=True)
class CrawlHealth:
    """One crawl, and what an operator said of it."""

    crawl: str
    measured: Mapping[str, float]
    let_in: str = ""
    """Why an operator let it into releases although it had left the band."""


_ADAPTER: Final = TypeAdapter(tuple[CrawlHealth, ...])


@dataclass(frozen=True, kw_only=True)
class History:
    """The crawls of one source, in the order of their names, which begin with their dates."""

    path: Path
    crawls: tuple[CrawlHealth, ...] = ()

    @classmethod
    def of(cls, workspace: Workspace, source: str) -> History:
        """The history of a source; an empty one where there is none. Raises Corrupt."""
        path = workspace.root / FOLDER / f"{source}.json"
        if not path.is_file():
            return cls(path=path)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["crawls"]
            return cls(path=path, crawls=_ADAPTER.validate_python(found))
        except (ValueError, KeyError, TypeError) as error:
            raise Corrupt(f"{path} cannot be read: mend or remove it") from error

    @classmethod
    def all(cls, workspace: Workspace) -> dict[str, History]:
        """Every history of a workspace, by source."""
        names = sorted(path.stem for path in (workspace.root / FOLDER).glob("*.json"))
        return {name: cls.of(workspace, name) for name in names}

    def enter(self, crawl: str, measured: Mapping[str, float]) -> History:
        """Add or renew what is known of a crawl; nothing is written where nothing changed."""
        known = {entry.crawl: entry for entry in self.crawls}
        entry = known.get(crawl, CrawlHealth(crawl=crawl, measured={}))
        known[crawl] = replace(entry, measured={**entry.measured, **measured})
        return self._with(known)

    def let_in(self, crawl: str, why: str) -> History:
        """Let a crawl into releases whatever its measures. Raises NotFound."""
        known = {entry.crawl: entry for entry in self.crawls}
        if crawl not in known:
            raise NotFound(f"{self.path.stem} has no crawl {crawl}: see `kazcorpus health show`")
        known[crawl] = replace(known[crawl], let_in=why)
        return self._with(known)

    def held(self) -> dict[str, list[Departure]]:
        """The crawls that are held back, each with what has left the band of those before it."""
        return {entry.crawl: found for entry, found in self.judged() if found and not entry.let_in}

    def judged(self) -> Iterator[tuple[CrawlHealth, list[Departure]]]:
        """Each crawl beside those before it that were healthy or let in."""
        before: list[Mapping[str, float]] = []
        for entry in self.crawls:
            found = judge(entry.measured, before)
            if not found or entry.let_in:
                before.append(entry.measured)
            yield entry, found

    def _with(self, known: Mapping[str, CrawlHealth]) -> History:
        crawls = tuple(known[name] for name in sorted(known))
        if crawls != self.crawls:
            write_json(self.path, {"crawls": [_to_json(entry) for entry in crawls]})
        return replace(self, crawls=crawls)


def _to_json(entry: CrawlHealth) -> dict[str, object]:
    return {"crawl": entry.crawl, "measured": dict(entry.measured), "let_in": entry.let_in}
