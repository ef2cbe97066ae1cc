from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaz_cleaning.transliterate import ARABIC_ALPHABET, LATIN_ALPHABETS, to_arabic, to_latin
from kaz_datasets.errors import WrongUse

SENTENCE = "Ұшқыр ой, Ізгі сөз: ШУ мен Шу"


def table(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {pair[0]: pair[1] if len(pair) > 1 else "" for pair in pairs}


@pytest.mark.parametrize(
    ("alphabet", "written"),
    [
        ("2017", "Us'qyr oi', Izgi so'z: S'Y' men S'y'"),
        ("2018", "Ushqyr oı, Izgi sóz: SHÝ men Shý"),
        ("2021", "Ūşqyr oi, Izgı söz: ŞU men Şu"),
        ("mediawiki", "Uşqır oý, İzgi söz: ŞW men Şw"),
    ],
)
def test_latin_alphabets(alphabet: str, written: str) -> None:
    assert to_latin(SENTENCE, alphabet) == written


def test_every_alphabet_leaves_no_cyrillic() -> None:
    letters = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
    for alphabet in LATIN_ALPHABETS:
        written = to_latin(letters + letters.upper(), alphabet)
        assert not any("\u0400" <= letter <= "\u052f" for letter in written)


def test_an_unknown_alphabet_is_named() -> None:
    with pytest.raises(WrongUse, match="1929"):
        to_latin("қазақ", "1929")


def test_front_words_get_a_high_hamza() -> None:
    assert to_arabic("тіл, сөз") == "\u0674تىل، \u0674سوز"
    assert to_arabic("мектеп") == "مەكتەپ"


def test_published_vector(shared_data: Path) -> None:
    vectors = (shared_data / "lists/translit/vectors.jsonl").read_text(encoding="utf-8")
    for line in vectors.splitlines():
        vector = json.loads(line)
        assert to_latin(vector["cyrl"], "mediawiki") == vector["latn"]
        assert to_arabic(vector["cyrl"]) == vector["arab"]


def test_tables_agree_with_the_wikipedia_converter(shared_data: Path) -> None:
    folder = shared_data / "lists/translit"
    latin = table(folder / "mediawiki_kk_cyrl2latn.tsv")
    ours = LATIN_ALPHABETS["mediawiki"]
    assert {c for c in ours if latin[c] != ours[c]} == {"ъ", "ь"}  # it keeps marks for them
    arabic = table(folder / "mediawiki_kk_cyrl2arab.tsv")
    differing = {c for c in ARABIC_ALPHABET if arabic[c] != ARABIC_ALPHABET[c]}
    assert differing == {"и", "ч", "һ"}  # ours as printed in China: ي, چ, ھ
