"""Every file of the real archives, good, odd and damaged: documents, or an error with a name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.stage import clean_archive
from kaz_crawlers.ingest import ingest_warc
from kaz_datasets.errors import Corrupt
from kaz_datasets.shards import read_shard
from kaz_datasets.source_facts import SourceFacts

FACTS = SourceFacts(id="real", basis="text-and-data-mining")
ARCHIVES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "warc"
NAMES = sorted(
    path.relative_to(ARCHIVES).as_posix()
    for path in ARCHIVES.rglob("*")
    if path.is_file() and path.name != "SOURCES.md"
)
NO_ARCHIVE = {"pywb/iana.cdxj"}
PAGELESS = {
    "pywb/example-url-agnostic-revisit.warc.gz": "1 revisit",
    "warcio/example-digest.warc": "4 request",
}


@pytest.mark.skipif(not NAMES, reason="the folder ../shared/data/warc is not there")
@pytest.mark.parametrize("name", NAMES)
def test_a_real_file_gives_documents_or_a_named_error(name: str, tmp_path: Path) -> None:
    if name in NO_ARCHIVE:
        with pytest.raises(Corrupt, match="is neither a WARC nor an ARC file: leave it out"):
            ingest_warc([ARCHIVES / name], tmp_path / "archive", FACTS)
        return
    report = ingest_warc([ARCHIVES / name], tmp_path / "archive", FACTS)
    documents, rejected = tmp_path / "d.parquet", tmp_path / "r.parquet"
    account = clean_archive(report.files[0], FACTS, CleaningConfig(workers=0), documents, rejected)
    rows = read_shard(rejected).to_pylist()
    rules = Counter(row["rule"] for row in rows)
    assert account.entered == report.pages + len(report.damages)
    pageless = [PAGELESS[name]] if name in PAGELESS else []
    assert [file.reason for file in report.pageless] == pageless
    assert account.entered > 0 or name in PAGELESS
    assert account.entered == read_shard(documents).num_rows + len(rows)
    assert rules["damaged-record"] == len(report.damages)
    assert "extraction-crash" not in rules
    assert all(damage.reason and damage.offset >= 0 for damage in report.damages)


def test_the_text_of_a_wet_file_is_read(tmp_path: Path) -> None:
    path = ARCHIVES / "commoncrawl" / "whirlwind.warc.wet.gz"
    if not path.is_file():
        pytest.skip("the folder ../shared/data/warc is not there")
    documents, rejected = tmp_path / "d.parquet", tmp_path / "r.parquet"
    clean_archive(path, FACTS, CleaningConfig(workers=0), documents, rejected)
    (row,) = read_shard(rejected).to_pylist()
    # one article of the Aragonese Wikipedia: read as text, and no Kazakh
    assert (row["rule"], row["stage"]) == ("language", "clean")
