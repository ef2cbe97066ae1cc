"""The model card: what the language model was made of and how often it is right.

Every figure in it is measured while it is written, and `kazcorpus language measure` prints the
same tables again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kaz_cleaning.language_labels import THRESHOLD, LanguageModel
from kaz_cleaning.measure_language import FEWEST_LETTERS, UNSEEN, Row, report
from kaz_cleaning.own_model import BARE_THRESHOLDS, KAZAKH_THRESHOLDS
from kaz_cleaning.train_language import HYPER_PARAMETERS, PRIORS, Trained
from kaz_cleaning.training_spans import STAND_INS
from kaz_cleaning.training_text import SOURCES

_LIMITS: Final = f"""
## Where it errs

- A single line is `und` below a probability of {THRESHOLD}. Where it would be Kazakh it must be
  surer: {", ".join(f"{name} {least}" for name, least in KAZAKH_THRESHOLDS.items())}; and without
  one of the letters that Russian lacks surer still:
  {", ".join(f"{name} {least}" for name, least in BARE_THRESHOLDS.items())}. Inside a document that
  is Kazakh otherwise such a sentence counts as Kazakh.
- Source code in Latin letters, and lists of names (six words or more, nine in ten with one
  capital) are `und`, whatever their language.
- Below about five words, and where a line has no letter or ending that only one of the two
  languages writes: Karakalpak and Kazakh share many such lines.
- Kazakh in Latin script is the least sure: Karakalpak and Crimean Tatar are written with the same
  letters, and every few years the Kazakh alphabet has been another one.
- Languages written with stand-ins (above) were learnt without a line of their own, or with the
  Universal Declaration alone. Kumyk, Karachay-Balkar and Altai are there to keep such text out of
  Kazakh; their own figures are modest.
- A language without a label gets its nearest neighbour's, or `und`: the last table. The model
  was shown languages that do not exist, known words with their letters exchanged, to be `und`.
"""


def write_card(trained: Trained, model: LanguageModel, rows: Sequence[Row]) -> str:
    """The card of a model that was just trained, measured on the test rows, in Markdown."""
    return "\n".join([*_head(trained), *_data(), *_measured(model, rows), _LIMITS.rstrip(), ""])


def _head(trained: Trained) -> Iterator[str]:
    size = trained.path.stat().st_size
    parameters = ", ".join(f"{name} {value}" for name, value in HYPER_PARAMETERS.items())
    priors = ", ".join(f"{label} {nats}" for label, nats in PRIORS.items())
    yield from (f"# {trained.path.name}: which language a text is in", "", "| | |", "| --- | --- |")
    yield f"| file | `{trained.path.name}`, {size} bytes, a NumPy archive |"
    yield f"| SHA-256 | `{trained.sha256}` |"
    yield (
        f"| labels | {trained.labels}, ISO 639-3 and ISO 15924;"
        " Kazakh as `kaz_Cyrl`, `kaz_Latn`, `kaz_Arab` |"
    )
    yield "| licence | CC BY-SA 4.0, as some of the text is; the code is Apache-2.0 |"
    yield f"| learnt from | {trained.spans} spans of 1 to 25 words |"
    yield f"| recipe | as fastText's supervised classifier, a softmax a script: {parameters} |"
    yield f"| priors, in nats | {priors} |"
    yield "| make it again | `kazcorpus language train DATA OUT.npz` |"
    yield "| measure it again | `kazcorpus language measure DATA` |"
    yield from (
        "",
        "Some Cyrillic spans are typed with Latin look-alikes, or on a keyboard without the",
        "Kazakh letters. Kazakh in Latin script (the decrees of 2017 and 2018, the alphabet of",
        "2021, the Kazakh Wikipedia's, the state news agency's and two ways of doing without",
        "special letters) and in the Arabic one is written by table, as are Karakalpak in Cyrillic",
        "and in the alphabet of 2016, Uzbek, Uyghur and Crimean Tatar in Cyrillic, Tatar and Tajik",
        "in Latin, Kyrgyz in Arabic script.",
    )


def _data() -> Iterator[str]:
    yield from ("", "## Learnt from", "", "| collection | source and licence |", "| --- | --- |")
    for file, licence in SOURCES.items():
        yield f"| {file.partition('/')[2].removesuffix('.jsonl.zst')} | {licence} |"
    yield from (
        "",
        "One line in ten, by its hash, is held out, of all but the last four. Bible translations",
        "and interface messages were only measured on, and text without a stated licence was not",
        "learnt from.",
        "",
        "Languages with little or no open text are shown with the words of a sister language in",
        "their own spelling:",
        "",
        "| label | words of | spans tried |",
        "| --- | --- | --- |",
    )
    for label, origin, _, spans in STAND_INS:
        yield f"| {label} | {origin} | {spans} |"


def _measured(model: LanguageModel, rows: Sequence[Row]) -> Iterator[str]:
    yield from (
        "",
        "## Measured",
        "",
        f"In per cent, on {len(rows)} rows of at least {FEWEST_LETTERS} letters: three in four, by",
        f"their hash, of {', '.join(UNSEEN)} and of the held-out tenth of the collections above.",
        "The fourth chose the thresholds. Precision is against all other rows, those of languages",
        "without a label too.",
        "",
    )
    yield from report(rows, model)
