from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaz_datasets.errors import Corrupt, NotFound, WrongUse
from kaz_dedup import DedupConfig, Index, minhash
from kaz_dedup.errors import InvalidText, RepeatedId
from kaz_dedup.report import LAYOUTS, curve_svg
from kaz_dedup.tool import dedup_files, find_duplicates

TEXT = " ".join(f"сөз{number}" for number in range(60))


def write(path: Path, **columns: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def test_any_schema_keeps_its_columns_and_its_kind_of_id(tmp_path: Path) -> None:
    first = write(
        tmp_path / "a.parquet",
        number=pa.array([9, 10, 11], pa.uint64()),
        body=[TEXT, None, "жеке мәтін"],
        tags=[["x"], [], None],
    )
    second = write(tmp_path / "b.parquet", number=pa.array([2], pa.uint64()), body=[TEXT + "!"])
    calls: list[tuple[int, int | None, str]] = []
    account = dedup_files(
        [first, second],
        tmp_path / "out",
        text="body",
        id="number",
        progress=lambda *call: calls.append(call),
    )
    kept = pq.read_table(tmp_path / "out/kept/a.parquet")
    assert kept.schema.names == ["number", "body", "tags", "cluster_id", "cluster_size"]
    assert kept.column("tags").to_pylist() == [[], None]
    assert kept.column("cluster_id").type == pa.uint64()
    clusters = pq.read_table(tmp_path / "out/clusters.parquet")
    assert clusters.column("keeper").to_pylist() == [2, 2, 10, 11]
    assert clusters.column("id").type == pa.uint64()
    assert account.to_json()["sources"] == {
        "input": {"in": 4, "kept": 3, "dropped": {"near-duplicate": 1}}
    }
    assert (2, 2, "files") in calls
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "clusters.parquet",
        "kept",
        "pairs.parquet",
    ]


def test_the_longest_text_stays_whatever_other_columns_say(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet", id=["a", "b"], text=[TEXT, TEXT + " соңы"], title=["бар", None]
    )
    dedup_files([path], tmp_path / "out")
    assert pq.read_table(tmp_path / "out/kept/a.parquet").column("id").to_pylist() == ["b"]


def test_null_and_empty_texts_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=[1, 2, 3, 4], text=[None, None, "", " \n"])
    assert dedup_files([path], tmp_path / "out").kept == 4


def test_running_it_on_its_own_result_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=["a", "b", "c"], text=[TEXT, TEXT, "басқа"])
    dedup_files([path], tmp_path / "one")
    account = dedup_files([tmp_path / "one/kept/a.parquet"], tmp_path / "two")
    assert (account.entered, account.kept) == (2, 2)
    schema = pq.read_schema(tmp_path / "two/kept/a.parquet")
    assert schema.names == ["id", "text", "cluster_id", "cluster_size"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.int8()])
def test_no_rows_are_no_error(tmp_path: Path, kind: pa.DataType) -> None:
    path = write(tmp_path / "a.parquet", id=pa.array([], kind), text=pa.array([], pa.string()))
    assert dedup_files([path], tmp_path / "out").entered == 0
    assert pq.read_table(tmp_path / "out/kept/a.parquet").num_rows == 0


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view()])
def test_every_kind_of_string_serves_as_id_and_text(tmp_path: Path, kind: pa.DataType) -> None:
    path = write(
        tmp_path / "a.parquet", id=pa.array(["b", "a"], kind), text=pa.array([TEXT] * 2, kind)
    )
    dedup_files([path], tmp_path / "out")
    assert pq.read_table(tmp_path / "out/kept/a.parquet").column("id").to_pylist() == ["a"]


def test_one_column_can_be_both_id_and_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", text=["бір екі", "Бір екі", "үш"])
    assert dedup_files([path], tmp_path / "out", id="text").kept == 2


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", key=[1], body=["мәтін"])
    with pytest.raises(WrongUse, match="no column 'id': name one of key, body"):
        dedup_files([path], tmp_path / "out")
    with pytest.raises(WrongUse, match="no column 'text'"):
        dedup_files([path], tmp_path / "out", id="key")


def test_ids_must_be_unique_over_all_files(tmp_path: Path) -> None:
    first = write(tmp_path / "a.parquet", id=["x", "y"], text=[TEXT, "бір"])
    second = write(tmp_path / "b.parquet", id=["z", "y"], text=["екі", "бір"])
    with pytest.raises(RepeatedId, match=r"'y' comes twice, in row 1 of .*a.parquet and row 1"):
        dedup_files([first, second], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([1.5], "not of strings or integers"),
        ([None], "not of strings or integers"),
        (pa.array([None], pa.int64()), "without an id"),
    ],
)
def test_ids_must_be_there_and_of_a_kind_that_can_be_compared(
    tmp_path: Path, column: Any, message: str
) -> None:
    path = write(tmp_path / "a.parquet", id=column, text=["мәтін"])
    with pytest.raises(WrongUse, match=message):
        dedup_files([path], tmp_path / "out")


def test_kinds_of_id_do_not_mix(tmp_path: Path) -> None:
    first = write(tmp_path / "a.parquet", id=["1"], text=["бір"])
    second = write(tmp_path / "b.parquet", id=[2], text=["екі"])
    with pytest.raises(WrongUse, match="give them one type"):
        dedup_files([first, second], tmp_path / "out")


def test_texts_must_be_strings_in_utf8(tmp_path: Path) -> None:
    numbers = write(tmp_path / "a.parquet", id=[1], text=[2])
    with pytest.raises(WrongUse, match="column of strings"):
        dedup_files([numbers], tmp_path / "out")
    broken = pa.array([b"\xd2\xff"]).view(pa.string())
    with pytest.raises(InvalidText, match=r"b\.parquet.*UTF-8"):
        dedup_files([write(tmp_path / "b.parquet", id=[1], text=broken)], tmp_path / "out")


