from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.warc import MAX_BODY, Damage, Page, read_pages

HTML = "<html><body><p>Қазақ тілі</p></body></html>".encode()


def sha1(content: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(content).digest()).decode()


def http(body: bytes = HTML, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/HTML; charset=utf-8", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def record(block: bytes, *extra: str, url: str = "http://a.example/1", kind: str = "response",
           length: int | None = None) -> bytes:  # fmt: skip
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2026-03-04T05:06:07Z",
        "Content-Type: application/http; msgtype=response",
        *extra,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def read(tmp_path: Path, content: bytes, name: str = "a.warc.gz") -> list[Page | Damage]:
    path = tmp_path / name
    path.write_bytes(content)
    return list(read_pages(path))


def only_page(entries: list[Page | Damage]) -> Page:
    (entry,) = entries
    assert isinstance(entry, Page), entry
    return entry


def only_damage(entries: list[Page | Damage]) -> Damage:
    (entry,) = entries
    assert isinstance(entry, Damage), entry
    return entry


def urls(entries: list[Page | Damage]) -> list[str]:
    return [entry.url if isinstance(entry, Page) else "damage" for entry in entries]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_page_comes_out_as_the_server_sent_it(tmp_path: Path, pack: type[bytes]) -> None:
    page = only_page(read(tmp_path, pack(record(http(HTML, "X-Robots-Tag: a", "x-robots-tag: b")))))
    assert page.url == "http://a.example/1"
    assert page.status == 200
    assert page.body == HTML
    assert page.content_type == "text/html"
    assert page.headers["x-robots-tag"] == "a, b"
    assert page.retrieved_at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert (page.file, page.offset) == ("a.warc.gz", 0)


def chunked(body: bytes) -> bytes:
    return b"".join(
        f"{len(body[i : i + 7]):x}\r\n".encode() + body[i : i + 7] + b"\r\n"
        for i in range(0, len(body), 7)
    ) + b"0\r\n\r\n"  # fmt: skip


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("stored", "headers"),
    [
        (gzip.compress(HTML, mtime=0), ["Content-Encoding: gzip"]),
        (zlib.compress(HTML), ["Content-Encoding: deflate"]),
        (bare_deflate(HTML), ["Content-Encoding: deflate"]),
        (chunked(HTML), ["Transfer-Encoding: chunked"]),
        (
            chunked(gzip.compress(HTML, mtime=0)),
            ["Transfer-Encoding: chunked", "Content-Encoding: x-gzip"],
        ),
        (gzip.compress(zlib.compress(HTML), mtime=0), ["Content-Encoding: deflate, gzip"]),
        # archives whose writer undid the coding and left the header
        (HTML, ["Transfer-Encoding: chunked"]),
        (HTML, ["Content-Encoding: gzip"]),
        (HTML, ["Content-Encoding: br"]),
        (HTML, ["Content-Encoding: identity"]),
    ],
)
def test_codings_are_undone(tmp_path: Path, stored: bytes, headers: list[str]) -> None:
    block = http(stored, *headers)
    entries = read(tmp_path, record(block, f"WARC-Block-Digest: {sha1(block)}"))
    assert only_page(entries).body == HTML


@pytest.mark.parametrize(
    ("stored", "headers", "reason"),
    [
        (
            gzip.compress(bytes(MAX_BODY + 1), mtime=0),
            ["Content-Encoding: gzip"],
            "once decompressed",
        ),
        (bytes(MAX_BODY + 1), [], "body of more than"),
        (gzip.compress(HTML, mtime=0)[:-12], ["Content-Encoding: gzip"], "gzip body is broken"),
        (b"\x01\x02", ["Content-Encoding: lzma"], "unknown content coding"),
        (b"zz" + chunked(HTML)[:9], ["Content-Encoding: gzip"], "gzip body is broken"),
        (chunked(HTML)[:20], ["Transfer-Encoding: chunked"], "chunked body broken"),
        (HTML, [f"Content-Encoding: {', '.join(['gzip'] * 9)}"], "9 content codings"),
    ],
)
def test_a_body_that_cannot_be_decoded_is_damage(
    tmp_path: Path, stored: bytes, headers: list[str], reason: str
) -> None:
    assert reason in only_damage(read(tmp_path, record(http(stored, *headers)))).reason


