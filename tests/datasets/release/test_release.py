from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaz_datasets.account import Account, Bookkeeper, Tally
from kaz_datasets.errors import (
    AccountsDisagree,
    BadConfiguration,
    Corrupt,
    Failed,
    KazcorpusError,
)
from kaz_datasets.record import REJECTED_SCHEMA, SCHEMA
from kaz_datasets.release import Change, Previous, ReleaseConfig, ReleaseSummary, verify_release
from kaz_datasets.shards import write_shard

DATA_FILES = [
    "data/health/train/base-1-cyrl-00000.parquet",
    "data/law/train/base-1-cyrl-00000.parquet",
    "data/law/train/base-1-latn-00000.parquet",
    "data/news/train/base-1-cyrl-00000.parquet",
    "data/news/train/base-1-cyrl-00001.parquet",
    "data/news/train/base-1-latn-00000.parquet",
]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows_of(folder: Path, pattern: str = "data/*/train/*.parquet") -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob(pattern)) for row in pq.read_table(path).to_pylist()]


def test_the_tree_is_exactly_what_is_published(built: ReleaseSummary) -> None:
    assert sorted(contents(built.folder)) == sorted(
        [
            "README.md",
            "CHANGELOG.md",
            "LICENSE",
            "CITATION.cff",
            "CITATION.bib",
            "croissant.json",
            "TAKEDOWNS.md",
            "ledger.json",
            "release.json",
            "SHA256SUMS",
            *DATA_FILES,
            "rejected/rejected-00000.parquet",
            "rejected/rejected-00001.parquet",
        ]
    )
    assert [path.name for path in built.folder.parent.iterdir() if path.name[0] == "."] == []


def test_every_kept_row_is_published_unchanged_but_for_its_release(
    corpus: Any, tmp_path: Path
) -> None:
    corpus.release(tmp_path / "out")
    expected = pa.Table.from_pylist(list(corpus.rows), schema=SCHEMA).to_pylist()
    published = {row["id"]: row for row in rows_of(tmp_path / "out")}
    assert published == {row["id"]: {**row, "added_in": "1.0.0"} for row in expected}


def test_rows_are_sorted_within_their_kind(built: ReleaseSummary) -> None:
    for kind in (
        "news/train/*-cyrl",
        "news/train/*-latn",
        "law/train/*-cyrl",
        "health/train/*-cyrl",
    ):
        keys = [
            (row["source"], row["host"], row["retrieved_at"], row["id"])
            for row in rows_of(built.folder, f"data/{kind}-*.parquet")
        ]
        assert keys == sorted(keys)
        assert len(keys) > 1


def test_rejected_rows_are_all_there(corpus: Any, tmp_path: Path) -> None:
    corpus.release(tmp_path / "out")
    found = rows_of(tmp_path / "out", "rejected/*.parquet")

    def key(row: dict[str, Any]) -> list[str]:
        return [str(row[name]) for name in REJECTED_SCHEMA.names]

    assert sorted(found, key=key) == sorted(corpus.rejected, key=key)


def test_files_are_parquet_as_a_release_writes_it(built: ReleaseSummary) -> None:
    for name in DATA_FILES:
        with pq.ParquetFile(built.folder / name, page_checksum_verification=True) as file:
            assert file.schema_arrow.equals(SCHEMA)
            column = file.metadata.row_group(0).column(1)
            assert column.compression == "ZSTD"
            assert column.has_offset_index
            assert file.read().num_rows == file.metadata.num_rows


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("parts", [1, 4])
def test_the_same_rows_give_the_same_bytes(
    corpus: Any, built: ReleaseSummary, tmp_path: Path, seed: int, parts: int
) -> None:
    (tmp_path / "other").mkdir()
    other = corpus.shuffled(tmp_path / "other", seed)
    kept, rejected = other.kept(parts), other.dropped(parts)
    other.release(tmp_path / "out", kept=kept[::-1], rejected=rejected[::-1])
    assert contents(tmp_path / "out") == contents(built.folder)


def test_bytes_do_not_depend_on_row_groups_of_the_input(
    corpus: Any, built: ReleaseSummary, tmp_path: Path
) -> None:
    kept = corpus.kept(1)[0]
    pq.write_table(pq.read_table(kept).cast(SCHEMA), tmp_path / "groups.parquet", row_group_size=7)
    corpus.release(tmp_path / "out", kept=[tmp_path / "groups.parquet"])
    assert contents(tmp_path / "out") == contents(built.folder)


