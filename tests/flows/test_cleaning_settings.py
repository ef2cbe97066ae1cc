"""Cleaning as kazcorpus.toml sets it: checked when read, obeyed by a build, said when changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.model_choice import ModelChoice
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.workspace import Workspace
from kaz_flows.build import BuildResult, build
from kaz_flows.changed_settings import changed_settings
from kaz_flows.cli.app import run
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.runner import LocalRunner

SHA = "ab" * 32


def configured(folder: Path, text: str) -> Configuration:
    (folder / "kazcorpus.toml").write_text(text, encoding="utf-8")
    return Configuration.of(Workspace.open(folder))


def test_every_setting_reaches_the_stage(tmp_path: Path) -> None:
    text = f"""
        [clean]
        rules = "fineweb2"
        language_gate = false
        page_timeout = 4.5
        [clean.language]
        model = "glotlid"
        model_sha256 = "{SHA}"
        model_revision = "v3"
        kazakh_share = 0.8
        foreign_share = 0.1
        least_score = 0.6
        foreign_paragraphs = "cut"
    """
    cleaning = configured(tmp_path, text).for_cleaning()
    assert cleaning == CleaningConfig(
        page_timeout=4.5,
        language_gate=False,
        language_model=ModelChoice(name="glotlid", sha256=SHA, revision="v3"),
        min_language_score=0.6,
        min_kazakh_share=0.8,
        max_foreign_share=0.1,
        foreign_paragraphs="cut",
        rules=cleaning.rules,
    )
    assert cleaning.rules.preset == "fineweb2"


def test_without_settings_the_stage_has_its_own_defaults() -> None:
    assert Configuration().for_cleaning() == CleaningConfig()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[clean]\nlanguage_gaet = true", "did you mean 'language_gate'"),
        ("[clean.language]\nkazakh_shar = 0.5", "did you mean 'kazakh_share'"),
        ("[clean]\nkazakh_share = 0.5", "unknown key clean.kazakh_share"),
        (
            "[clean.language]\nkazakh_share = 70",
            "clean.language.kazakh_share: .*less than or equal",
        ),
        ('[clean.language]\nkazakh_share = "most"', "write a number, without quotes"),
        ('[clean.language]\nforeign_paragraphs = "drop"', "'keep' or 'cut'"),
        ('[clean.language]\nmodel = "lid176"', "'own', 'glotlid' or 'openlid'"),
        ('[clean.language]\nmodel = "glotlid"', "add model_sha256"),
        (f'[clean.language]\nmodel_sha256 = "{SHA}"', "leave it out"),
        ('[clean.language]\nmodel = "openlid"\nmodel_sha256 = "abc"', "model_sha256"),
        ("[clean]\npage_timeout = 0", "page_timeout: .*greater than 0"),
        ("clean = 3", "it is a table"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(BadConfiguration, match=complaint):
        configured(tmp_path, text)


@pytest.fixture(scope="module")
def workspace(crawled: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = make_workspace(tmp_path_factory.mktemp("settings") / "workspace")
    shutil.copytree(crawled.archive / "demo-health", made.archive / "demo-health")
    return made


def built(workspace: Workspace, text: str) -> BuildResult:
    return build(workspace, configured(workspace.root, text), LocalRunner())


def changes(workspace: Workspace, text: str) -> tuple[str, ...]:
    asked = configured(workspace.root, text).for_cleaning()
    return changed_settings(workspace.documents, asked)


def kept_of(result: BuildResult) -> int:
    return dict(result.funnel)["clean"].kept


def test_a_changed_setting_cleans_again_and_says_so(workspace: Workspace) -> None:
    first = built(workspace, "[run]\nworkers = 1")
    assert first.cleaned_again == ()
    assert kept_of(first) > 0
    assert changes(workspace, "[run]\nworkers = 2") == ()  # decides no output
    assert changes(workspace, "[clean]\nranges = { words = { least = 90 } }") == (
        "rules.ranges.words.least: not set → 90.0",
        "rules.ranges.words.most: not set → inf",
    )
    share = "[clean.language]\nkazakh_share = 1.0\nforeign_share = 0.0"
    strict = built(workspace, f"[run]\nworkers = 1\n{share}")
    assert strict.cleaned_again == (
        "max_foreign_share: 0.2 → 0.0",
        "min_kazakh_share: 0.7 → 1.0",
    )
    assert strict.done > 0
    (record,) = workspace.documents.rglob("*.warc.gz.stage.json")
    assert json.loads(record.read_text())["config"]["min_kazakh_share"] == 1.0


def test_a_page_is_explained_by_the_workspaces_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Ауыл кітапханасы жаздан бері жөндеуде болған еді, ашылды.</p>")
    configured(tmp_path, "[clean]\nlanguage_gate = false\nranges = { words = { least = 1000 } }")
    assert run(["extract", "--explain", "--workspace", str(tmp_path), str(page)]) == 0
    shown = capsys.readouterr().out
    assert "switched off" in shown
    assert "≥ 1000" in shown
