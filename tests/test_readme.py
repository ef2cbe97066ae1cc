"""The commands in the readmes are commands that exist, with options that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from kaz_flows.cli.app import kazcorpus

CHECKOUT = Path(__file__).resolve().parents[1]
PAGES = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("*/README.md"), *CHECKOUT.glob("docs/*.md")]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def shown_commands() -> list[str]:
    blocks = [block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8"))]
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    return sorted({line for line in lines if line.startswith("kazcorpus ")})


def test_the_readme_shows_the_main_commands() -> None:
    shown = {line.split()[1] for line in shown_commands()}
    assert {"init", "crawl", "ingest", "build", "release", "publish", "verify", "up"} <= shown


@pytest.mark.parametrize("line", shown_commands())
def test_a_shown_command_parses(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("FILES", "FOLDER", "EXCERPT", "lines.txt", "page.txt", "page.html"):
        (tmp_path / name).touch()
    (tmp_path / "DATA").mkdir()
    command: click.Command = kazcorpus
    words = shlex.split(line)[1:]
    context = click.Context(command, info_name="kazcorpus")
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words[0]
        command, words = found, words[1:]
    # a shell would put the files' names where a pattern stands
    words = ["FILES" if "*" in word else word for word in words if word not in ("<", "|")]
    command.make_context(command.name, words)


@pytest.mark.parametrize("target", ["demo", "test", "check"])
def test_a_shown_make_target_exists(target: str) -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    assert f"make {target}" in (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
