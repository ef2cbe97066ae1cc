from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.transliterate import to_arabic, to_latin
from kaz_dedup import minhash, shingle_hashes
from kaz_dedup.folding import FRONT, TELLER, folded
from kaz_dedup.words import respelled

TEXT = (
    "Қазақстан Республикасы — тәуелсіз мемлекет. Жаңа өңірде шаруашылық үшін үйде йод, яғни ащы"
    " тұз бар; қиын жұмыс, бюджет, материал, мүйіз, сия, қоян, ұн мен үн, тиын, ойын, кию мен тою,"
    " циркуль, чемпион, объектінің 2024 жылғы қаржысы. Барлық адамдар тумысынан азат және"
    " қадір-қасиеті мен құқықтары тең болып дүниеге келеді."
)
ALPHABETS = ("2017", "2018", "2021", "mediawiki", "qazaqparat")
GOLDEN = Path(__file__).parent / "golden.json"


def key(text: str) -> list[str]:
    """The words of a text as the kernel tells them apart, by the documented folding alone."""
    words = [""]
    for character in respelled(text).lower():
        words[-1] += character if character.isalnum() else ""
        words += [""] * (not character.isalnum())
    return [_word_key(word) for word in words if word]


def _word_key(word: str) -> str:
    letters = [folded(letter) for letter in word]
    kinds = int(np.bitwise_or.reduce([kind for _, kind in letters]))
    front = kinds & (FRONT | TELLER) == FRONT
    return "".join(letter for letter, _ in letters) + "+" * front


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_latin_alphabets_have_the_key_of_cyrillic(alphabet: str) -> None:
    latin = to_latin(TEXT, alphabet)
    assert key(latin) == key(TEXT)
    assert np.array_equal(minhash([latin]), minhash([TEXT]))


def test_the_arabic_alphabet_has_the_key_of_cyrillic() -> None:
    arabic = to_arabic(TEXT)
    assert key(arabic) == key(TEXT)
    assert np.array_equal(minhash([arabic]), minhash([TEXT]))


def test_arabic_as_the_kazakh_wikipedia_converts_it() -> None:
    cyrillic = "Адамдарға ақыл-парасат, ар-ождан берілген"
    arabic = "ادامدارعا اقىل-پاراسات، ار-وجدان بەرىلگەن"
    assert np.array_equal(minhash([arabic]), minhash([cyrillic]))
    with_hamza, without = minhash(["ٴۇن"]), minhash(["ۇن"])
    assert np.array_equal(with_hamza, minhash(["үн"]))
    assert np.array_equal(without, minhash(["ұн"]))


@pytest.mark.parametrize(
    "pair",
    ["ай аи", "мең мен", "ұн үн", "һал хал", "сан сән", "сон сөн", "ыс іс", "қыр кір", "ғар гар",
     "тер тёр", "а ә", "о ө", "ұ ү", "ы і", "й и", "ё е", "қ к", "ғ г", "ң н", "һ х"],
)  # fmt: skip
def test_no_two_kazakh_letters_are_taken_for_one(pair: str) -> None:
    first, second = shingle_hashes(pair.split())
    assert first.tolist() != second.tolist()


def test_text_in_other_languages_keeps_its_own_key() -> None:
    texts = ["Don't cut the word-list", "Dont cut the wordlist", "Bir söz", "کتاب خوب", "コーパス"]
    sets = [tuple(found.tolist()) for found in shingle_hashes(texts)]
    assert len(set(sets)) == len(texts)


def test_cyrillic_and_foreign_texts_are_not_respelled() -> None:
    assert respelled(TEXT) == TEXT
    assert respelled("コーパス 語") == "コーパス 語"


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="abcghinosuyıáǵńóúýäğşçöüñūïʼ'’ШшİI عەىٴيۋ\u0621,7😀", max_size=40))
def test_any_mixture_is_respelled_without_a_crash_and_keeps_what_is_no_letter(text: str) -> None:
    assert respelled(text).count("😀") == text.count("😀")
    assert respelled(text).count("7") == text.count("7")
    assert np.array_equal(minhash([text]), minhash([text, "бір"])[:1])


def test_the_golden_file_holds_on_every_machine_and_release() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    texts = [entry["text"] for entry in golden]
    assert golden[0]["first_shingles"] == golden[1]["first_shingles"]
    signatures, shingles = minhash(texts), shingle_hashes(texts)
    for entry, signature, found in zip(golden, signatures, shingles, strict=True):
        assert signature[:: len(signature) // 8].tolist() == entry["every_16th_value"]
        assert int(signature.astype(np.uint64).sum()) == entry["sum_of_values"]
        assert [f"{int(value):016x}" for value in found[:4]] == entry["first_shingles"]
