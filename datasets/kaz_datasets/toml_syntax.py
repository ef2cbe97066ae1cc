"""Reading TOML that people write: what a parser cannot make sense of, in words that help."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from kaz_datasets.errors import BadConfiguration, NotFound

_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)$")
_LONGEST_LINE: Final = 80
"""Characters of the line in question that are shown."""

# What tomllib says, and what has usually happened.
_USUAL: Final = (
    ("Unescaped '\\'", "a backslash stays a backslash only in single quotes: 'a\\d+'"),
    ("Cannot overwrite a value", "this key is given twice"),
    ("Cannot declare", "this table is there twice"),
    ("Unclosed array", "a comma between two values, or the ] at the end, is missing"),
    ("Illegal character", "the quote at the end of a text is missing"),
    ("Unterminated string", "the quote at the end of a text is missing"),
    ("Expected '='", "write key = value"),
    ("Invalid value", 'a text stands in straight quotes: "text"'),
    ("Expected newline or end of document", "one key = value a line; a day is 2026-11-01"),
    ("Invalid statement", "write key = value, or [table]"),
)


def read_toml(path: Path) -> dict[str, Any]:
    """The values in `path`. Raises NotFound, or BadConfiguration naming file, line and remedy."""
    if not path.is_file():
        raise NotFound(f"no such file: {path}")
    try:
        # Some editors begin a file with a byte order mark, which TOML does not know.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadConfiguration(f"{path.name} is not UTF-8: save it in that encoding") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(
            f"{path.name} is not valid TOML: {_explained(str(error), text)}"
        ) from error
    except RecursionError as error:
        raise BadConfiguration(f"{path.name} is not valid TOML: nested too deeply") from error


def _explained(reason: str, text: str) -> str:
    hint = next((f"; {hint}" for words, hint in _USUAL if words in reason), "")
    place = _PLACE.search(reason)
    if place is None:
        return f"{reason}{hint}"
    lines = text.split("\n")
    line = lines[min(int(place[1]), len(lines)) - 1].strip()[:_LONGEST_LINE]
    shown = "".join(c if c.isprintable() else " " for c in line)
    return f"{_PLACE.sub('', reason).strip()} in line {place[1]}{hint} (it is: {shown})"