def test_files_are_cut_by_size_of_text(corpus: Any, tmp_path: Path) -> None:
    config = replace(corpus.config, shard_bytes=2_000)
    corpus.release(tmp_path / "out", config=config)
    sizes = [
        sum(len(row["text"].encode()) for row in rows_of(tmp_path / "out", f"data/news/*/{name}"))
        for name in sorted(path.name for path in (tmp_path / "out/data/news/train").iterdir())
    ]
    longest = max(len(row["text"].encode()) for row in corpus.rows)
    assert len(sizes) > 3
    assert all(2_000 - longest <= size <= 2_000 + longest for size in sizes[:-1])


def test_manifest_lists_every_file_and_sums_check(built: ReleaseSummary) -> None:
    manifest = json.loads((built.folder / "release.json").read_text(encoding="utf-8"))
    assert built.digest == hashlib.sha256((built.folder / "release.json").read_bytes()).hexdigest()
    for entry in manifest["files"]:
        stored = (built.folder / entry["path"]).read_bytes()
        assert entry["bytes"] == len(stored)
        assert entry["sha256"] == hashlib.sha256(stored).hexdigest()
    rows = {entry["path"]: entry["rows"] for entry in manifest["files"]}
    assert sum(rows[name] for name in DATA_FILES) == 57
    assert rows["README.md"] is None
    assert (manifest["schema"], manifest["version"], manifest["previous"]) == ("1", "1.0.0", None)


def test_sums_are_in_the_form_of_sha256sum(built: ReleaseSummary) -> None:
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("sha256sum is not installed")
    done = subprocess.run(
        [tool, "--check", "--strict", "SHA256SUMS"], cwd=built.folder, capture_output=True
    )
    assert done.returncode == 0
    assert done.stdout.count(b": OK") == 17


def test_figures_are_those_of_the_rows(corpus: Any, built: ReleaseSummary) -> None:
    figures = built.figures
    rows = corpus.rows
    assert figures.total.documents == len(rows)
    assert figures.total.words == sum(row["words"] for row in rows)
    assert figures.total.characters == sum(len(row["text"]) for row in rows)
    assert figures.total.bytes == sum(len(row["text"].encode()) for row in rows)
    assert figures.hosts == 3
    assert figures.kinds["law"].documents == 12
    assert figures.scripts["Latn"].documents == sum(row["script"] == "Latn" for row in rows)
    assert figures.licences["none stated"].documents == 12
    assert figures.bases["permission"].documents == 5
    assert sum(figures.years.values()) == len(rows)
    assert figures.masked.types == {"phone": 12}
    assert figures.masked.documents == 6
    assert figures.signals == {"robots=index": 14}
    sizes = [row["cluster_size"] for row in rows if (row["cluster_size"] or 1) > 1]
    assert figures.clusters.with_duplicates == len(sizes)
    assert figures.clusters.duplicates == sum(sizes) - len(sizes)
    assert figures.clusters.largest == 3
    assert figures.added_in == {"1.0.0": 57}
    assert figures.rejected["clean"]["too-short"] == {"tan": 4, "zan": 2}
    assert figures.splits["rejected"].rows == 29
    assert figures.splits["default"].rows == 57
    assert figures.splits["news"].files == 3


def test_a_chain_of_which_both_ends_are_published_is_counted_once(
    corpus: Any, make_corpus: Callable[..., Any], tmp_path: Path
) -> None:
    ends = [
        {**row, "cluster_id": corpus.rows[0]["id"], "cluster_size": 5} for row in corpus.rows[:2]
    ]
    single = {**corpus.rows[2], "cluster_size": 1}
    clusters = make_corpus(rows=[*ends, single]).release(tmp_path / "out").figures.clusters
    assert (clusters.with_duplicates, clusters.duplicates, clusters.largest) == (2, 3, 5)


def test_every_grouping_adds_up(built: ReleaseSummary) -> None:
    figures = built.figures
    for groups in (
        figures.kinds,
        figures.sources,
        figures.scripts,
        figures.licences,
        figures.bases,
    ):
        assert sum(group.words for group in groups.values()) == figures.total.words
        assert sum(group.documents for group in groups.values()) == figures.total.documents
    assert sum(row.documents for row in figures.rights) == figures.total.documents


def test_the_funnel_is_recomputed(corpus: Any, built: ReleaseSummary) -> None:
    *stages, (name, account) = built.figures.funnel
    assert dict(stages) == dict(corpus.funnel())
    assert name == "release"
    assert (account.entered, account.kept, account.dropped) == (57, 57, {})


@pytest.mark.parametrize("stage", [0, 1])
def test_a_funnel_that_the_rows_contradict_is_refused(
    corpus: Any, tmp_path: Path, stage: int
) -> None:
    funnel = corpus.funnel()
    name, account = funnel[stage]
    tally = account.sources["tan"]
    rule = next(iter(tally.dropped))
    other = {**tally.dropped, rule: tally.dropped[rule] - 1, "invented": 1}
    sources = {
        **account.sources,
        "tan": Tally(entered=tally.entered, kept=tally.kept, dropped=other),
    }
    funnel[stage] = (name, Account(sources=sources))
    with pytest.raises(AccountsDisagree, match=f"{name} says .* rows of tan were dropped by"):
        corpus.release(tmp_path / "out", funnel=funnel)
    assert not (tmp_path / "out").exists()


