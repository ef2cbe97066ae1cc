"""The key of pseudonyms: where it may lie, and that it is in nothing that a build writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaz_cleaning.masks import pseudonym
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.shards import read_shard
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.cli.app import run
from kaz_flows.configuration import Configuration
from kaz_flows.masking import PersonalData, fingerprint
from kaz_flows.runner import LocalRunner

KEY = "0123456789abcdef0123456789abcdef"

# written for this test
TEXT = (
    "Ауыл кітапханасы жаздан бері жөндеуде болған еді, енді оның есігі қайта ашылды. "
    "Балаларға арналған бөлмеде ертегілер мен суретті энциклопедиялар үшін бөлек бұрыш бар. "
    "Кешкі сағаттарда мұнда үлкендер де жиналып, жаңа кітаптарды талқылап отырады. "
    "Қыс түскенше аулаға орындық қойып, көлеңке беретін ағаш отырғызу жоспарланып отыр. "
    "Егіншілер биыл тары мен күнбағысты кезектестіріп сеуіп, топырақтың ылғалын сақтап қалды. "
    "Қыстақтағы малшылар боранға дейін шөп тасып, қораның төбесін қамыспен жауып үлгерді. "
    "Кітапхананың телефоны: +7 701 000 00 00."
)


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    assert run(["init", str(tmp_path / "w")]) == 0
    (tmp_path / "given.jsonl").write_text(
        json.dumps({"text": TEXT, "url": "https://kitap.example/1"}, ensure_ascii=False)
    )
    words = ["ingest", "jsonl", str(tmp_path / "given.jsonl"), "--source", "kitap"]
    rights = ["--rights", "open-licence", "--licence", "CC-BY-4.0"]
    assert run([*words, *rights, "-w", str(tmp_path / "w")]) == 0, capsys.readouterr().err
    return Workspace.open(tmp_path / "w")


def test_pseudonyms_are_in_the_release_and_the_key_is_nowhere(
    workspace: Workspace, tmp_path: Path
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n")
    key_file.chmod(0o600)
    stated = Configuration(personal_data=PersonalData(key_file=str(key_file)))
    made = build(workspace, stated, LocalRunner())
    tables = [read_shard(path) for path in made.release.rglob("data/**/*.parquet")]
    (text,) = [row["text"] for table in tables for row in table.to_pylist()]
    assert f"<PHONE:{pseudonym('phone', '+7 701 000 00 00', KEY)}>" in text
    manifest = json.loads((made.release / "release.json").read_text("utf-8"))
    assert '"pseudonyms": true' in json.dumps(manifest)
    written = [path for path in workspace.root.rglob("*") if path.is_file()]
    assert not [path for path in written if KEY.encode() in path.read_bytes()]


def test_a_key_may_come_from_a_variable() -> None:
    personal = PersonalData(key_variable="CORPUS_KEY")
    assert personal.config(None, {"CORPUS_KEY": KEY}).key == KEY
    assert personal.without_key().key == ""
    with pytest.raises(BadConfiguration, match="variable CORPUS_KEY holds 0 characters"):
        personal.config(None, {})


def test_a_key_that_others_can_read_or_guess_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY)
    path.chmod(0o640)
    personal = PersonalData(key_file=str(path))
    with pytest.raises(BadConfiguration, match="chmod 600"):
        personal.config(None, {})
    path.chmod(0o600)
    assert personal.config(tmp_path / "elsewhere", {}).key == KEY
    with pytest.raises(BadConfiguration, match="lies in the workspace"):
        personal.config(tmp_path, {})
    path.write_text("short")
    with pytest.raises(BadConfiguration, match="at least 16"):
        personal.config(None, {})
    with pytest.raises(BadConfiguration, match="absolute"):
        PersonalData(key_file="key").config(None, {})
    with pytest.raises(BadConfiguration, match="cannot be read"):
        PersonalData(key_file=str(tmp_path / "none")).config(None, {})


def test_the_key_has_one_place_and_types_have_names() -> None:
    with pytest.raises(ValueError, match="one place"):
        PersonalData(key_variable="A", key_file="/a")
    with pytest.raises(ValueError, match="passport"):
        PersonalData.model_validate({"keep": {"law": ["passport"]}})


def test_a_mark_tells_keys_apart_and_nothing_of_them() -> None:
    assert fingerprint("") == ""
    assert fingerprint(KEY) != fingerprint(KEY + "x")
    assert fingerprint(KEY) not in KEY


def test_other_rules_are_tried_over_a_workspace(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    build(workspace, Configuration(), LocalRunner())
    capsys.readouterr()
    where = ["-w", str(workspace.root)]
    assert run(["rules", "--json", *where]) == 0
    same = json.loads(capsys.readouterr().out)
    assert (same["in"], same["kept"]) == (1, 1)
    assert run(["rules", "--range", "words=1000..", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == 0
    assert run(["rules", "--range", "words=1000..", *where]) == 0
    assert "0 of 1 documents would stay" in capsys.readouterr().out
    assert run(["rules", "--range", "words", *where]) == 2
    assert "MEASURE=LEAST..MOST" in capsys.readouterr().err
