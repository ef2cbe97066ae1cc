"""What must become of every address of the made-up web: the written file and its reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal

Fate = Literal["kept", "dropped", "refused", "redirected", "failed", "not-crawled"]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One address and its fate.

    Members of one `cluster` hold the same text: exactly one of them is kept, and which one is for
    the keeper rule to say. `fate` names the original as kept; if the rule prefers a copy, the two
    change places.
    """

    url: str
    fate: Fate
    """`not-crawled`: never requested, so no stage knows the address."""
    why: str
    stage: Literal["", "crawl", "clean", "dedup"] = ""
    """Where the address is lost; "" for what is kept."""
    rule: str = ""
    cluster: str = ""
    script: str = ""
    """ISO 15924 code of a kept text."""
    masked: Mapping[str, int] = field(default_factory=dict)
    """Personal data that must be replaced: type → how many."""
    repaired: bool = False
    """Whether look-alike letters must be put right."""
    starts: str = ""
    """First five words of a kept text, title aside."""
    ends: str = ""
    """Last five words of a kept text."""


def load_truth() -> list[Expected]:
    """The fate of every address that a crawl can meet, in the order of addresses."""
    source = files("kaz_crawlers.demosite").joinpath("truth.jsonl").read_text(encoding="utf-8")
    return [Expected(**json.loads(line)) for line in source.splitlines()]
