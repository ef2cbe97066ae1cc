"""Plain text and JSON lines: provenance first, every bad line named."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from kaz_crawlers.inputs.jsonl import jsonl_provenance, read_jsonl
from kaz_crawlers.inputs.plain_text import find_text_files, provenance_of, read_text_files
from kaz_crawlers.inputs.provenance import Provenance, agreed
from kaz_crawlers.inputs.text_archive import Item, Skipped, TextDocument
from kaz_datasets.errors import BadConfiguration, Corrupt, NotFound

HEADER = """---
source: auyl-kitapkhana
rights: open-licence
licence: CC-BY-4.0
title: "Ауыл туралы"
date: 2020-02-03
url: https://kitap.example/auyl
---
Ауылда кітапхана ашылды.
"""
STATED = Provenance(source="s", rights="permission")


def rules(items: list[Item]) -> list[tuple[str, str | None]]:
    return [(item.rule, item.value) for item in items if isinstance(item, Skipped)]


def documents(items: list[Item]) -> list[TextDocument]:
    return [item for item in items if isinstance(item, TextDocument)]


def test_a_text_file_with_its_header(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(HEADER, encoding="utf-8")
    files = find_text_files([tmp_path])
    facts = agreed(Provenance(), [(name, provenance_of(path)) for name, path in files])
    assert (facts.id, facts.basis, facts.licence) == (
        "auyl-kitapkhana",
        "open-licence",
        "CC-BY-4.0",
    )
    (document,) = documents(list(read_text_files(files, "")))
    assert document.text == "Ауылда кітапхана ашылды.\n"
    assert document.url == "https://kitap.example/auyl"
    assert (document.facts.title, document.facts.published_at) == ("Ауыл туралы", date(2020, 2, 3))


def test_files_without_header_are_named_below_the_homepage(tmp_path: Path) -> None:
    (tmp_path / "ә").mkdir()
    (tmp_path / "ә" / "b.txt").write_bytes(b"\xef\xbb\xbf" + "Бір.\r\nЕкі.".encode())
    (tmp_path / "c.txt").write_bytes("Қате".encode("utf-16"))
    (tmp_path / "d.md").write_text("елеусіз")
    items = list(read_text_files(find_text_files([tmp_path]), "https://kitap.example/"))
    (document,) = documents(items)
    assert document.url == "https://kitap.example/%D3%99/b.txt"
    assert document.text == "Бір.\nЕкі."
    assert rules(items) == [("not-utf8", "c.txt: byte 0")]
    assert rules(list(read_text_files([("c", tmp_path / "d.md")], ""))) == [("no-address", "c")]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (Provenance(), "does not say its source: give --source"),
        (Provenance(source="a"), "does not say its rights"),
        (Provenance(source="a", rights="open-licence"), "does not say which: give --licence"),
        (Provenance(source="a", rights="free"), "rights 'free' is not one of"),
        (Provenance(source="a", rights="permission", kind="blog"), "kind 'blog' is not one of"),
    ],
)
def test_missing_provenance_says_what_to_write(header: Provenance, message: str) -> None:
    with pytest.raises(BadConfiguration, match=message):
        agreed(Provenance(), [("a.txt", header)])


def test_files_that_disagree_are_refused() -> None:
    with pytest.raises(BadConfiguration, match=r"b\.txt states another source"):
        agreed(STATED, [("a.txt", Provenance()), ("b.txt", Provenance(licence="CC0-1.0"))])


@pytest.mark.parametrize(
    ("content", "message"),
    [("---\ntitel: x\n---\n", "line 2: a header's line is"), ("---\ntitle: x\n", "has no end")],
)
def test_a_wrong_header_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(content)
    with pytest.raises(BadConfiguration, match=message):
        provenance_of(tmp_path / "a.txt")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nope"):
        find_text_files([tmp_path / "nope"])


LINES = [
    json.dumps({"source": "s", "rights": "permission", "homepage": "https://s.example"}).encode(),
    json.dumps({"text": "Бір.", "title": "Т", "date": "2021-01-02", "licence": 7}).encode(),
    b"",
    b"{torn",
    b"[1]",
    b'"\xff"',
    json.dumps({"title": "мәтінсіз"}).encode(),
    json.dumps({"text": "Екі.", "url": "file:///etc/passwd"}).encode(),
    json.dumps({"text": "Үш.", "url": "https://s.example/3", "author": "А."}).encode(),
]


@pytest.mark.parametrize("packing", ["", "gz", "zst"])
def test_json_lines(tmp_path: Path, packing: str) -> None:
    path = tmp_path / f"n.jsonl.{packing}".rstrip(".")
    content = b"\n".join(LINES) + b"\n"
    if packing == "zst":
        with pa.output_stream(str(path), compression="zstd") as stream:
            stream.write(content)
    else:
        path.write_bytes(gzip.compress(content) if packing else content)
    facts = agreed(Provenance(), [("n", jsonl_provenance(path))])
    items = list(read_jsonl([path], facts.homepage))
    assert [(rule, str(value).rpartition(":")[2]) for rule, value in rules(items)] == [
        ("not-json", "4"), ("not-json", "5"), ("not-utf8", "6"), ("no-text", "7"),
        ("no-address", "8"),
    ]  # fmt: skip
    one, three = documents(items)
    assert one.url == f"https://s.example/{path.name}?line=2"
    assert (one.facts.title, one.facts.licence) == ("Т", None)
    assert (three.url, three.facts.author) == ("https://s.example/3", "А.")


def test_a_torn_archive_of_lines_is_named(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(LINES) * 1000)[:-30])
    with pytest.raises(Corrupt, match=r"n\.jsonl\.gz is torn"):
        list(read_jsonl([path], "https://s.example"))


def test_json_nested_without_end_is_a_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    path.write_bytes(b"[" * 200_000 + b"\n")
    assert rules(list(read_jsonl([path], ""))) == [("not-json", "n.jsonl:1")]
