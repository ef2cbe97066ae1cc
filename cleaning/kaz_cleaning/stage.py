"""The cleaning stage: one archive file in, one shard of documents and one of rejects out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped
from kaz_cleaning.extraction import check_selectors
from kaz_cleaning.model_choice import check_model
from kaz_cleaning.pool import clean_batches
from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.progress import Progress, silent
from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA
from kaz_datasets.shards import ShardWriter
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import read_pages

CLEANING_VERSION: Final = 12
"""Raised whenever the same archive and configuration would give other rows."""

STAGE: Final = "clean"


def clean_archive(
    archive: Path,
    facts: SourceFacts,
    config: CleaningConfig,
    documents: Path,
    rejected: Path,
    progress: Progress = silent,
) -> Account:
    """Clean every page of `archive`; rows stand in its order, and all of it is accounted for.

    Raises NotFound, Corrupt where the file is no archive at all, BadConfiguration for a wrong
    selector, Unavailable for a language model that the Hub does not hand out, and DiskFull; an
    output that appears is whole.
    """
    check_selectors(facts)
    check_model(config.language_model)
    books = Bookkeeper()
    entries = _entered(read_pages(archive), facts.id, books, progress)
    with ShardWriter(rejected, REJECTED_SCHEMA) as drops, ShardWriter(documents, SCHEMA) as rows:
        for cleaned in clean_batches(entries, facts, config):
            rows.write_table(cleaned.documents)
            drops.write([_reject(drop, facts) for drop in cleaned.drops])
            books.keep(facts.id, cleaned.documents.num_rows)
            for drop in cleaned.drops:
                books.drop(facts.id, drop.rule)
    return books.account()


def _entered(
    entries: Iterable[Any], source: str, books: Bookkeeper, progress: Progress
) -> Iterator[Any]:
    for number, entry in enumerate(entries, start=1):
        books.enter(source)
        progress(number, None, "pages")
        yield entry


def _reject(drop: Dropped, facts: SourceFacts) -> dict[str, str | None]:
    return {
        "id": drop.id,
        "url": drop.url,
        "source": facts.id,
        "stage": STAGE,
        "rule": drop.rule,
        "value": drop.value,
    }
