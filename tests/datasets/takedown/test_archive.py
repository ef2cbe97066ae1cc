"""Erasing in place: the payload is gone, every other record is where it was."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from kaz_datasets.errors import Corrupt, Failed
from kaz_datasets.takedown.archive import erase_record
from kaz_datasets.warc import Page, read_pages


def record(number: int, body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032d}>\r\n"
        f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: https://a.kz/secret/{number}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def archive(folder: Path, packed: bool, sizes: list[int]) -> tuple[Path, list[int]]:
    """An archive file of records with noise of these sizes, and where each begins."""
    chance = random.Random(7)
    parts = []
    for number, size in enumerate(sizes):
        letters = bytes(chance.choices(b"abcdefghij <>", k=size))
        raw = record(number, letters)
        parts.append(gzip.compress(raw, mtime=0) if packed else raw)
    path = folder / ("x.warc.gz" if packed else "x.warc")
    path.write_bytes(b"".join(parts))
    return path, [sum(map(len, parts[:number])) for number in range(len(parts))]


def pages(path: Path) -> list[Page]:
    return [page for page in read_pages(path) if isinstance(page, Page)]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("size", [120, 121, 122, 123, 500, 5_000, 200_000])
def test_one_record_goes_and_the_others_stay(tmp_path: Path, packed: bool, size: int) -> None:
    path, offsets = archive(tmp_path, packed, [900, size, 700])
    before = path.read_bytes()
    first, gone, last = pages(path)
    assert erase_record(path, offsets[1])
    after = path.read_bytes()
    assert len(after) == len(before)
    assert after[: offsets[1]] == before[: offsets[1]]
    assert after[offsets[2] :] == before[offsets[2] :]
    assert pages(path) == [first, last]
    unpacked = gzip.decompress(after) if packed else after
    assert gone.body not in unpacked
    assert b"/secret/1" not in unpacked
    assert not erase_record(path, offsets[1])


@pytest.mark.parametrize("packed", [True, False])
def test_the_reference_reader_reads_it(tmp_path: Path, packed: bool) -> None:
    path, offsets = archive(tmp_path, packed, [300, 3_000, 300])
    erase_record(path, offsets[1])
    with path.open("rb") as stream:
        found = [
            (record.rec_type, record.rec_headers["WARC-Record-ID"])
            for record in ArchiveIterator(stream)
        ]
    assert [kind for kind, _ in found] == ["response", "metadata", "response"]
    assert found[1][1] == f"<urn:uuid:{1:032d}>"


def test_what_is_no_record_is_not_touched(tmp_path: Path) -> None:
    path, offsets = archive(tmp_path, True, [300, 300])
    before = path.read_bytes()
    with pytest.raises(Corrupt):
        erase_record(path, offsets[1] + 3)
    (tmp_path / "y.warc.gz").write_bytes(before[:-20])
    with pytest.raises(Corrupt, match="damaged at byte"):
        erase_record(tmp_path / "y.warc.gz", offsets[1])
    assert path.read_bytes() == before


def test_a_record_that_is_too_short_is_said(tmp_path: Path) -> None:
    raw = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 1\r\n\r\nx\r\n\r\n"
    (tmp_path / "x.warc").write_bytes(raw)
    with pytest.raises(Failed, match="too short"):
        erase_record(tmp_path / "x.warc", 0)
