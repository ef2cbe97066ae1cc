"""The texts that the language benchmark is about; every choice is a rule, none a pick."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_cleaning.measure_language import Row
from kaz_cleaning.training_text import read_rows

DOCUMENT_BYTES: Final = 1000
CODE_SWITCH: Final = "lid/kaz_rus_codeswitch_dev.jsonl.zst"
_DOCUMENT_SOURCES: Final = (
    "kk_text/akorda_lines.jsonl.zst",
    "kk_text/govkz_sites_kaz_rus_segments.jsonl.zst",
    "kk_text/apertium_documents.jsonl.zst",
)
"""Kazakh and Russian text that nothing was learnt from."""


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """A text whose Kazakh share of letters is known."""

    text: str
    share: float


def sample(rows: list[Row], number: int) -> list[Row]:
    """`number` rows in the order of their hashes: the same whatever the order of the files."""
    return sorted(rows, key=lambda row: _hash(row.label + row.text))[:number]


def documents(data: Path, number: int) -> list[str]:
    """Texts of about one kilobyte in UTF-8, cut at a space out of lines in their order."""
    found: list[str] = []
    for file in _DOCUMENT_SOURCES:
        held = ""
        for row in read_rows(data / file):
            held = f"{held}\n{row['text']}"
            if len(held.encode()) >= DOCUMENT_BYTES:
                found.append(_first_bytes(held))
                held = ""
    return [found[index * len(found) // number] for index in range(min(number, len(found)))]


def code_switch_rows(data: Path) -> list[Row]:
    """Reviews and chat messages, labelled by hand as kaz, rus or mixed."""
    return [
        Row(collection="code-switch", label=row["lang"], text=row["text"])
        for row in read_rows(data / CODE_SWITCH)
    ]


def mixtures(rows: list[Row]) -> Iterator[Mixture]:
    """Documents of ten rows, none to ten of them Kazakh and the others Russian, in mixed order."""
    kazakh, russian = (
        sorted((row.text for row in rows if row.label == label), key=_hash)
        for label in ("kaz", "rus")
    )
    for number in range(min(len(kazakh), len(russian)) // 5):
        ours = number % 11
        first = [kazakh[(5 * number + k) % len(kazakh)] for k in range(ours)]
        second = [russian[(5 * number + k) % len(russian)] for k in range(10 - ours)]
        lines = sorted(first + second, key=_hash)
        letters = [sum(map(str.isalpha, text)) for text in first]
        total = sum(letters) + sum(sum(map(str.isalpha, text)) for text in second)
        yield Mixture(text="\n".join(lines), share=sum(letters) / total)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def _first_bytes(text: str) -> str:
    return text.encode()[:DOCUMENT_BYTES].decode(errors="ignore").rpartition(" ")[0]
