"""The strict validator of the card's YAML: each wrong value is named, none passes as on the Hub."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.errors import Corrupt
from kaz_datasets.release import ReleaseSummary
from kaz_datasets.release.card_yaml import check_front_matter, read_front_matter
from kaz_datasets.release.layout import data_paths, rejected_paths

Front = dict[str, Any]


def failed(front: Front, built: ReleaseSummary) -> list[str]:
    folder = built.folder
    paths = [
        path.relative_to(folder).as_posix()
        for path in (*data_paths(folder), *rejected_paths(folder))
    ]
    checks = check_front_matter(front, paths, built.figures)
    return [check.name for check in checks if not check.passed]


def config(front: Front, name: str) -> Front:
    return next(item for item in front["configs"] if item["config_name"] == name)


def info(front: Front, name: str) -> Front:
    return next(item for item in front["dataset_info"] if item["config_name"] == name)


def test_the_card_of_a_release_passes(built: ReleaseSummary) -> None:
    assert failed(read_front_matter(built.folder / "README.md"), built) == []


WRONG: dict[str, tuple[Callable[[Front], object], str]] = {
    "licence": (lambda front: front.update(license="nope"), "README.md licence"),
    "language": (lambda front: front.update(language=["kz"]), "README.md languages"),
    "no language": (lambda front: front.update(language=[]), "README.md languages"),
    "task": (lambda front: front.update(task_categories=["magic"]), "README.md tasks"),
    "size": (lambda front: front.update(size_categories=["1K<n<10K"]), "README.md size"),
    "tag": (lambda front: front["tags"].append("Bad Tag"), "README.md tags"),
    "key": (lambda front: front.update(gated=True), "README.md keys"),
    "pattern": (
        lambda front: config(front, "law")["data_files"][0].update(path=["data/law/*.parquet"]),
        "README.md files of law",
    ),
    "another's files": (
        lambda front: config(front, "law").update(data_files=config(front, "news")["data_files"]),
        "README.md files of law",
    ),
    "split": (
        lambda front: config(front, "law")["data_files"][0].update(split="test"),
        "README.md splits of law",
    ),
    "twice": (
        lambda front: front["configs"].append(config(front, "law")),
        "README.md configs once each",
    ),
    "rows": (
        lambda front: info(front, "law")["splits"][0].update(num_examples=13),
        "README.md split law",
    ),
    "bytes": (lambda front: info(front, "law").update(dataset_size=5), "README.md bytes of law"),
    "type": (
        lambda front: next(
            feature for feature in info(front, "law")["features"] if feature["name"] == "words"
        ).update(dtype="int64"),
        "README.md columns of law",
    ),
    "column": (lambda front: info(front, "law")["features"].pop(), "README.md columns of law"),
    "an unknown configuration": (
        lambda front: front["dataset_info"].append({**info(front, "law"), "config_name": "x"}),
        "README.md split x",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_value_is_named(built: ReleaseSummary, what: str) -> None:
    change, named = WRONG[what]
    front = deepcopy(read_front_matter(built.folder / "README.md"))
    change(front)
    assert named in failed(front, built)


@pytest.mark.parametrize("card", ["", "# A card", "---\n[\n---\n", "---\n- a\n---\n"])
def test_a_card_without_yaml_is_corrupt(tmp_path: Path, card: str) -> None:
    (tmp_path / "README.md").write_text(card)
    with pytest.raises(Corrupt, match="render it again"):
        read_front_matter(tmp_path / "README.md")
