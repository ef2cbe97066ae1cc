"""croissant.json by its reference reader, and the citation files."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import pytest
import yaml

from kaz_datasets.files import sha256_of
from kaz_datasets.release import ReleaseSummary


def test_the_reference_reader_takes_it_and_reads_the_rows(built: ReleaseSummary) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the reader's own imports
        import mlcroissant

        dataset = mlcroissant.Dataset(jsonld=str(built.folder / "croissant.json"))
        assert not dataset.metadata.ctx.issues.errors
        names = [record_set.id for record_set in dataset.metadata.record_sets]
        assert names == ["cyrl", "default", "health", "latn", "law", "news", "rejected"]
        rows = list(dataset.records("law"))
    assert len(rows) == 12
    assert {row["law/source"] for row in rows} == {b"zan"}
    assert {row["law/words"] for row in rows} <= set(range(10, 50))


def test_it_says_what_the_release_is(built: ReleaseSummary) -> None:
    metadata = json.loads((built.folder / "croissant.json").read_text("utf-8"))
    assert metadata["version"] == "1.0.0"
    assert metadata["license"] == "https://opendatacommons.org/licenses/by/1-0/"
    assert metadata["inLanguage"] == "kk"
    assert metadata["citeAs"] == (built.folder / "CITATION.bib").read_text("utf-8")


def test_citation_for_tools_and_papers(built: ReleaseSummary) -> None:
    cff = yaml.safe_load((built.folder / "CITATION.cff").read_text("utf-8"))
    assert cff["type"] == "dataset"
    assert cff["version"] == "1.0.0"
    assert cff["url"].endswith("owner/corpus/tree/v1.0.0")
    assert str(cff["date-released"]) == "2025-03-01"
    bibtex = (built.folder / "CITATION.bib").read_text("utf-8")
    assert re.match(r"@misc\{kazcorpus-1\.0\.0,\n(  \w+ = \{[^{}]+\},\n)+\}\n\Z", bibtex)


@pytest.mark.parametrize("name", ["CITATION.cff", "CITATION.bib", "croissant.json"])
def test_the_card_links_it(built: ReleaseSummary, name: str) -> None:
    card = Path(built.folder / "README.md").read_text("utf-8")
    assert f"[{name}]({name})" in card


def test_every_file_is_listed_with_its_digest(built: ReleaseSummary) -> None:
    metadata = json.loads((built.folder / "croissant.json").read_text("utf-8"))
    listed = {
        entry["contentUrl"]: entry["sha256"]
        for entry in metadata["distribution"]
        if entry["@type"] == "cr:FileObject"
    }
    parquet = sorted(built.folder.rglob("*.parquet"))
    assert listed == {
        path.relative_to(built.folder).as_posix(): sha256_of(path) for path in parquet
    }
