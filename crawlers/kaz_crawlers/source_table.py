"""All known sources at a glance: for the terminal, for programs, and for docs/sources.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kaz_crawlers.source import Discover, Source, load_source
from kaz_crawlers.source_fields import NEVER
from kaz_crawlers.source_files import SourceFile
from kaz_datasets.errors import KazcorpusError
from kaz_datasets.vocabulary import KINDS

COMMAND: Final = "kazcorpus sources docs"
_MADE_UP: Final = ".example"  # RFC 2606: the hosts of the demo

_INTRODUCTION: Final = f"""\
# Sources

Made by `{COMMAND}` from the source files in `crawlers/kaz_crawlers/sources/`; edit those.

*Basis* is why the text may be used ([the keys](sources-format.md)); what a site's machine-readable
signals say is asked again at each crawl. *Checked* is the day somebody looked at the live site:
a source with "never" is crawled only with `--unchecked`, one with the basis `unclear` not at all.
"""


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One known source, or the reason why its file cannot be read."""

    id: str
    origin: str
    name: str = ""
    kind: str = ""
    host: str = ""
    basis: str = ""
    checked: str = ""
    found_by: str = ""
    broken: str | None = None


def source_rows(files: Iterable[SourceFile]) -> list[SourceRow]:
    """A row for each file, readable or not."""
    return [_row(file) for file in files]


def _row(file: SourceFile) -> SourceRow:
    if file.rivals:
        broken = f"brought by {' and '.join(file.rivals)}: uninstall one"
        return SourceRow(id=file.id, origin=file.origin, broken=broken)
    try:
        return _row_of(load_source(file.path), file.origin)
    except KazcorpusError as error:
        return SourceRow(id=file.id, origin=file.origin, broken=str(error))


def _row_of(source: Source, origin: str) -> SourceRow:
    return SourceRow(
        id=source.id,
        origin=origin,
        name=source.name,
        kind=source.kind,
        host=urlsplit(source.homepage).hostname or "",
        basis=source.rights.basis,
        checked=str(source.rights.checked),
        found_by=", ".join(_ways(source.discover)),
    )


def _ways(discover: Discover) -> Iterator[str]:
    for name in ("sitemaps", "feeds", "listings", "oai", "dumps"):
        if getattr(discover, name):
            yield name
    if discover.follow:
        yield "links"


def sources_page(rows: Sequence[SourceRow]) -> str:
    """docs/sources.md: a table for each kind, without the demo's made-up hosts."""
    real = [row for row in rows if row.broken is None and not row.host.endswith(_MADE_UP)]
    looked = sum(row.checked != NEVER for row in real)
    parts = [_INTRODUCTION, f"{len(real)} sources, of which somebody has looked at {looked}.\n"]
    for kind in KINDS:
        of_kind = [row for row in real if row.kind == kind]
        if of_kind:
            parts.append("\n".join([f"## {kind.capitalize()}", "", *_table(of_kind), ""]))
    return "\n".join(parts)


def _table(rows: Sequence[SourceRow]) -> Iterator[str]:
    yield "| id | name | host | basis | checked | found by |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in sorted(rows, key=lambda row: row.id):
        cells = (row.id, row.name, row.host, row.basis, row.checked, row.found_by)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
