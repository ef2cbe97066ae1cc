"""`kazcorpus plan`: what a crawl, a build and a release will take, before they are begun."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from kaz_flows.cli.options import example, json_option, open_workspace, shared_workspace_option
from kaz_flows.cli.show import print_json, print_table

if TYPE_CHECKING:
    from kaz_flows.planning.model import Plan

_SCALES = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


class Count(click.ParamType[int]):
    """A number of documents: `20000`, `30M`, `1B`."""

    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or say what it must look like."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMB]?)", str(value).upper())
        if found is None or float(found[1]) <= 0:
            self.fail(f"{value!r} is no number of documents, such as 20000, 30M or 1B", param, ctx)
        return max(1, round(float(found[1]) * _SCALES[found[2]]))


class Counts(click.ParamType[tuple[int, ...]]):
    """Numbers of workers: `1,4,16`."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Read them, or say what they must look like."""
        if isinstance(value, tuple):
            return value
        if not re.fullmatch(r"[1-9]\d{0,5}(,[1-9]\d{0,5})*", value):
            self.fail(f"{value!r} is no list of numbers, such as 1,4,16", param, ctx)
        return tuple(int(word) for word in value.split(","))


@click.command(epilog=example("kazcorpus plan --documents 30M --workers 1,16,64"))
@click.option(
    "--documents",
    type=Count(),
    help="Documents that the release is to have; by default what the workspace has gathered.",
)
@click.option(
    "--workers",
    type=Counts(),
    default=(1, 4, 16, 64),
    show_default="1,4,16,64",
    help="Numbers of workers, a core each.",
)
@shared_workspace_option
@json_option
def plan(folder: str, documents: int | None, workers: tuple[int, ...], as_json: bool) -> None:
    """Estimate time, disk and memory of crawl, build and release, and where the knee is.

    What a document costs and how many pages it takes is this workspace's own past, where it has
    one, else what the benchmarks measured and docs/scale.md assumes. Nothing is started.
    """
    from kaz_flows.planning.estimate import estimated

    found, known = estimated(lambda: open_workspace(folder), documents)
    if as_json:
        print_json({**_json(found, workers), "from": known})
        return
    _show(found, workers, known)


def _show(found: Plan, workers: tuple[int, ...], known: str) -> None:
    from kaz_flows.planning.words import duration, size

    load = found.load
    print_table(
        f"{load.pages:,} pages of {load.hosts:,} hosts → {load.kept:,} documents, by {known}",
        ("stage", *(f"{number} workers" for number in workers), "disk", "memory of one process"),
        [
            (
                stage.name,
                *(duration(stage.seconds(number)) for number in workers),
                size(stage.disk),
                size(stage.memory),
            )
            for stage in found.stages
        ]
        + [
            (
                "build and release",
                *(duration(found.seconds(number)) for number in workers),
                size(found.disk),
                size(found.memory),
            )
        ],
    )
    click.echo(
        f"The crawl waits for its slowest host; more machines do not make it shorter.\n"
        f"{size(found.work_disk)} more are on disk while clusters are found.\n"
        f"Knee: {found.knee:,} workers; from there on {found.alone_longest}, which one process does"
        " alone, takes most of the time."
    )


def _json(found: Plan, workers: tuple[int, ...]) -> dict[str, Any]:
    load = found.load
    return {
        "pages": load.pages,
        "documents": load.kept,
        "hosts": load.hosts,
        "files": load.files,
        "crawl_seconds": round(found.crawl_seconds),
        "stages": [
            {
                "stage": stage.name,
                "shared_core_seconds": round(stage.shared, 1),
                "alone_seconds": round(stage.alone, 1),
                "disk_bytes": round(stage.disk),
                "memory_bytes": round(stage.memory),
            }
            for stage in found.stages
        ],
        "build_seconds": {f"{number}": round(found.seconds(number), 1) for number in workers},
        "disk_bytes": round(found.disk),
        "work_disk_bytes": round(found.work_disk),
        "memory_bytes": round(found.memory),
        "knee_workers": found.knee,
    }
