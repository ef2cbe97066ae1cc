"""Where personal data stands in a text, by type; nothing is changed here.

Patterns find candidates and `identifiers` proves them; what proves nothing (a document's number, a
car's plate) must have a telling shape or stand after its keyword. Sums, dates and numbers of laws
are none. Data never crosses a line, and only suspicious lines are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.addresses import find_addresses
from kaz_cleaning.identifiers import (
    identification_kind,
    is_card,
    is_kazakh_iban,
    is_public_address,
)
from kaz_cleaning.phones import SPACE, find_phones
from kaz_cleaning.suspicious_lines import (
    ACCOUNT,
    AT,
    CARD_NUMBER,
    COLONS,
    DOTTED,
    GROUPED_NUMBER,
    IDENTIFICATION,
    LONG_NUMBER,
    MASKED,
    NAMED_IDENTIFICATION,
    NATIONAL_NUMBER,
    OFFICE,
    PLATE,
    SPOKEN,
    STREET,
    SUSPICIOUS,
    lines_to_read,
)

KINDS: Final = ("iban", "card", "iin", "bin", "id", "email", "plate", "ip", "phone", "address")
"""In this order two that overlap are decided: what proves itself first."""


@dataclass(frozen=True, order=True)
class Found:
    """A piece of personal data: code points `start` to `end` of a text."""

    start: int
    end: int
    kind: str


_EMAIL: Final = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64}(?:@|\s?[\[(](?:at|собака)[\])]\s?)(?:[\w-]{1,63}\.)+?"
    r"(?:(?:kz|ru|com|org|net|info)(?=https?:|www\.)|[^\W\d_]{2,24}(?![\w-]|\.[^\W\d_]))"
)
_IBAN: Final = re.compile(f"(?<![0-9A-Za-z])[Kk][Zz](?:{SPACE}?[0-9A-Za-z]){{18}}(?![0-9A-Za-z])")
_CARD: Final = re.compile(
    f"(?<![0-9])(?<![0-9][.,-])[2-6][0-9]{{3}}(?:(?:{SPACE}|-)?[0-9]{{4}}){{3}}(?![0-9])"
)
_IDENTIFICATION: Final = re.compile("(?<![0-9])(?<![0-9][.,/-])[0-9]{12}(?![0-9]|[.,/-][0-9])")
_SPACED_IDENTIFICATION: Final = re.compile(
    rf"(?i)\b(?:ЖСН|БСН|ИИН|БИН|IIN|BIN|JSN|BSN)\b[\s:№–-]{{0,5}}"
    rf"(?P<number>[0-9]{{2,6}}(?:{SPACE}[0-9]{{2,6}}){{1,5}})(?![0-9])"
)
_NUMBERED: Final = r"(?:[\s:,;.(]|№|N[oº°]?\b|нөмірі?|номері?|сериясы|серия|no\b){0,8}"
_DOCUMENT: Final = re.compile(
    r"(?i)\b(?:(?:жеке\s+(?:басының\s+)?куәлі[кг]|жеке\s+басын\s+куәландыратын\s+құжат"
    r"|удостоверени[ея]\s+личности|уд(?:ост)?\.?\s?л(?:ич(?:ности)?)?\b\.?|ID\s?card|төлқұжат"
    rf"|паспорт|passport)\w*){_NUMBERED}(?:нің\b|ның\b)?{_NUMBERED}"
    r"(?P<number>(?:[NН]\s?[0-9]{8}|0[0-9]{8}|(?<=№)[0-9]{8,9}|(?<=№\s)[0-9]{8,9}"
    r"|(?<=мірі\s)[0-9]{8,9}|(?<=мер\s)[0-9]{8,9}))(?![0-9])"
)
_PASSPORT: Final = re.compile(r"(?<![\w№])(?<!№\s)N[0-9]{8}(?!\w)")
_REGION: Final = "(?:0[1-9]|1[0-9]|20)"
_PLATE: Final = re.compile(
    rf"(?<![\w-])[0-9]{{3}}[A-Z]{{2,3}}{_REGION}(?!\w)"
    rf"|(?i:көлі[кг]\w*|авто\w*|машина\w*|нөмір\w*|госномер\w*|номер\w*|г/н)\W{{1,3}}(?:\w{{2,12}}\W{{1,3}})?"
    rf"(?P<number>[0-9]{{3}} [A-Z]{{2,3}} {_REGION}|[A-Z] ?[0-9]{{3}} ?[A-Z]{{2,3}})(?!\w)"
)
_IPV4: Final = re.compile(r"(?<![\w.,-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w-]|\.[0-9])")
_IPV6: Final = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![\w:])")
_ADDRESS_WORD: Final = re.compile(r"(?i)\b(?:ip|айпи)\b\W{0,3}(?:\w{1,12}\W{1,3})?$")
_LARGE_OCTET: Final = 100
"""Paragraph 1.2.3.4 of a law is no address; without the word IP a large part must tell."""


def find_personal_data(text: str) -> list[Found]:
    """Every piece, in order, none overlapping another."""
    return find_in_all([text])[0]


def find_in_all(texts: Sequence[str]) -> list[list[Found]]:
    """The same for many texts, whose lines are looked at in one pass."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    found: list[list[Found]] = [[] for _ in texts]
    for text, start, end, offset, signs in lines_to_read(encoded, SUSPICIOUS | STREET).tolist():
        if signs & _ANY:
            line = encoded[text][start:end].decode("utf-8", "surrogatepass")
            found[text] += _in_line(line, offset, signs)
    return found


