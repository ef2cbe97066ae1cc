"""docs/sources-format.md: every key of a source file, made from the models that check it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kaz_crawlers.source import Source

_INTRODUCTION: Final = """\
# The keys of a source file

Made by `kazcorpus sources docs` from `crawlers/kaz_crawlers/source.py`; edit that.

A source is one TOML file, `<id>.toml`, that holds data and no code. Unknown keys are errors, and
the message names the nearest key there is. Patterns are
[RE2](https://github.com/google/re2/wiki/Syntax): they run in linear time and know neither
look-around nor back-references.
"""
_TYPES: Final = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
}


def format_page() -> str:
    """The whole page: the top of the file, then each table."""
    schema = Source.model_json_schema()
    tables = {key: value["$ref"] for key, value in schema["properties"].items() if "$ref" in value}
    parts = [_INTRODUCTION, _section("At the top", schema)]
    for key, reference in tables.items():
        table = schema["$defs"][reference.rpartition("/")[2]]
        parts.append(_section(f"`[{key}]`", table))
    return "\n".join(parts)


def _section(title: str, schema: Mapping[str, Any]) -> str:
    lines = [f"## {title}", "", _sentence(schema.get("description", "")), ""]
    lines += ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *_lines(schema), ""])


def _lines(schema: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required", ())
    for key, value in schema["properties"].items():
        if "$ref" in value:
            continue
        default = "needed" if key in required else _default(value.get("default"))
        cells = (f"`{key}`", _type(value), default, _sentence(value.get("description", "")))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _type(value: Mapping[str, Any]) -> str:
    if "format" in value:
        return str(value["format"])
    if "anyOf" in value:
        return _type(next(item for item in value["anyOf"] if item.get("type") != "null"))
    if value.get("type") == "array":
        least = f", {value['minItems']} or more" if "minItems" in value else ""
        return f"list: {_type(value['items'])}{least}"
    return _TYPES[value["type"]] + _bounds(value)


def _bounds(value: Mapping[str, Any]) -> str:
    least, most = value.get("minimum"), value.get("maximum")
    if least is None:
        return ""
    return f", {least:g} or more" if most is None else f", {least:g} to {most:g}"


def _default(value: object) -> str:
    return "" if value in (None, "", [], ()) else f"`{json.dumps(value)}`"


def _sentence(text: str) -> str:
    return " ".join(text.split())
