"""The command as a stranger meets it: help, exit codes, one sentence on stderr."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from kaz_flows.cli.app import COMMANDS, kazcorpus, run

CHECKOUT = Path(__file__).resolve().parents[2]


def leaves(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        found += leaves(child, f"{path} {name}")
    return found


LEAVES = leaves(kazcorpus, "kazcorpus")


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[path for path, _ in LEAVES])
def test_every_command_has_help_with_an_example(
    path: str, command: click.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*path.split()[1:], "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example" in shown
    assert f"{path} " in shown or f"{path}\n" in shown
    assert command.help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_or_its_floors(name: str) -> None:
    texts = [(CHECKOUT / "README.md"), *CHECKOUT.glob("*/README.md"), CHECKOUT / "CONTRIBUTING.md"]
    assert any(f"kazcorpus {name}" in path.read_text(encoding="utf-8") for path in texts)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in COMMANDS)


WRONG_USES = [
    (["bild"], "bild"),
    (["build", "--nonsense"], "--nonsense"),
    (["extract"], "FILE"),
    (["extract", "no-such-page.html"], "no-such-page.html"),
    (["identify", "no-such-file.txt"], "no-such-file.txt"),
    (["dedup", "no-such.parquet", "--output", "out"], "no-such.parquet"),
    (["ingest", "warc", "no-such.warc.gz"], "no-such.warc.gz"),
    (["transliterate", "--to", "1929"], "1929"),
    (["transliterate", "--from", "plain"], "cannot be read back"),
    (["language", "measure", "nowhere"], "nowhere"),
    (["build"], "is not a kazcorpus workspace"),
    (["crawl", "demo-news"], "is not a kazcorpus workspace"),
    (["verify", "nowhere"], "nowhere"),
    (["dedup", "--threshold", "1.5", "x.parquet", "--output", "out"], "threshold"),
]


@pytest.mark.parametrize(
    ("arguments", "named"), WRONG_USES, ids=[" ".join(a) for a, _ in WRONG_USES]
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    arguments: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("kazcorpus: ")
    assert captured.err.count("\n") == 1
    assert named in captured.err


def test_a_mistyped_key_is_named_with_the_nearest_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kazcorpus.toml").write_text("[dedup]\ntreshold = 0.7\n", encoding="utf-8")
    assert run(["build", "--workspace", str(tmp_path)]) == 2
    assert "unknown key dedup.treshold (did you mean 'threshold'?)" in capsys.readouterr().err


def test_an_unknown_source_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path)]) == 0
    assert run(["crawl", "demo-newz", "--workspace", str(tmp_path)]) == 2
    assert "demo-news" in capsys.readouterr().err


def test_an_empty_archive_says_how_to_fill_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path)]) == 0
    assert run(["build", "--workspace", str(tmp_path)]) == 2
    assert "kazcorpus crawl" in capsys.readouterr().err


def test_init_leaves_a_workspace_that_is_there_alone(tmp_path: Path) -> None:
    configuration = tmp_path / "kazcorpus.toml"
    configuration.write_text("[dedup]\nthreshold = 0.7\n", encoding="utf-8")
    assert run(["init", str(tmp_path)]) == 0
    assert configuration.read_text(encoding="utf-8") == "[dedup]\nthreshold = 0.7\n"


LINES = (
    "Қазақ тілі — түркі тілдерінің бірі.\n\n  \n"
    "Бұл сөйлем жай ғана мысал ретінде жазылды.\r\n"
    "second line\x85still second\n"
)


@pytest.mark.parametrize("tool", ["normalise", "mask", "transliterate"])
def test_as_many_lines_out_as_in(
    tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "lines.txt"
    page.write_bytes(LINES.encode())
    assert run([tool, str(page)]) == 0
    assert capsys.readouterr().out.count("\n") == LINES.count("\n")


def test_identify_answers_each_line_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "lines.txt"
    page.write_text(
        "Ауыл балалары мектепке жаяу барады, жолда көп нәрсе көреді.\n"
        "\n"
        "Дети в деревне ходят в школу пешком и многое видят по дороге.\n",
        encoding="utf-8",
    )
    assert run(["identify", str(page)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["label"] for answer in answers] == ["kaz_Cyrl", "und", "rus_Cyrl"]
    assert all(set(answer) == {"label", "score"} for answer in answers)


def test_identify_judges_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Ауыл балалары мектепке жаяу барады, жолда көп нәрсе көреді.\n" * 3, "utf-8")
    assert run(["identify", "--documents", str(page)]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["label"], verdict["kazakh_share"], verdict["mixed"]) == ("kaz_Cyrl", 1, False)


def test_transliterate_writes_another_alphabet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "lines.txt"
    page.write_text("Қазақ тілі\n", encoding="utf-8")
    assert run(["transliterate", "--to", "2018", str(page)]) == 0
    assert capsys.readouterr().out == "Qazaq tili\n"


def test_sentences_are_cut_one_a_line_and_into_tokens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "lines.txt"
    page.write_text("Ол 1990 ж. туған. Қазір сонда ма?\n\nИә.\n", encoding="utf-8")
    assert run(["sentences", str(page)]) == 0
    assert capsys.readouterr().out == "Ол 1990 ж. туған.\nҚазір сонда ма?\nИә.\n"
    assert run(["sentences", "--tokens", str(page)]) == 0
    assert capsys.readouterr().out == "Ол 1990 ж. туған .\nҚазір сонда ма ?\nИә .\n"
