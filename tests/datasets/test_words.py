from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_datasets.words import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" \n\t—…", 0),
        ("Қазақ тілі", 2),
        ("ата-ана", 2),
        ("«Ә», — деді.", 2),
        ("2024-жылы 5,5 %", 4),
        ("snake_case", 2),
        ("а́лма", 1),
        ("سَلام دۇنيە", 2),
        ("Qazaq tili", 2),
        ("й", 1),
        ("\u0301", 0),
        ("№ 5", 1),
    ],
)
def test_counts(text: str, words: int) -> None:
    assert count_words(text) == words


@settings(deadline=None)
@given(st.text())
def test_lines_add_up(text: str) -> None:
    assert count_words(text) == sum(count_words(line) for line in text.split("\n"))


@settings(deadline=None)
@given(st.lists(st.text("әғқңөұүһіabc019", min_size=1)))
def test_words_between_spaces(words: list[str]) -> None:
    assert count_words(" ".join(words)) == len(words)
