"""A composed corpus as a workspace takes it: text records in WARC files, one file a unit."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.dedup.corpus import documents
from benchmarks.environments import CACHE

from kaz_crawlers.inputs.text_archive import TextDocument, TextIngest, write_text_archive
from kaz_datasets.record_facts import RecordFacts
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace

UNIT_DOCUMENTS = 2_000
RETRIEVED = datetime(2026, 1, 1, tzinfo=UTC)


def archived(megabytes: int, seed: int = 7) -> Path:
    """The folder `archive` of a workspace with so much text, kept in the cache."""
    folder = CACHE / "archives" / f"kk-{megabytes}-{seed}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        rows = documents(megabytes * 1_000_000, random.Random(seed))
        for number in range(1_000_000):
            unit = list(islice(rows, UNIT_DOCUMENTS))
            if not unit:
                break
            _write(folder / "archive", number, unit)
        (folder / "complete").touch()
    return folder / "archive"


def workspace_of(archive: Path, folder: Path) -> Workspace:
    """A new workspace over that archive."""
    shutil.rmtree(folder, ignore_errors=True)
    workspace = make_workspace(folder)
    shutil.copytree(archive, workspace.archive, copy_function=_link)
    return workspace


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _write(archive: Path, number: int, unit: list[dict[str, str]]) -> None:
    source = f"part-{number:04}"
    facts = SourceFacts(
        id=source, name=source, kind="news", basis="open-licence", licence="CC-BY-4.0"
    )
    ingest = TextIngest(
        folder=archive / source / "composed", facts=facts, inputs={"unit": f"{number}"}
    )
    write_text_archive(ingest, lambda: _items(unit))


def _items(unit: list[dict[str, str]]) -> Iterator[TextDocument]:
    for row in unit:
        yield TextDocument(
            url=f"https://{row['host'].replace('_', '-')}/{row['id']}",
            text=row["text"],
            facts=RecordFacts(),
            retrieved_at=RETRIEVED,
        )
