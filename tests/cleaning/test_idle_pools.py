"""Processes are used again by the next archive, never by two at once, and end when nobody comes."""

from __future__ import annotations

import os
import time

import pytest
from pebble import ThreadPool

from kaz_cleaning.idle_pools import IdlePools
from kaz_cleaning.killable import run_killable


def made(workers: int) -> ThreadPool:
    return ThreadPool(max_workers=workers)


def number(_: int) -> int:
    return os.getpid()


def broken(_: int) -> int:
    raise ValueError("broken")


def test_the_next_archive_is_done_by_the_same_processes() -> None:
    first, second = ({*run_killable(number, [(n,) for n in range(3)], 1, 60.0)} for _ in range(2))
    assert first == second
    with pytest.raises(ValueError, match="broken"):
        list(run_killable(broken, [(0,)], 1, 60.0))
    assert {*run_killable(number, [(0,)], 1, 60.0)} != first  # that pool may have had work left


def test_a_pool_is_lent_to_one_at_a_time_and_to_those_who_want_the_same() -> None:
    pools = IdlePools()
    with pools.lent(made, 1) as first:
        with pools.lent(made, 1) as second:
            assert second is not first
        with pools.lent(made, 2) as other:
            assert other is not second
        with pools.lent(made, 1) as again:
            assert again is second
    pools.close()
    assert not any(pool.active for pool in (first, second, other))


def test_a_pool_that_nobody_takes_ends() -> None:
    pools = IdlePools(idle=0.05)
    with pools.lent(made, 1) as pool:
        pass
    deadline = time.monotonic() + 20
    while pool.active and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not pool.active
    with pools.lent(made, 1) as another:
        assert another is not pool
    pools.close()


def test_a_block_that_raises_and_a_pool_that_broke_are_not_lent_again() -> None:
    pools = IdlePools()
    with pytest.raises(RuntimeError), pools.lent(made, 1) as left:
        raise RuntimeError
    assert not left.active
    with pools.lent(made, 1) as broke:
        pass
    broke.stop()
    with pools.lent(made, 1) as fresh:
        assert fresh is not broke
        assert fresh.active
    pools.close()
