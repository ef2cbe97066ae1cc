from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_datasets.errors import BadConfiguration
from kaz_dedup import DedupConfig
from kaz_dedup.passages import PassageConfig, cut_text, find_passages, line_key, repeated_keys
from kaz_dedup.twins import settle_twins

MENU = "Басты бет | Жаңалықтар | Байланыс"
PLEA = "Бізге жазылыңыз!"


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def pages(host: str, count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{host}{number}",
            "host": host,
            "text": f"{MENU}\n\n{number} мақала {host} туралы.\n{[PLEA, PLEA.upper()][number % 2]}",
        }
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("range_rows", [4_000_000, 3])
def test_lines_that_recur_on_a_host_are_found_and_cut(tmp_path: Path, range_rows: int) -> None:
    rows = [*pages("a.test", 6), *pages("b.test", 4)]
    shards = [write(tmp_path / "1.parquet", rows[:3]), write(tmp_path / "2.parquet", rows[3:])]
    found = tmp_path / "passages.parquet"
    assert find_passages(shards, found, PassageConfig(range_rows=range_rows)) == 2
    table = pq.read_table(found).to_pylist()
    assert {(row["host"], row["pages"], row["host_pages"]) for row in table} == {("a.test", 6, 6)}
    keys = repeated_keys(found)
    cut = cut_text("a.test", rows[1]["text"], keys)
    assert cut.text == "1 мақала a.test туралы."
    assert (cut.lines, cut.repeated) == (3, (0, 3))
    other = cut_text("b.test", rows[6]["text"], keys)
    assert (other.text, other.repeated) == (rows[6]["text"], ())


def test_copies_of_one_article_do_not_make_its_lines_repeated(tmp_path: Path) -> None:
    rows = [
        {"id": str(number), "host": "a", "text": "Бір мақала\nЕкінші жол"} for number in range(6)
    ]
    shard = write(tmp_path / "1.parquet", rows)
    verdicts = tmp_path / "verdicts.parquet"
    said: dict[str, Any] = {
        "id": [row["id"] for row in rows],
        "keeper": ["0"] * 6,
        "elected": [True] * 6,
    }
    pq.write_table(pa.table(said), verdicts)
    found = tmp_path / "passages.parquet"
    assert find_passages([shard], found, PassageConfig()) == 2
    assert find_passages([shard], found, PassageConfig(), verdicts=[verdicts]) == 0


def test_a_large_host_needs_a_share_of_its_pages(tmp_path: Path) -> None:
    rows = pages("a", 300)
    rows += [
        {"id": f"q{i}", "host": "a", "text": f"Мақал айтылған {i}\nБірлік бар жерде"}
        for i in range(5)
    ]
    shard = write(tmp_path / "1.parquet", rows)
    found = tmp_path / "passages.parquet"
    assert find_passages([shard], found, PassageConfig()) == 2
    assert find_passages([shard], found, PassageConfig(share=0.0)) == 3


def test_rows_without_text_or_host_and_lines_without_words_are_no_trouble(tmp_path: Path) -> None:
    rows = [{"id": str(i), "host": None, "text": None if i else "---\n***"} for i in range(9)]
    shard = write(tmp_path / "1.parquet", rows)
    assert find_passages([shard], tmp_path / "p.parquet", PassageConfig()) == 0
    assert line_key("a", " — ") is None
    empty = write(tmp_path / "2.parquet", [{"id": "a", "host": "a", "text": ""}])
    assert find_passages([empty], tmp_path / "p.parquet", PassageConfig()) == 0


@given(st.lists(st.sampled_from(["меню", "бір", "екі", "", " ", "---"]), max_size=8))
def test_lines_are_cut_or_kept_and_nothing_else_changes(lines: list[str]) -> None:
    key = line_key("a", "меню")
    assert key is not None
    cut = cut_text("a", "\n".join(lines), frozenset([key]))
    assert len(cut.repeated) == lines.count("меню")
    assert [line for line in cut.text.split("\n") if line.strip()] == [
        line for line in lines if line.strip() and line != "меню"
    ]
    if not cut.repeated:
        assert cut.text == "\n".join(lines)


@pytest.mark.parametrize("wrong", [{"pages": 1}, {"share": 2.0}, {"range_rows": 0}])
def test_impossible_configurations_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadConfiguration):
        PassageConfig(**wrong)


@pytest.mark.parametrize("range_rows", [1_000_000, 2])
def test_documents_that_a_cut_makes_equal_get_one_keeper(tmp_path: Path, range_rows: int) -> None:
    rows = [
        *pages("a.test", 6),
        {"id": "again", "host": "a.test", "text": "2 мақала a.test туралы."},
    ]
    rows += [{"id": "menu", "host": "a.test", "text": MENU}, {"id": "no", "host": "", "text": None}]
    rows = [{**row, "title": "Тақырып" if row["id"] == "again" else None} for row in rows]
    shards = [write(tmp_path / "1.parquet", rows[:4]), write(tmp_path / "2.parquet", rows[4:])]
    verdicts, settled = [], []
    for shard, part in zip(shards, (rows[:4], rows[4:]), strict=True):
        ids = [row["id"] for row in part]
        said = {"id": ids, "keeper": ids, "similarity": [0.5] * len(ids)}
        verdicts.append(tmp_path / f"said-{shard.name}")
        flags = {"exact": [False] * len(ids), "elected": [True] * len(ids)}
        pq.write_table(pa.table({**said, **flags}), verdicts[-1])
        settled.append(tmp_path / f"settled-{shard.name}")
    passages = tmp_path / "passages.parquet"
    find_passages(shards, passages, PassageConfig(), verdicts=verdicts)
    config = DedupConfig(passages="cut", range_rows=range_rows)
    assert settle_twins(shards, verdicts, passages, settled, config) == 1
    found = [row for path in settled for row in pq.read_table(path).to_pylist()]
    assert [row["id"] for row in found] == [row["id"] for row in rows]
    changed = [row for row in found if row["keeper"] != row["id"]]
    assert changed == [
        {"id": "a.test2", "keeper": "again", "similarity": 1.0, "exact": True, "elected": True}
    ]
