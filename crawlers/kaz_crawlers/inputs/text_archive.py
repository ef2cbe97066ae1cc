"""Texts that others made plain, as WARC `conversion` records with their provenance.

Every input that is not a crawl ends here: documents in, an archive folder out, with an account
(input = written + skipped by rule) and the skipped ones, without their text, in a Parquet file of
rejected rows. The work is a stage: done once, done again from the start if it was killed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaz_crawlers.archive import write_facts
from kaz_crawlers.warc_writer import Exchange, WarcWriter
from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.errors import Corrupt
from kaz_datasets.files import remove_temporaries, write_text
from kaz_datasets.progress import Progress, silent
from kaz_datasets.record_facts import RecordFacts
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.stage import Stage, StageResult

if TYPE_CHECKING:
    from kaz_datasets.shards import ShardWriter

TEXT_TYPE: Final = "text/plain; charset=utf-8"
STAGE: Final = "ingest"
REJECTED_FILE: Final = "rejected.parquet"
FULL_TEXT_FILE: Final = "fulltext.txt"
LARGEST_TEXT: Final = 16 << 20
"""Bytes of one text; the longest codes of law have about 3 million."""

_VERSION: Final = 1
_LONGEST_FACTS: Final = {
    "title": 200,
    "author": 200,
    "licence": 120,
    "language": 35,  # RFC 5646, section 4.4.1
    "extractor": 80,
}
"""Characters: together they fit the 8,192 of the header field, at twelve bytes a character."""
_ADDRESS: Final = re.compile(r"https?://[^\s\x00-\x20\x7f]{1,4000}")
"""What can stand in a WARC header and be the address of a document."""
_REPORT_EVERY: Final = 100
_ROWS_AT_ONCE: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class TextDocument:
    """One text and what its writer knew of it."""

    url: str
    text: str
    facts: RecordFacts
    retrieved_at: datetime
    full_texts: tuple[str, ...] = ()
    """Addresses where more of it may be had, as a journal's PDF."""


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """One that was not taken in: the rule and what it measured."""

    rule: str
    url: str | None = None
    value: str | None = None


@dataclass(frozen=True, kw_only=True)
class FetchedPage:
    """A page that others had fetched, as its server sent it."""

    exchange: Exchange


Item = TextDocument | Skipped | FetchedPage | Exchange
"""An `Exchange` is kept as it came, for provenance, and counts as neither written nor skipped."""


@dataclass(frozen=True, kw_only=True)
class TextIngest:
    """What is taken in, from where, and as which source."""

    folder: Path
    facts: SourceFacts
    inputs: Mapping[str, str]
    """Digests or addresses by name: the same again is not taken in twice."""
    config: Mapping[str, Any] = field(default_factory=dict)
    info: Mapping[str, str] = field(default_factory=dict)
    """Fields of the files' warcinfo records."""


@dataclass(frozen=True, kw_only=True)
class TextIngestReport:
    """What became of an input."""

    folder: Path
    files: tuple[Path, ...]
    account: Account
    skipped: bool
    """True when an earlier run had already taken it in."""


