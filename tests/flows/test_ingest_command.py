"""From the command line: an input becomes an archive, and the archive a release."""

from __future__ import annotations

import bz2
import json
from pathlib import Path
from typing import Any

import pytest

from kaz_crawlers.inputs.guarded_http import ClientOptions
from kaz_crawlers.inputs.oai import OaiOptions
from kaz_datasets.shards import read_shard
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.workspace import Workspace
from kaz_flows.cli.app import run
from kaz_flows.crawling import load
from kaz_flows.ingest_rejects import ingest_rejects
from kaz_flows.ingesting import ingest_oai
from kaz_flows.journals import harvest_journals
from kaz_flows.plan import find_crawls
from oai_server import Journal, answer, record, serve
from wiki_dump import LONG_TEXT, dump, page


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    assert run(["init", str(tmp_path / "w")]) == 0
    capsys.readouterr()
    return Workspace.open(tmp_path / "w")


def command(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], *arguments: str
) -> dict[str, Any]:
    assert run([*arguments, "--json", "-w", str(workspace.root)]) == 0, capsys.readouterr().err
    answered: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answered


def ingest_dump(
    workspace: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    path = folder / "kkwiki.xml.bz2"
    moved = page("Абай", "#АЙДАУ [[Абай Құнанбайұлы]]", redirect=True)
    path.write_bytes(bz2.compress(dump(page("Абай Құнанбайұлы", LONG_TEXT), moved)))
    return command(workspace, capsys, "ingest", "wikimedia", str(path))


def test_a_dump_is_taken_in_once_and_its_redirects_are_accounted_for(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = ingest_dump(workspace, tmp_path, capsys)
    assert (taken["in"], taken["kept"], taken["dropped"]) == (2, 1, {"redirect": 1})
    assert ingest_dump(workspace, tmp_path, capsys)["done_before"] is True
    (crawl,) = find_crawls(workspace)
    rejects = ingest_rejects(crawl)
    assert rejects is not None
    assert rejects.result.account.dropped == {"redirect": 1}
    assert rejects.rejected is not None
    assert read_shard(rejects.rejected).column("rule").to_pylist() == ["redirect"]


def test_a_dump_becomes_a_release(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest_dump(workspace, tmp_path, capsys)
    built = command(workspace, capsys, "build")
    shards = Path(built["release"]).glob("data/*/*/*.parquet")
    rows = [row for path in shards for row in read_shard(path).to_pylist()]
    assert [row["title"] for row in rows] == ["Абай Құнанбайұлы"], built["stages"]
    assert rows[0]["licence"] == "CC-BY-SA-4.0"
    assert rows[0]["extractor"].startswith("mwparserfromhell/")
    assert "Шыңғыстау бөктерінде" in rows[0]["text"]


def test_texts_need_provenance(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Қазақ тілі.", encoding="utf-8")
    where = ["-w", str(workspace.root)]
    assert run(["ingest", "text", str(path), *where]) == 2
    assert "give --source" in capsys.readouterr().err
    assert (
        run(["ingest", "text", str(path), *where, "--source", "../x", "--rights", "unclear"]) == 2
    )
    assert "cannot be the id of a source" in capsys.readouterr().err
    stated = ("--source", "kitap", "--rights", "permission", "--homepage", "https://k.example")
    assert command(workspace, capsys, "ingest", "text", str(path), *stated)["kept"] == 1


def test_json_lines_are_taken_in_and_bad_ones_counted(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Қазақ.", "url": "https://k.example/1"}\n{torn\n', encoding="utf-8")
    stated = ("--source", "kitap", "--rights", "permission")
    taken = command(workspace, capsys, "ingest", "jsonl", str(path), *stated)
    assert (taken["kept"], taken["dropped"]) == (1, {"not-json": 1})
    assert run(["ingest", "jsonl", str(path), *stated, "-w", str(workspace.root)]) == 0
    assert "taken in before" in capsys.readouterr().out


def test_a_journal_is_asked_only_by_somebody(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["ingest", "oai", "https://j.example/oai", "--source", "j", "-w", str(workspace.root)]
    assert run(line) == 2
    assert "does not say who asks" in capsys.readouterr().err


def test_a_journal_is_harvested_into_the_archive(workspace: Workspace) -> None:
    kazakh = record(
        "oai:1",
        ("title", "kk", "Тіл"),
        ("language", "", "kk"),
        ("identifier", "", "https://j.example/1.pdf"),
    )
    with serve(Journal({"": answer(kazakh)})) as journal:
        client = ClientOptions(user_agent="kazcorpus/0.1", allowed=frozenset({journal.endpoint}))
        facts = SourceFacts(id="j", kind="science")
        reports = [
            ingest_oai(workspace, journal.url, facts, OaiOptions(), client) for _ in range(2)
        ]
    assert [report.skipped for report in reports] == [False, True]
    assert reports[0].account.kept == 1
    assert (reports[0].folder / "fulltext.txt").read_text() == "https://j.example/1.pdf\n"
    assert len(journal.asked) == 2


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (["enu-kz"], "nobody has compared enu-kz with the live website yet"),
        (["enu-kz", "--unchecked"], "does not say who asks"),
        (["egemen-kz"], "egemen-kz names no OAI-PMH address"),
        (["https://j.example/oai"], "needs --source"),
    ],
)
def test_a_source_of_journals_is_asked_for_by_its_id(
    line: list[str], answer: str, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ingest", "oai", *line, "-w", str(workspace.root)]) == 2
    assert answer in capsys.readouterr().err


def test_one_journal_that_fails_does_not_stop_the_others(workspace: Workspace) -> None:
    kazakh = record("oai:1", ("title", "kk", "Тіл"), ("language", "", "kk"))
    with serve(Journal({"": answer(kazakh)})) as good, serve(Journal({}, robots=(503, b""))) as bad:
        client = ClientOptions(
            user_agent="kazcorpus/0.1", allowed=frozenset({good.endpoint, bad.endpoint})
        )
        known = load(workspace, "enu-kz")
        discover = known.discover.model_copy(update={"oai": (bad.url, good.url)})
        source = known.model_copy(update={"discover": discover})
        harvest = harvest_journals(workspace, source, OaiOptions(), client)
    assert list(harvest.failures) == [bad.url]
    assert harvest.reports[good.url].account.kept == 1
