from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaz_datasets.account import add_accounts
from kaz_datasets.errors import Corrupt
from kaz_datasets.identity import document_id
from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA
from kaz_datasets.shards import write_shard
from kaz_dedup import DedupConfig
from kaz_dedup.clusters import find_clusters
from kaz_dedup.passages import PassageConfig, find_passages
from kaz_dedup.signatures import sign_shard
from kaz_dedup.stage import keep_shard

TEXT = " ".join(f"сөз{number}" for number in range(100))
CONFIG = DedupConfig()


def document(name: str, text: str, day: int = 1, source: str = "sample") -> dict[str, Any]:
    return {
        "id": name,
        "text": text,
        "url": f"https://sample.test/{name}",
        "host": "sample.test",
        "source": source,
        "kind": "news",
        "rights": {"basis": "unclear", "signals": []},
        "retrieved_at": datetime(2025, 1, day, tzinfo=UTC),
        "script": "Cyrl",
        "language_score": 1.0,
        "words": len(text.split()),
        "characters": len(text),
        "quality": [],
        "masked": [],
        "repaired": [],
        "warc_file": "sample.warc.gz",
        "warc_offset": day,
        "extractor": "sample 1",
    }


SHARDS = [
    [document("a", TEXT, 2), document("b", TEXT.upper() + " "), document("z", "басқа мәтін")],
    [document("c", TEXT + " соңы", source="mirror"), document("a", TEXT, 1)],
    [document("z", "басқа мәтін"), document("z", "басқа мәтін"), document("e", "", source="")],
]


def run(folder: Path) -> tuple[Any, list[Path], list[dict[str, Any]], list[dict[str, Any]]]:
    """Sign, cluster and keep; account, document shards, kept rows and rejected rows."""
    documents = [folder / "documents" / f"{number}.parquet" for number in range(len(SHARDS))]
    signatures = [folder / "signatures" / path.name for path in documents]
    for path, signed, rows in zip(documents, signatures, SHARDS, strict=True):
        write_shard(path, rows)
        assert sign_shard(path, signed, CONFIG) == len(rows)
    clusters = folder / "clusters.parquet"
    verdicts = [folder / "verdicts" / path.name for path in documents]
    assert find_clusters(signatures, documents, clusters, CONFIG, verdicts=verdicts) == 3
    accounts, kept, rejected = [], [], []
    for path, said in zip(documents, verdicts, strict=True):
        outputs = folder / "kept" / path.name, folder / "rejected" / path.name
        accounts.append(keep_shard(path, said, *outputs, CONFIG))
        kept += pq.read_table(outputs[0]).to_pylist()
        rejected += pq.read_table(outputs[1]).to_pylist()
        assert pq.read_schema(outputs[0]).equals(SCHEMA)
        assert pq.read_schema(outputs[1]).equals(REJECTED_SCHEMA)
    return add_accounts(accounts), documents, kept, rejected


def test_each_row_stays_once_or_goes_for_a_named_reason(tmp_path: Path) -> None:
    account, _, kept, rejected = run(tmp_path)
    assert [row["id"] for row in kept] == ["z", "c", "e"]
    assert [(row["id"], row["rule"], row["value"]) for row in rejected] == [
        ("a", "same-url", "a 1.0000"),
        ("b", "near-duplicate", "c 0.9897"),
        ("a", "near-duplicate", "c 0.9897"),
        ("z", "same-url", "z 1.0000"),
        ("z", "same-url", "z 1.0000"),
    ]
    assert {row["stage"] for row in rejected} == {"dedup"}
    assert rejected[0]["url"] == "https://sample.test/a"
    assert account.to_json()["dropped"] == {"near-duplicate": 2, "same-url": 3}
    assert account.entered == 8
    assert account.sources["sample"].kept == 1
    assert account.sources["mirror"].kept == 1
    assert account.sources["input"].kept == 1


