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
