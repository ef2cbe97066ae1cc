from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kaz_datasets.errors import BadConfiguration
from kaz_flows.configuration import TEMPLATE, Configuration, make_workspace, template


def test_the_template_says_the_defaults() -> None:
    assert Configuration.model_validate(tomllib.loads(TEMPLATE)) == Configuration()


def test_a_new_workspace_has_the_default_configuration(tmp_path: Path) -> None:
    assert Configuration.of(make_workspace(tmp_path / "new")) == Configuration()


def test_a_new_workspace_may_say_who_crawls(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "new", template("mailto:me@sait.kz"))
    assert Configuration.of(workspace).crawl.contact == "mailto:me@sait.kz"
    with pytest.raises(BadConfiguration, match="--contact: contact"):
        template("me")


def test_the_rules_of_quality_are_chosen_by_name() -> None:
    text = '[clean]\nrules = "fineweb2"\nranges = { words = { least = 100 } }'
    configuration = Configuration.model_validate(tomllib.loads(text))
    rules = configuration.for_cleaning().rules
    assert rules.preset == "fineweb2"
    assert rules.ranges["words"].least == 100
    stated = configuration.pipeline()["clean"]
    assert stated["rules"] == {"preset": "fineweb2", "ranges": {"words": {"least": 100}}}
    assert "key" not in stated["masks"]


@pytest.mark.parametrize("text", ['rules = "kazak"', "ranges = { word = { least = 1 } }"])
def test_a_rule_that_there_is_not_is_answered_with_one_that_is(text: str) -> None:
    configuration = Configuration.model_validate(tomllib.loads(f"[clean]\n{text}"))
    with pytest.raises(BadConfiguration, match="did you mean"):
        configuration.for_cleaning()
