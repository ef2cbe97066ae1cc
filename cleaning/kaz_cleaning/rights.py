"""What a page says, to machines, about training on it.

Every statement seen is kept as `name=value`; a refusal in any of them is a refusal. Sources:
AIPREF (IETF drafts draft-ietf-aipref-vocab and -attach, header Content-Usage), Content Signals
(header Content-Signal), TDMRep (W3C community group: header and meta tdm-reservation), and the
`noai` directive of X-Robots-Tag and meta robots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_MAX_VALUE: Final = 200
_HEADERS: Final = (
    "content-usage",
    "content-signal",
    "tdm-reservation",
    "tdm-policy",
    "x-robots-tag",
)
_META_NAMES: Final = ("robots", "content-usage", "content-signal", "tdm-reservation", "tdm-policy")

# `noimageai` alone speaks of pictures; this project takes none
_NO_AI: Final = re.compile(r"(?<![\w-])noai(?![\w-])")
_USAGE_REFUSED: Final = re.compile(r"(?<![\w-])(?:train-ai|train-genai|genai|ai|tdm)\s*=\s*n(?!\w)")
_SIGNAL_REFUSED: Final = re.compile(r"(?<![\w-])ai-train\s*=\s*no(?!\w)")
_RESERVED: Final = re.compile(r"\s*1\b")
_REFUSAL_OF: Final = {
    "content-usage": _USAGE_REFUSED,
    "content-signal": _SIGNAL_REFUSED,
    "tdm-reservation": _RESERVED,
    "x-robots-tag": _NO_AI,
    "robots": _NO_AI,
}


@dataclass(frozen=True)
class Rights:
    """Statements seen with a page, sorted, as `name=value`, and whether one refuses training."""

    signals: list[str]
    refusal: str | None = None
    """The first statement that refuses."""

    @property
    def refuses_training(self) -> bool:
        """Whether the owner said no to training, in any form that is understood."""
        return self.refusal is not None


def read_rights(headers: Mapping[str, str], tree: Any | None) -> Rights:
    """Read a page's statements from response headers (lower-case names) and its parsed markup."""
    statements = sorted({*_from_headers(headers), *_from_markup(tree)})
    refusals = (f"{name}={value}" for name, value in statements if _refuses(name, value))
    return Rights([f"{name}={value}" for name, value in statements], next(refusals, None))


def _refuses(name: str, value: str) -> bool:
    pattern = _REFUSAL_OF.get(name)
    return pattern is not None and pattern.search(value) is not None


def _from_headers(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in _HEADERS:
        if value := headers.get(name):
            yield from _statement(name, value)


def _from_markup(tree: Any | None) -> Iterator[tuple[str, str]]:
    if tree is None:
        return
    for element in tree.iter("meta"):
        name = (element.get("name") or element.get("http-equiv") or "").strip().lower()
        if name in (*_META_NAMES, "x-robots-tag"):
            yield from _statement(name, element.get("content") or "")


def _statement(name: str, value: str) -> Iterator[tuple[str, str]]:
    cleaned = " ".join(value.lower().split())
    speaks_of_use = name not in ("robots", "x-robots-tag") or re.search(r"noai|noimageai", cleaned)
    if cleaned and speaks_of_use:
        # the refusal may stand far into a long value, and must not be cut off with its tail
        kept = cleaned if _refuses(name, cleaned) else cleaned[:_MAX_VALUE]
        yield name, kept if len(kept) <= _MAX_VALUE else f"{_refusal_in(name, kept)} (of a list)"


def _refusal_in(name: str, value: str) -> str:
    found = _REFUSAL_OF[name].search(value)
    return found[0].strip() if found else value[:_MAX_VALUE]
