from __future__ import annotations

import re
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import datasketch
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_datasets.errors import WrongUse
from kaz_dedup import DedupConfig, minhash, shingle_hashes
from kaz_dedup.errors import InvalidText
from kaz_dedup.folding import FRONT, folded, folding
from kaz_dedup.kernel import permutation_parameters, signatures_of
from kaz_dedup.letter_codes import PLAIN, TELLING
from kaz_dedup.texts import text_buffers
from kaz_dedup.words import hash_words, letters, respelled, room_for

CONSTITUTION = "Біз, ортақ тарихи тағдыр біріктірген Қазақстан халқы"
MASK = (1 << 64) - 1
EMPTY = (1 << 32) - 1
GOLDEN_RATIO = 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def reference_words(text: str) -> list[str]:
    words = [""]
    for character in respelled(text):
        if folding().classes[ord(character)]:
            words[-1] += character
        else:
            words.append("")
    return [word for word in words if word]


def splitmix(seed: int, index: int) -> int:
    state = (seed + (index + 1) * GOLDEN_RATIO) & MASK
    state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ state >> 27) * 0x94D049BB133111EB & MASK
    return state ^ state >> 31


def reference_codes(word: str) -> list[int]:
    """The bytes of a word, as the docstring of `letter_codes` gives them."""
    codes: list[int] = []
    for folds, kind in map(folded, word):
        for letter in folds:
            if letter in PLAIN:
                codes.append(1 + PLAIN.index(letter) | 0x80 * bool(kind & FRONT))
            elif letter in TELLING:
                codes.append(0x41 + TELLING.index(letter))
            else:
                point = ord(letter)
                codes += [0x38 + (point >> 18)] + [point >> shift & 63 for shift in (12, 6, 0)]
    return codes


def reference_word(codes: list[int]) -> int:
    front = any(code & 0x80 for code in codes) and not any(code & 0x40 for code in codes)
    plain = bytes(code & 0x7F for code in codes)
    hashed = 0
    for start in reversed(range(0, len(plain), 8)):
        product = hashed * GOLDEN_RATIO & MASK
        turned = product ^ product >> 32
        hashed = int.from_bytes(plain[start : start + 8], "little") + turned & MASK
    return mix(hashed ^ GOLDEN_RATIO * front)


def reference_shingles(text: str, size: int) -> set[int]:
    """The definition in the kernel's docstring, in plain Python."""
    hashes = [
        reference_word(codes) for codes in map(reference_codes, reference_words(text)) if codes
    ]
    size = min(size, len(hashes))
    return {
        mix(
            (size + sum(hashes[start + j] * (splitmix(0, j) | 1) for j in range(size))) & MASK,
        )
        for start in range(len(hashes) - size + 1 if size else 0)
    }


def reference_signature(shingles: set[int], values: int, seed: int) -> list[int]:
    bins: list[set[int]] = [set() for _ in range(values)]
    for shingle in shingles:
        bins[(shingle >> 32) * values >> 32].add(shingle & 0xFFFFFFFF)
    return [
        min(found, default=EMPTY)
        if min(found, default=EMPTY) != EMPTY
        else min((permuted(shingle, k, seed) for shingle in shingles), default=EMPTY)
        for k, found in enumerate(bins)
    ]


def permuted(shingle: int, k: int, seed: int) -> int:
    multiplier, summand = splitmix(seed, 2 * k), splitmix(seed, 2 * k + 1)
    return (multiplier >> 32 | 1) * (shingle >> 32) + (summand >> 32) & EMPTY


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=5), st.integers(1, 6))
def test_the_kernel_does_what_its_docstring_defines(texts: list[str], size: int) -> None:
    config = DedupConfig(permutations=5, shingle_words=size, seed=11)
    expected = [reference_shingles(text, size) for text in texts]
    assert [set(found.tolist()) for found in shingle_hashes(texts, config)] == expected
    signatures = [reference_signature(shingles, 5, 11) for shingles in expected]
    assert minhash(texts, config).tolist() == signatures


def test_words_are_runs_of_letters_marks_and_digits_in_lower_case() -> None:
    one = shingle_hashes(
        ["ҚАЗАҚСТАН — Республикасы, 2024 жыл!", "қазақстан республикасы 2024  жыл"]
    )
    assert one[0].tolist() == one[1].tolist()


def test_a_short_text_has_one_shorter_shingle_and_an_empty_one_none() -> None:
    sets = shingle_hashes(["бір екі", "бір екі үш", "", "?!", None])
    assert [len(found) for found in sets] == [1, 1, 0, 0, 0]
    assert sets[0][0] != sets[1][0]
    assert (minhash(["", None]) == 0xFFFFFFFF).all()


