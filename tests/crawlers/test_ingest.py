"""Archives that others made are taken in whole, once, and never moved."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kaz_crawlers.archive import FACTS_FILE, archive_facts
from kaz_crawlers.ingest import Pageless, ingest_warc
from kaz_crawlers.warc_writer import Exchange, WarcWriter
from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.record_facts import RecordFacts
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import read_pages

FACTS = SourceFacts(id="journal", kind="science", basis="permission", remove=("nav", ".ad"))


def make_warc(folder: Path, name: str, pages: int = 2) -> Path:
    writer = WarcWriter(folder, name)
    for number in range(pages):
        writer.write(
            Exchange(
                url=f"http://journal.example/{name}/{number}",
                status=200,
                headers=((b"Content-Type", b"text/html"),),
                body=b"<p>\xd2\x9b</p>",
            )
        )
    writer.close()
    return folder / f"{name}-00000.warc.gz"


def test_files_are_taken_in_and_stay_where_they_are(tmp_path: Path) -> None:
    one, two = make_warc(tmp_path / "in", "one"), make_warc(tmp_path / "in", "two", pages=3)
    report = ingest_warc([one, two], tmp_path / "archive", FACTS)
    assert report.pages == 5
    assert report.damages == ()
    assert [path.name for path in report.files] == [one.name, two.name]
    assert one.exists()
    assert report.files[0].read_bytes() == one.read_bytes()
    assert archive_facts(tmp_path / "archive") == FACTS


def test_the_same_bytes_are_taken_in_once(tmp_path: Path) -> None:
    one = make_warc(tmp_path / "in", "one")
    renamed = tmp_path / "renamed.warc.gz"
    renamed.write_bytes(one.read_bytes())
    first = ingest_warc([one], tmp_path / "archive", FACTS)
    second = ingest_warc([one, renamed], tmp_path / "archive", FACTS)
    assert set(second.files) == set(first.files)
    assert len(list((tmp_path / "archive").glob("*.warc.gz"))) == 1


def test_other_bytes_of_the_same_name_get_another(tmp_path: Path) -> None:
    files = [make_warc(tmp_path / folder, "one") for folder in ("a", "b")]
    report = ingest_warc(files, tmp_path / "archive", FACTS)
    assert len({path.name for path in report.files}) == 2
    assert all(path.name.endswith(".warc.gz") for path in report.files)


def test_an_uncompressed_file_without_suffix_gets_one(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    path.write_bytes(gzip.decompress(make_warc(tmp_path / "in", "one").read_bytes()))
    report = ingest_warc([path], tmp_path / "archive", FACTS)
    assert report.files[0].name == "segment.warc"
    assert report.pages == 2


def test_damage_is_reported_with_its_place(tmp_path: Path) -> None:
    path = make_warc(tmp_path / "in", "one")
    path.write_bytes(path.read_bytes()[:-20])
    report = ingest_warc([path], tmp_path / "archive", FACTS)
    assert report.pages == 1
    assert [damage.file for damage in report.damages] == [path.name]


@pytest.mark.parametrize(
    "content", [b"", b"<html>", gzip.compress(b"<html>", mtime=0), b"\x1f\x8bxx"]
)
def test_what_is_no_archive_is_refused_before_anything_is_written(
    tmp_path: Path, content: bytes
) -> None:
    good, bad = make_warc(tmp_path / "in", "one"), tmp_path / "bad.warc.gz"
    bad.write_bytes(content)
    with pytest.raises(Corrupt, match=r"bad\.warc\.gz is neither a WARC nor an ARC"):
        ingest_warc([good, bad], tmp_path / "archive", FACTS)
    assert not (tmp_path / "archive").exists()


def test_a_file_without_pages_is_named(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path / "in", "empty", {"description": "nothing"})
    facts = RecordFacts()
    writer.write_conversion("http://a.example/", b"x", "text/plain", facts, datetime.now(UTC))
    writer.close()
    path = tmp_path / "in" / "empty-00000.warc.gz"
    path.write_bytes(path.read_bytes()[: next(read_pages_offsets(path))])
    report = ingest_warc([path], tmp_path / "archive", FACTS)
    assert (report.pages, report.damages) == (0, ())
    assert report.pageless == (
        Pageless(file=path.name, reason="no records but its own description"),
    )


def read_pages_offsets(path: Path) -> Iterator[int]:
    yield from (page.offset for page in read_pages(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone\.warc"):
        ingest_warc([tmp_path / "gone.warc"], tmp_path / "archive", FACTS)


def test_a_folder_that_says_nothing_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is no archive"):
        archive_facts(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"id": "x", "remove": [], "colour": 1}'])
def test_broken_facts_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / FACTS_FILE).write_text(content)
    with pytest.raises(Corrupt, match="take the files in again"):
        archive_facts(tmp_path)
