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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_cleaning.lookalikes import LATIN_TO_CYRILLIC
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
}
"""Files learnt from, with source and licence."""

SEED: Final = 1
FEWEST_LINES: Final = 60
"""A label with fewer lines is left out."""

_BASHKIR_ONLY: Final = "lid/xwmt_test.jsonl.zst"
_KAZAKH: Final = "kaz_Cyrl"
_SPANS_A_LINE: Final = 8
_SPANS: Final[Mapping[str, int]] = {
    "kaz_Cyrl": 32_000,
    "kaz_Latn": 20_000,
    "kaz_Arab": 10_000,
    "kaa_Cyrl": 14_000,
    "kaa_Latn": 12_000,
    "kir_Cyrl": 14_000,
    "tat_Cyrl": 14_000,
    "rus_Cyrl": 16_000,
}
"""More for Kazakh and for what is taken for it; too much more, and every doubt becomes Kazakh."""
_FEWEST_SPANS, _MOST_SPANS = 2_500, 10_000
_LONGEST_SPAN: Final = 25
_WHOLE_LINES: Final = 0.3
_NOISY: Final = 0.08
"""Share of the spans with look-alikes, and again with letters missing from the keyboard."""


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


def read_lines(folder: Path) -> Lines:
    """All lines of `SOURCES` by label, each text once, with the labels derived from others."""
    parts: tuple[dict[str, list[str]], ...] = (defaultdict(list), defaultdict(list))
    seen: set[tuple[str, str]] = set()
    for label, text in _labelled(folder):
        if (label, text) not in seen:
            seen.add((label, text))
            parts[is_held_out(text)][label].append(text)
    for part in parts:
        _derive(part)
    learnt, held_out = parts
    labels = [label for label in sorted(learnt) if len(learnt[label]) >= FEWEST_LINES]
    return Lines(
        learnt={label: learnt[label] for label in labels},
        held_out={label: held_out[label] for label in labels},
    )


def _labelled(folder: Path) -> Iterator[tuple[str, str]]:
    for name in SOURCES:
        for row in read_rows(folder / name):
            label = f"{row['lang']}_{row['script']}" if "lang" in row else _KAZAKH
            if name != _BASHKIR_ONLY or (label == "bak_Cyrl" and is_learnt_bashkir(row["text"])):
                yield label, row["text"].strip()


def _derive(lines: dict[str, list[str]]) -> None:
    """Add what no open collection has: other scripts of a language, written by table."""
    alphabets = sorted(LATIN_ALPHABETS)
    chance = random.Random(SEED)  # noqa: S311 (no secret: the same spans every time)
    kazakh, karakalpak = list(lines[_KAZAKH]), list(lines["kaa_Latn"])
    lines["kaz_Latn"] += [to_latin(text, chance.choice(alphabets)) for text in kazakh]
    lines["kaz_Arab"] += [to_arabic(text) for text in kazakh]
    lines["kaa_Latn"] += [acute_karakalpak(text) for text in karakalpak]
    lines["kaa_Cyrl"] += [cyrillic_karakalpak(text) for text in karakalpak]
    lines["uzn_Cyrl"] += [cyrillic_uzbek(text) for text in lines["uzn_Latn"]]
    lines["uig_Cyrl"] += [text.translate(_UYGHUR) for text in lines["uig_Arab"]]


def _rewriter(rules: Sequence[tuple[str, str]]) -> Callable[[str], str]:
    """Rewrite lower-cased text, longest spelling first; case is of no use to the model."""
    table = dict(rules)
    spellings = re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)))
    return lambda text: spellings.sub(lambda match: table[match[0]], _plain_apostrophes(text))


def _plain_apostrophes(text: str) -> str:
    return re.sub("[ʻʼ‘’`´]", "'", text.replace("İ", "i").lower())


_ACUTES: Final = tuple(
    (f"{plain}'", acute) for plain, acute in zip("aougni", "áóúǵńı", strict=True)
)
_IOTATED: Final = (("sh", "ш"), ("ch", "ч"), ("yo", "ё"), ("yu", "ю"), ("ya", "я"))
acute_karakalpak: Final = _rewriter(_ACUTES)
"""Karakalpak in the alphabet of 2016, from the one with apostrophes."""
_karakalpak_letters = _rewriter(
    (
        *_IOTATED,
        *zip("aábcdefgǵhxıijkqlmnńoóprstuúvwyz", "аәбцдефгғҳхыижкқлмнңоөпрстуүвўйз", strict=True),
    )
)
_uzbek_letters = _rewriter(
    (
        *_IOTATED,
        ("o'", "ў"),
        ("g'", "ғ"),
        ("ye", "е"),
        ("ts", "ц"),
        ("'", "ъ"),
        *zip("abdefghijklmnopqrstuvxyz", "абдефгҳижклмнопқрстувхйз", strict=True),
    )
)
_UYGHUR: Final = str.maketrans(
    dict(zip("اەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي", "аәбптҗчхдрзжсшғфқкгңлмнһоуөүвеий", strict=True))
    | {"ئ": "", "،": ",", "؛": ";", "؟": "?"}
)


def cyrillic_karakalpak(text: str) -> str:
    """Karakalpak in Cyrillic, from Latin with apostrophes."""
    return _karakalpak_letters(acute_karakalpak(text))


def cyrillic_uzbek(text: str) -> str:
    """Uzbek in Cyrillic, from Latin."""
    return re.sub(r"\bе", "э", _uzbek_letters(text))


_LOOK_ALIKES: Final = str.maketrans(
    {cyrillic: latin for latin, cyrillic in LATIN_TO_CYRILLIC.items() if latin not in "ıë"}
)
_RUSSIAN_KEYBOARD: Final = str.maketrans("әіңғүұқөһ", "аингуукох")
_RUSSIAN_KEYBOARD_TOO: Final = str.maketrans("әіңғүұқөһ", "эынгууког")


def spans(label: str, lines: Sequence[str]) -> Iterator[str]:
    """Pieces of 1 to 25 words out of `lines`, noisy now and then: the web is no clean sentence."""
    chance = random.Random(f"{SEED}/{label}")  # noqa: S311 (as above)
    wanted = _SPANS.get(label, min(max(_SPANS_A_LINE * len(lines), _FEWEST_SPANS), _MOST_SPANS))
    for text in _in_turn(lines, wanted, chance):
        yield _noisy(_span(text.split(), chance), label, chance)


def _in_turn(lines: Sequence[str], wanted: int, chance: random.Random) -> Iterable[str]:
    order = list(lines)
    given = 0
    while given < wanted:
        chance.shuffle(order)
        yield from order[: wanted - given]
        given += len(order)


def _span(words: Sequence[str], chance: random.Random) -> str:
    if chance.random() < _WHOLE_LINES or len(words) < 2:
        return " ".join(words[: 2 * _LONGEST_SPAN])
    length = chance.randint(1, min(_LONGEST_SPAN, len(words)))
    start = chance.randint(0, len(words) - length)
    return " ".join(words[start : start + length])


def _noisy(text: str, label: str, chance: random.Random) -> str:
    luck = chance.random()
    if not label.endswith("_Cyrl") or luck > 2 * _NOISY:
        return text
    if luck < _NOISY:
        return "".join(
            c.translate(_LOOK_ALIKES) if chance.random() < luck / _NOISY else c for c in text
        )
    keyboard = _RUSSIAN_KEYBOARD if chance.random() < 0.7 else _RUSSIAN_KEYBOARD_TOO
    return text.lower().translate(keyboard)
