"""WARC files: readable by others, and whole whatever happened to the writer."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_crawlers.warc_writer import Checkpoint, Exchange, WarcWriter, recover, whole_length
from kaz_datasets.errors import Corrupt

BODIES = [b"", b"<p>\xd2\x9b\xd0\xb0\xd0\xb7\xd0\xb0\xd2\x9b</p>", b"\r\n\r\n" * 9, bytes(5000)]


def exchange(number: int) -> Exchange:
    return Exchange(
        url=f"http://site.example/kk/{number}",
        status=200,
        headers=((b"Content-Type", b"text/html"),),
        body=BODIES[number % len(BODIES)],
        address="192.0.2.7",
    )


def write(folder: Path, count: int, *, killed: bool = False) -> tuple[Path, list[Checkpoint]]:
    writer = WarcWriter(folder, "site", "bot/1")
    checkpoints = []
    for number in range(count):
        writer.write(exchange(number))
        checkpoint = writer.sync()
        assert checkpoint is not None
        checkpoints.append(checkpoint)
    left = folder / checkpoints[-1].file
    data = left.read_bytes()
    writer.close()
    final = left.with_suffix("")
    if not killed:
        return final, checkpoints
    final.unlink()
    left.write_bytes(data)
    return left, checkpoints


def urls(path: Path) -> list[str]:
    with path.open("rb") as stream:
        return [
            record.headers["WARC-Target-URI"]
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response)
        ]


def test_another_reader_finds_each_record_with_right_digests(tmp_path: Path) -> None:
    path, _ = write(tmp_path, 4)
    assert path.name == "site-00000.warc.gz"
    with path.open("rb") as stream:
        bodies = []
        for record in ArchiveIterator(stream, parse_http=False):
            assert record.verify_block_digest()
            if record.record_type == WarcRecordType.response:
                record.parse_http()
                assert record.verify_payload_digest(consume=False)
                assert record.http_headers.status_code == 200
                bodies.append(record.reader.read())
    assert bodies == BODIES


def test_the_first_record_says_who_wrote_the_file(tmp_path: Path) -> None:
    path, _ = write(tmp_path, 1)
    text = gzip.decompress(path.read_bytes()).decode()
    assert text.startswith("WARC/1.1\r\nWARC-Type: warcinfo\r\n")
    assert "isPartOf: site\r\n" in text
    assert "http-header-user-agent: bot/1\r\n" in text


def test_files_are_numbered_and_none_is_left_empty(tmp_path: Path) -> None:
    for _ in range(2):
        write(tmp_path, 1)
    WarcWriter(tmp_path, "site").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "site-00000.warc.gz",
        "site-00001.warc.gz",
    ]


def test_a_file_bears_its_name_only_when_it_is_closed(tmp_path: Path) -> None:
    path, _ = write(tmp_path, 1, killed=True)
    assert path.name == "site-00000.warc.gz.open"


@given(cut=st.integers(min_value=0, max_value=4000))
@settings(max_examples=60, deadline=None)
def test_a_torn_tail_is_cut_to_whole_records(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path, checkpoints = write(tmp_path_factory.mktemp("warc"), 4, killed=True)
    size = max(0, path.stat().st_size - cut)
    path.write_bytes(path.read_bytes()[:size])
    whole = [point.length for point in checkpoints if point.length <= size]
    recover(path.parent)
    final = path.with_name("site-00000.warc.gz")
    if whole:
        assert urls(final) == [f"http://site.example/kk/{n}" for n in range(len(whole))]
        assert final.stat().st_size == whole[-1]
    else:
        assert not final.exists() or urls(final) == []


@pytest.mark.parametrize("tail", [b"\0" * 100, b"\x1f\x8b\x08", b"WARC/1.1"])
def test_rubbish_behind_the_last_record_is_cut(tmp_path: Path, tail: bytes) -> None:
    path, _ = write(tmp_path, 2)
    size = path.stat().st_size
    with path.open("ab") as stream:
        stream.write(tail)
    assert whole_length(path) == size


def test_what_the_frontier_does_not_vouch_for_is_cut(tmp_path: Path) -> None:
    path, checkpoints = write(tmp_path, 3, killed=True)
    recover(tmp_path, {path.name: checkpoints[1].length})
    assert len(urls(tmp_path / "site-00000.warc.gz")) == 2


def test_a_file_shorter_than_vouched_for_is_named(tmp_path: Path) -> None:
    path, checkpoints = write(tmp_path, 2, killed=True)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Corrupt, match="check the disk"):
        recover(tmp_path, {path.name: checkpoints[-1].length})
    assert path.exists()


def test_a_file_unknown_to_the_frontier_keeps_no_page(tmp_path: Path) -> None:
    write(tmp_path, 1, killed=True)
    recover(tmp_path, {})
    assert list(tmp_path.iterdir()) == []
