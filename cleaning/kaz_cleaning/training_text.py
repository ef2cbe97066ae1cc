"""Labelled lines that the language model learns from, out of openly licensed collections.

The folder is laid out as in `SOURCES`: JSON lines, Zstandard, with `text` and, but for Kazakh
collections, `lang` (ISO 639-3) and `script` (ISO 15924).
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_cleaning.derived_text import (
    acute_karakalpak,
    arabic_kyrgyz,
    cyrillic_crimean_tatar,
    cyrillic_karakalpak,
    cyrillic_uyghur,
    cyrillic_uzbek,
    latin_tajik,
    latin_tatar,
)
from kaz_cleaning.transliterate import LATIN_ALPHABETS, to_arabic, to_latin
from kaz_datasets.errors import NotFound

SOURCES: Final[Mapping[str, str]] = {
    "kk_text/kaznerd_sentences.jsonl.zst": "KazNERD, CC BY 4.0",
    "kk_text/kazqad_questions.jsonl.zst": "KazQAD, CC BY-SA 4.0",
    "kk_text/kazqad_validation_contexts.jsonl.zst": "KazQAD (Kazakh Wikipedia), CC BY-SA 4.0",
    "kk_text/tatoeba_kk_sentences.jsonl.zst": "Tatoeba, CC BY 2.0 FR",
    "lid/common_voice_sentences.jsonl.zst": "Mozilla Common Voice prompts, CC0",
    "lid/kaa_wikipedia_lines.jsonl.zst": "Karakalpak Wikipedia, CC BY-SA",
    "lid/lingua_testdata.jsonl.zst": "lingua language test data, Apache-2.0",
    "lid/tatoeba.jsonl.zst": "Tatoeba, CC BY 2.0 FR",
    "lid/udhr_paragraphs.jsonl.zst": "Universal Declaration of Human Rights, public",
    "lid/xwmt_test.jsonl.zst": "X-WMT, MIT; only half of the Bashkir sentences",
    "kk_text/kkwiki_filtered_sentences.jsonl.zst": "Kazakh Wikipedia, CC BY-SA 4.0",
    "kk_text/govkz_nlpkaznu_sentences.jsonl.zst": "Kazakh state bodies' sites, CC BY-SA",
    "kk_text/abai_wikisource_lines.jsonl.zst": "Abai, public domain (Wikisource, CC BY-SA 4.0)",
    "kk_text/classics_wikisource_lines.jsonl.zst": "Altynsarin, Zhumabaev (Wikisource, CC BY-SA)",
}
"""Files learnt from, with source and licence."""

LEARNT_WHOLE: Final = frozenset(list(SOURCES)[-4:])
"""Of these nothing is held out: clean Kazakh sentences would make the figures look better."""
_KAZAKH_LATIN: Final = re.compile("[ïğñ]", re.IGNORECASE)
"""Letters that no Karakalpak alphabet has: in its Wikipedia such lines are Kazakh ones, copied."""

SEED: Final = 1
FEWEST_LINES: Final = 60
"""A label with fewer lines is left out."""

_BASHKIR_ONLY: Final = "lid/xwmt_test.jsonl.zst"
_KAZAKH: Final = "kaz_Cyrl"
_OTHER_SCRIPTS: Final[Sequence[tuple[str, str, Callable[[str], str]]]] = (
    ("kaa_Latn", "kaa_Latn", acute_karakalpak),
    ("kaa_Cyrl", "kaa_Latn", cyrillic_karakalpak),
    ("uzn_Cyrl", "uzn_Latn", cyrillic_uzbek),
    ("uig_Cyrl", "uig_Arab", cyrillic_uyghur),
    ("tat_Latn", "tat_Cyrl", latin_tatar),
    ("tgk_Latn", "tgk_Cyrl", latin_tajik),
    ("kir_Arab", "kir_Cyrl", arabic_kyrgyz),
    ("crh_Cyrl", "crh_Latn", cyrillic_crimean_tatar),
)
"""Label, the label it is rewritten from, and how."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Lines by label: to learn from, and held out to measure."""

    learnt: Mapping[str, Sequence[str]]
    held_out: Mapping[str, Sequence[str]]


def is_held_out(text: str) -> bool:
    """One line in ten, by its hash: the same whatever else is in the collection."""
    return hashlib.blake2b(text.encode(), digest_size=2).digest()[0] % 10 == 0


def is_learnt_bashkir(text: str) -> bool:
    """The half of X-WMT's Bashkir sentences that may be learnt from; the rest measures."""
    return hashlib.blake2b(text.encode(), digest_size=2).digest()[1] % 2 == 0


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a Zstandard JSON lines file; raises NotFound without it."""
    if not path.is_file():
        raise NotFound(f"no {path}: the folder must hold the files that the model card lists")
    with pa.CompressedInputStream(str(path), "zstd") as stream:
        yield from map(json.loads, io.BytesIO(stream.read()))


def read_lines(folder: Path, *, derive: bool = True) -> Lines:
    """All lines of `SOURCES` by label, each text once, with the labels derived from others."""
    parts: tuple[dict[str, list[str]], ...] = (defaultdict(list), defaultdict(list))
    seen: set[tuple[str, str]] = set()
    measured = ""
    for name, label, text in _labelled(folder):
        if name in LEARNT_WHOLE:
            measured = measured or "\n".join(parts[True][label])
        if (label, text) in seen or (name in LEARNT_WHOLE and text in measured):
            continue
        seen.add((label, text))
        if name not in LEARNT_WHOLE and is_held_out(text):
            parts[True][label].append(text)
        elif label != "kaa_Latn" or not _KAZAKH_LATIN.search(text):
            parts[False][label].append(text)
    for part in parts if derive else ():
        _derive(part)
    learnt, held_out = parts
    labels = [label for label in sorted(learnt) if len(learnt[label]) >= FEWEST_LINES]
    return Lines(
        learnt={label: learnt[label] for label in labels},
        held_out={label: held_out[label] for label in labels if label in held_out},
    )


def _labelled(folder: Path) -> Iterator[tuple[str, str, str]]:
    """File, label and text of each line."""
    for name in SOURCES:
        for row in read_rows(folder / name):
            label = f"{row['lang']}_{row['script']}" if "lang" in row else _KAZAKH
            if name != _BASHKIR_ONLY or (label == "bak_Cyrl" and is_learnt_bashkir(row["text"])):
                yield name, label, row["text"].strip()


def _derive(lines: dict[str, list[str]]) -> None:
    """Add the scripts of a language that no open collection has, written by table."""
    alphabets = sorted(LATIN_ALPHABETS)
    chance = random.Random(SEED)  # noqa: S311 (no secret: the same spans every time)
    originals = {label: list(texts) for label, texts in lines.items()}
    kazakh = originals.get(_KAZAKH, [])
    lines["kaz_Latn"] += [to_latin(text, chance.choice(alphabets)) for text in kazakh]
    lines["kaz_Arab"] += [to_arabic(text) for text in kazakh]
    for label, origin, rewrite in _OTHER_SCRIPTS:
        lines[label] += [rewrite(text) for text in originals.get(origin, [])]
