from __future__ import annotations

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from kaz_dedup.folding import FRONT, LETTER, TELLER, folded, folding

KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"


def test_kazakh_letters_count_as_documented() -> None:
    counted = {letter: folded(letter)[0] for letter in KAZAKH}
    assert counted == {letter: letter for letter in KAZAKH} | {
        "ә": "а", "ө": "о", "ү": "ұ", "і": "ы", "ё": "йо", "ю": "йу", "я": "йа",
        "ч": "тш", "ц": "тс", "щ": "шш", "э": "е", "ъ": "", "ь": "",
    }  # fmt: skip
    assert {letter: folded(letter.upper())[0] for letter in KAZAKH} == counted
    assert {letter for letter in KAZAKH if folded(letter)[1] & FRONT} == set("әөүі")
    assert {letter for letter in KAZAKH if folded(letter)[1] & TELLER} == set("еэгкғқ")


@pytest.mark.parametrize("character", [*" \n\t\0.,!?-–«»()№%$+", "\u00a0", "\u00ad", "😀"])
def test_what_is_no_letter_digit_or_mark_separates(character: str) -> None:
    points, classes = folding()
    assert classes[ord(character)] == 0
    assert not points[ord(character)].any()


@pytest.mark.parametrize("character", ["\u0301", "\u064b", "7", "ў", "Ⅷ"])
def test_letters_digits_and_marks_belong_to_words(character: str) -> None:
    points, classes = folding()
    assert classes[ord(character)] == LETTER
    assert points[ord(character)].tolist() == [ord(character.lower()), 0]


@pytest.mark.parametrize("digit", "3٣۳३")
def test_digits_of_every_script_are_the_same(digit: str) -> None:
    assert folded(digit) == ("3", LETTER)


def test_the_turkic_dotted_capital_folds_to_one_letter() -> None:
    assert folded("İ") == folded("i")


def test_the_table_leaves_out_no_word_character() -> None:
    outside = [
        point
        for point in [*range(0x40000, 0xE0000), *range(0xE1000, 0x110000)]
        if unicodedata.category(chr(point))[0] in "LNM"
    ]
    assert outside == []


def test_text_hashes_and_words_fold_alike() -> None:
    """Arrow lowers the text that is hashed, the table the words: equal hashes mean equal words."""
    words = [chr(point) for point in range(0x40000) if folding().classes[point]]
    lowered = pc.utf8_lower(pa.array(words)).to_pylist()
    differing = [
        word
        for word, low in zip(words, lowered, strict=True)
        if folded(str(low)) != folded(word)
        and unicodedata.category(str(low)) != "Cn"  # Arrow's Unicode may be newer than Python's
    ]
    assert differing == []
