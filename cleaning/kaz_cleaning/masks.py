"""Personal data replaced by what it was: `<IIN>`, `<PHONE>`, `<EMAIL>` and the like.

Patterns find candidates and `identifiers` proves them; what proves nothing (a phone, a document's
number) must have a telling shape or stand after its keyword. Sums, dates and numbers of laws stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kaz_cleaning.identifiers import (
    identification_kind,
    is_card,
    is_kazakh_iban,
    is_public_address,
)


@dataclass(frozen=True)
class Masked:
    """A text without personal data, and how many pieces were replaced, by type in lower case."""

    text: str
    counts: dict[str, int]


_Judge = Callable[[re.Match[str]], str | None]
"""Names the type of a match, or None where it is something else."""
_Rule = tuple[re.Pattern[str], _Judge]

_SPACE: Final = "[ \t\u00a0\u2009\u202f]"
_DASH: Final = "[-\u2010-\u2015\u2212]"
_GAP: Final = f"(?:{_SPACE}?{_DASH}{_SPACE}?|[.]|{_SPACE}{{1,2}})?"
"""Between two groups of a number: nothing, a dash, a full stop or a space."""

_EMAIL: Final = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64}(?:@|\s?[\[(](?:at|собака)[\])]\s?)(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}(?![^\W\d_])"
)
_IBAN: Final = re.compile(f"(?<![0-9A-Za-z])[Kk][Zz](?:{_SPACE}?[0-9A-Za-z]){{18}}(?![0-9A-Za-z])")
_CARD: Final = re.compile(
    f"(?<![0-9])(?<![0-9][.,-])[2-6][0-9]{{3}}(?:(?:{_SPACE}|-)?[0-9]{{4}}){{3}}(?![0-9])"
)
_IDENTIFICATION: Final = re.compile("(?<![0-9])(?<![0-9][.,/-])[0-9]{12}(?![0-9]|[.,/-][0-9])")
_SPACED_IDENTIFICATION: Final = re.compile(
    rf"(?i)(?P<keep>\b(?:ЖСН|БСН|ИИН|БИН|IIN|BIN|JSN|BSN)\b[\s:№–-]{{0,5}})"
    rf"(?P<number>[0-9]{{2,6}}(?:{_SPACE}[0-9]{{2,6}}){{1,5}})(?![0-9])"
)

_NUMBERED: Final = r"(?:[\s:,;.(]|№|N[oº°]?\b|нөмірі?|номері?|сериясы|серия|no\b){0,8}"
_DOCUMENT: Final = re.compile(
    r"(?i)(?P<keep>\b(?:(?:жеке\s+(?:басының\s+)?куәлі[кг]|жеке\s+басын\s+куәландыратын\s+құжат"
    r"|удостоверени[ея]\s+личности|уд(?:ост)?\.?\s?л(?:ич(?:ности)?)?\b\.?|ID\s?card|төлқұжат"
    rf"|паспорт|passport)\w*){_NUMBERED}(?:нің\b|ның\b)?{_NUMBERED})"
    r"(?P<number>(?:[NН]\s?[0-9]{8}|0[0-9]{8}|(?<=№)[0-9]{8,9}|(?<=№\s)[0-9]{8,9}"
    r"|(?<=мірі\s)[0-9]{8,9}|(?<=мер\s)[0-9]{8,9}))(?![0-9])"
)


def _national(code: str) -> str:
    """Ten digits: an area code of three to five, in brackets or not, and the subscriber's rest.

    `code` matches the code's first three digits; the others may follow a dash, as in (718-2).
    """
    ways = (
        rf"{code}{_DASH}?[0-9]{{{more}}}{_SPACE}?\)?(?:{_GAP}[0-9]){{{7 - more}}}"
        for more in (2, 1)
    )
    return f"(?:{'|'.join(ways)}|{code}{_SPACE}?\\)?(?:{_GAP}[0-9]){{7}})(?![0-9])"


_BEFORE_PHONE: Final = r"(?<![\w+])(?<![0-9][.,/:-])"
_PHONE: Final = re.compile(
    rf"{_BEFORE_PHONE}\(?(?:\+{_SPACE}?7{_GAP}\(?{_SPACE}?{_national('[3-9][0-9]{2}')}"
    rf"|8{_GAP}\(?{_SPACE}?{_national('(?:7[0-9]{2}|800|9[0-9]{2})')})"
)
_ODD_LENGTH: Final = re.compile(
    rf"{_BEFORE_PHONE}(?:8{_SPACE}?)?\(7[0-9]{{3,4}}\){_SPACE}?"
    rf"[0-9]{{1,2}}{_DASH}?[0-9]{{2}}{_DASH}?[0-9]{{2}}(?![0-9])"
)
"""A digit short or over: regional offices print many such."""
_BARE_MOBILE: Final = re.compile(
    r"(?<![\w+])(?<![0-9][.,/:-])7(?:70[0-8]|747|75[01]|76[0-4]|77[1-8])[0-9]{7}(?![0-9]|[.,/-][0-9])"
)
_CITY_CODE: Final = re.compile(rf"{_BEFORE_PHONE}\({_SPACE}?{_national('7[0-9]{2}')}")
_ABROAD: Final = re.compile(
    rf"(?<![\w+])\+{_SPACE}?(?:99[234568]|37[0-5]|380|90|86|49|44)"
    rf"(?:{_GAP}\(?[0-9]{{1,4}}\)?){{2,5}}(?![0-9])"
)
_ABROAD_DIGITS: Final = range(11, 14)
_LOCAL: Final = rf"[0-9]{{1,3}}{_DASH}[0-9]{{2}}{_DASH}[0-9]{{2}}(?![0-9]|{_DASH}[0-9])"
_AFTER_KEYWORD: Final = re.compile(
    rf"(?i)(?P<keep>\b(?:тел(?:ефон\w*)?|факс\w*|ұялы|моб|tel|phone|fax)\b[\s.:/№–-]{{0,6}})"
    rf"(?P<number>{_LOCAL}|[0-9]{{5,7}}(?![0-9]|[.,]?[0-9]))"
)
_NEXT_PHONE: Final = re.compile(rf"(?P<keep><PHONE>\s?[,;/]\s?)(?P<number>{_LOCAL})")

_IPV4: Final = re.compile(r"(?<![\w.,-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w-]|\.[0-9])")
_IPV6: Final = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![\w:])")
_ADDRESS_WORD: Final = re.compile(r"(?i)\b(?:ip|айпи)\b\W{0,3}(?:\w{1,12}\W{1,3})?$")
_LARGE_OCTET: Final = 100
"""Paragraph 1.2.3.4 of a law is no address; without the word IP a large part must tell."""

_AT: Final = re.compile(r"@|[\[(](?:at|собака)[\])]")
_LONG_NUMBER: Final = re.compile(
    r"[0-9](?:[^0-9A-Za-zЀ-ӿ\n]{0,5}[0-9]){4}|(?:[0-9]{1,3}\.){3}[0-9]|[0-9A-Fa-f]{1,4}:.?[0-9A-Fa-f:]"
)
"""Every rule about numbers needs five digits, or an address; most lines have none."""


def mask(text: str) -> Masked:
    """Replace personal data in one line or a whole document; doing it again changes nothing."""
    counts: Counter[str] = Counter()
    before = None
    while text != before:  # a phone uncovers the next in its list: two or three rounds
        before = text
        for pattern, judge in _rules_for(text):
            text = _replace(pattern, judge, text, counts)
    return Masked(text, dict(counts))


def _rules_for(text: str) -> Iterator[_Rule]:
    """Most lines hold neither an address nor a long number, and two linear looks tell."""
    if _AT.search(text):
        yield _EMAIL, _always("email")
    if _LONG_NUMBER.search(text):
        yield from _NUMBER_RULES


def _replace(pattern: re.Pattern[str], judge: _Judge, text: str, counts: Counter[str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        kind = judge(match)
        if kind is None:
            return match[0]
        counts[kind] += 1
        return (match.groupdict().get("keep") or "") + f"<{kind.upper()}>"

    return pattern.sub(replacement, text)


def _digits(match: re.Match[str]) -> str:
    return re.sub("[^0-9]", "", match.groupdict().get("number") or match[0])


def _iban(match: re.Match[str]) -> str | None:
    return "iban" if is_kazakh_iban(re.sub(_SPACE, "", match[0])) else None


def _card(match: re.Match[str]) -> str | None:
    return "card" if is_card(_digits(match)) else None


def _identification(match: re.Match[str]) -> str | None:
    return identification_kind(_digits(match))


def _abroad_phone(match: re.Match[str]) -> str | None:
    return "phone" if len(_digits(match)) in _ABROAD_DIGITS else None


def _address(match: re.Match[str]) -> str | None:
    if not is_public_address(match[0]):
        return None
    told = _ADDRESS_WORD.search(match.string, max(0, match.start() - 30), match.start())
    if told or ":" in match[0] or max(map(int, match[0].split("."))) >= _LARGE_OCTET:
        return "ip"
    return None


def _always(kind: str) -> _Judge:
    return lambda match: kind


_NUMBER_RULES: Final[tuple[_Rule, ...]] = (
    (_IBAN, _iban),
    (_CARD, _card),
    (_IDENTIFICATION, _identification),
    (_SPACED_IDENTIFICATION, _identification),
    (_DOCUMENT, _always("id")),
    (_PHONE, _always("phone")),
    (_BARE_MOBILE, _always("phone")),
    (_CITY_CODE, _always("phone")),
    (_ODD_LENGTH, _always("phone")),
    (_ABROAD, _abroad_phone),
    (_AFTER_KEYWORD, _always("phone")),
    (_NEXT_PHONE, _always("phone")),
    (_IPV4, _address),
    (_IPV6, _address),
)
"""In this order: a longer number is taken before a shorter one is seen inside it."""
