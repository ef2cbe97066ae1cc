"""Documents of known kinds for the rules of quality: good ones by genre, bad ones by fault.

Units of ../shared/data (sentences, lines, reviews) are joined in their order to documents of 60 to
600 words; what is a document already stays one. Everything is normalised as cleaning does it.
Each document belongs for ever to one of three parts by a hash of its first unit: `train` (30 %,
the translation model), `calibrate` (20 %, thresholds), `report` (50 %, never looked at before).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import pyarrow as pa
from benchmarks.environments import shared_data

from kaz_cleaning.normalise import normalise
from kaz_datasets.words import count_words

GOOD: Final = ("law", "news", "literature", "encyclopedia", "government", "social", "web")
BAD: Final = (
    "machine_translated_comments",
    "rule_based_mt_output",
    "unpunctuated_lowercased",
)
TRAIN, CALIBRATE, REPORT = "train", "calibrate", "report"
FEWEST, MOST = 60, 600
_STORIES: Final = ("sholpan", "story", "debiet", "Төстік", "Сөз", "dert")
_NEWS: Final = ("azattyq", "trt_", "sauytty", "wikipedia-news", "kdt", "akorda")

Unit = tuple[str, str, str]
"""Identifier, what may be joined with it, text."""


@dataclass(frozen=True)
class Document:
    """A text, its kind, the file it came from and the part it belongs to."""

    kind: str
    source: str
    part: str
    text: str


@cache
def documents(*parts: str) -> tuple[Document, ...]:
    """The documents of these parts, of all if none is named, in a stable order."""
    chosen = (document for document in _documents() if not parts or document.part in parts)
    return tuple(replace(found, text=normalise(found.text).text) for found in chosen)


def _documents() -> Iterator[Document]:
    for kind, file in (
        ("news", "kaznerd_sentences"),
        ("literature", "abai_wikisource_lines"),
        ("literature", "classics_wikisource_lines"),
        ("encyclopedia", "kkwiki_filtered_sentences"),
        ("encyclopedia", "kazqad_validation_contexts"),
        ("government", "akorda_lines"),
        ("government", "govkz_sites_kaz_rus_segments"),
        ("social", "kazsandra_reviews"),
        ("web", "cc100_kk_filtered_lines"),
    ):
        yield from _compose(kind, file, _units(file))
    for row in _rows("kk_text/apertium_documents"):
        kind = _kind_of(row["id"])
        yield _document(kind, "apertium_documents", row["id"], row["text"])
    yield from laws()
    for file in BAD:
        rows = _rows(f"neg_text/{file}")
        yield from _compose(file, file, ((row["id"], "", row["text"]) for row in rows))


def _kind_of(name: str) -> str:
    if any(sign in name for sign in _STORIES):
        return "literature"
    return "news" if any(sign in name for sign in _NEWS) else "encyclopedia"


def _units(file: str) -> Iterator[Unit]:
    for row in _rows(f"kk_text/{file}"):
        if row.get("lang", "kaz") != "kaz":
            continue
        joined = row.get("domain") or row["id"].rpartition("/")[0]
        yield row["id"], joined if file.startswith(("govkz", "kazsandra")) else "", row["text"]


def laws() -> Iterator[Document]:
    """The acts among the pages: whole, and in runs of lines as the other kinds are."""
    path = shared_data() / "html" / "kk_pages" / "gold.jsonl"
    for line in path.read_text("utf-8").splitlines():
        page = json.loads(line)
        if page["page_type"] != "law" or page["lang"] != "kaz":
            continue
        yield _document("law", page["file"], page["file"], page["main_text"])
        lines = (text for text in page["main_text"].splitlines() if text.strip())
        units = ((f"{page['file']}:{n}", "", text) for n, text in enumerate(lines))
        yield from _compose("law", page["file"], units)


def _compose(kind: str, source: str, units: Iterable[Unit]) -> Iterator[Document]:
    name, group, words, wanted = "", "", 0, 0
    lines: list[str] = []
    for unit, joined, text in units:
        if lines and (joined != group or words >= wanted):
            if words >= FEWEST:
                yield _document(kind, source, name, "\n".join(lines))
            lines = []
        if not lines:
            name, group, words, wanted = unit, joined, 0, _length_of(unit)
        lines.append(text)
        words += count_words(text)
    if lines and words >= FEWEST:
        yield _document(kind, source, name, "\n".join(lines))


def _length_of(name: str) -> int:
    """Words wanted: between FEWEST and MOST, each tenfold as likely as the next."""
    return round(FEWEST * float((MOST / FEWEST) ** _chance(f"length:{name}")))


def _document(kind: str, source: str, name: str, text: str) -> Document:
    chance = _chance(f"part:{source}:{name}")
    part = TRAIN if chance < 0.3 else CALIBRATE if chance < 0.5 else REPORT
    return Document(kind, source, part, text)


def _chance(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64


def _rows(name: str) -> Iterator[dict[str, Any]]:
    path = shared_data() / f"{name}.jsonl.zst"
    for line in pa.input_stream(str(path), compression="zstd").read().splitlines():
        yield json.loads(line)
