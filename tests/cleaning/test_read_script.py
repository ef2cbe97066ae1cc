from __future__ import annotations

import json
import tomllib
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.language_text import script_of
from kaz_cleaning.read_script import (
    ALPHABETS,
    READABLE,
    arabic_to_cyrillic,
    convert,
    latin_to_cyrillic,
)
from kaz_cleaning.training_text import read_rows
from kaz_cleaning.transliterate import LATIN_ALPHABETS, to_arabic, to_latin
from kaz_datasets.errors import WrongUse

SENTENCE = "Қазақ тілі — мемлекеттік тіл. Иә, қоян үйіне кейін қайтты; ШУ өзені, Шу."
FLOORS = Path(__file__).resolve().parents[2] / "benchmarks" / "cleaning" / "floors.toml"
WORDS = st.text(alphabet="аәбгғджзийкқлмнңоөпрстуұүхһшыіеАӘІИШҚҮ", min_size=1, max_size=12)


@pytest.mark.parametrize("alphabet", READABLE)
def test_a_sentence_is_read_back(alphabet: str) -> None:
    assert latin_to_cyrillic(to_latin(SENTENCE, alphabet), alphabet) == SENTENCE


def test_arabic_is_read_back_without_capitals() -> None:
    assert arabic_to_cyrillic(to_arabic(SENTENCE)) == SENTENCE.lower()


@settings(max_examples=200, deadline=None)
@given(WORDS)
@pytest.mark.parametrize("alphabet", ["mediawiki"])
def test_what_an_alphabet_tells_apart_comes_back_whole(alphabet: str, word: str) -> None:
    assert latin_to_cyrillic(to_latin(word, alphabet), alphabet) == word


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя", max_size=12))
@pytest.mark.parametrize("alphabet", READABLE)
def test_what_is_read_is_written_the_same(alphabet: str, word: str) -> None:
    written = to_latin(word, alphabet)
    assert to_latin(latin_to_cyrillic(written, alphabet), alphabet) == written


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="аәбвгғдежзийкқлмнңоөпрстуұүфхһчшыіюя", max_size=12))
def test_what_is_read_from_arabic_is_written_the_same(word: str) -> None:
    if set(word) & set("аоұы") and set(word) & set("әөүі"):
        return  # no harmony, as in no Kazakh word but compounds and loans
    written = to_arabic(word)
    assert to_arabic(arabic_to_cyrillic(written)) == written


@pytest.mark.parametrize("source", ["cyrillic", *READABLE, "arabic"])
@pytest.mark.parametrize("target", ALPHABETS)
def test_any_alphabet_into_any_other(source: str, target: str) -> None:
    text = convert("тіл мен сөз", "cyrillic", source)
    assert convert(text, source, target) == convert("тіл мен сөз", "cyrillic", target)


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("practical", "cyrillic", "cannot be read back"),
        ("runic", "cyrillic", "runic"),
        ("cyrillic", "1929", "1929"),
    ],
)
def test_what_cannot_be_done_is_named(source: str, target: str, message: str) -> None:
    with pytest.raises(WrongUse, match=message):
        convert("x", source, target)


def test_the_wikipedia_tables_read_back(shared_data: Path) -> None:
    lines = (shared_data / "lists/translit/mediawiki_kk_latn2cyrl.tsv").read_text("utf-8")
    pairs = [line.split("\t") for line in lines.splitlines() if line and line[0] != "#"]
    letters = [(latin, cyrillic) for latin, cyrillic in pairs if len(latin) == 1]
    assert len(letters) > 60
    differing = {a for a, b in letters if latin_to_cyrillic(a, "mediawiki") != b}
    assert differing <= {"ʺ", "ʹ"}  # signs for ъ and ь, which no alphabet of ours has


def test_the_published_vector_reads_back(shared_data: Path) -> None:
    vector = json.loads((shared_data / "lists/translit/vectors.jsonl").read_text("utf-8"))
    assert latin_to_cyrillic(vector["latn"], "mediawiki") == vector["cyrl"]
    assert arabic_to_cyrillic(vector["arab"]) == vector["cyrl"].lower()


@pytest.mark.parametrize("alphabet", ["mediawiki", "2021", "arabic"])
def test_words_of_running_text_come_back(shared_data: Path, alphabet: str) -> None:
    floor = tomllib.loads(FLOORS.read_text("utf-8"))["read_back"][alphabet]
    rows = islice(read_rows(shared_data / "kk_text/kaznerd_sentences.jsonl.zst"), 2000)
    words = {word for row in rows for word in row["text"].lower().split()}
    kazakh = [word for word in words if script_of(word) == "Cyrl" and word.isalpha()]
    back = [convert(convert(w, "cyrillic", alphabet), alphabet, "cyrillic") for w in kazakh]
    assert len(kazakh) > 5000
    assert sum(map(str.__eq__, back, kazakh)) >= floor * len(kazakh)


def test_every_alphabet_is_offered() -> None:
    assert set(LATIN_ALPHABETS) < set(ALPHABETS)
