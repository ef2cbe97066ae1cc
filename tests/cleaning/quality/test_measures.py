"""The compiled measures are the plain ones: exactly, on any string."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kaz_cleaning.quality.characters import BREAKS, BULLETS, CLOSERS
from kaz_cleaning.quality.measures import NAMES, measure, measure_text
from kaz_datasets.words import count_words
from quality_reference import reference

# what the measures look for, so that chance meets it
PIECES = [
    *BULLETS, *BREAKS, *CLOSERS, *"аәбвAZzßΣİǅ0٣²_#@*{}\\&;<\n\n\n\r\t ",
    *"\u00a0\u0301\u0489\U0001f600\ue000",
    "...", "…", "сөз ", "сөз сөз ", "және ", "бұл ", "мен\n", "the ", "of ", "use ", "terms of use",
    "privacy policy", "cookies ", "JavaScript ", "Lorem ipsum", "казинода ", "порно", "секс", "\\n",
    "&quot;", "&#39;", "<br>", " *сөз", "сөзСөз", "12абв", "абвabc", "Қала мен дала.\n", "\ud800",
    "бір екі үш төрт бес алты жеті сегіз тоғыз он он бір ", "Аты: Асан.\n\n",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def differences(text: str) -> dict[str, tuple[float, float]]:
    found, expected = measure_text(text), reference(text)
    return {
        name: (found[name], value)
        for name, value in expected.items()
        if not math.isclose(found[name], value, rel_tol=1e-12, abs_tol=1e-12)
    }


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("terms of use\u0301.")
def test_compiled_measures_are_the_plain_ones(text: str) -> None:
    assert differences(text) == {}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_and_on_any_string(text: str) -> None:
    assert differences(text) == {}


def test_every_measure_but_the_learned_one_has_a_reference() -> None:
    assert set(NAMES) - set(reference("")) == {"translated"}


def test_long_words_and_lines() -> None:
    long = "а" * 1001
    text = "\n".join(
        [f"бұл {long} бар.", f"бұл {long[1:]} бар.", "бір екі.", long * 3, "үш " * 2000]
    )
    assert differences(text) == {}


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), max_size=6), st.booleans())
def test_a_batch_is_its_texts(texts: list[str | None], wide: bool) -> None:
    texts = [t if t is None else t.encode("utf-8", "ignore").decode() for t in texts]
    array = pa.array([*texts, "соңғы"], pa.large_string() if wide else pa.string())
    rows = measure(array)
    assert rows.shape == (len(texts) + 1, len(NAMES))
    for row, text in zip(rows, [*texts, "соңғы"], strict=True):
        if text is None:
            assert all(map(math.isnan, row))
        else:
            assert dict(zip(NAMES, row.tolist(), strict=True)) == measure_text(text)


def test_a_slice_of_an_array_is_measured_alone() -> None:
    array = pa.array(["бір", "екі сөз", "үш сөз бар"])
    assert measure(array.slice(1, 1)).tolist() == measure(pa.array(["екі сөз"])).tolist()
    assert measure(array.slice(3)).shape == (0, len(NAMES))


def test_only_strings_are_measured() -> None:
    with pytest.raises(TypeError, match="strings"):
        measure(pa.array([1, 2]))


@settings(deadline=None)
@given(TEXTS)
def test_words_are_those_of_the_record(text: str) -> None:
    assert measure_text(text)["words"] == count_words(text)
