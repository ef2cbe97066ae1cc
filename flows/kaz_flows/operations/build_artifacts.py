"""A build as an operator reads it: the funnel, each source, each rule, the time it took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kaz_datasets.account import Account, Tally
from kaz_flows.build import BuildResult
from kaz_flows.funnel import funnel_lines
from kaz_flows.operations.charts import Bar, bar_chart

MOST_RULES = 20
"""Rules in a chart; the tables have all of them."""
Row = dict[str, str | int | float]


@dataclass(frozen=True, kw_only=True)
class BuildArtifacts:
    """Tables and charts of one build, ready for any place that shows them."""

    funnel: list[Row]
    sources: list[Row]
    rules: list[Row]
    charts: dict[str, str]
    """SVG by name."""


def build_artifacts(result: BuildResult) -> BuildArtifacts:
    """Everything that is shown of a build."""
    return BuildArtifacts(
        funnel=[
            {"stage": line.stage, "what": line.what, "count": line.count}
            for line in funnel_lines(result)
        ],
        sources=list(_source_rows(result)),
        rules=list(_rule_rows(result)),
        charts={
            "funnel-chart": bar_chart(f"Funnel of {result.version}", _funnel_bars(result)),
            "sources-chart": bar_chart("Documents kept, by source", _source_bars(result)),
        },
    )


def _stages(result: BuildResult) -> list[tuple[str, Account]]:
    crawled = [("crawl", result.crawled)] if result.crawled.entered else []
    return [*crawled, *result.funnel]


def _source_rows(result: BuildResult) -> Iterator[Row]:
    first, last = result.funnel[0][1], result.funnel[-1][1]
    none = Tally()
    for source in sorted(first.sources):
        entered = first.sources[source].entered
        kept = last.sources.get(source, none).kept
        worst = max(
            first.sources[source].dropped.items(), key=lambda item: item[1], default=("", 0)
        )
        yield {
            "source": source,
            "records": entered,
            "kept": kept,
            "share": f"{kept / entered:.1%}" if entered else "",
            "first reason": f"{worst[0]} ({worst[1]})" if worst[0] else "",
        }


def _rule_rows(result: BuildResult) -> Iterator[Row]:
    for stage, account in _stages(result):
        for rule, count in sorted(account.dropped.items(), key=lambda item: -item[1]):
            by_source = sorted(
                ((tally.dropped.get(rule, 0), name) for name, tally in account.sources.items()),
                reverse=True,
            )
            yield {
                "stage": stage,
                "rule": rule,
                "dropped": count,
                "share": f"{count / account.entered:.1%}",
                "mostly of": f"{by_source[0][1]} ({by_source[0][0]})",
            }


def _funnel_bars(result: BuildResult) -> Sequence[Bar]:
    bars: list[Bar] = []
    for stage, account in _stages(result):
        bars.append(Bar(label=f"into {stage}", count=account.entered))
        ordered = sorted(account.dropped.items(), key=lambda item: -item[1])
        bars += [Bar(label=rule, count=count, dropped=True) for rule, count in ordered]
    kept = Bar(label="kept", count=result.funnel[-1][1].kept)
    return [*bars[:MOST_RULES], kept]


def _source_bars(result: BuildResult) -> Sequence[Bar]:
    tallies = result.funnel[-1][1].sources.items()
    bars = [Bar(label=name, count=tally.kept) for name, tally in tallies]
    return sorted(bars, key=lambda bar: (-bar.count, bar.label))[:MOST_RULES]
