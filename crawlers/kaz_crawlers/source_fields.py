"""What a single value of a source file may be: addresses, patterns, selectors, names."""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import re2
from cssselect import SelectorError
from cssselect import parse as parse_selector
from pydantic import AfterValidator, Field, PlainValidator

from kaz_datasets.vocabulary import KINDS, RIGHTS_BASES

LONGEST_PATTERN: Final = 1000
"""Characters of one pattern."""

LONGEST_SELECTOR: Final = 500
"""Characters of one CSS selector; those of real sites have a few dozen."""

_LOOKS_AROUND: Final = re.compile(r"\(\?<?[=!]")
_IDENTIFIER: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_ENTRY_POINT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")

NEVER: Final = "never"
"""Nobody has looked at the live site yet."""


def _known_kind(value: str) -> str:
    return _one_of(value, KINDS)


def _known_basis(value: str) -> str:
    return _one_of(value, RIGHTS_BASES)


def _one_of(value: str, known: Sequence[str]) -> str:
    if value in known:
        return value
    close = difflib.get_close_matches(value, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
    raise ValueError(f"unknown value {value!r} ({hint})")


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"{value!r} is not a web address (http:// or https:// and a host)")
    if any(c.isspace() or not c.isprintable() for c in value):
        raise ValueError(f"{value!r} holds a space: copy the address from the browser's line")
    return value


def _pattern(value: str) -> str:
    """Check a contributor's pattern with RE2: it runs in linear time, so none can hang a crawl."""
    if len(value) > LONGEST_PATTERN:
        raise ValueError(f"a pattern of {len(value)} characters (at most {LONGEST_PATTERN})")
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(value, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        hint = ": say with reject what is not wanted" if _LOOKS_AROUND.search(value) else ""
        raise ValueError(f"not a pattern that RE2 knows: '{value}' ({reason}){hint}") from error
    return value


def _selector(value: str) -> str:
    if len(value) > LONGEST_SELECTOR:
        raise ValueError(f"a selector of {len(value)} characters (at most {LONGEST_SELECTOR})")
    try:
        parse_selector(value)
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {value!r} ({error})") from error
    return value


def _character_set(value: str) -> str:
    try:
        codecs.lookup(value)
    except LookupError as error:
        raise ValueError(f"Python knows no character set {value!r}") from error
    return value


def _identifier(value: str) -> str:
    if not _IDENTIFIER.fullmatch(value):
        raise ValueError(
            f"{value!r} is no id: write 2 to 63 of a-z, 0-9 and dashes, as sait-kz for sait.kz"
        )
    return value


def _entry_point(value: str) -> str:
    if not _ENTRY_POINT.fullmatch(value):
        raise ValueError(f"{value!r} cannot be the name of an entry point")
    return value


def _day_or_never(value: object) -> date | str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        if value == NEVER:
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError('write the day you looked, such as 2026-11-01, or "never"')


def _shown_as(words: str) -> Any:
    """What the documentation calls such a value."""
    return Field(json_schema_extra={"format": words})


Kind = Annotated[str, AfterValidator(_known_kind), _shown_as(f"one of {', '.join(KINDS)}")]
Basis = Annotated[str, AfterValidator(_known_basis), _shown_as(f"one of {', '.join(RIGHTS_BASES)}")]
Address = Annotated[str, AfterValidator(_web_address), _shown_as("web address")]
Pattern = Annotated[str, AfterValidator(_pattern), _shown_as("RE2 pattern")]
Selector = Annotated[str, AfterValidator(_selector), _shown_as("CSS selector")]
CharacterSet = Annotated[str, AfterValidator(_character_set), _shown_as("character set")]
DayOrNever = Annotated[
    date | Literal["never"], PlainValidator(_day_or_never), _shown_as('day, or "never"')
]
Identifier = Annotated[str, AfterValidator(_identifier), _shown_as("a-z, 0-9 and dashes")]
EntryPointName = Annotated[str, AfterValidator(_entry_point), _shown_as("entry point")]
