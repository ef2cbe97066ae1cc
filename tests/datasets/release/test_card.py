from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import load_dataset, load_dataset_builder

from kaz_datasets.record import FIELDS, REJECTED_FIELDS, REJECTED_SCHEMA, SCHEMA
from kaz_datasets.release import ReleaseSummary
from kaz_datasets.release.card import CardFacts, render_card, size_category
from kaz_datasets.release.licences import LICENCES, is_licence, licence_link
from kaz_datasets.source_facts import SourceFacts


def front_matter(folder: Path) -> dict[str, Any]:
    parts = (folder / "README.md").read_text("utf-8").split("---\n")
    loaded: dict[str, Any] = yaml.safe_load(parts[1])
    return loaded


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("cyrl", 49),
        ("latn", 8),
        (None, 57),
        ("default", 57),
        ("news", 40),
        ("law", 12),
        ("health", 5),
        ("rejected", 29),
    ],
)
def test_the_hubs_loader_reads_every_configuration(
    built: ReleaseSummary, tmp_path: Path, name: str | None, rows: int
) -> None:
    loaded = load_dataset(str(built.folder), name, split="train", cache_dir=str(tmp_path))
    assert loaded.num_rows == rows
    assert loaded.column_names == (REJECTED_SCHEMA if name == "rejected" else SCHEMA).names
    assert loaded.info.splits["train"].num_examples == rows


def test_the_loader_gives_what_was_written(
    corpus: Any, built: ReleaseSummary, tmp_path: Path
) -> None:
    loaded = load_dataset(str(built.folder), split="train", cache_dir=str(tmp_path))
    texts = {row["id"]: row["text"] for row in corpus.rows}
    assert dict(zip(loaded["id"], loaded["text"], strict=True)) == texts
    row = loaded[0]
    assert row["rights"]["basis"] == "permission"
    assert row["quality"] == [{"rule": "mean-word-length", "value": 6.5}]


def test_streaming_keeps_the_order(built: ReleaseSummary, tmp_path: Path) -> None:
    stream = load_dataset(
        str(built.folder), "news", split="train", streaming=True, cache_dir=str(tmp_path)
    )
    whole = load_dataset(str(built.folder), "news", split="train", cache_dir=str(tmp_path))
    assert [row["id"] for row in stream] == list(whole["id"])


def test_nothing_rejected_is_no_configuration(
    corpus: Any, make_corpus: Any, tmp_path: Path
) -> None:
    make_corpus(rows=corpus.rows[:2], rejected=[]).release(tmp_path / "out")
    names = [config["config_name"] for config in front_matter(tmp_path / "out")["configs"]]
    assert names == ["cyrl", "default", "news"]
    loaded = load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.num_rows == 2


def test_builder_knows_the_features_without_reading_data(
    built: ReleaseSummary, tmp_path: Path
) -> None:
    builder = load_dataset_builder(str(built.folder), "law", cache_dir=str(tmp_path))
    assert list(builder.info.features) == [field.name for field in FIELDS]


def test_front_matter(built: ReleaseSummary) -> None:
    front = front_matter(built.folder)
    assert front["language"] == ["kk"]
    assert front["license"] == "odc-by"
    assert front["size_categories"] == ["n<1K"]
    names = ["cyrl", "default", "health", "latn", "law", "news", "rejected"]
    assert [config["config_name"] for config in front["configs"]] == names
    assert [info["config_name"] for info in front["dataset_info"]] == names
    sizes = [info["splits"][0]["num_examples"] for info in front["dataset_info"]]
    assert sizes == [49, 57, 5, 8, 12, 40, 29]


@pytest.mark.parametrize(
    ("documents", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (3_344_366, "1M<n<10M"), (10**9, "n>1B")],
)
def test_size_categories(documents: int, category: str) -> None:
    assert size_category(documents) == category


def test_every_figure_that_people_ask_for_is_on_the_card(built: ReleaseSummary) -> None:
    card = (built.folder / "README.md").read_text("utf-8")
    for expected in (
        "57 documents, 1,379 words and 9,410 characters",
        "| `news` | 40 | 70.2 % | 962 | 6,570 |",
        "| `Latn` | 8 | 14.0 % |",
        "| `sauly` | 5 | 8.8 % |",
        "| **clean** | **came in** | **86** | |",
        "| | dropped by `near-duplicate` | 9 | 13.0 % |",
        "| | **kept** | **57** | **82.6 %** |",
        "| `phone` | 12 |",
        'load_dataset("owner/corpus", revision="v1.0.0", split="train")',
        "| `zan` | Заңнама | law | public-domain | none stated | 12 |",
        "[CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/)",
        "@misc{kazcorpus-1.0.0,",
        "year = {2025}",
    ):
        assert expected in card


def test_every_field_is_described(built: ReleaseSummary) -> None:
    card = (built.folder / "README.md").read_text("utf-8")
    for field in (*FIELDS, *REJECTED_FIELDS):
        assert re.search(rf"^\| `{field.name}` \| .* \| {re.escape(field.doc)} \|$", card, re.M)


def test_tables_have_as_many_cells_as_their_heading(built: ReleaseSummary) -> None:
    card = (built.folder / "README.md").read_text("utf-8")
    for table in re.findall(r"(?:^\|.*\n)+", card, re.M):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1, table
        assert re.match(r"\| (---:? \| ?)+", table.splitlines()[1])


def test_names_of_others_cannot_break_the_card(built: ReleaseSummary, corpus: Any) -> None:
    hostile = SourceFacts(
        id="tan", name="<b>x</b> | y\n# z [a](b)", homepage="javascript:alert(1)", kind="news"
    )
    card = render_card(CardFacts(config=corpus.config, sources=(hostile,)), built.figures)
    assert r"\<b\>x\</b\> \| y \# z \[a\](b)" in card
    assert "javascript" not in card
    signals = {"a`b|c\nd": 3}
    card = render_card(
        CardFacts(config=corpus.config, sources=()), replace(built.figures, signals=signals)
    )
    assert "| `abc d` | 3 |" in card


def test_facts_survive_json(corpus: Any) -> None:
    facts = CardFacts(
        config=corpus.config, sources=(SourceFacts(id="a", licence="MIT"), SourceFacts(id="b"))
    )
    assert CardFacts.from_json(facts.to_json()) == facts


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (None, True),
        ("CC-BY-4.0", True),
        ("CC0-1.0", True),
        ("LicenseRef-gov.kz", True),
        ("https://example.org/licence", True),
        ("nope", False),
        ("cc-by-4.0", False),
        ("LicenseRef-", False),
        ("https://a b", False),
        ("CC-BY-4.0\n", False),
        ("", False),
    ],
)
def test_licences_of_rows(value: str | None, known: bool) -> None:
    assert is_licence(value) is known


def test_licence_identifiers_are_unique_and_linked() -> None:
    assert len({licence.hub for licence in LICENCES.values()}) == len(LICENCES)
    assert licence_link("MIT") == "[MIT](https://opensource.org/license/mit)"
    assert licence_link("https://example.org/l") == "<https://example.org/l>"
    assert licence_link("none stated") == "none stated"
