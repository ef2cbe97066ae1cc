"""Look-alike repair and normalisation over all Kazakh text at hand, and over other languages'.

`python -m benchmarks.cleaning.normalisation [SHARE]`: words damaged on purpose and restored; clean
words changed; other languages' lines changed; megabytes a second of clean and of damaged text.
SHARE (1 by default) takes a part of the lines, for a quick look. A process a core.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.cleaning.pages import unpacked
from benchmarks.environments import shared_data
from benchmarks.tables import print_table

from kaz_cleaning.language import load_model
from kaz_cleaning.lookalikes import LATIN_TO_CYRILLIC
from kaz_cleaning.normalise import normalise

TO_LATIN = {cyrillic: latin for latin, cyrillic in LATIN_TO_CYRILLIC.items()}
"""One Latin look-alike a letter; where there are two, as for і, the last of the table."""
DAMAGED_SHARE = 0.05
"""Of the words of a line that can be damaged, at least one."""
CYRILLIC_WORD = re.compile(r"[А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]{2,}")
_MARKS = r"[!-@\[-`{-~«»–—“”„‘’…№]*"
CLEAN_TOKEN = re.compile(rf"{_MARKS}(?:[А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]+|[A-Za-z]+){_MARKS}(?<!-)")
"""Between white space: letters of one script with ordinary marks, not broken at the line's end."""


WAYS = ("one letter", "every letter")
DOCUMENT_LINES = 20
PIECE = 4000
"""Lines that a process is given at a time."""


@dataclass
class Counts:
    """What one piece of text showed; `tried` and `hit` by unit and way of damage."""

    lines: int = 0
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    hit: Counter[tuple[str, str]] = field(default_factory=Counter)
    ambiguous: int = 0
    words: int = 0
    changed: int = 0

    def add(self, other: Counts) -> None:
        """Count another piece, too."""
        self.lines += other.lines
        self.tried += other.tried
        self.hit += other.hit
        self.ambiguous += other.ambiguous
        self.words += other.words
        self.changed += other.changed