def test_stages_that_do_not_join_are_refused(corpus: Any, tmp_path: Path) -> None:
    with pytest.raises(AccountsDisagree, match=r"dedup kept .* but clean took in"):
        corpus.release(tmp_path / "out", funnel=corpus.funnel()[::-1])


def test_a_row_lost_on_the_way_is_noticed(corpus: Any, tmp_path: Path) -> None:
    with pytest.raises(AccountsDisagree):
        corpus.release(tmp_path / "out", kept=corpus.kept(3)[:2])


def test_the_crawl_is_shown_but_not_part_of_the_chain(corpus: Any, tmp_path: Path) -> None:
    crawl = Bookkeeper()
    crawl.enter("tan", 900)
    crawl.keep("tan", 700)
    crawl.drop("tan", "robots", 200)
    corpus.release(tmp_path / "out", funnel=[("crawl", crawl.account()), *corpus.funnel()])
    assert "| `robots` | 200 | 22.2 % |" in (tmp_path / "out/README.md").read_text("utf-8")
    assert verify_release(tmp_path / "out").failed == ()


def test_a_release_with_nothing_rejected(
    corpus: Any, make_corpus: Callable[..., Any], tmp_path: Path
) -> None:
    other = make_corpus(rows=corpus.rows[:3], rejected=[])
    other.release(tmp_path / "out", rejected=[])
    assert pq.read_table(tmp_path / "out/rejected/rejected-00000.parquet").num_rows == 0
    assert verify_release(tmp_path / "out").failed == ()


