"""Repeated passages through a whole build: found, cut or flagged, counted, verified."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.release.verify import verify_release
from kaz_datasets.shards import read_shard
from kaz_datasets.workspace import Workspace
from kaz_flows.cli.app import run

# written for this test
MENU = "\n".join(
    (
        "Басты бет, жаңалықтар, байланыс және сайт картасы осы жерде орналасқан.",
        "Бізге жазылып, әр таңертең ең маңызды хабарларды поштаңызға тегін алыңыз.",
        "Редакцияның келісімінсіз мақалаларды көшіріп басуға мүлде рұқсат берілмейді.",
        "Жарнама мәселесі бойынша кеңсеге жұмыс күндері сағат тоғыздан кешке дейін хабарласыңыз.",
    )
)
LINES = (
    "Көл жағасындағы балықшылар таң бозынан тұрып, ауларын жөндеп, қайықтарын суға түсірді.",
    "Мектеп мұражайына ауыл ақсақалдары ескі құман, ер-тоқым және ұста құралдарын тапсырды.",
    "Дала жолындағы құдықтың басына жолаушылар демалатын шатыр мен орындық орнатылды.",
    "Егіншілер биыл тары мен күнбағысты кезектестіріп сеуіп, топырақтың ылғалын сақтап қалды.",
    "Үйірме жетекшісі балаларға домбыраның бұрауын келтіріп, шағын күйлерді үйретіп жүр.",
    "Қыстақтағы малшылар боранға дейін шөп тасып, қораның төбесін қамыспен жауып үлгерді.",
)
PAGES = 8


def article(number: int) -> str:
    return "\n".join(f"{line[:-1]}, бұл {number}-{n} жазба." for n, line in enumerate(LINES))


def command(workspace: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--json", "-w", str(workspace)]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("action", ["flag", "cut"])
def test_a_line_of_every_page_is_cut_or_flagged_and_the_release_verifies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    root = tmp_path / "w"
    assert run(["init", str(root)]) == 0
    capsys.readouterr()
    toml = root / "kazcorpus.toml"
    text = toml.read_text(encoding="utf-8")
    text = text.replace('passages = "keep"', f'passages = "{action}"')
    # texts of a few lines are too short for the model of translations
    text = text.replace("[clean]", "[clean]\nranges = { translated = { most = 1.0 } }")
    toml.write_text(text, encoding="utf-8")
    rows = [
        {"text": f"{MENU}\n{article(number)}", "url": f"https://l.example/{number}"}
        for number in range(PAGES)
    ]
    # long enough as it is, too short without its menus
    rows.append({"text": f"{MENU}\n{LINES[0]}", "url": "https://l.example/short"})
    # a page crawled again under another menu: unlike as it is, the same without the menus
    again = {"text": article(0), "url": rows[0]["url"], "retrieved_at": "2026-05-01T00:00:00Z"}
    rows += [again] if action == "cut" else []
    (tmp_path / "l.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
    )
    rights = ("--rights", "open-licence", "--licence", "CC-BY-4.0")
    command(root, capsys, "ingest", "jsonl", str(tmp_path / "l.jsonl"), "--source", "l", *rights)
    built = command(root, capsys, "build")
    dedup = built["stages"]["dedup"]
    assert dedup["in"] == dedup["kept"] + sum(dedup["dropped"].values())
    kept = [
        row
        for path in Path(built["release"]).glob("data/*/*/*.parquet")
        for row in read_shard(path).to_pylist()
    ]
    shares = [{item["rule"]: item["value"] for item in row["quality"]} for row in kept]
    if action == "cut":
        assert dedup["dropped"] == {"exact-duplicate": 1, "repeated-passages": 1}
        assert {row["text"] for row in kept} == {article(number) for number in range(PAGES)}
    else:
        assert dedup["dropped"] == {}
        assert all(row["text"].startswith(MENU) for row in kept)
    # of the page crawled twice, the retrieval that had no menus is the one that stays
    assert sum("repeated_lines" in share for share in shares) >= PAGES - 1
    verify_release(Path(built["release"]))
    assert Workspace.open(root).dedup.is_dir()
