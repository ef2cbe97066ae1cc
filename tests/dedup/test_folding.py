from __future__ import annotations

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from kaz_dedup.folding import SEPARATOR, folding_table

KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"


def test_every_kazakh_letter_stays_itself_and_a_letter_of_its_own() -> None:
    table = folding_table()
    assert [chr(table[ord(letter)]) for letter in KAZAKH] == list(KAZAKH)
    assert [chr(table[ord(letter)]) for letter in KAZAKH.upper()] == list(KAZAKH)


@pytest.mark.parametrize("character", [*" \n\t\0.,!?-–«»()№%$+", "\u00a0", "\u00ad", "😀"])
def test_what_is_no_letter_digit_or_mark_separates(character: str) -> None:
    assert folding_table()[ord(character)] == SEPARATOR


@pytest.mark.parametrize("character", ["\u0301", "\u064b", "7", "٣", "ъ", "Ⅷ"])
def test_letters_digits_and_marks_belong_to_words(character: str) -> None:
    assert folding_table()[ord(character)] == ord(character.lower())


def test_the_turkic_dotted_capital_folds_to_one_letter() -> None:
    assert chr(folding_table()[ord("İ")]) == "i"


def test_the_table_leaves_out_no_word_character() -> None:
    outside = [
        point
        for point in [*range(0x40000, 0xE0000), *range(0xE1000, 0x110000)]
        if unicodedata.category(chr(point))[0] in "LNM"
    ]
    assert outside == []


def test_text_hashes_and_words_fold_alike() -> None:
    """Arrow lowers the text that is hashed, the table the words: equal hashes mean equal words."""
    words = [
        point
        for point in range(0x40000)
        if folding_table()[point] and unicodedata.category(chr(point))[0] in "LNM"
    ]
    lowered = pc.utf8_lower(pa.array([chr(point) for point in words])).to_pylist()
    differing = [
        point
        for point, low in zip(words, lowered, strict=True)
        if ord(str(low)) != folding_table()[point]
        and unicodedata.category(str(low)) != "Cn"  # Arrow's Unicode may be newer than Python's
    ]
    assert differing == []
