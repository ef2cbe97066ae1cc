"""Rules of quality: a measure, the range that keeps a text, and why. Sets of rules are data.

`presets.toml` holds the published sets (gopher, c4, fineweb, fineweb2) and ours (kazakh), whose
ranges come from distributions over Kazakh text; `docs/quality-rules.md` shows them. Every value is
recorded whether or not a rule asks for it, so a reader can be stricter without a new pass.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Final

from kaz_cleaning.quality.measures import NAMES, measure_texts
from kaz_datasets.errors import BadConfiguration

DEFAULT_PRESET: Final = "kazakh"


@dataclass(frozen=True, kw_only=True)
class Range:
    """What a measure may be, both ends included."""

    least: float = -math.inf
    most: float = math.inf

    def holds(self, value: float) -> bool:
        """Whether `value` lies inside."""
        return self.least <= value <= self.most


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One measure with its range; `scripts` names those that it knows, all if empty."""

    name: str
    range: Range
    why: str
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RulesConfig:
    """Which rules decide."""

    preset: str = DEFAULT_PRESET
    """A set of `presets.toml`."""

    ranges: Mapping[str, Range] = field(default_factory=dict)
    """Other ranges for measures by name, also for some that the preset does not ask."""


@dataclass(frozen=True)
class Verdict:
    """Every value measured, by name, and the first rule whose range does not hold it."""

    values: Mapping[str, float]
    failed: str | None

    @property
    def kept(self) -> bool:
        """Whether all rules held."""
        return self.failed is None


@lru_cache(maxsize=1)
def presets() -> Mapping[str, tuple[Rule, ...]]:
    """Every set of rules, by name."""
    text = files("kaz_cleaning.quality").joinpath("presets.toml").read_text("utf-8")
    return {
        preset: tuple(
            Rule(
                name=name,
                range=Range(
                    least=float(stated.get("least", -math.inf)),
                    most=float(stated.get("most", math.inf)),
                ),
                why=stated["why"],
                scripts=tuple(stated.get("scripts", ())),
            )
            for name, stated in rules.items()
        )
        for preset, rules in tomllib.loads(text).items()
    }


def rules_of(config: RulesConfig) -> tuple[Rule, ...]:
    """The rules in the order in which they are asked. Raises BadConfiguration for unknown names."""
    if config.preset not in presets():
        raise BadConfiguration(_unknown("preset", config.preset, list(presets())))
    for name in config.ranges:
        if name not in NAMES:
            raise BadConfiguration(_unknown("measure", name, list(NAMES)))
    chosen = {rule.name: rule for rule in presets()[config.preset]}
    for name, stated in config.ranges.items():
        known = chosen.get(name) or Rule(name=name, range=stated, why="configured")
        chosen[name] = replace(known, range=stated)
    return tuple(chosen.values())


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1) or known[:1]
    return f"no {what} of quality is called {name!r}; did you mean {near[0]!r}?"


def judge(text: str, script: str, config: RulesConfig) -> Verdict:
    """Measure a document and ask every rule that knows its script (ISO 15924)."""
    return judge_all([text], [script], config)[0]


def judge_all(texts: Sequence[str], scripts: Sequence[str], config: RulesConfig) -> list[Verdict]:
    """The verdict of each document, in order: what `judge` says, measured in one pass."""
    rules = rules_of(config)
    verdicts = []
    for row, script in zip(measure_texts(texts).tolist(), scripts, strict=True):
        values = dict(zip(NAMES, row, strict=True))
        verdicts.append(Verdict(values, first_failed(values, script, rules)))
    return verdicts


def first_failed(values: Mapping[str, float], script: str, rules: tuple[Rule, ...]) -> str | None:
    """The first rule whose range does not hold its value, or None."""
    for rule in rules:
        if rule.scripts and script not in rule.scripts:
            continue
        if not rule.range.holds(values[rule.name]):
            return rule.name
    return None
