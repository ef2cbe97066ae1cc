"""Bytes to text: which character set a page is really in, whatever it says.

Kazakh sites in the single-byte KZ-1048 (STRK1048-2002) mostly call themselves windows-1251, and
UTF-8 pages are served under a windows-1251 header. So: a byte order mark, then bytes that can
only be UTF-16 or UTF-8, then what was declared, and inside the 1251 family the letters decide.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from w3lib.encoding import html_body_declared_encoding, resolve_encoding

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FAMILY: Final = ("cp1251", "kz1048", "ptcp154")
"""Three sets that differ only in the letters of particular languages; ties go to the first."""
_KAZAKH: Final = frozenset("ӘәҒғҚқҢңӨөҰұҮүҺһ")
_OTHERS: Final = frozenset("ЂђЃѓЌќЋћЏџЉљЊњЎўЈјҐґЄєЇїЅѕҖҗҲҳӢӣӮӯҸҷӶӷҶҹԚ‹›†‡•‰\x98")
"""Serbian, Macedonian, Ukrainian, Belarusian, Tajik letters and marks that the wrong set shows."""
_NEVER_KAZAKH: Final = frozenset("ЂђЃѓЉљЊњЏџҠҡҸҹҶҷҜҝҲҳҖҗӢӣӮӯӶӷԚ")
_NO_CHARSETS: Final = (
    "idna",
    "punycode",
    "raw-unicode-escape",
    "undefined",
    "unicode-escape",
    "utf-7",
)
"""Python's codecs that no page is written in."""

# declared of single-byte pages by habit, whatever they hold
_MEANINGLESS: Final = frozenset({"cp1251", "kz1048", "ptcp154", "cp1252", "iso8859-1", "ascii"})
_CYRILLIC_SETS: Final = frozenset({"koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic"})
_SAMPLE: Final = 4096
_MOST_BROKEN: Final = 0.01
"""Share of broken sequences among all non-ASCII characters of what is still called UTF-8."""
_HIGH: Final = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Decoded:
    """A page's text, the codec (Python's name) and why it was chosen."""

    text: str
    encoding: str
    reason: str


def decode(body: bytes, declared_http: str | None, forced: str | None = None) -> Decoded:
    """Decode a page. `declared_http` is the header's charset or whole Content-Type; never raises.

    `forced` is what the source file says of a site that is known to declare a wrong one.
    """
    if (known := _codec(forced)) is not None:
        return Decoded(body.decode(known, "replace"), known, "source file")
    return (
        _by_mark(body)
        or _as_utf16(body)
        or _as_utf8(body)
        or _as_declared(body, declared_http)
        or _by_letters(body, declared_http)
    )


def _by_mark(body: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, "byte order mark")
    return None


def _as_utf16(body: bytes) -> Decoded | None:
    """UTF-16 without a mark: markup makes every other byte zero."""
    sample = body[:_SAMPLE]
    if len(sample) < 8 or sample.count(0) < len(sample) // 8:
        return None
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if zeros.count(0) > 0.9 * sample.count(0):
            return Decoded(body.decode(encoding, "replace"), encoding, "every other byte is zero")
    return None


def _as_utf8(body: bytes) -> Decoded | None:
    try:
        return Decoded(body.decode(), "utf-8", "valid UTF-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = len(text) - sum(map(str.isascii, text))
    if broken <= max(1, int(_MOST_BROKEN * foreign)) and broken < foreign / 4:
        return Decoded(text, "utf-8", f"UTF-8 but for {broken} broken sequences")
    return None


def _as_declared(body: bytes, declared_http: str | None) -> Decoded | None:
    """What header or markup says, where it is neither the 1251 family nor a mere habit."""
    for origin, label in (("header", declared_http), ("markup", _declared_in_markup(body))):
        known = _codec(label)
        if known is None or known in _MEANINGLESS or known.startswith("utf-"):
            continue
        try:
            text = body.decode(known)
        except (UnicodeDecodeError, ValueError):
            continue
        if known not in _CYRILLIC_SETS or _reads_as_cyrillic(text):
            return Decoded(text, known, f"declared in the {origin}")
    return None


def _declared_in_markup(body: bytes) -> str | None:
    return html_body_declared_encoding(body[:_SAMPLE])


def _reads_as_cyrillic(text: str) -> bool:
    """Prose is mostly small letters; the wrong Cyrillic set shows mostly capitals or frames."""
    small = len(re.findall("[а-яё]", text))
    return small > len(re.findall("[А-ЯЁ\u2500-\u259f]", text))


def _by_letters(body: bytes, declared_http: str | None) -> Decoded:
    """The member of the 1251 family that shows most Kazakh letters and fewest foreign ones."""
    high = b"".join(_HIGH.findall(body))
    declared = {_codec(declared_http), _codec(_declared_in_markup(body))}
    shown = {name: high.decode(name, "replace") for name in _FAMILY}
    scores = {
        name: _score(letters)
        for name, letters in shown.items()
        if name == "cp1251" or name in declared or _could_be_kazakh(letters)
    }
    best = max(scores, key=scores.__getitem__)
    return Decoded(
        body.decode(best, "replace"), best, f"letters ({best} {scores[best]:+d} of {len(high)})"
    )


def _could_be_kazakh(letters: str) -> bool:
    """Whether the letters fit Kazakh, and are not Serbian, Macedonian or Ukrainian ones misread.

    Those show at most three of Kazakh's letters, and seldom "қ"; Macedonian shows it, together
    with letters that no Kazakh text has.
    """
    seen = set(letters)
    shows_kazakh = bool(seen & set("қҚ")) or len({letter.lower() for letter in seen & _KAZAKH}) > 3
    foreign = sum(letter in _NEVER_KAZAKH for letter in letters)
    return shows_kazakh and 50 * foreign <= sum(letter in _KAZAKH for letter in letters)


def _score(text: str) -> int:
    return sum(
        (letter in _KAZAKH)
        - (letter in _OTHERS or letter == "\ufffd" or "\x80" <= letter <= "\x9f")
        for letter in text
    )


def _codec(label: str | None) -> str | None:
    """Python's name of the set in a charset label or a whole Content-Type, or None."""
    if not label:
        return None
    named = re.search(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", label, re.IGNORECASE)
    name = named[1] if named else label.strip()
    if "/" in name or len(name) > 40:
        return None
    alias = re.sub(r"[^a-z0-9]", "", name.lower())
    if alias in ("kz1048", "rk1048", "strk10482002", "windows1048", "cp1048"):
        return "kz1048"
    resolved = resolve_encoding(name)
    return _text_codec(resolved) if resolved else None


def _text_codec(name: str) -> str | None:
    """`name` normalised, unless it is one of Python's codecs that are no character sets."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_charset = getattr(found, "_is_text_encoding", True)
    return found.name if is_charset and found.name.replace("_", "-") not in _NO_CHARSETS else None
