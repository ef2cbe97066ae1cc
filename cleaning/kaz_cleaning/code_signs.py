"""Source code and markup, which a language model would call English."""

from __future__ import annotations

import re
from typing import Final

_CODE_SIGNS: Final = (
    re.compile(r"\w\([^()\s]{0,80}\)|\(\)"),  # call(x)
    re.compile(r"\w\(\s*[\"']|[\"']\s*\)\s*;?\s*$"),  # call("x")
    re.compile(r"</?\w{1,20}(?:\s[^<>]{0,200})?/?>"),  # <tag attribute="x">
    re.compile(r"[\w\])]\s?[-+*/|&:]?=\s?[\w\"'\[({-]"),  # name = value
    re.compile(r"[{};]\s*$|[{}]\s*\w"),
    re.compile(r"=>|->|::|==|!=|&&|\|\||\+\+|//|/\*|\*/"),
    re.compile(
        r"^\s*(?:def|class|import|from|for|while|if|elif|return|function|var|const|let|public"
        r"|private|static|#include|package|SELECT|INSERT|UPDATE|CREATE)\b"
    ),
    re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b[a-z]+[A-Z][a-z]+\w*\b|\w\.\w+\("),  # snake, camel
    re.compile(r":\s*$|\[\w*\]"),
)
_ENOUGH_CODE_SIGNS: Final = 2
_READ: Final = 2000


def looks_like_code(text: str) -> bool:
    """True for source code and markup; two independent signs are needed.

    Only asked of text in Latin script.
    """
    start = text[:_READ]
    return sum(bool(sign.search(start)) for sign in _CODE_SIGNS) >= _ENOUGH_CODE_SIGNS