@pytest.mark.parametrize("kept", [0, 1])
@pytest.mark.parametrize("dropped", [0, 5])
def test_a_release_of_which_nothing_was_kept_still_says_why(
    corpus: Any, make_corpus: Callable[..., Any], tmp_path: Path, kept: int, dropped: int
) -> None:
    empty = make_corpus(rows=[], rejected=corpus.rejected[:dropped])
    summary = empty.release(tmp_path / "out", kept=empty.kept(kept))
    assert summary.figures.total.documents == 0
    assert summary.figures.splits["rejected"].rows == dropped
    assert verify_release(tmp_path / "out").failed == ()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"kind": "../../etc"}, Corrupt, "is no kind of document"),
        ({"source": "unknown"}, BadConfiguration, "nothing is known of that source"),
    ],
)
def test_rows_that_cannot_be_published(
    corpus: Any,
    make_corpus: Callable[..., Any],
    tmp_path: Path,
    change: dict[str, Any],
    error: type[KazcorpusError],
    message: str,
) -> None:
    changed = make_corpus(rows=[{**corpus.rows[0], **change}, *corpus.rows[1:4]], rejected=[])
    with pytest.raises(error, match=message):
        changed.release(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_document_kept_twice_is_refused(
    corpus: Any, make_corpus: Callable[..., Any], tmp_path: Path
) -> None:
    twice = make_corpus(rows=[*corpus.rows, corpus.rows[0]], rejected=corpus.rejected)
    with pytest.raises(Corrupt, match=f"{corpus.rows[0]['id']} is kept twice"):
        twice.release(tmp_path / "out", kept=twice.kept(2))


@pytest.mark.parametrize("where", ["kept", "rejected"])
def test_shards_of_another_schema_are_refused(corpus: Any, tmp_path: Path, where: str) -> None:
    strange = tmp_path / "strange.parquet"
    write_shard(strange, [{"a": 1}], pa.schema([("a", pa.int64())]))
    with pytest.raises(Corrupt, match=r"strange\.parquet"):
        corpus.release(tmp_path / "out", **{where: [strange]})


def test_a_finished_release_is_left_alone(corpus: Any, tmp_path: Path) -> None:
    first = corpus.release(tmp_path / "out")
    inode = (tmp_path / "out/README.md").stat().st_ino
    second = corpus.release(tmp_path / "out")
    assert (first.state, second.state) == ("built", "unchanged")
    assert first.digest == second.digest
    assert (tmp_path / "out/README.md").stat().st_ino == inode


def test_a_damaged_copy_of_the_same_release_is_made_whole(corpus: Any, tmp_path: Path) -> None:
    corpus.release(tmp_path / "out")
    (tmp_path / "out" / DATA_FILES[0]).unlink()
    assert corpus.release(tmp_path / "out").state == "replaced"
    assert verify_release(tmp_path / "out").failed == ()


def test_another_release_of_the_same_version_needs_a_word(
    corpus: Any, make_corpus: Callable[..., Any], tmp_path: Path
) -> None:
    before = corpus.release(tmp_path / "out")
    other = make_corpus(rows=corpus.rows[:9])
    with pytest.raises(Failed, match=r"raise the version above 1\.0\.0"):
        other.release(tmp_path / "out")
    assert contents(tmp_path / "out").keys() >= {"README.md", *DATA_FILES}
    after = other.release(tmp_path / "out", replace=True)
    assert after.state == "replaced"
    assert after.digest != before.digest
    assert len(rows_of(tmp_path / "out")) == 9
    assert not list(tmp_path.glob(".*"))


def test_a_release_of_another_version_is_never_replaced(corpus: Any, tmp_path: Path) -> None:
    corpus.release(tmp_path / "out")
    config = replace(corpus.config, version="2.0.0")
    with pytest.raises(Failed, match=r"holds release 1\.0\.0, not 2\.0\.0"):
        corpus.release(tmp_path / "out", config=config, replace=True)


def test_a_folder_of_something_else_is_not_touched(corpus: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/letter.txt").write_text("mine")
    with pytest.raises(Failed, match="is not a release and not empty"):
        corpus.release(tmp_path / "out", replace=True)
    assert contents(tmp_path / "out") == {"letter.txt": b"mine"}


def test_what_a_killed_build_left_is_no_hindrance(corpus: Any, tmp_path: Path) -> None:
    leftover = tmp_path / ".out.building/data/news/train"
    leftover.mkdir(parents=True)
    (leftover / "base-1-00009.parquet").write_bytes(b"half")
    corpus.release(tmp_path / "out")
    assert verify_release(tmp_path / "out").failed == ()
    assert not list(tmp_path.glob(".*"))


def test_progress_ends_at_its_total(corpus: Any, tmp_path: Path) -> None:
    seen: dict[str, tuple[int, int | None]] = {}

    def progress(done: int, total: int | None, unit: str) -> None:
        seen[unit] = (done, total)

    corpus.release(tmp_path / "out", progress=progress)
    assert seen["documents"] == (57, 57)
    assert all(done == total for done, total in seen.values())


def test_changelog_tells_this_release_and_the_earlier_ones(corpus: Any, tmp_path: Path) -> None:
    config = replace(
        corpus.config,
        version="2.0.0",
        previous=Previous(version="1.0.0", commit="c" * 40),
        changes=(
            Change(version="2.0.0", notes=("Better  extraction.",)),
            Change(version="1.0.0", notes=("The first release.",)),
        ),
    )
    # the release before is only named here, not given
    corpus.release(tmp_path / "out", config=config)
    assert (tmp_path / "out/CHANGELOG.md").read_text("utf-8") == (
        "# Changelog\n\n## 2.0.0\n\n- 57 documents, 1,379 words, 9,410 characters.\n"
        "- Against 1.0.0: 57 documents added, 0 removed.\n"
        "- Better extraction.\n\n## 1.0.0\n\n- The first release.\n"
    )
    manifest = json.loads((tmp_path / "out/release.json").read_text("utf-8"))
    assert manifest["previous"] == {"version": "1.0.0", "commit": "c" * 40, "digest": None}
    assert (tmp_path / "out/data/law/train/base-2-cyrl-00000.parquet").is_file()
    assert verify_release(tmp_path / "out").failed == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": "1.0"},
        {"version": "v1.0.0"},
        {"version": "01.0.0"},
        {"version": "1.0.0\n"},
        {"version": "١.0.0"},
        {"repo": "corpus"},
        {"repo": "a/b/c"},
        {"licence": "nope"},
        {"licence": "odc-by"},
        {"shard_bytes": 0},
        {"changes": (Change(version="next"),)},
    ],
)
def test_wrong_configurations(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadConfiguration):
        ReleaseConfig(**{"version": "1.0.0", "repo": "owner/corpus", **wrong})


def test_configuration_survives_json() -> None:
    config = ReleaseConfig(
        version="1.2.3",
        repo="owner/corpus",
        previous=Previous(version="1.2.2"),
        changes=(Change(version="1.2.3", notes=("Жаңа.",)),),
    )
    assert ReleaseConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_time_of_the_build_leaves_no_trace(corpus: Any, tmp_path: Path) -> None:
    first = corpus.release(tmp_path / "a")
    for path in (tmp_path / "shards").iterdir():
        earlier = path.stat().st_mtime - timedelta(days=400).total_seconds()
        os.utime(path, (earlier, earlier))
    assert corpus.release(tmp_path / "b", kept=sorted((tmp_path / "shards").glob("kept*"))).digest
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert first.version.encode() in contents(tmp_path / "a")["release.json"]
