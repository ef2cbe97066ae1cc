"""The entries of an archive, each to its outcome, in order, in processes that can be killed.

Entries travel in batches, which share the costs of hand-over and of every compiled pass. A batch
that has to be stopped is done again entry by entry, so that a page costs itself only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import pyarrow as pa

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.killable import CRASH, MEMORY, TOO_MUCH, Stopped, run_killable
from kaz_cleaning.model_choice import chosen_model
from kaz_cleaning.page import clean_pages
from kaz_datasets.columns import table_of
from kaz_datasets.errors import KazcorpusError
from kaz_datasets.record import SCHEMA
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Damage, Page

DAMAGED: Final = "damaged-record"
_ENTRIES: Final = 64
"""Of a batch: two seconds of extraction, and a few megabytes of pages at most in any process."""
_BYTES: Final = 2 << 20

Entry = TypeVar("Entry", bound=Page | Damage)
Job = tuple[Sequence[Page | Damage], SourceFacts, CleaningConfig]


@dataclass(frozen=True)
class Cleaned:
    """What came of some entries: the rows of those kept, the others, and which was which."""

    documents: pa.Table
    drops: tuple[Dropped, ...]
    kept: tuple[bool, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        """For the way between processes: the rows' bytes without their schema, which both know."""
        batches = [batch.serialize() for batch in self.documents.to_batches()]
        return _received, (batches, self.drops, self.kept)

    def outcomes(self) -> Iterator[Kept | Dropped]:
        """One by one, in the entries' order."""
        rows, drops = iter(self.documents.to_pylist()), iter(self.drops)
        return (Kept(next(rows)) if kept else next(drops) for kept in self.kept)


def _received(
    batches: Sequence[pa.Buffer], drops: tuple[Dropped, ...], kept: tuple[bool, ...]
) -> Cleaned:
    read = [pa.ipc.read_record_batch(batch, SCHEMA) for batch in batches]
    return Cleaned(pa.Table.from_batches(read, SCHEMA), drops, kept)


def clean_in_order(
    entries: Iterable[Page | Damage], facts: SourceFacts, config: CleaningConfig
) -> Iterator[Kept | Dropped]:
    """One outcome an entry, in the entries' order, whatever the number of workers."""
    for cleaned in clean_batches(entries, facts, config):
        yield from cleaned.outcomes()


def clean_batches(
    entries: Iterable[Page | Damage], facts: SourceFacts, config: CleaningConfig
) -> Iterator[Cleaned]:
    """The same, batch by batch."""
    jobs = ((batch, facts, config) for batch in batches(entries))
    if config.workers == 0:
        return (clean_entries(*job) for job in jobs)
    return _with_workers(jobs, config)


def clean_entries(
    entries: Sequence[Page | Damage], facts: SourceFacts, config: CleaningConfig
) -> Cleaned:
    """The outcomes of a batch; a page that breaks a parser is dropped, and the rest goes on."""
    pages = [entry for entry in entries if isinstance(entry, Page)]
    try:
        outcomes: Iterator[Kept | Dropped] = iter(
            clean_pages(pages, facts, config, chosen_model(config.language_model))
        )
    except KazcorpusError:
        raise  # a wrong selector or model, not these pages' fault
    except Exception as error:  # one of them is to blame: each is asked alone
        alone = (_clean_alone(page, facts, config) for page in pages)
        outcomes = iter([_broken(pages[0], error)]) if len(pages) == 1 else alone
    return _cleaned(next(outcomes) if isinstance(one, Page) else _damage(one) for one in entries)


def _clean_alone(page: Page, facts: SourceFacts, config: CleaningConfig) -> Kept | Dropped:
    try:
        return clean_pages([page], facts, config, chosen_model(config.language_model))[0]
    except Exception as error:  # whatever a hostile page makes a parser raise costs that page only
        return _broken(page, error)


def _broken(page: Page, error: Exception) -> Dropped:
    if isinstance(error, MemoryError):
        return Dropped(MEMORY, TOO_MUCH, None, page.url)
    return Dropped(CRASH, type(error).__name__, None, page.url)


def _damage(entry: Damage) -> Dropped:
    return Dropped(DAMAGED, f"{entry.file}@{entry.offset}: {entry.reason}", None, None)


def _cleaned(outcomes: Iterable[Kept | Dropped]) -> Cleaned:
    found = list(outcomes)
    rows = [outcome.row for outcome in found if isinstance(outcome, Kept)]
    drops = tuple(outcome for outcome in found if isinstance(outcome, Dropped))
    kept = tuple(isinstance(outcome, Kept) for outcome in found)
    return Cleaned(table_of(rows, SCHEMA), drops, kept)


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries as they travel together: few, and small in sum."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        weight = len(entry.body) if isinstance(entry, Page) else 0
        if batch and (len(batch) == _ENTRIES or size + weight > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += weight
    if batch:
        yield batch


def _with_workers(jobs: Iterable[Job], config: CleaningConfig) -> Iterator[Cleaned]:
    addresses: deque[str | None] = deque()

    def noted() -> Iterator[Job]:
        for job in jobs:
            addresses.extend(one.url if isinstance(one, Page) else None for one in job[0])
            yield job

    ready = partial(chosen_model, config.language_model)
    for outcome in run_killable(
        clean_entries, noted(), config.workers, config.page_timeout, _one_by_one, ready
    ):
        if isinstance(outcome, Stopped):
            yield _cleaned([Dropped(outcome.rule, outcome.value, None, addresses.popleft())])
        else:
            for _ in outcome.kept:
                addresses.popleft()
            yield outcome


def _one_by_one(job: Job) -> list[Job]:
    entries, facts, config = job
    return [([entry], facts, config) for entry in entries]
