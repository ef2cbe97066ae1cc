from __future__ import annotations

from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_dedup.text_hashes import text_hashes
from kaz_dedup.texts import text_buffers


def reference(text: str) -> bytes | None:
    """The definition, by Arrow's lower case and Python's white space."""
    normal = " ".join(str(pc.utf8_lower(pa.scalar(text)).as_py()).split())
    return blake2b(normal.encode(), digest_size=16).digest() if normal else None


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_the_hash_is_that_of_the_normal_text(texts: list[str]) -> None:
    assert text_hashes(text_buffers(texts)) == [reference(text) for text in texts]


@pytest.mark.parametrize(
    "text", ["Ⱥ" * 1000, "ΣΑΣ ΣΑΣ", "İ", "\u00a0Қазақ\u2003тілі\n", "😀 Ⓐ", ""]
)
def test_letters_that_grow_end_or_vanish_in_lower_case(text: str) -> None:
    assert text_hashes(text_buffers([text, text])) == [reference(text)] * 2


def test_case_and_space_make_no_difference_and_all_else_does() -> None:
    hashes = text_hashes(text_buffers(["Қазақ  тілі.", "қазақ\nТІЛІ.", "қазақ тілі", "қазақтілі."]))
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


def test_a_slice_hashes_its_own_texts() -> None:
    column = pa.array(["бір", "екі", "үш"]).slice(1)
    assert text_hashes(text_buffers(column)) == [reference("екі"), reference("үш")]