def arrow_kinds() -> list[Any]:
    texts = ["керек емес", CONSTITUTION, None, "", "бір екі үш төрт бес алты"]
    plain = pa.array(texts)
    return [
        plain.slice(1),
        pa.array(texts, pa.large_string()).slice(1),
        plain.cast(pa.string_view()).slice(1),
        plain.dictionary_encode().slice(1),
        pa.chunked_array([plain.slice(1, 2), plain.slice(3)]),
        texts[1:],
    ]


@pytest.mark.parametrize("column", arrow_kinds(), ids=lambda column: type(column).__name__)
def test_every_kind_of_string_column_is_read_alike(column: Any) -> None:
    plain = minhash([CONSTITUTION, "", "", "бір екі үш төрт бес алты"])
    assert np.array_equal(minhash(column), plain)


def test_no_texts_give_no_signatures() -> None:
    assert minhash([]).shape == (0, 128)
    assert minhash(pa.chunked_array([], pa.string())).shape == (0, 128)
    assert minhash(pa.nulls(2)).shape == (2, 128)
    assert shingle_hashes([]) == []


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_bytes_that_are_not_utf8_are_an_error_and_not_a_crash(kind: pa.DataType) -> None:
    width = pa.binary() if kind == pa.string() else pa.large_binary()
    broken = pa.array([b"\xd2", b"a\xff"], width).view(kind)
    with pytest.raises(InvalidText, match="UTF-8"):
        minhash(broken)


LEADS = st.sampled_from([0x41, 0xC1, 0xC2, 0xD2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF])
PIECES = st.lists(
    st.one_of(
        st.text(max_size=3).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.tuples(LEADS, st.binary(max_size=3)).map(lambda parts: bytes([parts[0]]) + parts[1]),
        st.sampled_from(
            [b"\xf4\x90\x80\x80", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xed\xa0\x80"]
        ),
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=400)
@given(PIECES.map(b"".join))
def test_exactly_the_bytes_that_python_cannot_decode_are_refused(text: bytes) -> None:
    # one more text behind it: its bytes must not complete a torn character
    column = pa.array([b"", text, b"\x80"], pa.large_binary()).slice(0, 2).view(pa.large_string())
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        for read in (minhash, shingle_hashes):
            with pytest.raises(InvalidText, match="text 1 is not valid"):
                read(column)
    else:
        assert minhash(column).tolist() == minhash(["", decoded]).tolist()


def test_lone_surrogates_and_numbers_are_named() -> None:
    with pytest.raises(InvalidText, match="surrogate"):
        minhash(["\ud800"])
    with pytest.raises(WrongUse, match="int64"):
        minhash(pa.array([1, 2]))


def test_permutations_are_odd_multipliers_and_follow_the_seed() -> None:
    multipliers, _ = permutation_parameters(64, 1)
    assert (multipliers & np.uint32(1)).all()
    assert len(set(multipliers.tolist())) == 64
    assert not np.array_equal(multipliers, permutation_parameters(64, 2)[0])


SIMILARITIES = (0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
PAIRS, PAIRS_SKETCHED = 1_500, 60
SIZES = (20, 100, 400)
"""Shingles a text: fewer than bins, about as many, and enough to fill every bin."""


@pytest.fixture(scope="module", params=SIZES)
def estimates(request: pytest.FixtureRequest) -> dict[float, tuple[float, float, float]]:
    """For each Jaccard similarity: bias, root mean square error, and datasketch's."""
    return dict(measure(similarity, request.param) for similarity in SIMILARITIES)


def measure(similarity: float, size: int) -> tuple[float, tuple[float, float, float]]:
    shared = round(2 * size * similarity / (1 + similarity))
    exact = shared / (2 * size - shared)
    config = DedupConfig(shingle_words=1)
    left, right = [], []
    for pair in range(PAIRS):
        words = [f"сөз{pair}а{i}" for i in range(2 * size - shared)]
        left.append(" ".join(words[:size]))
        right.append(" ".join(words[len(words) - size :]))
    errors = (minhash(left, config) == minhash(right, config)).mean(axis=1) - exact
    sketched = [
        sketch(one).jaccard(sketch(other)) - exact
        for one, other in zip(left[:PAIRS_SKETCHED], right[:PAIRS_SKETCHED], strict=True)
    ]
    return exact, (float(errors.mean()), rms(errors), rms(np.array(sketched)))


def sketch(text: str) -> datasketch.MinHash:
    made = datasketch.MinHash(num_perm=128)
    made.update_batch([word.encode() for word in text.split()])
    return made


def rms(errors: np.ndarray[Any, Any]) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def test_estimates_are_unbiased(estimates: dict[float, tuple[float, float, float]]) -> None:
    assert {at: bias for at, (bias, _, _) in estimates.items() if abs(bias) >= 0.005} == {}


def test_estimates_err_no_more_than_theory_and_datasketch(
    estimates: dict[float, tuple[float, float, float]],
) -> None:
    for similarity, (_, error, theirs) in estimates.items():
        theory = (similarity * (1 - similarity) / 128) ** 0.5
        assert error < 1.05 * theory
        assert error < 1.4 * theirs


def test_words_agree_with_a_regular_expression_on_kazakh() -> None:
    text = unicodedata.normalize("NFC", CONSTITUTION)
    words = re.findall(r"\w+", text.lower())
    assert [word.lower() for word in reference_words(text)] == words


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1100), st.sampled_from("aяқ—😀𐐷\u0301١ы·"), st.integers(0, 1100))
def test_a_character_at_the_edge_of_a_block_is_read_like_any_other(
    before: int, character: str, behind: int
) -> None:
    # Words of many sizes, so that every place in a block is met; cut from the reference's words.
    text = "ұзақ сөз, " * (before // 16) + "ұ" * (before % 16) + character + " бір" * (behind // 7)
    expected = reference_shingles(text, 2)
    assert set(shingle_hashes([text], DedupConfig(shingle_words=2))[0].tolist()) == expected


def test_every_code_point_belongs_to_words_or_separates_them() -> None:
    points = [point for point in range(sys.maxunicode + 1) if not 0xD800 <= point < 0xE000]
    column = pa.array([f"ы{chr(point)}ы" for point in points], pa.large_string())
    _, words = signatures_of(text_buffers(column), 1, 1, 0)
    expected = np.where(folding().classes[points], 1, 2)
    assert np.flatnonzero(words != expected).tolist() == []


@pytest.mark.skipif(not len(letters().wide), reason="this processor has no AVX-512 VBMI2")
@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.one_of(
            st.text(
                alphabet="абвгдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюяәҒӨ ,.-№«»—…😀aZ7\n", max_size=90
            ),
            st.text(alphabet=st.characters(min_codepoint=0x400, max_codepoint=0x4FF), max_size=2),
            st.text(alphabet=st.characters(min_codepoint=0x80, max_codepoint=0x2FFF), max_size=1),
        ),
        min_size=10,
        max_size=60,
    ).map("".join)
)
def test_wide_processors_and_others_hash_the_same_words(text: str) -> None:
    data = np.frombuffer(text.encode(), np.uint8)
    room = room_for(np.array([0, len(data)]))
    narrow = letters()._replace(wide=np.empty(0, np.uint8))
    found = []
    for tables in (letters(), narrow):
        out = np.zeros(len(data) + 1, np.uint64)
        count = hash_words(data, 0, len(data), tables, room, out)
        found.append(out[:count].tolist())
    assert found[0] == found[1]


