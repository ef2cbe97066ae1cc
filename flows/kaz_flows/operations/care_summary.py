"""A takedown on one screen: what it would reach, and what it has not reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kaz_datasets.identity import host_of
from kaz_datasets.publishing.ledger import Publication
from kaz_flows.operations.forms import TakedownForm
from kaz_flows.takedown import TakedownReport

MOST_HOSTS = 20


def meant_summary(meant: TakedownReport, form: TakedownForm) -> str:
    """What an operator decides about, as Markdown."""
    hosts = Counter(host_of(url) for url in meant.addresses)
    lines = [
        f"# Takedown by {form.by}, asked for by: {form.requester}",
        "",
        f"- reason: {form.reason}",
        f"- **{len(meant.addresses):,} documents**, near-copies included",
        "- approved, their payloads are erased here for good; the next release leaves them out",
        "",
        "| host | documents |",
        "| --- | --- |",
        *(f"| {host} | {count:,} |" for host, count in hosts.most_common(MOST_HOSTS)),
    ]
    return "\n".join(lines)


def report_summary(report: TakedownReport, publications: Sequence[Publication]) -> str:
    """What was erased, and every revision that still serves some of it."""
    lines = [
        f"# Takedown {report.takedown.number}",
        "",
        f"- {len(report.addresses):,} documents, {report.erased:,} records of the archive erased",
        "- go on with the deployment `release`: the next version is served without them",
        "",
        "| still served in | revision | commit | rows |",
        "| --- | --- | --- | --- |",
        *(
            f"| {entry.repo} | v{entry.version} | {entry.commit} |"
            f" {sum(report.holding[entry.version].values()):,} |"
            for entry in publications
            if entry.version in report.holding
        ),
    ]
    unpublished = sorted(set(report.holding) - {entry.version for entry in publications})
    if unpublished:
        lines += ["", f"Built here and not published, with rows of it: {', '.join(unpublished)}"]
    return "\n".join(lines)