def test_kept_rows_say_their_cluster(tmp_path: Path) -> None:
    _, _, kept, _ = run(tmp_path)
    assert [(row["id"], row["cluster_id"], row["cluster_size"]) for row in kept] == [
        ("z", "z", 1),
        ("c", "a", 3),
        ("e", "e", 1),
    ]


def test_equal_text_is_an_exact_duplicate(tmp_path: Path) -> None:
    documents, signed, clusters, said = (tmp_path / name for name in "dscv")
    write_shard(documents, [document("b", TEXT.upper() + "\n"), document("a", TEXT, 1)])
    sign_shard(documents, signed, CONFIG)
    find_clusters([signed], [documents], clusters, CONFIG, verdicts=[said])
    account = keep_shard(documents, said, tmp_path / "k", tmp_path / "r", CONFIG)
    assert account.dropped == {"exact-duplicate": 1}
    assert pq.read_table(tmp_path / "r").to_pylist()[0]["value"] == "a 1.0000"


def test_the_same_work_gives_the_same_bytes_wherever_it_is_done(tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two")
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.parquet")]
    assert len(files) == 16
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_nothing_else_is_left_behind(tmp_path: Path) -> None:
    run(tmp_path)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {
        "clusters.parquet",
        "0.parquet",
        "1.parquet",
        "2.parquet",
    }


def test_documents_that_the_clusters_do_not_know_are_noticed(tmp_path: Path) -> None:
    _, documents, _, _ = run(tmp_path)
    write_shard(documents[0], [document("new", "жаңа мәтін")])
    with pytest.raises(Corrupt, match="'new'"):
        keep_shard(documents[0], tmp_path / "verdicts/0.parquet", tmp_path / "k", None, CONFIG)
    assert not (tmp_path / "k").exists()


def test_an_empty_shard_gives_empty_shards(tmp_path: Path) -> None:
    documents, signed, clusters, said = (tmp_path / name for name in "dscv")
    write_shard(documents, [])
    assert sign_shard(documents, signed, CONFIG) == 0
    assert find_clusters([signed], [documents], clusters, CONFIG, verdicts=[said]) == 0
    account = keep_shard(documents, said, tmp_path / "k", tmp_path / "r", CONFIG)
    assert account.entered == 0
    assert pq.read_schema(tmp_path / "k") == SCHEMA
    assert pa.types.is_string(pq.read_schema(clusters).field("id").type)


MENU = "Басты бет | Байланыс"


@pytest.mark.parametrize("action", ["cut", "flag"])
def test_repeated_passages_are_cut_or_flagged_in_the_rows_that_stay(
    tmp_path: Path, action: str
) -> None:
    rows = [document(f"d{number}", f"{MENU}\n{number} бөлек мәтін туралы") for number in range(6)]
    rows.append(document("d6", MENU))
    documents, signed, clusters, said = (tmp_path / name for name in "dscv")
    config = DedupConfig(passages=action)
    write_shard(documents, rows)
    sign_shard(documents, signed, config)
    find_clusters([signed], [documents], clusters, config, verdicts=[said])
    passages = tmp_path / "passages"
    assert find_passages([documents], passages, PassageConfig(), verdicts=[said]) == 1
    account = keep_shard(documents, said, tmp_path / "k", tmp_path / "r", config, passages=passages)
    kept = pq.read_table(tmp_path / "k").to_pylist()
    assert account.entered == account.kept + sum(account.dropped.values()) == 7
    if action == "flag":
        assert account.dropped == {}
        assert [row["text"] for row in kept] == [row["text"] for row in rows]
    else:
        assert account.dropped == {"repeated-passages": 1}
        assert pq.read_table(tmp_path / "r").to_pylist()[0]["value"] == "1 of 1 lines, 0 words left"
        assert kept[0]["text"] == "0 бөлек мәтін туралы"
        assert (kept[0]["words"], kept[0]["characters"]) == (4, 20)
        assert kept[0]["id"] == document_id(kept[0]["url"], kept[0]["text"])
    assert kept[0]["quality"] == [{"rule": "repeated_lines", "value": 0.5}]
