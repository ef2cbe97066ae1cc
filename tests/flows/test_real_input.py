"""Real pages and real archives, good and damaged: accounts reconcile, damage is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wrap_pages
from kaz_datasets.release.verify import verify_release
from kaz_datasets.shards import read_shard
from kaz_flows.cli.app import run


def command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == 0, capsys.readouterr().err
    answer = json.loads(capsys.readouterr().out)
    assert isinstance(answer, dict)
    return answer


def ingest_and_build(
    files: list[Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    assert run(["init", str(folder)]) == 0
    capsys.readouterr()
    where = ["--workspace", str(folder)]
    rights = ["--rights", "text-and-data-mining"]
    taken = command(["ingest", "warc", *map(str, files), *rights, *where], capsys)
    return taken, command(["build", *where], capsys)


def reconciles(built: dict[str, Any]) -> None:
    clean, dedup = built["stages"]["clean"], built["stages"]["dedup"]
    for account in (clean, dedup):
        assert account["in"] == account["kept"] + sum(account["dropped"].values())
    assert clean["kept"] == dedup["in"]
    release = Path(built["release"])
    rows = sum(read_shard(path).num_rows for path in release.glob("data/*/*/*.parquet"))
    rejected = sum(read_shard(path).num_rows for path in release.glob("rejected/*.parquet"))
    assert rows == dedup["kept"]
    assert rejected == sum(clean["dropped"].values()) + sum(dedup["dropped"].values())
    assert not verify_release(release).failed


def test_kazakh_pages_become_a_release(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "pages.warc.gz"
    pages = wrap_pages.wrap(wrap_pages.saved_pages(shared_data / "html" / "kk_pages"), archive)
    taken, built = ingest_and_build([archive], tmp_path / "workspace", capsys)
    assert taken == {"files": 1, "pages": pages, "damaged": [], "without_pages": []}
    assert built["stages"]["clean"]["in"] == pages
    reconciles(built)
    # most of these pages are Kazakh articles; a pipeline that loses them is no use
    assert built["stages"]["dedup"]["kept"] >= 25


def test_archives_of_others_good_and_damaged_reconcile(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = (".warc", ".warc.gz", ".arc.gz", ".bad")
    files = sorted(path for path in (shared_data / "warc").rglob("*") if path.name.endswith(kinds))
    taken, built = ingest_and_build(files, tmp_path / "workspace", capsys)
    damaged = {item["file"] for item in taken["damaged"]}
    assert "example-trunc.warc" in damaged
    assert all(item["offset"] >= 0 and item["reason"] for item in taken["damaged"])
    assert built["stages"]["clean"]["dropped"]["damaged-record"] == len(taken["damaged"])
    reconciles(built)


def test_a_truncated_archive_keeps_what_comes_before_and_other_files(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = list(wrap_pages.saved_pages(shared_data / "html" / "kk_pages"))[:8]
    whole, torn = tmp_path / "whole.warc.gz", tmp_path / "torn.warc.gz"
    wrap_pages.wrap(pages[:4], whole)
    wrap_pages.wrap(pages[4:], torn)
    torn.write_bytes(torn.read_bytes()[:-500])
    taken, built = ingest_and_build([torn, whole], tmp_path / "workspace", capsys)
    assert [item["file"] for item in taken["damaged"]] == ["torn.warc.gz"]
    assert built["stages"]["clean"]["in"] == len(pages)
    assert built["stages"]["clean"]["dropped"]["damaged-record"] == 1
    reconciles(built)


def test_pages_of_which_no_licence_is_stated_stay_out(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The course site of data/html, whose SOURCES.md says NONE STATED."""
    pages = [
        (url, page)
        for url, page in wrap_pages.saved_pages(shared_data / "html" / "kk_pages")
        if "econolik" in url
    ]
    assert pages
    wrap_pages.wrap(pages[:6], tmp_path / "pages.warc.gz")
    assert run(["init", str(tmp_path / "w")]) == 0
    capsys.readouterr()
    where = ["--workspace", str(tmp_path / "w")]
    command(["ingest", "warc", str(tmp_path / "pages.warc.gz"), *where], capsys)
    built = command(["build", *where], capsys)
    gate = built["stages"]["release"]
    assert gate["in"] == built["stages"]["dedup"]["kept"] > 0
    assert (gate["kept"], gate["dropped"]) == (0, {"no-stated-right": gate["in"]})
    assert not verify_release(Path(built["release"])).failed
