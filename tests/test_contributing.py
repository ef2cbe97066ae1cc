"""CONTRIBUTING.md is followed to the letter: its commands add a website that nobody described."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from contributor_site import HOST, TERMS, address, contributor_site, texts
from kaz_crawlers.source import load_source
from kaz_flows.cli.app import run

PAGE = (Path(__file__).resolve().parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
FETCHING = ("sources new", "sources record", "crawl")


def command_blocks() -> list[list[str]]:
    """The commands of the section about websites, block by block."""
    section = PAGE.partition("## Add a website")[2].partition("\n## ")[0]
    blocks = (block.splitlines() for block in BLOCK.findall(section))
    return [[line.partition(" #")[0].strip() for line in block] for block in blocks]


def follow(command: str, proxy: str) -> None:
    """Do what a line says; the site is on loopback instead of the web."""
    words = shlex.split(command.replace("https://sait.kz", HOST))
    if words[0] == "cp":
        shutil.copy(*words[1:])
        return
    assert words[0] == "kazcorpus"
    if " ".join(words[1:]).startswith(FETCHING):
        words += ["--proxy", proxy]
    assert run(words[1:]) == 0, command


def settle(path: Path) -> None:
    """What a person does with the draft: every comment is answered and removed."""
    today = datetime.now(UTC).date().isoformat()
    answers = {
        "maintainers": '["@you"]',
        "basis": '"text-and-data-mining"',
        "evidence": f'"{HOST}{TERMS}"',
        "checked": today,
    }
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key = line.partition(" = ")[0]
        text = f"{key} = {answers[key]}" if key in answers else line.partition(" # ")[0]
        lines += [] if text.startswith("#") else [text]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_new_contributor_adds_a_website(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sources = tmp_path / "crawlers" / "kaz_crawlers" / "sources"
    (sources / "recordings").mkdir(parents=True)
    drafting, trying, sending = command_blocks()
    with contributor_site() as proxy:
        for command in drafting:
            follow(command, proxy)
        draft = tmp_path / "try" / "sources" / "sait-kz.toml"
        assert len(draft.read_text(encoding="utf-8").splitlines()) <= 30
        assert f"the terms may be at {HOST}{TERMS}" in draft.read_text(encoding="utf-8")
        settle(draft)
        for command in (*trying, *sending):
            follow(command, proxy)
    capsys.readouterr()

    sent = sources / "sait-kz.toml"
    source = load_source(sent)
    assert len(sent.read_text(encoding="utf-8").splitlines()) <= 30
    assert not source.urls.accepts(f"{HOST}/ru/news/1-statya")
    assert run(["sources", "check", str(sent)]) == 0
    assert capsys.readouterr().out == "sait-kz: sound\n"

    shards = sorted((tmp_path / "try" / "releases").glob("*/data/**/*.parquet"))
    kept = {
        url for shard in shards for url in pq.ParquetFile(shard).read(["url"])["url"].to_pylist()
    }
    wanted = {HOST + address(number, text) for number, text in enumerate(texts(), start=1)}
    assert len(kept & wanted) >= len(wanted) - 2
    assert kept <= wanted
