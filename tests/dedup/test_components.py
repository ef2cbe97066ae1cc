from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaz_dedup.blocks import work_folder
from kaz_dedup.components import Components


def naive_roots(count: int, edges: list[tuple[int, int]]) -> list[int]:
    roots = list(range(count))
    for one, other in edges:
        low, high = sorted((roots[one], roots[other]))
        roots = [low if root == high else root for root in roots]
    return roots


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    count=st.integers(1, 24),
    cuts=st.lists(st.integers(0, 24), max_size=6),
    data=st.data(),
)
def test_roots_are_the_smallest_node_whatever_the_ranges(
    tmp_path: Path, count: int, cuts: list[int], data: st.DataObject
) -> None:
    node = st.integers(0, count - 1)
    rounds = data.draw(st.lists(st.lists(st.tuples(node, node), max_size=12), max_size=3))
    bounds = np.array(sorted({0, count, *(cut for cut in cuts if cut < count)}))
    with work_folder(tmp_path / "result") as folder:
        components = Components(folder, bounds)
        edges: list[tuple[int, int]] = []
        for more in rounds:
            edges += more
            pairs = np.array(more, np.int64).reshape(-1, 2)
            components.add(pairs[:, 0], pairs[:, 1])
            components.settle()
            parts = [components.roots(part) for part in range(len(bounds) - 1)]
            assert np.concatenate(parts).tolist() == naive_roots(count, edges)
        components.close()


def test_a_chain_through_all_ranges_is_one_component(tmp_path: Path) -> None:
    order = np.random.default_rng(3).permutation(10_000)
    bounds = np.arange(0, 10_001, 500)
    with work_folder(tmp_path / "result") as folder:
        components = Components(folder, bounds)
        components.add(order[1:], order[:-1])
        components.settle()
        assert not any(components.roots(part).any() for part in range(20))
        components.close()
