"""A release on one screen, for the person who decides whether it is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kaz_datasets.release.checks import Verification
from kaz_flows.build import BuildResult

CARD_LINES = 120
"""Lines of the card that are shown: its beginning up to the tables."""


def release_summary(result: BuildResult, verification: Verification) -> str:
    """Checks, counts and the largest drops, as Markdown."""
    return "\n".join(_lines(result, verification))


def card_preview(release: Path) -> str:
    """The beginning of the dataset card, without its YAML."""
    text = (release / "README.md").read_text(encoding="utf-8")
    body = text.split("\n---\n", 1)[-1]
    lines = body.lstrip().splitlines()
    more = ["", f"… and {len(lines) - CARD_LINES} lines more"] if len(lines) > CARD_LINES else []
    return "\n".join([*lines[:CARD_LINES], *more])


def _lines(result: BuildResult, verification: Verification) -> Iterator[str]:
    yield f"# Release {result.version}"
    yield ""
    passed = len(verification.checks) - len(verification.failed)
    yield f"- **{passed} of {len(verification.checks)} checks passed**"
    for check in verification.failed:
        yield f"    - {check.name}: expected {check.expected}, found {check.found}"
    kept, entered = result.funnel[-1][1].kept, result.funnel[0][1].entered
    yield f"- **{kept:,} documents** of {entered:,} records"
    yield f"- {result.done} steps in {result.seconds:,} s, {result.skipped} done before"
    yield f"- lies in `{result.release}`"
    yield ""
    yield "| stage | dropped most by | documents |"
    yield "| --- | --- | --- |"
    for stage, account in result.funnel:
        ordered = sorted(account.dropped.items(), key=lambda item: (-item[1], item[0]))
        for rule, count in ordered[:5]:
            yield f"| {stage} | {rule} | {count:,} |"
