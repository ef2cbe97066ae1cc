"""TOML files that people write: every key known, every value checked, typing errors hinted at."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from kaz_datasets.errors import BadConfiguration, NotFound


class StrictModel(BaseModel):
    """A table of a TOML file: unknown keys are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


def load_toml(path: Path, model: type[Model]) -> Model:
    """Read `path` as `model`. Raises NotFound, or BadConfiguration naming file, key and reason."""
    if not path.is_file():
        raise NotFound(f"no such file: {path}")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path.name} is not valid TOML: {error}") from error
    except RecursionError as error:
        raise BadConfiguration(f"{path.name} is not valid TOML: nested too deeply") from error
    return validate(raw, model, path.name)


def validate(raw: Mapping[str, Any], model: type[Model], where: str) -> Model:
    """Check a mapping against `model`. Raises BadConfiguration with one clause a mistake."""
    try:
        return model.model_validate(dict(raw))
    except ValidationError as error:
        clauses = [_clause(dict(item), model) for item in error.errors(include_url=False)]
        raise BadConfiguration(f"{where}: {'; '.join(clauses)}") from error


def _clause(item: Mapping[str, Any], model: type[BaseModel]) -> str:
    location = [str(part) for part in item["loc"]]
    key = ".".join(location)
    if item["type"] == "extra_forbidden":
        return f"unknown key {key}{_hint(location, model)}"
    if item["type"] == "missing":
        return f"missing key {key}"
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{key}: {message}" if key else message


def _hint(location: list[str], model: type[BaseModel]) -> str:
    known = _keys_at(location[:-1], model)
    if not known:
        return ""
    close = difflib.get_close_matches(location[-1], known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else f" (known: {', '.join(sorted(known))})"


def _keys_at(location: list[str], model: type[BaseModel]) -> list[str]:
    for part in location:
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
