"""Personal data replaced by what it was: `<IIN>`, `<PHONE>`, `<EMAIL>`, or by a keyed pseudonym.

A pseudonym is a keyed hash of the value (HMAC-SHA256, RFC 2104), so that one person's number is
one pseudonym in every document, whatever the order of work, and nobody without the key can try
numbers against it.
"""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kaz_cleaning.personal_data import Found, find_in_all, find_personal_data

_LETTERS: Final = 10
"""Of 26 each: 47 bits, so a million values meet by chance once in 280 corpora."""


@dataclass(frozen=True, kw_only=True)
class MaskConfig:
    """What is masked and by what."""

    key: str = field(default="", repr=False)
    """With a key, `<PHONE:qhsvbkzmwd>` instead of `<PHONE>`; keep it secret and out of releases."""

    keep: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"law": ("bin",), "government": ("bin",)}
    )
    """Types that stay in documents of a kind: the numbers of state bodies in official acts are
    public, and the number of an organisation is no person's."""


@dataclass(frozen=True)
class Masked:
    """A text without personal data, and how many pieces were replaced, by type in lower case."""

    text: str
    counts: dict[str, int]


def mask(text: str, kind: str = "", config: MaskConfig | None = None) -> Masked:
    """Replace personal data in one line or a whole document; doing it again changes nothing.

    `kind` is what the source publishes (news, law, …), for the types that such documents keep.
    """
    return mask_all([text], [kind], config or MaskConfig())[0]


def mask_all(texts: Sequence[str], kinds: Sequence[str], config: MaskConfig) -> list[Masked]:
    """The same for many texts, each of its kind: most hold nothing, which one pass tells."""
    found = find_in_all(texts)
    return [
        _masked(text, pieces, config.keep.get(kind, ()), config.key) if pieces else Masked(text, {})
        for text, pieces, kind in zip(texts, found, kinds, strict=True)
    ]


def _masked(text: str, found: list[Found], kept: Collection[str], key: str) -> Masked:
    counts: Counter[str] = Counter()
    while True:  # what is masked may show the next of a list: rarely a second round
        found = [piece for piece in found if piece.kind not in kept]
        if not found:
            return Masked(text, dict(counts))
        counts.update(piece.kind for piece in found)
        text = _replaced(text, found, key)
        found = find_personal_data(text)


def _replaced(text: str, found: list[Found], key: str) -> str:
    pieces, at = [], 0
    for piece in found:
        name = piece.kind.upper()
        if key:
            name += ":" + pseudonym(piece.kind, text[piece.start : piece.end], key)
        pieces += [text[at : piece.start], f"<{name}>"]
        at = piece.end
    return "".join([*pieces, text[at:]])


def pseudonym(kind: str, value: str, key: str) -> str:
    """Ten letters that stand for a value; one spelling of a number is all its spellings."""
    digest = hmac.digest(key.encode(), f"{kind}:{_spelling(kind, value)}".encode(), "sha256")
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(_LETTERS):
        number, letter = divmod(number, 26)
        letters.append(chr(ord("a") + letter))
    return "".join(letters)


def _spelling(kind: str, value: str) -> str:
    if kind in ("phone", "card", "iin", "bin"):
        digits = re.sub("[^0-9]", "", value)
        return digits[1:] if kind == "phone" and len(digits) == 11 and digits[0] in "78" else digits
    return re.sub(r"\s", "", value).casefold()
