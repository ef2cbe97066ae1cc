"""Work through processes that can be killed, results in the order of the jobs.

A signal does not stop libxml2 inside a pathological page; killing its process does, and costs
that one page. Jobs in flight are bounded, so memory is too.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.masks import mask
from kaz_cleaning.quality.measures import measure_text
from kaz_datasets.compiled import one_compiles

TIMEOUT: Final = "extraction-timeout"
CRASH: Final = "extraction-crash"

_IN_FLIGHT_PER_WORKER: Final = 4
_JOBS_PER_WORKER: Final = 500
"""A worker is replaced after so many, which ends any slow leak of the parsers."""

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Stopped:
    """A job that was ended from outside, or that ended its process: which, and how."""

    rule: str
    value: str


@cache
def packaged_model() -> LanguageModel:
    """The language model, loaded once a process, and with it all machine code.

    That is loaded or compiled now, not in the first page's time.
    """
    model = load_model()
    with one_compiles():
        model.identify(["сөз"])
        measure_text("")
        mask("")
    return model


def run_killable(
    work: Callable[..., Outcome],
    jobs: Iterable[tuple[Any, ...]],
    workers: int,
    timeout: float,
    parts: Callable[[Any], Sequence[tuple[Any, ...]]] = lambda job: (job,),
) -> Iterator[Outcome | Stopped]:
    """One outcome of `work(*job)` a job, in order; what takes over `timeout` seconds is stopped.

    A job of several `parts` that had to be stopped is done again part by part, with an outcome
    for each. `work` runs in a process that has the language model loaded; what it raises is
    raised here.
    """
    pool: Any = ProcessPool(
        max_workers=workers,
        max_tasks=_JOBS_PER_WORKER,
        context=multiprocessing.get_context("spawn"),  # fork copies threads' locks
        initializer=packaged_model,
    )
    waiting: deque[tuple[Any, Any]] = deque()

    def first() -> Iterator[Outcome | Stopped]:
        job, future = waiting.popleft()
        outcome = _outcome(future, timeout)
        smaller = parts(job) if isinstance(outcome, Stopped) else ()
        if len(smaller) <= 1:
            yield outcome
            return
        for again in [pool.schedule(work, args=part, timeout=timeout) for part in smaller]:
            yield _outcome(again, timeout)

    try:
        for job in jobs:
            waiting.append((job, pool.schedule(work, args=job, timeout=timeout)))
            if len(waiting) >= workers * _IN_FLIGHT_PER_WORKER:
                yield from first()
        while waiting:
            yield from first()
    finally:
        pool.stop()
        pool.join()


def _outcome(future: Any, timeout: float) -> Any:
    try:
        return future.result()
    except FutureTimeoutError:
        return Stopped(TIMEOUT, f"{timeout:g} s")
    except ProcessExpired as error:
        return Stopped(CRASH, f"process ended with {error.exitcode}")
