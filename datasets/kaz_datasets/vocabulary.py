"""The closed lists of the record, apart from its schema: who checks a word needs no Arrow."""

from __future__ import annotations

from typing import Final

KINDS: Final = (
    "news",
    "law",
    "government",
    "education",
    "health",
    "culture",
    "encyclopedia",
    "science",
    "religion",
    "other",
)
SCRIPTS: Final = ("Cyrl", "Latn", "Arab")
RIGHTS_BASES: Final = (
    "public-domain",
    "open-licence",
    "permission",
    "text-and-data-mining",
    "unclear",
)
