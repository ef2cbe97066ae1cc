"""What each rule keeps of each kind of text, and the page for readers made of it.

All figures are over the `report` half of `quality_corpus`, which decided no weight and no range.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from benchmarks.cleaning.quality_corpus import BAD, CALIBRATE, GOOD, REPORT, documents
from benchmarks.environments import CHECKOUT

from kaz_cleaning.quality.measures import NAMES, measure
from kaz_cleaning.rules import Rule, RulesConfig, first_failed, rules_of

PAGE: Final = CHECKOUT / "docs" / "quality-rules.md"
BEGIN, END = "<!-- table: make bench-rules -->", "<!-- end of table -->"
FAULT: Final = {
    "machine_translated_comments": ("translated", "literal-escapes"),
    "rule_based_mt_output": ("translator-marks", "translated"),
    "unpunctuated_lowercased": ("words-per-break",),
}
"""The rules made for a fault: a text counts as rejected by its kind only if one of these fails."""
_SHORT: Final = {
    "machine_translated_comments": "translated",
    "rule_based_mt_output": "rule-based",
    "unpunctuated_lowercased": "unpunctuated",
}


@cache
def values(part: str = REPORT) -> dict[str, npt.NDArray[np.float64]]:
    """Every measure of every document of a part, by kind."""
    found: dict[str, list[str]] = {}
    for document in documents(part):
        found.setdefault(document.kind, []).append(document.text)
    return {kind: measure(pa.array(found[kind], pa.large_string())) for kind in (*GOOD, *BAD)}


def held(rule: Rule, kind: str, part: str = REPORT) -> npt.NDArray[np.bool_]:
    """Which documents of a kind a rule keeps."""
    column = values(part)[kind][:, NAMES.index(rule.name)]
    kept: npt.NDArray[np.bool_] = (column >= rule.range.least) & (column <= rule.range.most)
    return kept


def keep_rate(preset: str, kind: str) -> float:
    """Share of the documents of a kind that a whole preset keeps."""
    rules = rules_of(RulesConfig(preset=preset))
    return float(np.mean(np.all([held(rule, kind) for rule in rules], axis=0)))


def fault_found(kind: str) -> float:
    """Share of the documents of a fault that its own rules reject."""
    rules = [rule for rule in rules_of(RulesConfig()) if rule.name in FAULT[kind]]
    return float(1 - np.mean(np.all([held(rule, kind) for rule in rules], axis=0)))


def reasons(preset: str, kind: str) -> str:
    """The commonest first reasons for which documents of a kind are dropped."""
    rules = rules_of(RulesConfig(preset=preset))
    rows = (dict(zip(NAMES, row, strict=True)) for row in values()[kind])
    failed = Counter(first_failed(row, "Cyrl", rules) for row in rows)
    del failed[None]
    return ", ".join(f"{name} {count}" for name, count in failed.most_common(3))


def trade_off() -> list[list[object]]:
    """Thresholds of `translated` chosen to keep a share of the good; what they find and keep."""
    good = np.concatenate([_scores(kind, CALIBRATE) for kind in GOOD[:5]])
    rows: list[list[object]] = []
    for share in (0.9, 0.95, 0.98, 0.99, 0.995, 0.999):
        threshold = float(np.quantile(good, share))
        kept = [np.mean(_scores(kind, REPORT) <= threshold) for kind in GOOD[:3]]
        found = [np.mean(_scores(kind, REPORT) > threshold) for kind in BAD[:2]]
        rows.append(
            [f"{share:.1%}", f"{threshold:.3f}", *(f"{part:.1%}" for part in (*kept, *found))]
        )
    return rows


def _scores(kind: str, part: str) -> npt.NDArray[np.float64]:
    return values(part)[kind][:, NAMES.index("translated")]


def table_lines() -> list[str]:
    """The table of the Kazakh preset: rule, range, why, and what it alone keeps of each kind."""
    kinds = (*GOOD, *BAD)
    counts = [len(values()[kind]) for kind in kinds]
    heads = [f"{_SHORT.get(kind, kind)} ({n})" for kind, n in zip(kinds, counts, strict=True)]
    lines = [_row(["rule", "keeps", "why", *heads]), _row(["---"] * (3 + len(kinds)))]
    for rule in rules_of(RulesConfig()):
        shares = [f"{np.mean(held(rule, kind)):.1%}" for kind in kinds]
        lines.append(_row([f"`{rule.name}`", stated(rule), rule.why, *shares]))
    for preset in ("kazakh", "fineweb2", "fineweb", "c4", "gopher"):
        shares = [f"**{keep_rate(preset, kind):.1%}**" for kind in kinds]
        lines.append(_row([f"all of **{preset}**", "", "", *shares]))
    return lines


def stated(rule: Rule) -> str:
    """A range in words."""
    least = f"≥ {rule.range.least:g}" if math.isfinite(rule.range.least) else ""
    most = f"≤ {rule.range.most:g}" if math.isfinite(rule.range.most) else ""
    return " and ".join(filter(None, [least, most]))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def write_page(path: Path = PAGE) -> None:
    """Put the table into the page for readers."""
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text("\n".join([before + BEGIN, *table_lines(), END]) + after, "utf-8")
