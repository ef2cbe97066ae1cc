"""Documents that hold an excerpt, by sampled shingles, and what may not come back."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.shards import ShardWriter, read_shard
from kaz_datasets.workspace import Workspace
from kaz_dedup import DedupConfig, shingle_hashes
from kaz_dedup.signatures import sign_shard
from kaz_flows import excerpts
from kaz_flows.excerpts import documents_with
from kaz_flows.lookup import SAMPLED, Lookup, sampled
from kaz_flows.tombstones import TEXTS, Tombstones

WORDS = [f"{first}{last}" for first in ("ба", "қо", "те", "жү", "са") for last in (
    "лық", "зы", "мір", "рек", "дақ", "ғат", "нұр", "лап", "сын", "бақ"
)]  # fmt: skip


def texts(count: int, words: int = 300) -> list[str]:
    chance = random.Random(7)
    return [" ".join(chance.choices(WORDS, k=words)) for _ in range(count)]


def shard(folder: Path, documents: list[str]) -> Path:
    path = folder / "documents" / "a" / "b" / "c.warc.gz.parquet"
    with ShardWriter(path, TEXTS) as writer:
        writer.write([{"id": f"{n:032x}", "text": text} for n, text in enumerate(documents)])
    return path


@pytest.mark.parametrize("length", [12, 150])
def test_an_excerpt_is_found_in_longer_documents(tmp_path: Path, length: int) -> None:
    documents = texts(40)
    path = shard(tmp_path, documents)
    words = documents[17].split()[100 : 100 + length]
    lookup = Lookup(workspace=Workspace(root=tmp_path))
    assert list(documents_with(" ".join(words).upper(), [path], lookup)) == [f"{17:032x}"]
    # with some words of others in between
    words[length // 2] = "басқа"
    share = 1 if length > 100 else 0
    assert len(list(documents_with(" ".join(words), [path], lookup))) == share
    assert list(documents_with(" ".join(reversed(words)), [path], lookup)) == []


def test_the_second_search_reads_no_text_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = texts(40)
    path = shard(tmp_path, documents)
    lookup = Lookup(workspace=Workspace(root=tmp_path))
    list(documents_with(documents[0], [path], lookup))
    hashed: list[int] = []

    def counting(texts: pa.Array, config: DedupConfig | None = None) -> object:  # type: ignore[type-arg]
        hashed.append(len(texts))
        return shingle_hashes(texts, config)

    monkeypatch.setattr(excerpts, "shingle_hashes", counting)
    assert list(documents_with(documents[9], [path], lookup)) == [f"{9:032x}"]
    assert hashed == [1, 1]  # the excerpt, and the one candidate


def test_too_short_an_excerpt_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="at least 8 words"):
        list(documents_with("бір екі үш", [], Lookup(workspace=Workspace(root=tmp_path))))


@given(st.integers(0, 250), st.integers(10, 50))
def test_a_part_shares_all_its_sampled_shingles_with_the_whole(start: int, length: int) -> None:
    (text,) = texts(1)
    part = " ".join(text.split()[start : start + length])
    whole, piece = (sampled(found) for found in shingle_hashes([text, part]))
    if len(part.split()) >= DedupConfig().shingle_words:
        assert set(piece) <= set(whole)
    assert all(int(value) % SAMPLED == 0 for value in whole)


def test_lookups_follow_content_and_are_swept(tmp_path: Path) -> None:
    lookup = Lookup(workspace=Workspace(root=tmp_path))
    path = shard(tmp_path, texts(3))
    old = lookup.sketch(path)
    shard(tmp_path, texts(4))
    new = lookup.sketch(path)
    assert old != new
    lookup.sweep([path])
    assert (old.exists(), new.exists()) == (False, True)
    # no text in what is looked up by
    assert read_shard(new).schema.names == ["row", "shingle"]


def test_what_is_blocked_is_known_again_and_nothing_else(tmp_path: Path) -> None:
    documents = texts(6)
    near = documents[2] + " тағы бір сөйлем қосылды мұнда"
    path = shard(tmp_path, [*documents, near, " ".join(documents[2].upper().split())])
    signatures = tmp_path / "signatures.parquet"
    sign_shard(path, signatures, DedupConfig())
    stones = Tombstones(folder=tmp_path / "stones", scratch=tmp_path / "scratch")
    assert not stones
    assert stones.blocked(path, signatures) == []
    gone = pa.table({"id": ["e" * 32], "text": [documents[2]]}, schema=TEXTS)
    empty = stones.digest
    assert (stones.block(gone), stones.block(gone)) == (1, 0)
    assert stones.digest != empty
    expected = [f"{number:032x}" for number in (2, 6, 7)]
    assert stones.blocked(path, signatures) == expected
    # signatures with bands of another threshold name no candidates: all are compared
    sign_shard(path, signatures, DedupConfig(threshold=0.6))
    assert stones.blocked(path, signatures) == expected
    assert not list((tmp_path / "scratch").iterdir())
    stored = b"".join(each.read_bytes() for each in (tmp_path / "stones").rglob("*.*"))
    assert documents[2][:30].encode() not in stored


def test_where_signatures_mean_something_else_whole_texts_are_known(tmp_path: Path) -> None:
    documents = texts(3)
    path = shard(tmp_path, [*documents, documents[1] + " және тағы"])
    signatures = tmp_path / "signatures.parquet"
    sign_shard(path, signatures, DedupConfig())
    stones = Tombstones(folder=tmp_path / "stones", scratch=tmp_path / "scratch")
    stones.block(pa.table({"id": ["e" * 32], "text": [documents[1]]}, schema=TEXTS))
    (current,) = (tmp_path / "stones").iterdir()
    current.rename(current.with_name("earlier"))
    assert stones
    assert stones.blocked(path, signatures) == [f"{1:032x}"]
