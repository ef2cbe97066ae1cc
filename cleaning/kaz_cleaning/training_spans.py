"""What the language model is shown: spans of the lines, noisy now and then, and stand-ins.

A stand-in is a span of Kazakh, Kyrgyz or Tatar in the spelling of a sister language
(`derived_text`). One that the rewriting left as it was is not shown: nothing in it tells the two
apart, and the label would be a lie.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from kaz_cleaning.derived_relatives import (
    as_gagauz,
    as_karakalpak,
    as_latin_karakalpak,
    as_turkmen,
    tatar_as_crimean_tatar,
)
from kaz_cleaning.derived_text import (
    as_altai,
    as_bashkir,
    as_crimean_tatar,
    as_karachay,
    as_khakas,
    as_kumyk,
    as_nogai,
    latin_ae,
)
from kaz_cleaning.invented_languages import invented_spans
from kaz_cleaning.language_text import prepare
from kaz_cleaning.lookalikes import LATIN_TO_CYRILLIC
from kaz_cleaning.training_text import SEED
from kaz_cleaning.transliterate import LATIN_ALPHABETS, to_latin

_SPANS_A_LINE: Final = 8
_SPANS: Final[Mapping[str, int]] = {
    "kaz_Cyrl": 90_000,
    "kaz_Latn": 120_000,
    "kaz_Arab": 12_000,
    "kaa_Cyrl": 24_000,
    "kaa_Latn": 24_000,
    "kir_Cyrl": 18_000,
    "tat_Cyrl": 18_000,
    "rus_Cyrl": 20_000,
}
"""More for Kazakh and for what is taken for it; too much more, and every doubt becomes Kazakh."""
_FEWEST_SPANS, _MOST_SPANS = 2_500, 10_000
_LONGEST_SPAN: Final = 25
_WHOLE_LINES: Final = 0.3
_NOISY: Final = 0.08
"""Share of the spans with look-alikes, and again with letters missing from the keyboard."""

STAND_INS: Final[Sequence[tuple[str, str, Callable[[str], str], int]]] = (
    ("nog_Cyrl", "kaz_Cyrl", as_nogai, 32_000),
    ("kum_Cyrl", "kaz_Cyrl", as_kumyk, 12_000),
    ("kjh_Cyrl", "kaz_Cyrl", as_khakas, 8_000),
    ("kaa_Cyrl", "kaz_Cyrl", as_karakalpak, 40_000),
    ("kaa_Latn", "kaz_Cyrl", as_latin_karakalpak, 40_000),
    ("tuk_Latn", "azj_Latn", as_turkmen, 8_000),
    ("crh_Latn", "tur_Latn", as_crimean_tatar, 8_000),
    ("crh_Latn", "tat_Latn", tatar_as_crimean_tatar, 8_000),
    ("gag_Latn", "tur_Latn", as_gagauz, 8_000),
    ("oss_Cyrl", "oss_Cyrl", latin_ae, 2_500),
    ("krc_Cyrl", "kir_Cyrl", as_karachay, 6_000),
    ("alt_Cyrl", "kir_Cyrl", as_altai, 6_000),
    ("bak_Cyrl", "tat_Cyrl", as_bashkir, 8_000),
)
"""Label, whose words it is shown with, the spelling, and how many spans are tried."""

_LOOK_ALIKES: Final = str.maketrans(
    {cyrillic: latin for latin, cyrillic in LATIN_TO_CYRILLIC.items() if latin not in "ıë"}
)
_RUSSIAN_KEYBOARD: Final = str.maketrans("әіңғүұқөһ", "аингуукох")
_RUSSIAN_KEYBOARD_TOO: Final = str.maketrans("әіңғүұқөһ", "эынгууког")


def labelled_spans(
    learnt: Mapping[str, Sequence[str]], share: float = 1.0
) -> Iterator[tuple[str, str]]:
    """Label and prepared words of every span, label by label; `share` of them for a quick look.

    Last come those of languages that are none (`invented_languages`).
    """
    known: dict[str, list[str]] = defaultdict(list)
    for label, words in _known_spans(learnt, share):
        known[label].append(words)
        yield label, words
    yield from invented_spans(known, share)


def _known_spans(learnt: Mapping[str, Sequence[str]], share: float) -> Iterator[tuple[str, str]]:
    for label, lines in learnt.items():
        chance = random.Random(f"{SEED}/{label}")  # noqa: S311 (the same spans every time)
        wanted = _SPANS.get(label, min(max(_SPANS_A_LINE * len(lines), _FEWEST_SPANS), _MOST_SPANS))
        for text in _spans(lines, round(share * wanted), chance):
            yield from _prepared(label, _noisy(text, label, chance))
    for label, origin, rewrite, wanted in STAND_INS:
        chance = random.Random(f"{SEED}/{origin}/{label}")  # noqa: S311 (as above)
        for text in _spans(learnt.get(origin, ()), round(share * wanted), chance):
            written = rewrite(text)
            if _is_telling(prepare(text), prepare(written), label):
                yield from _prepared(label, _noisy(written, label, chance))


def _prepared(label: str, text: str) -> Iterator[tuple[str, str]]:
    words = prepare(text)
    if words:
        yield label, words


def _is_telling(origin: str, written: str, label: str) -> bool:
    """False where Kazakh in some alphabet of the label's script is written just so."""
    if not label.endswith("_Latn"):
        return origin != written
    return all(prepare(to_latin(origin, alphabet)) != written for alphabet in LATIN_ALPHABETS)


def _spans(lines: Sequence[str], wanted: int, chance: random.Random) -> Iterator[str]:
    """Pieces of 1 to 25 words: the web is no clean sentence."""
    for text in _in_turn(lines, wanted if lines else 0, chance):
        yield _span(text.split(), chance)


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
