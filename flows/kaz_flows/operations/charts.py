"""Charts as SVG: bars that a person reads in the Prefect UI, without a plotting library."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 720
ROW: Final = 26
LABELS: Final = 250
"""Units of the picture left to the labels; as many letters of 12 units as rules have."""
NUMBERS: Final = 90
KEPT, DROPPED = "#2a7f62", "#b4532a"
"""Colours that differ in brightness too, for readers who do not tell red from green."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: what is counted, how many, and whether it was lost on the way."""

    label: str
    count: int
    dropped: bool = False


def bar_chart(title: str, bars: Sequence[Bar]) -> str:
    """An SVG picture of horizontal bars, in the given order, on one scale."""
    height = ROW * (len(bars) + 2)
    longest = max((bar.count for bar in bars), default=0) or 1
    rows = "".join(_row(bar, number, longest) for number, bar in enumerate(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        f'<text x="10" y="18" font-size="14" font-weight="bold">{escape(title)}</text>'
        f"{rows}</svg>"
    )


def data_uri(svg: str) -> str:
    """The picture as an address that needs no server."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _row(bar: Bar, number: int, longest: int) -> str:
    top = ROW * (number + 1) + 4
    room = WIDTH - LABELS - NUMBERS
    length = max(1, round(room * bar.count / longest)) if bar.count else 0
    colour = DROPPED if bar.dropped else KEPT
    return (
        f'<text x="{LABELS - 8}" y="{top + 14}" text-anchor="end">{escape(bar.label)}</text>'
        f'<rect x="{LABELS}" y="{top}" width="{length}" height="{ROW - 8}" fill="{colour}"/>'
        f'<text x="{LABELS + length + 6}" y="{top + 14}">{bar.count:,}</text>'
    )
