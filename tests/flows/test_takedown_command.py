"""A takedown through every floor, on a copy of the demo's workspace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from demo_build import Demo
from kaz_crawlers.cdxj import entries_of, read_cdxj
from kaz_datasets.release.verify import verify_release
from kaz_datasets.shards import read_shard
from kaz_flows.cli.app import run

ASKED = ["--requester", "person", "--reason", "personal data", "--date", "2026-02-03"]


@pytest.fixture(scope="module")
def workspace(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(demo.workspace.root, tmp_path_factory.mktemp("takedown") / "workspace")


def rows_of(folder: Path) -> dict[str, dict[str, Any]]:
    paths = folder.glob("data/*/*/*.parquet")
    return {row["url"]: row for path in paths for row in read_shard(path).to_pylist()}


def command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def test_a_takedown_reaches_every_floor(
    workspace: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    where = ["--workspace", str(workspace)]
    before = rows_of(workspace / "releases/1.0.0")
    by_url = next(row for row in before.values() if row["cluster_size"] > 1)
    single = [row for row in before.values() if row["cluster_size"] == 1]
    by_text = single[0]
    excerpt = tmp_path / "excerpt.txt"
    words = by_text["text"].split()
    excerpt.write_text(" ".join(words[: len(words) // 2]), encoding="utf-8")
    stay = ["--copies", "stay"]
    first = command(["takedown", "add", "--url", by_url["url"], *stay, *ASKED, *where], capsys)
    second = command(["takedown", "add", "--text", str(excerpt), *ASKED, *where], capsys)
    assert (first["number"], second["number"]) == (1, 2)
    assert first["erased"] >= 1
    assert second["erased"] >= 1
    assert set(second["holding"]) == {"1.0.0"}
    for row in (by_url, by_text):
        _no_trace(workspace, row)

    built = command(["release", *where], capsys)
    assert built["version"] == "1.1.0"
    after = rows_of(Path(built["release"]))
    assert by_url["url"] not in after
    assert by_text["id"] not in {row["id"] for row in after.values()}
    # another page of the cluster stands for it now
    assert built["why"].startswith("1 documents added, 2 documents removed")
    checked = verify_release(Path(built["release"]), previous=workspace / "releases/1.0.0")
    assert checked.failed == ()


def _no_trace(workspace: Path, row: dict[str, Any]) -> None:
    """The text is neither in the archive nor in any working file, and the index is true."""
    for path in (workspace / "archive" / row["source"]).rglob("*.warc.gz"):
        index = path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj")
        entries = list(read_cdxj(index))
        assert entries == sorted(entries_of(path))
        assert (row["warc_file"], row["warc_offset"]) not in {
            (entry.file, entry.offset) for entry in entries
        }
    for path in [
        *workspace.glob("documents/**/*.parquet"),
        *workspace.glob("dedup/kept/*.parquet"),
    ]:
        if path.parent.name != "rejected":
            assert row["id"] not in read_shard(path, ["id"])["id"].to_pylist()


def test_what_is_shown_names_nobody(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = command(["takedown", "list", "--workspace", str(workspace)], capsys)
    assert len(shown["takedowns"]) == 2
    assert "example" not in json.dumps(shown)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "one of --url"),
        (["--id", "0" * 32], "no document here"),
        (["--url", "tan"], "https://"),
    ],
)
def test_a_request_that_means_nothing_is_said(
    workspace: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--workspace", str(workspace)]
    assert run(["takedown", "add", *arguments, *ASKED, *where]) == 2
    assert said in capsys.readouterr().err
