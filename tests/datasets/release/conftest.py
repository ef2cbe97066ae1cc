"""A small made-up corpus, and releases of it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.identity import document_id, host_of
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.release import ReleaseConfig, ReleaseSummary, write_release
from kaz_datasets.shards import write_shard
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.words import count_words

Row = dict[str, Any]

SENTENCES = (
    "Көктемде өзен тасып, көпір жөндеуге жабылды.",
    "Мектеп оқушылары бақшаға елу түп алма ағашын отырғызды.",
    "Дәрігер балаларға таза ауада көбірек жүруді кеңестейді.",
    "Заңның үшінші бабы бойынша өтініш он күн ішінде қаралады.",
    "Кітапхана кешкі сағат сегізге дейін ашық болады.",
    "Ескі әуен домбырамен қайта жаңғырды.",
    "Жаңбырдан кейін даланың иісі қала шетіне дейін жетеді.",
    "Нан пісірген әжем немерелеріне ертегі айтып отырды.",
)
SOURCES = (
    SourceFacts(
        id="tan",
        name="Таң | жаршысы",
        homepage="https://tan.example/",
        kind="news",
        basis="open-licence",
        licence="CC-BY-4.0",
    ),
    SourceFacts(id="zan", name="Заңнама", kind="law", basis="public-domain"),
    SourceFacts(id="sauly", kind="health", basis="permission", licence="LicenseRef-sauly"),
)


def document(number: int, source: SourceFacts) -> Row:
    """A row of the record, all of it made from `number`."""
    chosen = random.Random(number).sample(SENTENCES, 3)
    text = "\n".join((*chosen, f"Бұл {number}-мәтін."))
    url = f"https://{source.id}.example/kk/{number}"
    return {
        "id": document_id(url, text),
        "text": text,
        "title": None if number % 5 == 0 else f"Тақырып {number}",
        "url": url,
        "host": host_of(url),
        "source": source.id,
        "kind": source.kind,
        "licence": source.licence,
        "rights": {"basis": source.basis, "signals": ["robots=index"] if number % 4 == 0 else []},
        "published_at": None if number % 3 == 0 else date(2020 + number % 4, 3, 1),
        "retrieved_at": datetime(2025, 3, 1, tzinfo=UTC) + timedelta(minutes=7 * number % 100),
        "script": "Cyrl" if number % 6 else "Latn",
        "language_score": 0.97,
        "words": count_words(text),
        "characters": len(text),
        "quality": [{"rule": "mean-word-length", "value": 6.5}],
        "cluster_id": None if number % 9 == 0 else document_id(url, text),
        "cluster_size": None if number % 9 == 0 else 1 + number % 3,
        "masked": [{"type": "phone", "count": 2}] if number % 7 == 0 else [],
        "repaired": [{"type": "spaces", "count": 1}] if number % 2 == 0 else [],
        "warc_file": f"{source.id}-00000.warc.gz",
        "warc_offset": number * 1000,
        "extractor": "trafilatura 2.3.0",
        "added_in": None,
    }


def rejection(number: int, source: SourceFacts, stage: str, rule: str) -> Row:
    """A rejected row."""
    url = f"https://{source.id}.example/bad/{number}"
    name = document_id(url, "") if stage == "dedup" else None
    return {
        "id": name,
        "url": url if number % 3 else None,
        "source": source.id,
        "stage": stage,
        "rule": rule,
        "value": None if number % 2 else f"{number}",
    }


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What the stages before a release leave behind."""

    folder: Path
    rows: tuple[Row, ...]
    rejected: tuple[Row, ...]
    config: ReleaseConfig = field(
        default_factory=lambda: ReleaseConfig(
            version="1.0.0", repo="owner/corpus", shard_bytes=6_000, rejected_rows=15
        )
    )

    def kept(self, parts: int = 3) -> list[Path]:
        """The kept rows in `parts` shards."""
        return self._shards("kept", self.rows, parts)

    def dropped(self, parts: int = 2) -> list[Path]:
        """The rejected rows in `parts` shards."""
        return self._shards("dropped", self.rejected, parts)

    def _shards(self, name: str, rows: Sequence[Row], parts: int) -> list[Path]:
        paths = [self.folder / f"{name}-{part}.parquet" for part in range(parts)]
        schema = {} if name == "kept" else {"schema": REJECTED_SCHEMA}
        for part, path in enumerate(paths):
            write_shard(path, rows[part::parts], **schema)
        return paths

    def shuffled(self, folder: Path, seed: int) -> Corpus:
        """The same rows in another order."""
        rows, rejected = list(self.rows), list(self.rejected)
        random.Random(seed).shuffle(rows)
        random.Random(seed).shuffle(rejected)
        return replace(self, folder=folder, rows=tuple(rows), rejected=tuple(rejected))

    def funnel(self) -> list[tuple[str, Account]]:
        """The accounts that these rows follow from."""
        clean, dedup = Bookkeeper(), Bookkeeper()
        for row in self.rejected:
            clean.enter(row["source"])
            if row["stage"] == "clean":
                clean.drop(row["source"], row["rule"])
                continue
            clean.keep(row["source"])
            dedup.enter(row["source"])
            dedup.drop(row["source"], row["rule"])
        for row in self.rows:
            for book in (clean, dedup):
                book.enter(row["source"])
                book.keep(row["source"])
        return [("clean", clean.account()), ("dedup", dedup.account())]

    def release(self, output: Path, **changed: Any) -> ReleaseSummary:
        """Write the release, with other arguments where they are given."""
        arguments: dict[str, Any] = {
            "funnel": self.funnel(),
            "sources": SOURCES,
            "config": self.config,
            "output": output,
            **changed,
        }
        arguments.setdefault("kept", None if "kept" in changed else self.kept())
        arguments.setdefault("rejected", None if "rejected" in changed else self.dropped())
        return write_release(**arguments)


