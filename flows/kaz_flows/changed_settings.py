"""Why a build cleans again what an earlier one had cleaned: the settings that changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.stage import CLEANING_VERSION

_NOT_SETTINGS: Final = ("facts", "workers")
"""Facts are a source's own; workers change no output."""


def changed_settings(documents: Path, config: CleaningConfig) -> tuple[str, ...]:
    """What is asked now and was not when the archives in `documents` were cleaned.

    One line a setting, `name: before → now`; empty where nothing was cleaned yet, or nothing
    changed. Records that cannot be read say nothing: their archive is cleaned again anyway.
    """
    now = dict(_flat(json.loads(json.dumps(asdict(replace(config, workers=0)), default=str))))
    found: dict[str, None] = {}
    for path in sorted(documents.rglob("*.stage.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if "facts" not in record["config"]:
                continue  # what was refused by a crawl is recorded beside
            before, version = dict(_flat(record["config"])), record["version"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if version != CLEANING_VERSION:
            found[f"version of cleaning: {version} → {CLEANING_VERSION}"] = None
        for name in sorted({*before, *now}):
            if before.get(name) != now.get(name):
                found[f"{name}: {_said(before.get(name))} → {_said(now.get(name))}"] = None
    return tuple(found)


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if not above and name in _NOT_SETTINGS:
            continue
        if name == "key":
            continue  # who has it can undo the pseudonyms
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _said(value: Any) -> str:
    return "not set" if value is None else str(value)