@pytest.mark.parametrize("place", [1021, 1022, 1023, 1024, 2047])
@pytest.mark.parametrize(
    "torn", [b"\xf0\x80\x80\x80", b"\xed\xa0\x80", b"\xd2", b"\xe2\x80", b"\xa3"]
)
def test_bytes_that_are_no_text_are_refused_at_the_edge_of_a_block(place: int, torn: bytes) -> None:
    for behind in (b"", b" a", b"\xd2\xa3" * 700):
        broken = pa.array([b"a" * place + torn + behind], pa.binary()).view(pa.string())
        with pytest.raises(InvalidText):
            minhash(broken)


def test_threads_sign_at_once_and_alike() -> None:
    texts = [f"{CONSTITUTION} {number} тармақ" * 20 for number in range(300)]
    alone = minhash(texts)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(minhash, [texts] * 8):
            assert np.array_equal(found, alone)


def test_chunks_and_slices_of_columns_are_read_where_they_are() -> None:
    texts = [f"{number} құжат мәтіні осындай болды" for number in range(50)]
    whole = pa.array(texts, pa.large_string())
    parts = [whole.slice(0, 7), whole.slice(7, 0), whole.slice(7, 30).cast(pa.string()), whole[37:]]
    chunked = pa.chunked_array([part.cast(pa.large_string()) for part in parts])
    assert np.array_equal(minhash(chunked), minhash(texts))
    assert np.array_equal(minhash(chunked.slice(3, 40)), minhash(texts[3:43]))


def test_the_number_of_a_broken_text_counts_over_chunks() -> None:
    broken = pa.array([b"a", b"\xff"], pa.large_binary()).view(pa.large_string())
    column = pa.chunked_array([pa.array(["a", "b"], pa.large_string()), broken])
    with pytest.raises(InvalidText, match="text 3 is not"):
        minhash(column)
