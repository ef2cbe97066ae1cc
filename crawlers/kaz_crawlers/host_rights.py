"""What an origin says of the use of its pages, for a crawl that is about to fetch them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kaz_datasets.rights.judge import Verdict
from kaz_datasets.rights.origin import OriginStatements

_LONGEST_SIGNALS: Final = 6_000
"""Bytes of the signals in the archive's header field, which holds 8,192 with all other facts."""


@dataclass(frozen=True, kw_only=True)
class HostRights:
    """Statements of robots.txt, tdmrep.json and ai.txt."""

    statements: OriginStatements = field(default_factory=lambda: OriginStatements(None, None, None))

    @classmethod
    def parse(
        cls, robots: str | None, tdmrep: bytes | None, ai_txt: str | None, product_token: str
    ) -> HostRights:
        """Read the three files; None stands for a file that is not there."""
        return cls(statements=OriginStatements(robots, tdmrep, ai_txt, product_token))

    @property
    def size(self) -> int:
        """Characters of the files, for a cache to count."""
        return self.statements.size

    def refusal(self, url: str) -> str | None:
        """The statement that refuses training on `url`."""
        return self.verdict(url).refusal

    def signals(self, url: str) -> tuple[str, ...]:
        """All statements that hold for `url`."""
        return self.verdict(url).signals

    def verdict(self, url: str) -> Verdict:
        """Both at once, the signals cut to what the archive can hold."""
        whole = self.statements.verdict(url)
        return Verdict(signals=tuple(_fitting(whole)), refusal=whole.refusal)


def _fitting(verdict: Verdict) -> Iterator[str]:
    """The signals in their order, without those for which there is no room; the refusal stays."""
    room = _LONGEST_SIGNALS - len(json.dumps(verdict.refusal))
    for signal in verdict.signals:
        room -= 0 if signal == verdict.refusal else len(json.dumps(signal)) + 2
        if room >= 0 or signal == verdict.refusal:
            yield signal
