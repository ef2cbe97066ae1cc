"""Remembered sums of words are the sums: whatever was read before, the answers are the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.language import load_model
from kaz_cleaning.word_memory import LONGEST, is_remembered, remember, word_end

LETTERS = st.text("абвгқңіabc", min_size=1, max_size=LONGEST + 3)


def units(word: str) -> npt.NDArray[np.uint16]:
    return np.frombuffer(word.encode("utf-16-le"), np.uint16)


@settings(deadline=None)  # the first call compiles
@given(LETTERS, LETTERS)
def test_only_the_very_word_is_found_again(first: str, second: str) -> None:
    held = np.zeros((1, LONGEST), np.uint16)
    remember(held, 0, units(first), 0, len(first))
    found = is_remembered(held, 0, units(second), 0, len(second))
    assert found == (first == second and len(second) <= LONGEST)


def test_an_empty_slot_holds_no_word() -> None:
    assert not is_remembered(np.zeros((1, LONGEST), np.uint16), 0, units("а"), 0, 0)


@settings(deadline=None)  # the first call compiles
@given(st.lists(LETTERS, min_size=1))
def test_a_word_ends_at_its_space(words: list[str]) -> None:
    line = units(" ".join(words))
    end, slot = word_end(line, 0, len(line))
    assert end == len(words[0])
    assert slot == word_end(units(words[0]), 0, end)[1]


def test_a_used_model_answers_as_a_fresh_one() -> None:
    used, fresh = load_model(), load_model()
    texts = [
        "Бүгін таңертең ауылға жаңа автобус келді, балалар мектепке сонымен барды.",
        "Сегодня утром в село приехал новый автобус, дети поехали на нём в школу.",
        "қ" * 150 + " " + "Эйяфьядлайёкюдль" * 3,
    ]
    used.judge_all(texts * 2)
    assert used.judge_all(texts) == [fresh.judge(text) for text in texts]
