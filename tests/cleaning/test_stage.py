from __future__ import annotations

import gzip
import multiprocessing
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.pool import clean_in_order
from kaz_cleaning.stage import clean_archive
from kaz_datasets.account import Account
from kaz_datasets.errors import BadConfiguration, Corrupt, NotFound
from kaz_datasets.files import sha256_of
from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA
from kaz_datasets.shards import read_shard
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page, read_pages

FACTS = SourceFacts(id="demo", kind="education")

# written for this test
SENTENCES = (
    "Өзен жағасындағы қайықшы таң атпай ауын қарап, түскі асқа дейін балығын базарға жеткізеді.",
    "Мұғалім оқушыларына жауын суын жинап, оны бақшаға жұмсаудың оңай әдісін көрсетіп берді.",
    "Қойма есігінің құлпы тот басып қалғандықтан, ұста оны май құйып әрең дегенде ашты.",
    "Кеше кешкісін тау жақтан соққан жел шатырдың бір қаңылтырын жұлып әкеткен екен.",
    "Әжем қолөнер үйірмесінде жас келіндерге құрақ көрпе тігудің қыр-сырын үйретіп жүр.",
    "Көктемде егілген алма көшеттері биыл алғаш рет гүлдеп, ауланы хош иіске бөледі.",
    "Автобус кестесі өзгергелі бері студенттер сабаққа бір сағат ерте шығатын болды.",
)


def html(number: int) -> bytes:
    lines = [f"{line} Бұл {number} нұсқа." for line in SENTENCES[number % 3 :]]
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><body><article><h1>Атау</h1>{body}</article></body></html>".encode()


def member(number: int, body: bytes, status: str = "200 OK") -> bytes:
    block = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n".encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{number}\r\n"
        f"WARC-Date: 2026-01-02T03:04:05Z\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "demo-00001.warc.gz"
    broken = bytearray(member(3, html(3)))
    broken[30] ^= 0xFF
    path.write_bytes(
        member(0, html(0))
        + member(1, b"gone", "404 Not Found")
        + member(2, html(2))
        + bytes(broken)
        + member(4, "<p>Привет</p>".encode())
        + member(5, html(5))
    )
    return path


def clean(archive: Path, folder: Path, config: CleaningConfig) -> tuple[Account, str, str]:
    documents, rejected = folder / "d.parquet", folder / "rejected" / "d.parquet"
    account = clean_archive(archive, FACTS, config, documents, rejected)
    return account, sha256_of(documents), sha256_of(rejected)


def test_rows_stand_in_the_archives_order_and_all_is_accounted_for(
    archive: Path, tmp_path: Path
) -> None:
    account, _, _ = clean(archive, tmp_path / "out", CleaningConfig(workers=0))
    documents = read_shard(tmp_path / "out" / "d.parquet")
    rejected = read_shard(tmp_path / "out" / "rejected" / "d.parquet")
    assert documents.schema.equals(SCHEMA)
    assert rejected.schema.equals(REJECTED_SCHEMA)
    assert documents["url"].to_pylist() == [f"http://a.example/{n}" for n in (0, 2, 5)]
    assert account.to_json()["sources"] == {
        "demo": {
            "in": 6,
            "kept": 3,
            "dropped": {"damaged-record": 1, "http-status": 1, "no-article": 1},
        }
    }
    rows = rejected.to_pylist()
    assert [row["rule"] for row in rows] == ["http-status", "damaged-record", "no-article"]
    assert {row["stage"] for row in rows} == {"clean"}
    value = rows[1]["value"]
    assert value is not None
    assert value.startswith(f"demo-00001.warc.gz@{documents['warc_offset'][1].as_py()}"[:19])
    assert "gzip member is broken" in value


def test_the_bytes_do_not_depend_on_the_workers(archive: Path, tmp_path: Path) -> None:
    made = [
        clean(archive, tmp_path / str(workers), CleaningConfig(workers=workers))
        for workers in (0, 1, 2)
    ]
    assert made[0] == made[1] == made[2]


def test_progress_is_told_page_by_page(archive: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int | None, str]] = []
    clean_archive(
        archive,
        FACTS,
        CleaningConfig(workers=0),
        tmp_path / "d",
        tmp_path / "r",
        lambda done, total, unit: told.append((done, total, unit)),
    )
    assert told == [(number, None, "pages") for number in range(1, 7)]


class Endless(Page):
    """A page whose reading never ends, in the process that reads it."""

    def __getattribute__(self, name: str) -> Any:
        if name == "body" and multiprocessing.parent_process() is not None:
            time.sleep(600)
        return super().__getattribute__(name)


def test_a_page_that_takes_too_long_costs_itself_only(archive: Path) -> None:
    pages = {entry.url: entry for entry in read_pages(archive) if isinstance(entry, Page)}
    first, second = pages["http://a.example/0"], pages["http://a.example/2"]
    endless = Endless(**vars(replace(first, url="http://a.example/endless")))
    config = CleaningConfig(workers=1, page_timeout=3)
    outcomes = list(clean_in_order([first, endless, second], FACTS, config))
    assert [type(outcome) for outcome in outcomes] == [Kept, Dropped, Kept]
    assert outcomes[1] == Dropped("extraction-timeout", "3 s", None, endless.url)


def test_whatever_a_page_makes_a_parser_raise_costs_that_page_only(archive: Path) -> None:
    good = next(entry for entry in read_pages(archive) if isinstance(entry, Page))
    bad = replace(good, headers={"content-usage": 5})  # type: ignore[dict-item]
    outcomes = list(clean_in_order([bad, good], FACTS, CleaningConfig(workers=0)))
    assert outcomes[0] == Dropped("extraction-crash", "TypeError", None, "http://a.example/0")
    assert isinstance(outcomes[1], Kept)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_wrong_selector_stops_the_stage_before_any_page(
    archive: Path, tmp_path: Path, workers: int
) -> None:
    wrong = SourceFacts(id="demo", body="p[")
    with pytest.raises(BadConfiguration, match=r"'p\[' is no CSS selector"):
        clean_archive(
            archive, wrong, CleaningConfig(workers=workers), tmp_path / "d", tmp_path / "r"
        )


def test_no_archive_leaves_no_output(tmp_path: Path) -> None:
    wrong = tmp_path / "a.warc.gz"
    wrong.write_bytes(b"not an archive")
    with pytest.raises(Corrupt, match=r"a\.warc\.gz"):
        clean(wrong, tmp_path / "out", CleaningConfig(workers=0))
    with pytest.raises(NotFound):
        clean(tmp_path / "none", tmp_path / "out", CleaningConfig(workers=0))
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []
