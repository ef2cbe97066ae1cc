from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from benchmarks.cleaning.token_set import labelled, plain, score
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.tokens import split_tokens, tokens

FLOORS = Path(__file__).resolve().parents[2] / "benchmarks" / "cleaning" / "floors.toml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ата-анасы 2010-жылы келді.", "Ата-анасы|2010-жылы|келді|."),
        ("Ол 1990 ж. туған т.б. Иә!", "Ол|1990|ж.|туған|т.б.|Иә|!"),
        ("Халқы 65,2 млн. адам.", "Халқы|65,2|млн.|адам|."),
        ("А.Б. Ахметов, б. з. б. 550 ж.", "А.|Б.|Ахметов|,|б. з. б.|550|ж|."),
        ("«Таң»-ның 90%-ы, 51% және", "«|Таң|»|-ның|90%-ы|,|51|%|және"),
        ("Бағасы 1.5.2020 10:30-да №5", "Бағасы|1.5.2020|10:30-да|№|5"),
        ("Сайты mysal.kz, хат: a.b@mysal.kz.", "Сайты|mysal.kz|,|хат|:|a.b@mysal.kz|."),
        ("https://mysal.kz/x?y=1.", "https://mysal.kz/x?y=1|."),
        ("Қайда?.. Сонда!!!", "Қайда|?..|Сонда|!!!"),
        ("Qazaqstan’nyń COVID-19-ға", "Qazaqstan’nyń|COVID-19-ға"),
        ("قازاق، تىلى.", "قازاق|،|تىلى|."),
        ("", ""),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert split_tokens(text) == [part for part in expected.split("|") if part]


@given(st.text(alphabet="аӘті.б -?!«»%@19,:/_\u0301\n"))
def test_tokens_hold_every_character_but_white_space_once_and_in_order(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert text[end : token.start].strip() == ""
        assert text[token.start : token.end] == token.text
        end = token.end
    assert text[end:].strip() == ""


def test_the_floor_of_tokens_holds(shared_data: Path) -> None:
    gold = labelled(shared_data)
    ours = score(gold, [[(one.start, one.end) for one in tokens(row.text)] for row in gold])
    assert ours.f1 >= tomllib.loads(FLOORS.read_text("utf-8"))["tokens"]["treebank_f1"]
    assert ours.f1 > score(gold, [plain(row.text) for row in gold]).f1
