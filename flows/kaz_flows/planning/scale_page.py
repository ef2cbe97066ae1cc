"""docs/scale.md out of the code: `python -m kaz_flows.planning.scale_page > docs/scale.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Final

from kaz_flows.planning.load import ASSUMED, assumed_load
from kaz_flows.planning.model import Plan, plan_of
from kaz_flows.planning.rates import Rates, measured
from kaz_flows.planning.words import duration, size

CASES: Final = ((30_000_000, "30 million documents"), (1_000_000_000, "1 billion documents"))
WORKERS: Final = (1, 4, 16, 64, 256)


def page() -> str:
    """The whole page."""
    rates = measured()
    return "\n".join([*_opening(), *_assumptions(), *_figures(rates), *_cases(rates)]) + "\n"


def _opening() -> Iterator[str]:
    yield "# How far it scales"
    yield ""
    yield "Made by `python -m kaz_flows.planning.scale_page`; a test compares it with the code."
    yield "The same for a workspace of your own, with its past in place of these figures:"
    yield ""
    yield "```sh"
    yield "kazcorpus plan --workspace my-corpus"
    yield "kazcorpus plan --documents 30M --workers 1,16,64"
    yield "```"
    yield ""
    yield "The model: every stage is work that workers share and work that one process does alone;"
    yield "time is the second plus the first divided by the workers (Amdahl's law), and no more"
    yield "workers clean at once than there are archive files. A crawl takes as long as its slowest"
    yield "host at the delay that it is promised; all hosts are asked side by side. Scheduling,"
    yield "network and stores are taken as free."


def _assumptions() -> Iterator[str]:
    yield ""
    yield "## Assumed, because no benchmark can measure it"
    yield ""
    yield from _table(
        ("what", "value"),
        [
            ("pages fetched for a document that is kept", f"{ASSUMED.pages_a_document:g}"),
            ("documents after cleaning for one that is kept", f"{ASSUMED.cleaned_a_document:g}"),
            ("pages of a host, on average", f"{ASSUMED.pages_a_host:,}"),
            ("pages of the largest host", f"{ASSUMED.most_pages_a_host:,}"),
            ("seconds between two requests to a host", f"{ASSUMED.delay:g}"),
            ("pages in an archive file of 1 GiB", f"{ASSUMED.pages_a_file:,}"),
        ],
    )


def _figures(rates: Rates) -> Iterator[str]:
    yield ""
    yield "## Measured"
    yield ""
    rows = []
    for field in fields(rates):
        one = getattr(rates, field.name)
        number = f"{one.value:.6g}"
        rows.append((f"`{field.name}`", number, one.unit, f"`{one.command}`", one.of))
    yield from _table(("figure", "value", "unit", "command", "measured on"), rows)


def _cases(rates: Rates) -> Iterator[str]:
    for documents, title in CASES:
        plan = plan_of(assumed_load(documents), rates)
        yield ""
        yield f"## {title}"
        yield ""
        load = plan.load
        yield (
            f"{load.pages:,} pages of {load.hosts:,} hosts in {load.files:,} archive files;"
            f" {load.cleaned:,} documents after cleaning."
        )
        yield ""
        yield from _table(
            ("stage", *(f"{number}" for number in WORKERS), "disk", "memory"),
            [
                (
                    stage.name,
                    *(duration(stage.seconds(number)) for number in WORKERS),
                    size(stage.disk),
                    size(stage.memory),
                )
                for stage in plan.stages
            ]
            + [
                (
                    "**build**",
                    *(f"**{duration(plan.seconds(number))}**" for number in WORKERS),
                    size(plan.disk),
                    size(plan.memory),
                )
            ],
        )
        yield ""
        yield _conclusion(plan)


def _conclusion(plan: Plan) -> str:
    return (
        f"Knee: {plan.knee:,} workers, from which on `{plan.alone_longest}` takes most of the time:"
        f" one process does it alone. {size(plan.work_disk)} more are on disk while clusters are"
        " found. The release's memory grows with its rows, because it holds an index of them."
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    print(page(), end="")
