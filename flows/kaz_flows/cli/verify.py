"""`kazcorpus verify`: everything a release says, recomputed from its data."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_datasets.errors import Unverified
from kaz_flows.cli.options import example, json_option
from kaz_flows.cli.show import print_json, print_table, progress_bar


@click.command(epilog=example("kazcorpus verify my-corpus/releases/1.0.0"))
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@json_option
def verify(folder: Path, as_json: bool) -> None:
    """Recompute every figure and checksum of a release; exit 1 naming each that differs."""
    from kaz_datasets.release.verify import verify_release

    with progress_bar() as progress:
        verification = verify_release(folder, progress)
    if as_json:
        failed = [
            {"check": check.name, "expected": check.expected, "found": check.found}
            for check in verification.failed
        ]
        print_json({"passed": not failed, "checks": len(verification.checks), "failed": failed})
    else:
        rows = [(check.name, "ok" if check.passed else "DIFFERS") for check in verification.checks]
        print_table(str(folder), ("check", "result"), rows)
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
