from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kaz_cleaning.code_signs import looks_like_code
from kaz_cleaning.language_text import (
    FEWEST_LETTERS,
    LONGEST_STRETCH,
    compose,
    count_letters,
    prepare,
    script_of,
    stretches_of,
)


def plain_prepare(text: str) -> str:
    """What `prepare` does, said slowly."""
    words = []
    for token in re.split(r"\s", compose(text[:2000])):
        if "@" in token or "://" in token or token.lower().startswith("www."):
            continue
        written = "".join(map(plain_letter, token))
        words += [word for word in written.split() if any(map(is_letter, word))]
    return " ".join(words)


def plain_letter(character: str) -> str:
    if character in "'’‘ʼʻ`´":
        return "'"
    if character in "-\u0674":
        return character
    if character > "\uffff":
        return " "
    if character.isalpha():
        return "i" if character == "İ" else character.lower()[0]
    return "" if unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf") else " "


def is_letter(character: str) -> bool:
    return character.isalpha() and character not in "’‘ʼʻ"


MIXTURE = st.text(
    alphabet=st.sampled_from("аӘқҚЪьңZzİıß'’ʼ-\u0674\u0301\u00ad 12@:/w.W\n\tپﻛ\u2028𐍈é"),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(MIXTURE)
@example("http://a.kz сәлем a@b.kz www.x.kz 'ол' — o'zbek")
@example("ʼ - \u0674")
@example("WWW.")
def test_preparing_is_what_it_says(text: str) -> None:
    assert prepare(text) == plain_prepare(text)


@settings(max_examples=100, deadline=None)
@given(MIXTURE)
def test_preparing_twice_changes_nothing(text: str) -> None:
    assert prepare(prepare(text)) == prepare(text)


def test_prepared_words_are_one_line() -> None:
    assert prepare("Қазақ\nТІЛІ: 12 https://example.kz/x?y a@b.kz") == "қазақ тілі"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Facebook желісінде жазылды", "Cyrl"),
        ("qazaq tili", "Latn"),
        ("قازاق ءتىلى", "Arab"),
        ("123", "Zyyy"),
        ("გამარჯობა", "Zyyy"),
        ("аб cd", "Zyyy"),
    ],
)
def test_script_is_the_majority(text: str, script: str) -> None:
    assert script_of(text) == script


def test_letters_are_counted_without_signs() -> None:
    assert count_letters("Ата-ана, 12 ü!") == 7


def test_short_sentences_are_put_together() -> None:
    text = "Жоқ. Иә. Ол кетті. Бүгін таңертең ауылға жаңа автобус келді. Тағы."
    cut = stretches_of([text], whole=False)
    parts = [text[start:end] for start, end in cut.bounds[:, 2:].tolist()]
    assert parts == ["Жоқ. Иә. Ол кетті. Бүгін таңертең ауылға жаңа автобус келді.", " Тағы."]
    assert cut.letters[0].sum() >= FEWEST_LETTERS


def test_a_line_ends_a_stretch_and_so_does_its_length() -> None:
    cut = stretches_of(["сөз\nсөз", "сөз " * 300], whole=False)
    assert cut.owner.tolist() == [0, 0, 1, 1, 1]
    assert cut.letters[2].sum() == LONGEST_STRETCH + 2


@pytest.mark.parametrize("text", ["Къыш келди", "кель оьзи", "ўзбек"])
def test_spellings_that_kazakh_lacks_are_counted(text: str) -> None:
    assert stretches_of([text], whole=True).foreign[0] >= 1


@pytest.mark.parametrize("text", ["Қазақстан", "объект", "бюджет", "съезд", "альбом"])
def test_loans_are_not_foreign_spelling(text: str) -> None:
    assert stretches_of([text], whole=True).foreign[0] == 0


def test_code_needs_two_signs() -> None:
    assert looks_like_code("for i in range(10): total += i")
    assert not looks_like_code("A list of names: Smith, Jones")