def test_files_must_be_there_readable_and_of_different_names(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="at least one"):
        dedup_files([], tmp_path / "out")
    with pytest.raises(NotFound):
        dedup_files([tmp_path / "absent.parquet"], tmp_path / "out")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(Corrupt, match=r"broken\.parquet"):
        dedup_files([tmp_path / "broken.parquet"], tmp_path / "out")
    twins = [write(tmp_path / f"{name}/a.parquet", id=[name], text=["м"]) for name in "xy"]
    with pytest.raises(WrongUse, match=r"2 inputs are called a\.parquet"):
        dedup_files(twins, tmp_path / "out")


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path / "kept/a.parquet", id=[1], text=["м"])
    with pytest.raises(WrongUse, match="overwritten"):
        dedup_files([path], tmp_path)


def test_json_lines_of_every_packing_are_read(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"id": name, "text": text, "tags": {"n": 1}}, ensure_ascii=False) + "\n"
        for name, text in [("a", TEXT), ("b", TEXT + " соңы"), ("c", "басқа")]
    ).encode()
    plain = tmp_path / "plain.jsonl"
    plain.write_bytes(lines)
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(lines))
    for name, path in (("plain", plain), ("packed", tmp_path / "packed.jsonl.gz")):
        account = dedup_files([path], tmp_path / name)
        assert (account.entered, account.kept) == (3, 2)
        kept = pq.read_table(tmp_path / name / "kept" / f"{path.name.split('.')[0]}.parquet")
        assert kept.column("tags").to_pylist() == [{"n": 1}] * 2
    table = find_duplicates([plain])
    assert table.column("keeper").to_pylist() == ["b", "b", "c"]
    plain.write_bytes(b'{"id": "a", "text": "x"}\nno json\n')
    with pytest.raises(Corrupt, match=r"plain\.jsonl"):
        dedup_files([plain], tmp_path / "broken")


def test_all_rows_can_stay_and_say_what_would_go(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=["a", "b", "c"], text=[TEXT, TEXT, "басқа"])
    weights = [(1, 1.0), (2, 2.5)]
    account = dedup_files([path], tmp_path / "out", keep_all=True, weights=weights)
    assert (account.entered, account.kept) == (3, 3)
    rows = pq.read_table(tmp_path / "out/kept/a.parquet").to_pylist()
    assert [(row["keeper"], row["rule"], row["weight"]) for row in rows] == [
        ("a", None, 2.5),
        ("a", "exact-duplicate", 2.5),
        ("c", None, 1.0),
    ]


def test_new_documents_against_old_ones(tmp_path: Path) -> None:
    old = write(tmp_path / "old.parquet", id=["o", "p"], text=[TEXT, "ескі"])
    new = write(
        tmp_path / "new.parquet",
        id=["a", "b", "c", "d"],
        text=[TEXT + " соңы", "жаңа мәтін", "Жаңа мәтін", None],
    )
    report = tmp_path / "report.html"
    account = dedup_files([new], tmp_path / "out", against=[old], report=report)
    assert account.dropped == {"exact-duplicate": 1, "near-duplicate": 1}
    rows = {row["id"]: row for row in pq.read_table(tmp_path / "out/clusters.parquet").to_pylist()}
    assert (rows["a"]["keeper"], rows["a"]["keeper_release"]) == ("o", str(old))
    assert (rows["c"]["keeper"], rows["c"]["keeper_release"]) == ("b", None)
    assert pq.read_table(tmp_path / "out/kept/new.parquet").column("id").to_pylist() == ["b", "d"]
    assert "dropped: near-duplicate" in report.read_text(encoding="utf-8")
    index = Index.create(tmp_path / "index", DedupConfig(keeper=("completeness",)))
    index.add("1.0.0", [old])
    index.remove(["o"])
    table = find_duplicates([new], against=[tmp_path / "index"])
    assert table.column("keeper").to_pylist() == [None, "b", "b", "d"]
    again = dedup_files([new], tmp_path / "again", against=[tmp_path / "index"])
    assert again.dropped == {"exact-duplicate": 1, "taken-down": 1}


def test_a_report_and_a_curve_are_drawn(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=["a", "b"], text=[TEXT, TEXT + " соңы"])
    report = tmp_path / "report.html"
    dedup_files([path], tmp_path / "out", report=report)
    page = report.read_text(encoding="utf-8")
    assert "near-duplicate" in page
    assert "18 bands of 7 rows" in page
    ElementTree.fromstring(curve_svg(DedupConfig(), LAYOUTS))  # well-formed
    docs = Path(__file__).parents[2] / "docs" / "dedup-curve.svg"
    assert docs.read_text(encoding="utf-8") == curve_svg(DedupConfig(), LAYOUTS)


def test_json_lines_names_and_single_values_in_the_python_interface(tmp_path: Path) -> None:
    rows = [json.dumps({"id": str(i), "text": f"{i} құжат мәтіні осындай"}) for i in range(3)]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    index = Index.create(tmp_path / "index")
    assert len(index.add("1", [str(path)]).kept()) == 3
    assert set(index.match([path]).table.column("rule").to_pylist()) == {"published-before"}
    assert len(find_duplicates([str(path)])) == 3
    with pytest.raises(WrongUse, match=r"write \[path\]"):
        find_duplicates(str(path))
    with pytest.raises(WrongUse, match=r"write \[text\]"):
        minhash("бір мәтін")
    for call in (find_duplicates, index.match):
        with pytest.raises(WrongUse, match=r"a\.jsonl has no column 'name': name one of id, text"):
            call([path], id="name")
