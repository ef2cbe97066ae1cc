from __future__ import annotations

import tomllib
from pathlib import Path

from kaz_flows.configuration import TEMPLATE, Configuration, make_workspace


def test_the_template_says_the_defaults() -> None:
    assert Configuration.model_validate(tomllib.loads(TEMPLATE)) == Configuration()


def test_a_new_workspace_has_the_default_configuration(tmp_path: Path) -> None:
    assert Configuration.of(make_workspace(tmp_path / "new")) == Configuration()
