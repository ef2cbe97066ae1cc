"""WARC files: readable by others, and whole whatever happened to the writer."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
import warcio
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_crawlers.cdxj import entries_of, find, index_path, read_cdxj, surt, write_index
from kaz_crawlers.warc_writer import (
    Checkpoint,
    Exchange,
    Original,
    WarcWriter,
    recover,
    whole_length,
)
from kaz_datasets.errors import Corrupt, Failed
from kaz_datasets.record_facts import NO_FACTS, RecordFacts
from kaz_datasets.warc import Page, read_pages

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
    writer = WarcWriter(folder, "site", {"http-header-user-agent": "bot/1"})
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
    index_path(final).unlink()
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
        "site-00000.cdxj",
        "site-00000.warc.gz",
        "site-00001.cdxj",
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


def test_an_abandoned_file_keeps_what_is_vouched_for_and_no_more(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "site")
    writer.write(exchange(1))
    checkpoint = writer.sync()
    assert checkpoint is not None
    writer.write(exchange(2))
    writer.abandon()
    with pytest.raises(Failed, match="not written whole"):
        writer.sync()
    recover(tmp_path, {checkpoint.file: checkpoint.length})
    [archive] = tmp_path.glob("*.warc.gz")
    assert [page.url for page in read_pages(archive) if isinstance(page, Page)] == [exchange(1).url]
    assert not list(tmp_path.glob("*.open"))


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


def every_kind(folder: Path) -> Path:
    """A file with a record of every kind that is written."""
    moment = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    facts = RecordFacts(title="Қазақ\r\nтілі", signals=("robots.txt:content-usage=train-ai=y",))
    packed = Exchange(
        url="http://site.example/kk/gz",
        status=200,
        headers=((b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip")),
        body=gzip.compress(BODIES[1], mtime=0),
        request=b"GET /kk/gz HTTP/1.1\r\nHost: site.example\r\n\r\n",
        facts=facts,
    )
    unchanged = Exchange(url=packed.url, status=304, headers=((b"ETag", b'"1"'),), body=b"")
    with WarcWriter(folder, "site", {"operator": "mailto:me@site.example"}) as writer:
        first = writer.write(packed)
        of = Original(
            url=packed.url,
            retrieved_at=first.moment,
            digest=first.digest,
            record_id=first.record_id,
        )
        writer.write_revisit(unchanged, of)
        writer.write_revisit(packed, of)
        writer.write_conversion("http://site.example/t", b"text", "text/plain", facts, moment)
        writer.write_resource("http://site.example/r", b"<p>", "text/html", NO_FACTS, moment)
    return folder / first.file


def test_the_reference_reader_finds_every_record_and_no_wrong_digest(tmp_path: Path) -> None:
    path = every_kind(tmp_path)
    with path.open("rb") as stream:
        records = warcio.ArchiveIterator(stream, check_digests="raise")
        kinds = []
        for record in records:
            record.content_stream().read()
            kinds.append(record.rec_type)
    assert kinds == [
        "warcinfo",
        "response",
        "request",
        "revisit",
        "revisit",
        "request",
        "conversion",
        "resource",
    ]


def test_records_refer_to_each_other(tmp_path: Path) -> None:
    with every_kind(tmp_path).open("rb") as stream:
        found = [dict(record.headers) for record in ArchiveIterator(stream)]
    info, response, request, unchanged, same = found[:5]
    assert {record["WARC-Warcinfo-ID"] for record in found[1:]} == {info["WARC-Record-ID"]}
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert unchanged["WARC-Refers-To"] == same["WARC-Refers-To"] == response["WARC-Record-ID"]
    assert unchanged["WARC-Profile"].endswith("server-not-modified")
    assert same["WARC-Profile"].endswith("identical-payload-digest")
    assert same["WARC-Payload-Digest"] == response["WARC-Payload-Digest"]


def test_facts_are_read_back_with_their_page(tmp_path: Path) -> None:
    pages = [page for page in read_pages(every_kind(tmp_path)) if isinstance(page, Page)]
    assert [page.record_type for page in pages] == ["response", "conversion", "resource"]
    assert pages[0].body == BODIES[1]
    assert pages[0].facts.signals == ("robots.txt:content-usage=train-ai=y",)
    assert pages[1].facts.title == "Қазақ\r\nтілі"
    assert pages[2].facts == NO_FACTS


def test_the_index_leads_to_each_record(tmp_path: Path) -> None:
    path = every_kind(tmp_path)
    entries = list(read_cdxj(index_path(path)))
    assert [entry.mime for entry in find(tmp_path, "HTTP://www.site.example/kk/gz#x")] == [
        "text/html",
        "warc/revisit",
        "warc/revisit",
    ]
    data = path.read_bytes()
    for entry in entries:
        record = gzip.decompress(data[entry.offset : entry.offset + entry.length])
        assert f"WARC-Target-URI: {entry.url}\r\n".encode() in record


def test_the_index_made_anew_from_the_file_is_the_one_that_was_written(tmp_path: Path) -> None:
    path = every_kind(tmp_path)
    written = index_path(path).read_text(encoding="utf-8")
    assert write_index(path).read_text(encoding="utf-8") == written
    index_path(path).unlink()
    recover(tmp_path)
    assert index_path(path).read_text(encoding="utf-8") == written


def test_a_damaged_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.cdxj").write_text("kz,site)/ 20261101093000 {}\n", encoding="utf-8")
    with pytest.raises(Corrupt, match=r"a\.cdxj, line 1"):
        find(tmp_path, "http://site.kz/")


def test_keys_and_records_are_those_of_an_index_made_by_others(shared_data: Path) -> None:
    theirs = list(read_cdxj(shared_data / "warc" / "pywb" / "iana.cdxj"))
    ours = sorted(entries_of(shared_data / "warc" / "pywb" / "iana.warc.gz"))
    assert {entry.key for entry in theirs} == {surt(entry.url) for entry in theirs}
    assert {(e.offset, e.length, e.key, e.digest) for e in theirs} == {
        (e.offset, e.length, e.key, e.digest) for e in ours
    }


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www2.Sait.KZ:443/A/?b=1&a=2#c", "kz,sait)/a?a=2&b=1"),
        ("http://sait.kz:8080", "kz,sait:8080)/"),
        ("http://127.0.0.1/x", "127.0.0.1)/x"),
        ("http://sait.kz/қазақ жол", "kz,sait)/қазақ%20жол"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("http://[", "http://["),
    ],
)
def test_surt(url: str, key: str) -> None:
    assert surt(url) == key