@pytest.mark.parametrize("name", ["WARC-Block-Digest", "WARC-Payload-Digest"])
def test_a_wrong_digest_is_damage_and_a_right_one_is_not(tmp_path: Path, name: str) -> None:
    block = http()
    content = block if name == "WARC-Block-Digest" else HTML
    assert only_page(read(tmp_path, record(block, f"{name}: {sha1(content)}")))
    hexadecimal = f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert only_page(read(tmp_path, record(block, f"{name}: {hexadecimal}")))
    assert only_page(read(tmp_path, record(block, f"{name}: unheard-of:ABC")))
    wrong = only_damage(read(tmp_path, record(block, f"{name}: {sha1(b'another')}")))
    assert wrong.reason == f"{name} does not fit the record"


def test_a_broken_member_costs_itself_only(tmp_path: Path) -> None:
    members = [gzip.compress(record(http(), url=f"http://a.example/{n}")) for n in range(3)]
    broken = bytearray(members[1])
    broken[40] ^= 0xFF
    entries = read(tmp_path, members[0] + bytes(broken) + members[2])
    assert urls(entries) == ["http://a.example/0", "damage", "http://a.example/2"]
    assert isinstance(entries[1], Damage)
    assert entries[1].offset == len(members[0])
    assert "gzip member is broken" in entries[1].reason
    assert isinstance(entries[2], Page)
    assert entries[2].offset == len(members[0]) + len(broken)


def test_a_member_with_a_wrong_checksum_is_damage_unless_a_digest_vouches(tmp_path: Path) -> None:
    def spoiled(content: bytes) -> bytes:
        member = bytearray(gzip.compress(content))
        member[-8] ^= 0xFF
        return bytes(member)

    assert "broken" in only_damage(read(tmp_path, spoiled(record(http())))).reason
    vouched = record(http(), f"WARC-Block-Digest: {sha1(http())}")
    assert only_page(read(tmp_path, spoiled(vouched))).body == HTML


@pytest.mark.parametrize("cut", [1, 9, 60, 200])
def test_a_torn_tail_is_damage(tmp_path: Path, cut: int) -> None:
    first, second = (gzip.compress(record(http(), url=f"http://a.example/{n}")) for n in range(2))
    entries = read(tmp_path, first + second[:-cut])
    assert urls(entries) == ["http://a.example/0", "damage"]


def test_many_records_in_one_member_survive_a_torn_tail(tmp_path: Path) -> None:
    whole = b"".join(record(http(), url=f"http://a.example/{n}") for n in range(5))
    torn = gzip.compress(whole[:-120])[:-8]
    assert urls(read(tmp_path, torn)) == [f"http://a.example/{n}" for n in range(4)] + ["damage"]


