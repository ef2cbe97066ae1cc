"""Dictionaries of structured fields (RFC 9651, sections 3.2 and 4.2.2), read strictly."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Final, NamedTuple

_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*")
_TOKEN: Final = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
_NUMBER: Final = re.compile(r"-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])")
_STRING: Final = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BYTES: Final = re.compile(r":([A-Za-z0-9+/=]*):")
_DISPLAY: Final = re.compile(r'%"((?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*)"')
_SPACES: Final = re.compile(" *")
_OPTIONAL_SPACE: Final = re.compile(r"[ \t]*")


class NotAField(ValueError):
    """A value that RFC 9651 does not let be parsed."""


class Token(str):
    """A bare word, which is another value than a string of the same letters."""

    __slots__ = ()


class Item(NamedTuple):
    """A member of a dictionary; `value` is True where only the key stood."""

    value: Any
    parameters: dict[str, Any]


def parse_dictionary(text: str) -> dict[str, Item]:
    """The members by key, the last of each. Raises NotAField."""
    reader = _Reader(text)
    members: dict[str, Item] = {}
    while not reader.ended:
        key = reader.need(_KEY, "a key")
        value = reader.item_or_list() if reader.skip("=") else True
        members.pop(key, None)
        members[key] = Item(value, reader.parameters())
        reader.match(_OPTIONAL_SPACE)
        if reader.ended:
            break
        if not reader.skip(","):
            raise NotAField(f"no comma at character {reader.position}")
        reader.match(_OPTIONAL_SPACE)
        if reader.ended:
            raise NotAField("it ends with a comma")
    return members


class _Reader:
    """The text and how far it was read."""

    def __init__(self, text: str) -> None:
        self._text = text.strip(" ")
        self.position = 0

    @property
    def ended(self) -> bool:
        return self.position >= len(self._text)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self.position)
        if found:
            self.position = found.end()
        return found

    def need(self, pattern: re.Pattern[str], what: str) -> str:
        found = self.match(pattern)
        if found is None:
            raise NotAField(f"no {what} at character {self.position}")
        return found[0]

    def skip(self, character: str) -> bool:
        here = self._text.startswith(character, self.position)
        self.position += here
        return here

    def item_or_list(self) -> Any:
        return self._inner_list() if self.skip("(") else self._bare_item()

    def parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = {}
        while self.skip(";"):
            self.match(_SPACES)
            key = self.need(_KEY, "a parameter")
            parameters[key] = self._bare_item() if self.skip("=") else True
        return parameters

    def _inner_list(self) -> list[Any]:
        items: list[Any] = []
        while True:
            self.match(_SPACES)
            if self.skip(")"):
                return items
            items.append(self._bare_item())
            self.parameters()
            if self._text[self.position : self.position + 1] not in (" ", ")"):
                raise NotAField("a list without an end")

    def _bare_item(self) -> Any:
        if found := self.match(_TOKEN):
            return Token(found[0])
        if found := self.match(_STRING):
            return re.sub(r"\\(.)", r"\1", found[1])
        if self.skip("?"):
            return self.need(re.compile("[01]"), "a boolean") == "1"
        if self.skip("@"):
            return int(self.need(re.compile(r"-?\d{1,15}(?![\d.])"), "a date"))
        if found := self.match(_NUMBER):
            return float(found[0]) if "." in found[0] else int(found[0])
        return self._encoded_item()

    def _encoded_item(self) -> Any:
        try:
            if found := self.match(_BYTES):
                return base64.b64decode(found[1], validate=True)
            if found := self.match(_DISPLAY):
                hexadecimal = re.compile("%([0-9a-f]{2})")
                raw = hexadecimal.sub(lambda pair: chr(int(pair[1], 16)), found[1])
                return raw.encode("latin-1").decode("utf-8")
        except (binascii.Error, UnicodeError) as error:
            raise NotAField(str(error)) from error
        raise NotAField(f"no value at character {self.position}")