def main() -> None:
    """Damage, repair, count, print."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    data = shared_data()
    kinds = {path.name.split(".")[0]: lines for path, lines in _sets(data / "kk_text", share)}
    counts = _counted(kinds)
    _restoration(counts)
    _clean_words(counts)
    _other_languages(data, share)
    _speed([line for lines in kinds.values() for line in lines])


def _sets(folder: Path, share: float) -> Iterator[tuple[Path, list[str]]]:
    for path in sorted(folder.glob("*.jsonl.zst")):
        lines = unpacked(path).decode().split("\n")
        texts = [json.loads(line)["text"] for line in lines if line]
        yield path, texts[: max(1, int(share * len(texts)))]


def _counted(kinds: dict[str, list[str]]) -> dict[str, Counts]:
    pieces = [
        (name, lines[at : at + PIECE])
        for name, lines in kinds.items()
        for at in range(0, len(lines), PIECE)
    ]
    counts = {name: Counts() for name in kinds}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(_count, [lines for _, lines in pieces])
        for (name, _), one in zip(pieces, found, strict=True):
            counts[name].add(one)
    counts["all"] = Counts()
    for name in kinds:
        counts["all"].add(counts[name])
    return counts


def _count(lines: Sequence[str]) -> Counts:
    counts = Counts()
    for line in lines:
        words, changed = changed_words(line)
        counts.words += words
        counts.changed += changed
    kazakh = kazakh_lines([normalise(line).text for line in lines])
    counts.lines = len(kazakh)
    starts = range(0, len(kazakh), DOCUMENT_LINES)
    # normalised again: a hyphen at the end of a line joins its word to the next line's
    documents = [normalise("\n".join(kazakh[at : at + DOCUMENT_LINES])).text for at in starts]
    for unit, texts in (("documents", documents), ("lines", kazakh)):
        for way in WAYS:
            hit, tried = restored(texts, whole=way == "every letter")
            counts.hit[unit, way] += hit
            counts.tried[unit, way] += tried
    words_of = (word for line in kazakh for word in CYRILLIC_WORD.findall(line))
    counts.ambiguous = sum(all(letter in TO_LATIN for letter in word) for word in words_of)
    return counts


def _restoration(counts: dict[str, Counts]) -> None:
    for unit, title in (("documents", "documents of 20 lines"), ("lines", "lines alone")):
        rows = []
        for name, one in counts.items():
            row: list[object] = [name, one.lines]
            for way in WAYS:
                tried = one.tried[unit, way]
                row += [tried, f"{100 * one.hit[unit, way] / max(tried, 1):.3f}"]
            rows.append([*row, one.ambiguous])
        columns = ["Kazakh text of", "lines", "one letter each", "% restored", "every letter", "% "]
        print_table(
            f"Words damaged with Latin look-alikes and restored, {title}; ambiguous: words of"
            " look-alikes only, which typed in Latin are whole Latin words and are left alone",
            [*columns, "ambiguous words"],
            rows,
        )


def kazakh_lines(lines: Sequence[str]) -> list[str]:
    """Lines that the language model calls Kazakh: reviews and segments hold Russian ones too."""
    labels = load_model().identify(lines)
    return [
        line
        for line, label in zip(lines, labels, strict=True)
        if label.label == "kaz_Cyrl" and label.score >= 0.8
    ]


def restored(lines: Sequence[str], *, whole: bool, seed: int = 1) -> tuple[int, int]:
    """How many damaged words came back, and how many there were."""
    chance = random.Random(seed)
    hit = tried = 0
    for line in lines:
        damaged, words = damage(line, chance, whole=whole)
        found = normalise(damaged).text
        if found == line:
            hit += words
        else:
            pairs = zip(line.split(), damaged.split(), found.split(), strict=False)
            hit += words - sum(right != wrong and back != right for right, wrong, back in pairs)
        tried += words
    return hit, tried


def damage(line: str, chance: random.Random, *, whole: bool) -> tuple[str, int]:
    """The line with some words typed partly in Latin, and the number of these words."""
    words = [match for match in CYRILLIC_WORD.finditer(line) if _can_be_damaged(match[0], whole)]
    chosen = sorted(
        chance.sample(words, min(len(words), max(1, int(DAMAGED_SHARE * len(words))))),
        key=lambda match: -match.start(),
    )
    for match in chosen:
        line = line[: match.start()] + _misspelt(match[0], chance, whole) + line[match.end() :]
    return line, len(chosen)


def _can_be_damaged(word: str, whole: bool) -> bool:
    """Some letter has a look-alike, and afterwards the word is a mixed one."""
    alike = sum(letter in TO_LATIN for letter in word)
    return 0 < alike < len(word) + (not whole)


def _misspelt(word: str, chance: random.Random, whole: bool) -> str:
    places = [at for at, letter in enumerate(word) if letter in TO_LATIN]
    chosen = set(places) if whole else {chance.choice(places)}
    return "".join(TO_LATIN[c] if at in chosen else c for at, c in enumerate(word))


def _clean_words(counts: dict[str, Counts]) -> None:
    rows = [
        [name, one.words, one.changed, f"{1e5 * one.changed / max(one.words, 1):.2f}"]
        for name, one in counts.items()
    ]
    columns = ["text of", "clean words", "changed", "per 100,000"]
    print_table("Clean words changed", columns, rows)


def changed_words(line: str) -> tuple[int, int]:
    """Clean words, and how many of them are not there after normalisation."""
    before = Counter(word for word in line.split() if CLEAN_TOKEN.fullmatch(word))
    text = normalise(line).text
    lost = before - Counter(text.split()) if text != line else Counter()
    return before.total(), lost.total()


def _other_languages(data: Path, share: float) -> None:
    rows: dict[str, list[int]] = {}
    for path in sorted((data / "lid").glob("*.jsonl*")):
        lines = [json.loads(line) for line in unpacked(path).decode().split("\n") if line]
        for row in lines[: int(share * len(lines))]:
            if row.get("lang", "kaz") in ("kaz", "mixed", "und") or "text" not in row:
                continue
            counts = rows.setdefault(row["lang"], [0, 0, 0])
            steps = normalise(row["text"]).repaired
            counts[0] += 1
            counts[1] += "look-alikes" in steps
            counts[2] += "mojibake" in steps
    worst = sorted(rows.items(), key=lambda item: -(item[1][1] + item[1][2]))
    total = [sum(counts[at] for counts in rows.values()) for at in range(3)]
    table = [[lang, *counts] for lang, counts in worst if counts[1] + counts[2]]
    columns = ["language", "lines", "look-alikes repaired", "mojibake repaired"]
    title = f"Other languages: {len(rows)}; those with any repair"
    print_table(title, columns, [*table, ["all", *total]])


def _speed(lines: Sequence[str]) -> None:
    chance = random.Random(2)
    documents = ["\n".join(lines[at : at + 20]) for at in range(0, min(len(lines), 40_000), 20)]
    clean = [normalise(document).text for document in documents]
    dirty = ["\n".join(damage(line, chance, whole=False)[0] for line in document.split("\n"))
             for document in clean[:400]]  # fmt: skip
    rows = []
    for name, texts in (("as found", documents), ("normalised before", clean), ("damaged", dirty)):
        size = sum(len(text.encode()) for text in texts) / 1e6
        started = time.process_time()
        for text in texts:
            normalise(text)
        seconds = time.process_time() - started
        rows.append([name, len(texts), f"{size:.1f}", f"{size / seconds:.1f}"])
    print_table("Speed, one core, documents of 20 lines", ["", "n", "MB", "MB/s"], rows)


if __name__ == "__main__":
    main()
