"""Every input, taken in by its command, ends as documents of one release with what it knew."""

from __future__ import annotations

import bz2
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawl_index import Fetched, write_crawl
from kaz_crawlers.inputs.guarded_http import ClientOptions
from kaz_crawlers.inputs.oai import OaiOptions
from kaz_datasets.shards import read_shard
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.workspace import Workspace
from kaz_flows.cli.app import run
from kaz_flows.ingesting import ingest_oai
from oai_server import Journal, answer, record, serve
from pdf_writer import page_of, write_pdf
from wiki_dump import LONG_TEXT, dump, page

# written for this test
LINES = (
    "Көл жағасындағы балықшылар таң бозынан тұрып, ауларын жөндеп, қайықтарын суға түсірді.",
    "Мектеп мұражайына ауыл ақсақалдары ескі құман, ер-тоқым және ұста құралдарын тапсырды.",
    "Дала жолындағы құдықтың басына жолаушылар демалатын шатыр мен орындық орнатылды.",
    "Егіншілер биыл тары мен күнбағысты кезектестіріп сеуіп, топырақтың ылғалын сақтап қалды.",
    "Үйірме жетекшісі балаларға домбыраның бұрауын келтіріп, шағын күйлерді үйретіп жүр.",
    "Қыстақтағы малшылар боранға дейін шөп тасып, қораның төбесін қамыспен жауып үлгерді.",
)
RIGHTS = ("--rights", "open-licence", "--licence", "CC-BY-4.0")


def lines(number: int) -> list[str]:
    return [f"{line[:-1]}, бұл {number}-{n} жазба." for n, line in enumerate(LINES)]


def command(workspace: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--json", "-w", str(workspace.root)]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def harvest(workspace: Workspace) -> None:
    article = record(
        "oai:1",
        ("title", "kk", "Дала өсімдіктері"),
        ("description", "kk", "\n".join(lines(1))),
        ("creator", "", "Ахметова А."),
        ("language", "", "kk"),
        ("date", "", "2021-05-06"),
        ("rights", "", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("identifier", "", "https://j.example/article/1"),
    )
    with serve(Journal({"": answer(article)})) as journal:
        client = ClientOptions(user_agent="kazcorpus/0.1", allowed=frozenset({journal.endpoint}))
        facts = SourceFacts(id="j-kz", kind="science", basis="open-licence", licence="CC-BY-4.0")
        ingest_oai(workspace, journal.url, facts, OaiOptions(), client)


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    """Everything is taken in."""
    assert run(["init", str(tmp_path / "w")]) == 0
    capsys.readouterr()
    workspace = Workspace.open(tmp_path / "w")
    given = tmp_path / "given"
    given.mkdir()

    (given / "kkwiki.xml.bz2").write_bytes(bz2.compress(dump(page("Абай", LONG_TEXT))))
    command(workspace, capsys, "ingest", "wikimedia", str(given / "kkwiki.xml.bz2"))

    harvest(workspace)

    text = "\n".join(
        ["---", "source: kitap", "rights: open-licence", "licence: CC-BY-4.0", "title: Ауыл кітабы",
         "url: https://kitap.example/auyl", "date: 2020-02-03", "author: Б. Омарова", "---",
         *lines(2)]
    )  # fmt: skip
    (given / "a.txt").write_text(text, encoding="utf-8")
    command(workspace, capsys, "ingest", "text", str(given / "a.txt"))

    row = {"text": "\n".join(lines(3)), "url": "https://l.example/1", "title": "Жол",
           "date": "2022-01-02", "author": "С. Нұрланов"}  # fmt: skip
    (given / "l.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    command(workspace, capsys, "ingest", "jsonl", str(given / "l.jsonl"), "--source", "l", *RIGHTS)

    info = {"Title": "Шопанның жылы", "Author": "Д. Сейітов", "CreationDate": "D:20190807"}
    (given / "p.pdf").write_bytes(write_pdf([page_of(lines(4))], info=info))
    (given / "s.pdf").write_bytes(write_pdf([[]], picture=True))
    home = ("--source", "p", "--homepage", "https://p.example/")
    taken = command(workspace, capsys, "ingest", "pdf", str(given), *home, *RIGHTS)
    assert (taken["in"], taken["dropped"]) == (2, {"scanned": 1})

    html = "".join(f"<p>{line}</p>" for line in lines(5))
    body = f"<html><body><article><h1>Көл</h1>{html}</article></body></html>".encode()
    pages = [Fetched(url="https://c.example/kk/1", body=body),
             Fetched(url="https://c.example/ru/1", languages="rus")]  # fmt: skip
    index = write_crawl(given, pages)
    rights = ("--rights", "text-and-data-mining")
    found = ("ingest", "common-crawl", str(index), "--root", str(given), *rights)
    assert command(workspace, capsys, *found)["kept"] == 1
    return workspace


def test_each_input_ends_as_documents(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    built = command(workspace, capsys, "build")
    shards = Path(built["release"]).glob("data/*/*/*.parquet")
    rows = {row["source"]: row for path in shards for row in read_shard(path).to_pylist()}
    known = {
        source: (row["title"], row["published_at"], row["licence"], row["author"])
        for source, row in rows.items()
    }
    assert known == {
        "kk-wikipedia": ("Абай", date(2025, 3, 4), "CC-BY-SA-4.0", None),
        "j-kz": ("Дала өсімдіктері", date(2021, 5, 6), "CC-BY-SA-4.0", "Ахметова А."),
        "kitap": ("Ауыл кітабы", date(2020, 2, 3), "CC-BY-4.0", "Б. Омарова"),
        "l": ("Жол", date(2022, 1, 2), "CC-BY-4.0", "С. Нұрланов"),
        "p": ("Шопанның жылы", date(2019, 8, 7), "CC-BY-4.0", "Д. Сейітов"),
        "common-crawl": ("Көл", None, None, None),
    }
    assert rows["p"]["text"].replace("\n", " ") == " ".join(lines(4))
    assert rows["kitap"]["text"] == "\n".join(lines(2))
    assert rows["p"]["extractor"].startswith("pypdfium2/")
    # the journal's server has no robots.txt, and its answer is kept like all others
    assert built["stages"]["clean"]["dropped"] == {"http-status": 1}