@pytest.mark.parametrize("wrong", [-5, +5, +400, 10**9])
def test_reading_goes_on_after_a_wrong_length(tmp_path: Path, wrong: int) -> None:
    first = record(http(), url="http://a.example/0", length=len(http()) + wrong)
    entries = read(tmp_path, first + record(http(), url="http://a.example/1"), "a.warc")
    expected = ["damage"] if wrong == 10**9 else ["damage", "http://a.example/1"]
    assert urls(entries) == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (record(http()).replace(b"2026-03-04T05:06:07Z", b"yesterday"), "WARC-Date"),
        (record(http()).replace(b"2026-03-04T05:06:07Z", b"0001-01-01T00:00+09:00"), "WARC-Date"),
        (record(http()).replace(b"WARC-Target-URI", b"WARC-Something"), "no WARC-Target-URI"),
        (record(b"GET / HTTP/1.1\r\n\r\n"), "no HTTP status line"),
        (record(http(b"", "X: " + "y" * 300_000)), "HTTP headers longer"),
        (record(http(), length=-1), "Content-Length is '-1'"),
        (record(http())[:-20], "ends after"),
    ],
)
def test_a_record_that_makes_no_sense_is_damage(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    assert reason in only_damage(read(tmp_path, content, "a.warc")).reason


def test_other_records_are_counted_not_given(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(
        record(b"software: x", kind="warcinfo")
        + record(b"GET / HTTP/1.1\r\n\r\n", kind="request")
        + record(http(), kind="revisit")
        + record(b"1.2.3.4", url="dns:a.example")
        + record(b"<p>\xd2\x9b</p>", kind="resource")
    )
    skipped: Counter[str] = Counter()
    page = only_page(list(read_pages(path, skipped)))
    assert page.body == b"<p>\xd2\x9b</p>"
    assert skipped == {"warcinfo": 1, "request": 1, "revisit": 1, "response": 1}


def test_extracted_texts_are_pages_of_their_own_kind(tmp_path: Path) -> None:
    page = only_page(read(tmp_path, record(b"text", kind="conversion")))
    assert (page.record_type, page.body) == ("conversion", b"text")


def test_a_file_of_metadata_alone_is_not_silent(tmp_path: Path) -> None:
    damage = only_damage(read(tmp_path, record(b"{}", kind="metadata")))
    assert "metadata" in damage.reason


def test_arc_files_are_read(tmp_path: Path) -> None:
    block = http()
    content = (
        b"filedesc://x.arc 0.0.0.0 20140216050221 text/plain 4\n1 0 \n\n"
        + f"http://a.example/1 1.2.3.4 20140216050222 text/html {len(block)}\n".encode()
        + block
        + b"\n"
    )
    page = only_page(read(tmp_path, content, "a.arc"))
    assert (page.url, page.body) == ("http://a.example/1", HTML)
    assert page.retrieved_at == datetime(2014, 2, 16, 5, 2, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", gzip.compress(b"x" * 99, mtime=0), b"\x1f\x8b\x08xx"]
)
def test_what_is_no_archive_is_corrupt(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Corrupt, match=r"a\.warc\.gz holds no WARC or ARC record"):
        read(tmp_path, content)


def test_a_missing_file_is_not_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.warc"):
        read_pages(tmp_path / "none.warc")


def test_junk_between_members_is_named_and_passed(tmp_path: Path) -> None:
    one = gzip.compress(record(http()))
    assert urls(read(tmp_path, one + bytes(512) + one)) == ["http://a.example/1"] * 2
    expected = ["http://a.example/1", "damage", "http://a.example/1"]
    assert urls(read(tmp_path, one + b"junk \x1f\x8b\x08 junk" + one)) == expected


ARCHIVE = b"".join(gzip.compress(record(http(), url=f"http://a.example/{n}")) for n in range(3))
PLAIN = b"".join(record(http(), url=f"http://a.example/{n}") for n in range(3))


@given(
    whole=st.sampled_from([ARCHIVE, PLAIN]),
    place=st.integers(0, 2_000),
    length=st.integers(0, 80),
    junk=st.binary(max_size=80),
)
def test_any_damage_is_named_and_never_raised(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, place: int, length: int, junk: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.warc"
    path.write_bytes(whole[:place] + junk + whole[place + length :])
    try:
        entries = list(read_pages(path))
    except Corrupt:
        assert place < len(whole)  # only a file without any record may be called so
        return
    assert entries == list(read_pages(path))
    assert all(entry.file == "damaged.warc" and entry.offset >= 0 for entry in entries)


def test_real_archives_give_pages_or_named_damage(shared_data: Path) -> None:
    without_pages = {"example-url-agnostic-revisit.warc.gz", "example-digest.warc"}
    for path in sorted((shared_data / "warc").glob("*/*arc*")):
        entries = list(read_pages(path))
        assert bool(entries) != (path.name in without_pages), path
        assert all(isinstance(e, Page) or (e.file == path.name and e.reason) for e in entries)
    with pytest.raises(Corrupt):
        list(read_pages(shared_data / "warc" / "pywb" / "iana.cdxj"))


@pytest.mark.parametrize(
    ("name", "pages", "damages"),
    [
        ("pywb/iana.warc.gz", 48, 0),
        ("warcio/example.warc.gz", 1, 0),
        ("warcio/example.arc.gz", 1, 0),
        ("warcio/example-trunc.warc", 0, 1),
        ("commoncrawl/sample-0000.warc.gz", 24, 0),
    ],
)
def test_real_archives_are_read_whole(
    shared_data: Path, name: str, pages: int, damages: int
) -> None:
    entries = list(read_pages(shared_data / "warc" / name))
    assert sum(isinstance(entry, Page) for entry in entries) == pages
    assert sum(isinstance(entry, Damage) for entry in entries) == damages