def write_text_archive(
    ingest: TextIngest, read: Callable[[], Iterable[Item]], progress: Progress = silent
) -> TextIngestReport:
    """Write what `read` yields into the archive folder, unless it is there already.

    Raises DiskFull and whatever `read` raises; then nothing counts as done and the same command
    begins anew.
    """
    stage = Stage(
        name=STAGE,
        folder=ingest.folder,
        inputs=ingest.inputs,
        config={**ingest.config, "facts": asdict(ingest.facts)},
        version=_VERSION,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        _clear(ingest.folder, ingest.facts.id)
        # first of all, since a folder without them stops a build
        write_facts(ingest.folder, ingest.facts)
        try:
            return _Archive(ingest, progress).take(read())
        except BaseException:
            _clear(ingest.folder, ingest.facts.id)  # or a build would take half of it for all
            raise

    result = stage.run(work)
    files = tuple(ingest.folder / name for name in result.outputs if name.endswith(".warc.gz"))
    return TextIngestReport(
        folder=ingest.folder, files=files, account=result.account, skipped=result.skipped
    )


def finished_ingest(folder: Path) -> StageResult | None:
    """What the ingest that filled `folder` left behind; None where there was none, or not wholly.

    Raises Corrupt for a record that cannot be read.
    """
    record = folder / f"{STAGE}.stage.json"
    if not record.is_file():
        return None
    try:
        values = json.loads(record.read_text(encoding="utf-8"))
        return StageResult(
            outputs={name: output["sha256"] for name, output in values["outputs"].items()},
            account=Account.from_json(values["account"]),
            seconds=values["seconds"],
            skipped=True,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Corrupt(f"{record} cannot be read ({error}): take the files in again") from error


class _Archive:
    """One run: the writer, the account and the rejected rows."""

    def __init__(self, ingest: TextIngest, progress: Progress) -> None:
        self._ingest = ingest
        self._source = ingest.facts.id
        self._books = Bookkeeper()
        self._progress = progress
        self._count = 0
        self._full_texts: list[str] = []
        self._rows: list[dict[str, Any]] = []

    def take(self, items: Iterable[Item]) -> tuple[Account, Sequence[Path]]:
        from kaz_datasets.record import REJECTED_SCHEMA
        from kaz_datasets.shards import ShardWriter

        folder = self._ingest.folder
        rejected = folder / REJECTED_FILE
        with (
            WarcWriter(folder, self._source, self._ingest.info) as writer,
            ShardWriter(rejected, REJECTED_SCHEMA) as shard,
        ):
            for item in items:
                self._take_one(item, writer, shard)
            self._flush(shard)
        self._progress(self._count, self._count, "documents")
        outputs = [rejected, *sorted(folder.glob(f"{self._source}-*.warc.gz"))]
        if self._full_texts:
            write_text(folder / FULL_TEXT_FILE, "".join(f"{url}\n" for url in self._full_texts))
            outputs.append(folder / FULL_TEXT_FILE)
        return self._books.account(), outputs

    def _take_one(self, item: Item, writer: WarcWriter, shard: ShardWriter) -> None:
        if isinstance(item, Exchange):
            writer.write(item)
            return
        self._books.enter(self._source)
        checked = item if isinstance(item, FetchedPage) else _checked(item)
        if isinstance(checked, Skipped):
            self._books.drop(self._source, checked.rule)
            self._rows.append(self._row(checked))
            if len(self._rows) >= _ROWS_AT_ONCE:
                self._flush(shard)
        else:
            self._write(checked, writer)
        self._count += 1
        if self._count % _REPORT_EVERY == 0:
            self._progress(self._count, None, "documents")

    def _write(self, document: TextDocument | FetchedPage, writer: WarcWriter) -> None:
        if isinstance(document, FetchedPage):
            writer.write(document.exchange)
        else:
            body = document.text.encode("utf-8")
            facts = _fitting(document.facts)
            writer.write_conversion(document.url, body, TEXT_TYPE, facts, document.retrieved_at)
            self._full_texts += document.full_texts
        if self._count % _REPORT_EVERY == 0:
            writer.sync()
            writer.roll()
        self._books.keep(self._source)

    def _flush(self, shard: ShardWriter) -> None:
        shard.write(self._rows)
        self._rows = []

    def _row(self, skipped: Skipped) -> dict[str, Any]:
        return {
            "id": None,
            "url": skipped.url,
            "source": self._source,
            "stage": "crawl",  # the first stage of every account, whoever gathered
            "rule": skipped.rule,
            "value": skipped.value,
        }


def _checked(item: TextDocument | Skipped) -> TextDocument | Skipped:
    if isinstance(item, Skipped):
        return item
    if not _ADDRESS.fullmatch(item.url):
        return Skipped(rule="no-address", value=repr(item.url[:200]))
    if not item.text.strip():
        return Skipped(rule="empty", url=item.url)
    try:
        size = len(item.text.encode("utf-8"))
    except UnicodeEncodeError:  # half of a surrogate pair, as JSON can spell it
        return Skipped(rule="not-utf8", url=item.url)
    if size > LARGEST_TEXT:
        return Skipped(rule="too-large", url=item.url, value=f"{size} bytes")
    return item


def _fitting(facts: RecordFacts) -> RecordFacts:
    """Facts that are short enough for a header field, whatever letters they are written in."""
    shortened: dict[str, Any] = {
        name: value[:longest] if (value := getattr(facts, name)) else None
        for name, longest in _LONGEST_FACTS.items()
    }
    return replace(facts, **shortened)


def _clear(folder: Path, series: str) -> None:
    """Remove what a killed or an outdated run left."""
    if not folder.is_dir():
        return
    remove_temporaries(folder)
    for pattern in (f"{series}-*.warc.gz*", f"{series}-*.cdxj"):
        for leftover in folder.glob(pattern):
            leftover.unlink()
    (folder / FULL_TEXT_FILE).unlink(missing_ok=True)
