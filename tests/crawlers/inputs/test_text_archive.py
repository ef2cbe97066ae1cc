"""Documents become an archive once; what was skipped is accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kaz_crawlers.archive import archive_facts
from kaz_crawlers.inputs import text_archive
from kaz_crawlers.inputs.text_archive import (
    FULL_TEXT_FILE,
    REJECTED_FILE,
    Item,
    Skipped,
    TextDocument,
    TextIngest,
    finished_ingest,
    write_text_archive,
)
from kaz_datasets.errors import Corrupt
from kaz_datasets.record_facts import RecordFacts
from kaz_datasets.shards import read_shard
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Damage, Page, read_pages

FACTS = SourceFacts(id="kitap", basis="permission")
MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


def document(number: int, text: str = "Қазақ тілі.") -> TextDocument:
    return TextDocument(
        url=f"https://kitap.example/{number}",
        text=text,
        facts=RecordFacts(title="Тақырып" * 100, published_at=date(2020, 1, 1), author="Ә" * 9999),
        retrieved_at=MOMENT,
        full_texts=(f"https://kitap.example/{number}.pdf",),
    )


def items() -> Iterator[Item]:
    yield document(1)
    yield Skipped(rule="redirect", url="https://kitap.example/2", value="x")
    yield document(3, " \n")
    yield document(4, "\ud800")


def ingest(folder: Path, **inputs: str) -> TextIngest:
    return TextIngest(folder=folder, facts=FACTS, inputs=inputs)


def pages(folder: Path) -> list[Page]:
    found = [page for path in sorted(folder.glob("*.warc.gz")) for page in read_pages(path)]
    assert not any(isinstance(page, Damage) for page in found)
    return [page for page in found if isinstance(page, Page)]


def test_what_goes_in_is_written_or_skipped_by_a_rule(tmp_path: Path) -> None:
    report = write_text_archive(ingest(tmp_path), items)
    assert report.account.entered == 4
    assert report.account.kept == 1
    assert report.account.dropped == {"empty": 1, "not-utf8": 1, "redirect": 1}
    (page,) = pages(tmp_path)
    assert page.body.decode() == "Қазақ тілі."
    assert page.content_type == "text/plain"
    assert page.facts.published_at == date(2020, 1, 1)
    assert (page.facts.title or "").startswith("Тақырып")
    assert archive_facts(tmp_path) == FACTS
    rows = read_shard(tmp_path / REJECTED_FILE).to_pylist()
    assert [row["rule"] for row in rows] == ["redirect", "empty", "not-utf8"]
    assert (tmp_path / FULL_TEXT_FILE).read_text() == "https://kitap.example/1.pdf\n"


def test_the_same_again_is_not_done_again(tmp_path: Path) -> None:
    first = write_text_archive(ingest(tmp_path, a="1"), items)
    again = write_text_archive(ingest(tmp_path, a="1"), lambda: pytest.fail("read again"))
    other = write_text_archive(ingest(tmp_path, a="2"), lambda: [document(5), document(6)])
    assert (first.skipped, again.skipped, other.skipped) == (False, True, False)
    assert again.account == first.account
    assert again.files == first.files
    assert len(pages(tmp_path)) == 2
    done = finished_ingest(tmp_path)
    assert done is not None
    assert done.account == other.account


def test_an_input_that_breaks_leaves_nothing_to_build_from(tmp_path: Path) -> None:
    def torn() -> Iterator[Item]:
        yield document(1)
        raise Corrupt("torn")

    with pytest.raises(Corrupt, match="torn"):
        write_text_archive(ingest(tmp_path), torn)
    assert finished_ingest(tmp_path) is None
    assert not list(tmp_path.glob("*.warc*"))
    (tmp_path / "kitap-00000.warc.gz.open").write_bytes(b"left by a killed run")
    assert write_text_archive(ingest(tmp_path), items).account.kept == 1
    assert len(list(tmp_path.glob("*.warc.gz*"))) == 1


def test_a_text_beyond_the_limit_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_archive, "LARGEST_TEXT", 10)
    assert write_text_archive(ingest(tmp_path), lambda: [document(1)]).account.dropped == {
        "too-large": 1
    }


@pytest.mark.parametrize("url", ["file:///etc/passwd", "https://a.example/\r\nWARC-Type: x", ""])
def test_an_address_that_is_none_is_skipped(tmp_path: Path, url: str) -> None:
    wrong = replace(document(1), url=url)
    report = write_text_archive(ingest(tmp_path), lambda: [wrong])
    assert report.account.dropped == {"no-address": 1}


def test_the_longest_facts_come_back(tmp_path: Path) -> None:
    longest = "\U0001f600" * 5000
    facts = RecordFacts(
        title=longest, author=longest, licence=longest, language=longest, extractor=longest
    )
    write_text_archive(ingest(tmp_path), lambda: [replace(document(1), facts=facts)])
    (page,) = pages(tmp_path)
    assert page.facts.title == longest[:200]
    assert page.facts.licence == longest[:120]


def test_a_record_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "ingest.stage.json").write_text("{}")
    with pytest.raises(Corrupt, match=r"ingest\.stage\.json cannot be read"):
        finished_ingest(tmp_path)