def made(
    folder: Path,
    rows: Iterable[Mapping[str, Any]] | None = None,
    rejected: Iterable[Mapping[str, Any]] | None = None,
) -> Corpus:
    """The made-up corpus, or other rows in its place."""
    folder.mkdir(exist_ok=True)
    tan, zan, sauly = SOURCES
    if rows is None:
        rows = [
            document(number, source)
            for source, numbers in ((tan, 40), (zan, 12), (sauly, 5))
            for number in range(1, 1 + numbers)
        ]
    if rejected is None:
        plan = (
            (tan, "clean", "not-kazakh", 11),
            (tan, "clean", "too-short", 4),
            (zan, "clean", "too-short", 2),
            (tan, "dedup", "near-duplicate", 9),
            (zan, "dedup", "exact-duplicate", 3),
        )
        rejected = [
            rejection(number, source, stage, rule)
            for source, stage, rule, count in plan
            for number in range(count)
        ]
    return Corpus(
        folder=folder,
        rows=tuple(dict(row) for row in rows),
        rejected=tuple(dict(row) for row in rejected),
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """57 documents of three sources, and 29 rejected pages."""
    return made(tmp_path / "shards")


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[..., Corpus]:
    """Make a corpus of other rows."""
    return lambda **rows: made(tmp_path / "other-shards", **rows)


@pytest.fixture(scope="session")
def make() -> Callable[[Path], Corpus]:
    """Make the corpus in a folder, for fixtures that live longer than a test."""
    return made


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> ReleaseSummary:
    """A finished release; tests that change it take `release`."""
    folder = tmp_path_factory.mktemp("built")
    return made(folder / "shards").release(folder / "1.0.0")


@pytest.fixture
def release(built: ReleaseSummary, tmp_path: Path) -> Path:
    """A copy of the finished release, to be changed."""
    return Path(shutil.copytree(built.folder, tmp_path / "1.0.0"))
