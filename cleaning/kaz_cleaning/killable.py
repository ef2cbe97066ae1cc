"""Work through processes that can be killed, results in the order of the jobs.

A signal does not stop libxml2 inside a pathological page; killing its process does, and costs
that one page. Jobs in flight are bounded, so memory is too.
"""

from __future__ import annotations

import ctypes
import gc
import math
import multiprocessing
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import pyarrow as pa
from pebble import ProcessExpired, ProcessPool

from kaz_cleaning.idle_pools import IdlePools
from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.masks import mask
from kaz_cleaning.quality.measures import measure_text
from kaz_datasets.compiled import one_compiles

TIMEOUT: Final = "extraction-timeout"
CRASH: Final = "extraction-crash"
MEMORY: Final = "extraction-memory"

WORKER_MEMORY: Final = 640 << 20
"""Bytes that a worker may ask for in all, code and libraries included. It touches fewer: its own
stay under 500 MB on every hostile page that the guards let through (`make bench-failures`), and a
law of three megabytes has room."""
_LEAST_FOR_PAGES: Final = 96 << 20
"""Bytes for pages where so much is held at the start that less would be left: in the one process
after an installation that compiles the machine code."""
_LIBRARIES: Final = 140 << 20
"""Bytes of code of all libraries: a worker's own once it has touched them."""
TOO_MUCH: Final = f"worker of more than {WORKER_MEMORY / 1e6:.0f} MB"
_MMAP_THRESHOLD, _LARGE = -3, 1 << 20
"""`M_MMAP_THRESHOLD` of mallopt(3), and the size from which blocks are mapped by themselves."""
_PATIENCE: Final = 2
"""Seconds on the clock for one of work: a busy machine must not lose a page that a quiet one keeps,
but a page that waits for something has to be stopped too."""

_IN_FLIGHT_PER_WORKER: Final = 4
_JOBS_PER_WORKER: Final = 500
"""A worker is replaced after so many, which ends any slow leak of the parsers."""

_PRELOADED: Final = "kaz_cleaning.preloaded"

_POOLS: Final = IdlePools()

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


def start_worker(ready: Callable[[], object] = packaged_model) -> None:
    """Make ready, and see how much of `WORKER_MEMORY` is left for pages."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)  # what is large goes back when it is freed
    # Arrow's own allocator takes a gigabyte of addresses at once, and no bound reaches inside
    pa.set_memory_pool(pa.system_memory_pool())
    ready()
    _room()


@cache
def _room() -> int | None:
    """Bytes of writable memory that a page's work may take; the same for all pages of a process."""
    held = _held()
    if held is None:
        return None
    _, used, libraries = held
    return max(WORKER_MEMORY - used - max(libraries, _LIBRARIES), _LEAST_FOR_PAGES)


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """Refuse memory past the bound: the page fails, not the machine. Only while there is work: a
    worker that cannot receive a page would end its pool.
    """
    room, held = _room(), _held()
    if room is None or held is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (held[0] + room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        _give_memory_back()


def _give_memory_back() -> None:
    """What a page leaves behind must not be taken from the next one."""
    gc.collect()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _held() -> tuple[int, int, int] | None:
    """Bytes of writable memory that this process has asked for, of that what it has used, and of
    files that it holds in memory; None where the system hides it.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return None
    sizes = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    names = ("VmData", "RssAnon", "RssFile")
    data, used, libraries = (int(sizes[name].split()[0]) << 10 for name in names)
    return data, used, libraries


def _limited(
    seconds: float, work: Callable[..., Outcome], job: tuple[Any, ...]
) -> Outcome | Stopped:
    """Do the job; the kernel ends the process past its CPU seconds, also inside a parser."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))
    try:
        with _bounded_memory():
            return work(*job)
    except MemoryError:
        return Stopped(MEMORY, TOO_MUCH)


def run_killable(
    work: Callable[..., Outcome],
    jobs: Iterable[tuple[Any, ...]],
    workers: int,
    timeout: float,
    parts: Callable[[Any], Sequence[tuple[Any, ...]]] = lambda job: (job,),
    ready: Callable[[], object] = packaged_model,
) -> Iterator[Outcome | Stopped]:
    """One outcome of `work(*job)` a job, in order; what takes over `timeout` seconds is stopped.

    Those are seconds of work; what only waits is stopped after twice as many on the clock. A job
    of several `parts` that had to be stopped is done again part by part, with an outcome for each.
    `work` runs in a process that has called `ready`, which loads the language model; what it
    raises is raised here.
    """
    with _POOLS.lent(_pool, workers, ready) as pool:
        yield from _outcomes(pool, work, jobs, workers, timeout, parts)


def _pool(workers: int, ready: Callable[[], object]) -> Any:
    """Workers are copied from a process that has loaded everything and does nothing else: a new
    one, also in the place of one that was killed, takes a tenth of a second.
    """
    context = multiprocessing.get_context("forkserver")  # fork itself copies threads' locks
    context.set_forkserver_preload([_PRELOADED])
    return ProcessPool(
        max_workers=workers,
        max_tasks=_JOBS_PER_WORKER,
        context=context,
        initializer=start_worker,
        initargs=(ready,),
    )


def _outcomes(
    pool: Any,
    work: Callable[..., Outcome],
    jobs: Iterable[tuple[Any, ...]],
    workers: int,
    timeout: float,
    parts: Callable[[Any], Sequence[tuple[Any, ...]]],
) -> Iterator[Outcome | Stopped]:
    waiting: deque[tuple[Any, Any]] = deque()

    def schedule(job: tuple[Any, ...]) -> Any:
        return pool.schedule(_limited, args=(timeout, work, job), timeout=_PATIENCE * timeout)

    def first() -> Iterator[Outcome | Stopped]:
        job, future = waiting.popleft()
        outcome = _outcome(future, timeout)
        smaller = parts(job) if isinstance(outcome, Stopped) else ()
        if len(smaller) <= 1:
            yield outcome
            return
        for again in [schedule(part) for part in smaller]:
            yield _outcome(again, timeout)

    for job in jobs:
        waiting.append((job, schedule(job)))
        if len(waiting) >= workers * _IN_FLIGHT_PER_WORKER:
            yield from first()
    while waiting:
        yield from first()


def _outcome(future: Any, timeout: float) -> Any:
    try:
        return future.result()
    except FutureTimeoutError:
        return Stopped(TIMEOUT, f"{timeout:g} s")
    except ProcessExpired as error:
        if error.exitcode == -signal.SIGXCPU:
            return Stopped(TIMEOUT, f"{timeout:g} s")
        return Stopped(CRASH, f"process ended with {error.exitcode}")
