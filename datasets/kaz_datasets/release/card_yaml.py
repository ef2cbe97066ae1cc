"""The card's YAML, judged strictly and offline: what it says must be true of the files beside it.

The Hub takes any word for a licence or a language, and the loaders ignore what they do not know;
so every key and value is checked here against closed lists and against the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import yaml

from kaz_datasets.errors import Corrupt
from kaz_datasets.release.card import size_category
from kaz_datasets.release.checks import ABSENT, Check, compare, failure
from kaz_datasets.release.configurations import configurations_of, features_schema
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.licences import LICENCES

_YAML: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast
_KEYS: Final = {
    "pretty_name",
    "language",
    "license",
    "task_categories",
    "size_categories",
    "tags",
    "configs",
    "dataset_info",
}
_OF_ROWS: Final = {"configs", "dataset_info"}
"""Left out of the card of a release without any rows, which loaders refuse."""
# https://huggingface.co/tasks, those of text
_TASKS: Final = {
    "text-generation",
    "fill-mask",
    "text-classification",
    "token-classification",
    "question-answering",
    "summarization",
    "translation",
    "feature-extraction",
    "sentence-similarity",
    "text-retrieval",
}
_LANGUAGES: Final = {"kk"}
"""ISO 639-1 codes of what a release may hold; another language would be another project."""
_TAG: Final = re.compile(r"[a-z0-9]+(?:[-:.][a-z0-9]+)*\Z")


def read_front_matter(card: Path) -> dict[str, Any]:
    """The YAML on top of a card. Raises Corrupt."""
    try:
        text = card.read_text(encoding="utf-8")
        front = yaml.load(text.split("---\n")[1], _YAML)  # noqa: S506
    except (OSError, ValueError, IndexError, yaml.YAMLError, RecursionError) as error:
        raise Corrupt(f"the YAML of {card} cannot be read ({error!r}): render it again") from error
    if not text.startswith("---\n") or not isinstance(front, dict):
        raise Corrupt(f"{card} does not begin with YAML: render it again")
    return front


def check_front_matter(
    front: Mapping[str, Any], paths: Sequence[str], figures: Figures
) -> list[Check]:
    """Check the YAML of a card against the paths of the release and the figures of its data.

    Raises KeyError, TypeError, ValueError or AttributeError for YAML of another shape.
    """
    keys = _KEYS if any(split.rows for split in figures.splits.values()) else _KEYS - _OF_ROWS
    checks = [compare("README.md keys", sorted(keys), sorted(map(str, front)))]
    known = {licence.hub for licence in LICENCES.values()}
    checks += [
        _all_in("languages", front["language"], _LANGUAGES),
        _all_in("licence", [front["license"]], known),
        _all_in("tasks", front["task_categories"], _TASKS),
        compare(
            "README.md size", [size_category(figures.total.documents)], front["size_categories"]
        ),
        compare("README.md tags", [], [tag for tag in front["tags"] if not _TAG.match(tag)]),
    ]
    checks += _check_configs(front.get("configs", []), paths)
    checks += _check_infos(front.get("dataset_info", []), figures)
    return [*checks, *_check_with_libraries(front)]


def _all_in(name: str, values: Any, known: set[str]) -> Check:
    strange = [value for value in values if value not in known]
    return compare(f"README.md {name}", [], strange if values else ABSENT)


def _check_configs(configs: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> Iterator[Check]:
    """Each configuration reads exactly the files that are its own, in their order."""
    stated = {config["config_name"]: config for config in configs}
    yield compare("README.md configs once each", len(configs), len(stated))
    own: dict[str, list[str]] = {}
    for path in paths:
        for name in configurations_of(path):
            own.setdefault(name, []).append(path)
    for name, config in stated.items():
        found = [
            path
            for data_file in config["data_files"]
            for pattern in data_file["path"]
            for path in sorted(paths)
            if _matches(pattern, path)
        ]
        yield compare(f"README.md files of {name}", own.get(name, ABSENT), found)
        splits = [data_file["split"] for data_file in config["data_files"]]
        yield compare(f"README.md splits of {name}", ["train"], splits)


def _matches(pattern: str, path: str) -> bool:
    """Whether the Hub's loader reads `path` for this pattern: `*` stays within a folder."""
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch("[^/]*".join(parts), path) is not None


def _check_infos(infos: Any, figures: Figures) -> Iterator[Check]:
    """Sizes and columns as in the data: a loader that believes them must not fail."""
    listed = [infos] if isinstance(infos, dict) else infos  # as `datasets` writes a single one
    stated = {info["config_name"]: info for info in listed}
    splits = {name: split for name, split in figures.splits.items() if split.rows}
    for name in sorted({*splits, *stated}):
        split, info = splits.get(name), stated.get(name)
        expected: Any = [("train", split.rows, split.uncompressed)] if split else ABSENT
        found = _sizes(info["splits"]) if info is not None else ABSENT
        yield compare(f"README.md split {name}", expected, found)
        if info is not None and split is not None:
            sizes = (info["download_size"], info["dataset_size"])
            yield compare(f"README.md bytes of {name}", (split.bytes, split.uncompressed), sizes)


def _sizes(splits: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    return [(split["name"], split["num_examples"], split["num_bytes"]) for split in splits]


def _check_with_libraries(front: Mapping[str, Any]) -> Iterator[Check]:
    """What the Hub's own parsers read out of the YAML: configurations, and columns with types."""
    # Imported here: datasets takes seconds to load and reads the environment when it does.
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCardData

    card = DatasetCardData(**front)
    configs = MetadataConfigs.from_dataset_card_data(card)
    names = [config["config_name"] for config in front.get("configs", [])]
    yield compare("README.md configs by datasets", sorted(names), sorted(configs))
    for name, info in DatasetInfosDict.from_dataset_card_data(card).items():
        expected = _plain(features_schema(name))
        found = _plain(info.features.arrow_schema) if info.features is not None else ABSENT
        if expected == found:
            yield compare(f"README.md columns of {name}", "as in the data", "as in the data")
        else:
            yield failure(f"README.md columns of {name}", expected, found)


def _plain(schema: pa.Schema) -> list[tuple[str, str]]:
    """Names and types without nullability, which the Hub's features do not know."""
    return [(field.name, str(field.type).replace(" not null", "")) for field in schema]
