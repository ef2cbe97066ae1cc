"""The entries of an archive, each to its outcome, in order, in processes that can be killed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.killable import CRASH, Stopped, packaged_model, run_killable
from kaz_cleaning.page import Dropped, Kept, clean_page
from kaz_datasets.errors import KazcorpusError
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Damage, Page

DAMAGED: Final = "damaged-record"


def clean_in_order(
    entries: Iterable[Page | Damage], facts: SourceFacts, config: CleaningConfig
) -> Iterator[Kept | Dropped]:
    """One outcome an entry, in the entries' order, whatever the number of workers."""
    if config.workers == 0:
        return (clean_entry(entry, facts, config) for entry in entries)
    return _with_workers(entries, facts, config)


def clean_entry(entry: Page | Damage, facts: SourceFacts, config: CleaningConfig) -> Kept | Dropped:
    """The outcome of one entry; a page that breaks a parser is dropped, and the rest goes on."""
    if isinstance(entry, Damage):
        return Dropped(DAMAGED, f"{entry.file}@{entry.offset}: {entry.reason}", None, None)
    try:
        return clean_page(entry, facts, config, packaged_model())
    except KazcorpusError:
        raise  # a wrong selector or model, not this page's fault
    except Exception as error:  # whatever a hostile page makes a parser raise costs that page only
        return Dropped(CRASH, type(error).__name__, None, entry.url)


def _with_workers(
    entries: Iterable[Page | Damage], facts: SourceFacts, config: CleaningConfig
) -> Iterator[Kept | Dropped]:
    addresses: deque[str | None] = deque()

    def jobs() -> Iterator[tuple[Page | Damage, SourceFacts, CleaningConfig]]:
        for entry in entries:
            addresses.append(entry.url if isinstance(entry, Page) else None)
            yield entry, facts, config

    for outcome in run_killable(clean_entry, jobs(), config.workers, config.page_timeout):
        address = addresses.popleft()
        if isinstance(outcome, Stopped):
            yield Dropped(outcome.rule, outcome.value, None, address)
        else:
            yield outcome
