"""`kazcorpus verify`: everything a release says, recomputed from its data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaz_datasets.errors import Unverified
from kaz_flows.cli.options import example, json_option
from kaz_flows.cli.references import endpoint_option, release_at
from kaz_flows.cli.show import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from kaz_datasets.release.checks import Check


@click.command(
    epilog=example(
        "kazcorpus verify my-corpus/releases/1.0.0\n"
        "kazcorpus verify my-name/my-corpus@v1.1.0 --previous my-name/my-corpus@v1.0.0"
    )
)
@click.argument("release", metavar="RELEASE")
@click.option("--previous", help="The release before: nothing of it may have been rewritten.")
@click.option(
    "--personal-data/--no-personal-data",
    default=True,
    help="Look for personal data in every text (most of the time that it takes).",
)
@click.option(
    "--benchmarks",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of hashed evaluation sets (`kazcorpus decontaminate add`) to look for.",
)
@endpoint_option
@json_option
def verify(
    release: str,
    previous: str | None,
    personal_data: bool,
    benchmarks: Path | None,
    endpoint: str | None,
    as_json: bool,
) -> None:
    """Recompute every figure and checksum of a release; exit 1 naming each that differs.

    RELEASE is a folder, or owner/name@revision on the Hub, which is downloaded.
    """
    from kaz_datasets.release.checks import Verification
    from kaz_datasets.release.verify import verify_release

    folder = release_at(release, endpoint)
    before = release_at(previous, endpoint) if previous is not None else None
    with progress_bar() as progress:
        verification = verify_release(
            folder, progress, previous=before, personal=_personal if personal_data else None
        )
    if benchmarks is not None:
        verification = Verification(
            checks=(*verification.checks, *_overlap_checks(folder, benchmarks))
        )
    if as_json:
        failed = [
            {"check": check.name, "expected": check.expected, "found": check.found}
            for check in verification.failed
        ]
        print_json({"passed": not failed, "checks": len(verification.checks), "failed": failed})
    else:
        rows = [(check.name, "ok" if check.passed else "DIFFERS") for check in verification.checks]
        print_table(release, ("check", "result"), rows)
    if verification.failed:
        named = "; ".join(
            f"{check.name} (said {check.expected}, found {check.found})"
            for check in verification.failed[:5]
        )
        more = len(verification.failed) - 5
        raise Unverified(
            f"{len(verification.failed)} of {len(verification.checks)} checks differ: {named}"
            + (f"; and {more} more" if more > 0 else "")
        )


def _overlap_checks(folder: Path, benchmarks: Path) -> Iterator[Check]:
    """One check for each evaluation set: no document holds a passage of it, or each says so.

    A release that only reported them is what it says, whatever there is.
    """
    from kaz_datasets.release.checks import compare
    from kaz_datasets.release.layout import data_paths
    from kaz_datasets.release.manifest import read_manifest
    from kaz_flows.decontamination import flagged, overlaps_of_release, sets_of

    sets = sets_of(benchmarks)
    stated = read_manifest(folder).facts.pipeline.get("decontamination", {})
    mode = stated.get("mode", "drop")
    found = overlaps_of_release(folder, sets)
    marked = flagged(data_paths(folder)) if mode == "flag" else {}
    for known in sets:
        ids = [row.id for row in found if row.set == known.name and row.id not in marked]
        if mode == "report" and known.name in stated.get("sets", ()):
            ids = []
        yield compare(f"documents that hold passages of {known.name}", [], ids[:3])
    # flags of sets that are not at hand cannot be judged
    if mode == "flag" and set(stated.get("sets", ())) <= {known.name for known in sets}:
        surplus = sorted(marked.keys() - {row.id for row in found})
        yield compare("documents flagged without a passage", [], surplus[:3])


def _personal(text: str) -> Mapping[str, int]:
    """What of a text the cleaning would mask today."""
    from kaz_cleaning.masks import mask

    return mask(text).counts
