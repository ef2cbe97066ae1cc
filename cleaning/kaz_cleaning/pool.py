"""Pages through processes that can be killed, results in the order of the pages.

A signal does not stop libxml2 inside a pathological page; killing its process does, and costs
that one page. In-flight pages are bounded, so memory is too.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import cache
from typing import Any, Final

from pebble import ProcessExpired, ProcessPool

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.page import Dropped, Kept, clean_page
from kaz_datasets.errors import KazcorpusError
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Damage, Page

TIMEOUT: Final = "extraction-timeout"
CRASH: Final = "extraction-crash"
DAMAGED: Final = "damaged-record"

_IN_FLIGHT_PER_WORKER: Final = 4
_PAGES_PER_WORKER: Final = 5_000
"""A worker is replaced after so many, which ends any slow leak of the parsers."""


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
        return clean_page(entry, facts, config, _model())
    except KazcorpusError:
        raise  # a wrong selector or model, not this page's fault
    except Exception as error:  # whatever a hostile page makes a parser raise costs that page only
        return Dropped(CRASH, type(error).__name__, None, entry.url)


@cache
def _model() -> LanguageModel:
    """The language model, loaded once a process."""
    model = load_model()
    model.identify(["сөз"])  # its machine code is loaded now, not in the first page's time
    return model


def _with_workers(
    entries: Iterable[Page | Damage], facts: SourceFacts, config: CleaningConfig
) -> Iterator[Kept | Dropped]:
    pool: Any = ProcessPool(
        max_workers=config.workers,
        max_tasks=_PAGES_PER_WORKER,
        context=multiprocessing.get_context("spawn"),  # fork copies threads' locks
        initializer=_model,
    )
    waiting: deque[tuple[Page | Damage, Any]] = deque()
    try:
        for entry in entries:
            waiting.append((entry, _schedule(pool, entry, facts, config)))
            if len(waiting) >= config.workers * _IN_FLIGHT_PER_WORKER:
                yield _outcome(*waiting.popleft(), facts, config)
        while waiting:
            yield _outcome(*waiting.popleft(), facts, config)
    finally:
        pool.stop()
        pool.join()


def _schedule(pool: Any, entry: Page | Damage, facts: SourceFacts, config: CleaningConfig) -> Any:
    if isinstance(entry, Damage):
        return None
    return pool.schedule(clean_entry, args=(entry, facts, config), timeout=config.page_timeout)


def _outcome(
    entry: Page | Damage, future: Any, facts: SourceFacts, config: CleaningConfig
) -> Kept | Dropped:
    if isinstance(entry, Damage):
        return clean_entry(entry, facts, config)
    try:
        outcome: Kept | Dropped = future.result()
    except FutureTimeoutError:
        return Dropped(TIMEOUT, f"{config.page_timeout:g} s", None, entry.url)
    except ProcessExpired as error:
        return Dropped(CRASH, f"process ended with {error.exitcode}", None, entry.url)
    return outcome