def _in_line(line: str, offset: int, signs: int) -> list[Found]:
    def strongest(found: Found) -> tuple[int, int, int]:
        return KINDS.index(found.kind), found.start - found.end, found.start

    chosen: list[Found] = []
    for found in sorted(_candidates(line, signs), key=strongest):
        if all(found.end <= other.start or found.start >= other.end for other in chosen):
            chosen.append(found)
    return sorted(Found(found.start + offset, found.end + offset, found.kind) for found in chosen)


def _candidates(line: str, signs: int) -> Iterator[Found]:
    near = _windows(line) if signs & _IN_WINDOWS else []
    for sign, pattern, kind in _SHAPES:
        if signs & sign != sign:
            continue
        for window in near:
            for match in pattern.finditer(line, *window):
                group = "number" if match.groupdict().get("number") else 0
                proven = kind if kind in ("email", "id", "plate") else _proven(kind, match, group)
                if proven is not None:
                    yield Found(match.start(group), match.end(group), proven)
    if signs & _TELEPHONE:
        yield from (Found(start, end, "phone") for start, end in find_phones(line, near, signs))
    if signs & (STREET | OFFICE):
        yield from (Found(start, end, "address") for start, end in find_addresses(line, signs))


def _windows(line: str) -> list[tuple[int, int]]:
    """Parts of a line around what makes it suspicious: a paragraph may be long."""
    windows: list[tuple[int, int]] = []
    for spot in _spots(line):
        start = line.rfind(" ", 0, max(0, spot.start() - _AROUND)) + 1
        end = line.find(" ", spot.end() + _AROUND)
        end = end if end >= 0 else len(line)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    return windows


def _spots(line: str) -> Iterator[re.Match[str]]:
    """What `_SPOT` finds, asked only where a character can begin it."""
    at = 0
    while (first := _FIRST.search(line, at)) is not None:
        spot = _SPOT.match(line, first.start())
        at = first.end() if spot is None else spot.end()
        if spot is not None:
            yield spot


def _proven(kind: str, match: re.Match[str], group: str | int) -> str | None:
    """The type that a candidate proves to be, or None."""
    value = re.sub(SPACE, "", match[group])
    if kind == "iban":
        return kind if is_kazakh_iban(value) else None
    if kind == "card":
        return kind if is_card(value.replace("-", "")) else None
    if kind == "ip":
        return kind if _is_address(match) else None
    return identification_kind(value)


def _is_address(match: re.Match[str]) -> bool:
    if not is_public_address(match[0]):
        return False
    told = _ADDRESS_WORD.search(match.string, max(0, match.start() - 30), match.start())
    large = ":" in match[0] or max(map(int, match[0].split("."))) >= _LARGE_OCTET
    return told is not None or large


_SPOT: Final = re.compile(
    r"[0-9](?:[^0-9A-Za-zЀ-ӿ]{0,5}[0-9]){3}|@|[\[(](?:at|соб)|[0-9]{3} ?[A-Z]{2}|[A-Z] ?[0-9]{3}"
    r"|[0-9A-Fa-f]:[0-9A-Fa-f:]|<PHONE"
)
_FIRST: Final = re.compile(r"[0-9@\[(A-Za-f<]")
"""What every spot begins with."""
_AROUND: Final = 80
"""Code points: a keyword stands so near."""

_SHAPES: Final = (
    (AT, _EMAIL, "email"),
    (ACCOUNT, _IBAN, "iban"),
    (CARD_NUMBER, _CARD, "card"),
    (IDENTIFICATION, _IDENTIFICATION, "identification"),
    (NAMED_IDENTIFICATION | GROUPED_NUMBER, _SPACED_IDENTIFICATION, "identification"),
    (LONG_NUMBER, _DOCUMENT, "id"),
    (LONG_NUMBER, _PASSPORT, "id"),
    (PLATE, _PLATE, "plate"),
    (DOTTED, _IPV4, "ip"),
    (COLONS, _IPV6, "ip"),
)
"""The signs without which a pattern cannot match, the pattern, and what it finds."""
_TELEPHONE: Final = NATIONAL_NUMBER | SPOKEN | MASKED
_IN_WINDOWS: Final = (
    AT
    | ACCOUNT
    | CARD_NUMBER
    | IDENTIFICATION
    | NAMED_IDENTIFICATION
    | LONG_NUMBER
    | PLATE
    | DOTTED
    | COLONS
    | _TELEPHONE
)
_ANY: Final = _IN_WINDOWS | STREET | OFFICE
