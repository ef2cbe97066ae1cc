"""Pages that show what was done: the S-curve of the parameters, and the report of a run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from kaz_datasets.account import Account
from kaz_datasets.files import write_text
from kaz_datasets.shards import iter_batches, read_shard
from kaz_dedup.parameters import DedupConfig, candidate_probability

LAYOUTS: Final = (("FineWeb-2, 14 × 8", 14, 8), ("NeMo Curator, 20 × 13", 20, 13))
"""Bands and rows that other corpora were made with, as their tools' files say."""

_WIDTH: Final = 640
_HEIGHT: Final = 360
_LEFT: Final = 56
_BOTTOM: Final = 44
_TOP: Final = 16
_RIGHT: Final = 16


def curve_svg(config: DedupConfig, others: Sequence[tuple[str, int, int]] = ()) -> str:
    """The probability that a pair becomes a candidate, over its similarity, as an SVG drawing.

    `others` are layouts to compare with: name, bands, rows.
    """
    bands, rows = config.bands
    curves = [(f"kazcorpus, {bands} × {rows}", bands, rows), *others]
    parts = [_axes(), _threshold(config.threshold)]
    for number, (name, curve_bands, curve_rows) in enumerate(curves):
        colour = ("#0b6e99", "#b3541e", "#5b7f2b", "#7a4a9a")[number % 4]
        points = " ".join(
            f"{_x(at):.1f},{_y(candidate_probability(at, curve_bands, curve_rows)):.1f}"
            for at in np.linspace(0, 1, 201)
        )
        width = 3 if number == 0 else 1.5
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" points="{points}"/>'
            f'<text x="{_LEFT + 12}" y="{_TOP + 18 + 18 * number}" fill="{colour}">'
            f"{escape(name)}</text>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="sans-serif" font-size="13" role="img"'
        ' aria-label="Probability that a pair is compared, over its similarity">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def write_report(path: Path, output: Path, config: DedupConfig, account: Account) -> None:
    """A page about a run of the tool, of which `output` is the result."""
    bands, rows = config.bands
    counts = [("documents in", account.entered)]
    counts += [(f"dropped: {rule}", count) for rule, count in account.dropped.items()]
    counts.append(("documents kept", account.kept))
    parameters = [
        ("threshold", f"{config.measure} at least {config.threshold}"),
        ("shingles", f"{config.shingle_words} words"),
        ("signature", f"{config.permutations} values, {bands} bands of {rows} rows"),
        ("keeper", ", then ".join((*config.keeper, "id"))),
    ]
    sizes = _cluster_sizes(output / "clusters.parquet")
    body = [
        _table("Documents", [(name, f"{count:,}") for name, count in counts]),
        _table("Parameters", parameters),
        _table("Clusters by size", [(size, f"{count:,}") for size, count in sizes]),
    ]
    if (output / "pairs.parquet").exists():
        body.append(_table("Compared pairs by similarity", _similarities(output)))
    body.append(f"<h2>Which pairs are compared</h2>{curve_svg(config)}")
    write_text(
        path,
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Deduplication</title>'
        "<style>body{font:16px sans-serif;max-width:46rem;margin:2rem auto}"
        "td{padding:.1rem 1rem .1rem 0}</style><h1>Deduplication</h1>"
        + "".join(body)
        + "</html>\n",
    )


def _cluster_sizes(clusters: Path) -> list[tuple[str, int]]:
    ids = read_shard(clusters, ["cluster_id"]).column("cluster_id").value_counts()
    sizes = ids.field("counts").to_numpy()
    edges = [1, 2, 3, 5, 10, 100, 1_000, 1 << 62]
    found = []
    for low, high in pairwise(edges):
        name = str(low) if high == low + 1 else f"{low:,} to {high - 1:,}"
        name = f"{low:,} and more" if high == edges[-1] else name
        found.append((name, int(((sizes >= low) & (sizes < high)).sum())))
    return found


def _similarities(output: Path) -> list[tuple[str, str]]:
    counts = np.zeros(10, np.int64)
    for batch in iter_batches(output / "pairs.parquet", ["similarity"]):
        values = batch.column(0).to_numpy()
        counts += np.bincount(np.minimum((values * 10).astype(np.int64), 9), minlength=10)
    return [
        (f"{step / 10:.1f} to {(step + 1) / 10:.1f}", f"{counts[step]:,}") for step in range(10)
    ]


def _table(title: str, rows: Sequence[tuple[str, object]]) -> str:
    cells = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(str(value))}</td></tr>" for name, value in rows
    )
    return f"<h2>{escape(title)}</h2><table>{cells}</table>"


def _x(similarity: float) -> float:
    return _LEFT + similarity * (_WIDTH - _LEFT - _RIGHT)


def _y(probability: float) -> float:
    return _TOP + (1 - probability) * (_HEIGHT - _TOP - _BOTTOM)


def _axes() -> str:
    parts = []
    for step in range(6):
        share = step / 5
        parts.append(
            f'<line x1="{_x(share):.1f}" x2="{_x(share):.1f}" y1="{_y(0)}" y2="{_y(1)}"'
            ' stroke="#dddddd"/>'
            f'<line x1="{_x(0)}" x2="{_x(1)}" y1="{_y(share):.1f}" y2="{_y(share):.1f}"'
            ' stroke="#dddddd"/>'
            f'<text x="{_x(share):.1f}" y="{_y(0) + 18}" text-anchor="middle">{share:.1f}</text>'
            f'<text x="{_x(0) - 8}" y="{_y(share) + 4:.1f}" text-anchor="end">{share:.1f}</text>'
        )
    parts.append(
        f'<text x="{(_x(0) + _x(1)) / 2:.0f}" y="{_HEIGHT - 8}" text-anchor="middle">'
        "Jaccard similarity of the pair</text>"
        f'<text transform="translate(14 {(_y(0) + _y(1)) / 2:.0f}) rotate(-90)"'
        ' text-anchor="middle">probability of being compared</text>'
    )
    return "".join(parts)


def _threshold(threshold: float) -> str:
    return (
        f'<line x1="{_x(threshold):.1f}" x2="{_x(threshold):.1f}" y1="{_y(0)}" y2="{_y(1)}"'
        ' stroke="#333333" stroke-dasharray="4 4"/>'
        f'<text x="{_x(threshold) - 6:.1f}" y="{_y(0) - 8}" text-anchor="end">threshold'
        f" {threshold}</text>"
    )
