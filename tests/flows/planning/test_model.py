from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_flows.planning.load import assumed_load
from kaz_flows.planning.model import plan_of
from kaz_flows.planning.rates import Figure, measured
from kaz_flows.planning.words import duration, size

SIZES = st.integers(1, 2_000_000_000)


@given(SIZES, st.integers(1, 10_000))
def test_more_workers_never_take_longer_and_never_beat_what_one_does_alone(
    documents: int, workers: int
) -> None:
    plan = plan_of(assumed_load(documents), measured())
    alone = sum(stage.alone for stage in plan.build)
    assert alone <= plan.seconds(workers + 1) <= plan.seconds(workers) <= plan.seconds(1)


@given(SIZES)
def test_at_the_knee_the_shared_part_takes_no_longer_than_the_part_of_one(documents: int) -> None:
    plan = plan_of(assumed_load(documents), measured())
    alone = sum(stage.alone for stage in plan.build)
    shared = sum(stage.shared for stage in plan.build)
    assert shared / plan.knee <= alone
    if plan.knee > 1:
        assert shared / (plan.knee - 1) > alone


@given(SIZES)
def test_twice_the_documents_take_twice_the_disk(documents: int) -> None:
    one, two = (plan_of(assumed_load(n), measured()) for n in (documents, 2 * documents))
    assert two.disk == pytest.approx(2 * one.disk, rel=0.01, abs=200_000)
    assert two.memory >= one.memory


def test_a_workspaces_own_figures_take_the_place_of_the_benchmarks() -> None:
    own = Figure(value=1.0, unit="a document", command="this workspace", of="10")
    rates = measured().with_history({"clean_seconds": own, "unknown": own})
    assert rates.clean_seconds == own
    assert rates.sign_seconds == measured().sign_seconds


def test_every_figure_names_the_command_that_prints_it() -> None:
    rates = measured()
    for name in rates.__dataclass_fields__:
        figure = getattr(rates, name)
        assert figure.command.startswith("make bench-")
        assert figure.of
        assert figure.value >= 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.5, "0.5 s"), (90, "90 s"), (7_200, "2.0 h"), (86_400 * 12.4, "12 d"), (600, "10 min")],
)
def test_durations_are_said_with_two_digits(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (2_000, "2.0 kB"), (45e9, "45 GB"), (3.4e12, "3.4 TB")]
)
def test_sizes_are_powers_of_ten(count: float, said: str) -> None:
    assert size(count) == said
