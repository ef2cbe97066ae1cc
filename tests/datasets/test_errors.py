from __future__ import annotations

import inspect
import pickle
import re

import pytest

from kaz_datasets import errors
from kaz_datasets.errors import KazcorpusError, WrongUse

ALL = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, KazcorpusError)
]


@pytest.mark.parametrize("error", ALL)
def test_errors_survive_the_way_from_a_worker(error: type[KazcorpusError]) -> None:
    copy = pickle.loads(pickle.dumps(error("say what to do")))
    assert (type(copy), str(copy), copy.exit_code) == (error, "say what to do", error.exit_code)


@pytest.mark.parametrize("error", ALL)
def test_exit_code_is_2_for_wrong_use_and_1_for_failure(error: type[KazcorpusError]) -> None:
    assert error.exit_code == (2 if issubclass(error, WrongUse) else 1)


def test_the_tree_at_the_top_is_the_tree_there_is() -> None:
    path: list[str] = []
    drawn = set()
    for indent, name in re.findall(r"^( *)- (\w+):", errors.__doc__ or "", re.M):
        path = [*path[: len(indent) // 4], name]
        drawn.add((name, path[-2] if len(path) > 1 else "Exception"))
    assert drawn == {(error.__name__, error.__bases__[0].__name__) for error in ALL}
