"""What a build cost, and pages to look at for each rule that dropped some."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from kaz_datasets.shards import iter_batches
from kaz_datasets.workspace import Workspace
from kaz_flows.watching import StageWork, duration

SAMPLES: Final = 3
"""Pages of each rule."""
MOST_RULES: Final = 40
Row = dict[str, str | int | float]


def work_rows(stages: Sequence[StageWork], seconds: float) -> list[Row]:
    """A line a stage: how long it took, and how fast it was; the rest is the release's."""
    rows: list[Row] = [
        {
            "stage": work.stage,
            "shards": work.units,
            "done before": work.skipped,
            "took": duration(work.wall),
            "records a second": round(work.records / work.wall) if work.wall else 0,
            "MB written": round(work.bytes / 1e6, 1),
            "work in all": duration(work.work),
        }
        for work in stages
    ]
    rest = max(0.0, seconds - sum(work.wall for work in stages))
    return [*rows, {"stage": "release and the rest", "took": duration(rest)}]


def machine_rows(workspace: Workspace, peak: int) -> list[Row]:
    """Memory at its most, and what lies on the disk."""
    folders = ("archive", "documents", "dedup", "releases")
    rows: list[Row] = [{"what": "memory at its most", "GB": round(peak / 1e9, 2)}]
    for name in folders:
        rows.append({"what": name, "GB": round(_bytes(workspace.root / name) / 1e9, 3)})
    free = shutil.disk_usage(workspace.root).free
    return [*rows, {"what": "free disk", "GB": round(free / 1e9, 1)}]


def reject_samples(release: Path) -> str:
    """Some pages for each stage and rule, as links, from the rejected rows of a release."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for path in sorted(release.glob("rejected/**/*.parquet")):
        for batch in iter_batches(path, ["stage", "rule", "url", "value"]):
            for row in batch.to_pylist():
                pages = found.setdefault((row["stage"], row["rule"]), [])
                if len(pages) < SAMPLES and row["url"]:
                    pages.append((row["url"], row["value"] or ""))
    lines = ["| stage | rule | pages |", "| --- | --- | --- |"]
    for (stage, rule), pages in sorted(found.items())[:MOST_RULES]:
        lines.append(f"| {stage} | {rule} | {' · '.join(_links(pages))} |")
    return "\n".join(lines)


def _links(pages: Iterable[tuple[str, str]]) -> Iterable[str]:
    for url, value in pages:
        # an address is a stranger's text: nothing in it may end the link or the cell
        safe = "".join(c if c.isalnum() or c in "-._~:/?#@!$&*+,;=%" else "%20" for c in url)
        note = "".join(c for c in value if c.isalnum() or c in " .,:-/")[:40]
        shown = safe if len(safe) <= 60 else f"{safe[:57]}…"
        yield f"[{shown}]({safe})" + (f" ({note})" if note else "")


def _bytes(folder: Path) -> int:
    paths = folder.rglob("*") if folder.is_dir() else ()
    return sum(path.stat().st_size for path in paths if path.is_file())
