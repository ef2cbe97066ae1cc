"""TOML files that people write: every key known, every value checked, typing errors hinted at."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.toml_syntax import read_toml


class StrictModel(BaseModel):
    """A table of a TOML file: unknown keys are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)

# What to write instead, by pydantic's names of errors (docs.pydantic.dev/latest/errors).
_REMEDIES: Final = {
    "string_type": "write a text in quotes",
    "tuple_type": 'write a list, such as ["a", "b"]',
    "int_type": "write a whole number, without quotes",
    "int_parsing": "write a whole number, without quotes",
    "int_from_float": "write a whole number",
    "float_type": "write a number, without quotes",
    "float_parsing": "write a number, without quotes",
    "bool_type": "write true or false, without quotes",
    "bool_parsing": "write true or false, without quotes",
}


_NAMED: Final = re.compile(r"([a-z_]+\.[a-z_]+): ")
"""How a check of the whole file names the key that it is about."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing that is wrong in a file."""

    key: str
    """`table.key`; empty where several keys do not go together."""
    message: str
    """What is wrong, for a reader who sees the key beside it."""

    def __str__(self) -> str:
        if self.message.startswith(("unknown key", "missing key")):
            verdict, _, hint = self.message.partition(" key")
            return f"{verdict} key {self.key}{hint}"
        return f"{self.key}: {self.message}" if self.key else self.message


def load_toml(path: Path, model: type[Model]) -> Model:
    """Read `path` as `model`. Raises NotFound, or BadConfiguration naming file, key and reason."""
    return validate(read_toml(path), model, path.name)


def validate(raw: Mapping[str, Any], model: type[Model], where: str) -> Model:
    """Check a mapping against `model`. Raises BadConfiguration with one clause a mistake."""
    try:
        return model.model_validate(dict(raw))
    except ValidationError as error:
        clauses = "; ".join(map(str, _mistakes(error, model)))
        raise BadConfiguration(f"{where}: {clauses}") from error


def mistakes(raw: Mapping[str, Any], model: type[BaseModel]) -> list[Mistake]:
    """What `validate` would complain of, one by one; empty for what is sound."""
    try:
        model.model_validate(dict(raw))
    except ValidationError as error:
        return _mistakes(error, model)
    return []


def _mistakes(error: ValidationError, model: type[BaseModel]) -> list[Mistake]:
    items = error.errors(include_url=False)
    # A list whose only value was refused is "too short" as well, which says nothing new.
    refused = {
        item["loc"][:-1] for item in items if item["loc"] and isinstance(item["loc"][-1], int)
    }
    return [
        _mistake(item["loc"], dict(item), model)
        for item in items
        if not (item["type"] == "too_short" and item["loc"] in refused)
    ]


def _mistake(
    location: Sequence[int | str], item: Mapping[str, Any], model: type[BaseModel]
) -> Mistake:
    path = [str(part) for part in location]
    if item["type"] == "extra_forbidden":
        return Mistake(key=".".join(path), message=f"unknown key{_hint(path, model)}")
    if item["type"] == "missing":
        table = f": it is a table, [{path[-1]}]" if _is_table(path, model) else ""
        return Mistake(key=".".join(path), message=f"missing key{table}")
    if location and isinstance(location[-1], int):
        path.pop()  # which value of a list it is, is told by the value
    if item["type"] in ("model_type", "dict_type", "model_attributes_type"):
        return Mistake(key=".".join(path), message=f"it is a table: begin it with [{path[-1]}]")
    message = _REMEDIES.get(item["type"], str(item["msg"]).removeprefix("Value error, "))
    if not path and (named := _NAMED.match(message)):
        return Mistake(key=named[1], message=message[named.end() :])
    return Mistake(key=".".join(path), message=message)


def _is_table(path: list[str], model: type[BaseModel]) -> bool:
    return bool(_keys_at(path, model))


def _hint(path: list[str], model: type[BaseModel]) -> str:
    known = _keys_at(path[:-1], model)
    if not known:
        return ""
    if home := _home_of(path[-1], model):
        return f": it belongs {home}"
    close = difflib.get_close_matches(path[-1], known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else f" (known: {', '.join(sorted(known))})"


def _home_of(key: str, model: type[BaseModel]) -> str | None:
    """Where a key that stands in the wrong place is known."""
    if key in _keys_at([], model):
        return "at the top, before the first table"
    tables = (name for name in model.model_fields if key in _keys_at([name], model))
    return next((f"into the table [{name}]" for name in tables), None)


def _keys_at(path: list[str], model: type[BaseModel]) -> list[str]:
    for part in path:
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
