"""`kazcorpus takedown served`: which revisions still serve what was taken down; their deletion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaz_datasets.errors import BadConfiguration, Conflict
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.places import PLACES_HELP, place_of
from kaz_flows.cli.show import print_json, print_table

if TYPE_CHECKING:
    from kaz_datasets.publishing.targets import Target
    from kaz_datasets.workspace import Workspace
    from kaz_flows.served import Served, Survey


@click.command(
    epilog=example(
        "kazcorpus takedown served\nkazcorpus takedown served 3 --delete-forever --workspace corpus"
    )
)
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@click.option("--to", "places", multiple=True, metavar="PLACE", help=f"Also here: {PLACES_HELP}.")
@click.option("--endpoint", envvar="HF_ENDPOINT", help="The Hub of --to hf://….")
@click.option(
    "--delete-forever", is_flag=True, help="Delete these files, in every revision, for good."
)
@click.option("--yes", is_flag=True, help="Do not ask before deleting.")
@workspace_option
@json_option
def served(
    numbers: tuple[int, ...],
    places: tuple[str, ...],
    endpoint: str | None,
    delete_forever: bool,
    yes: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """List files of releases that still serve rows that were taken down, and delete them.

    Looks into the workspace's own releases, every place that it published to, and --to. NUMBER
    names takedowns; by default all. Deleted files cannot be had again: old revisions stay, with
    their commits and all other files. A file of the newest release is never deleted: publish the
    next release first. Exit code 1 where such a file, or a place that did not answer, is left.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows import served as serving

    if delete_forever and as_json and not yes:
        raise BadConfiguration("--json cannot ask: add --yes, or leave out --json")
    workspace = Workspace.open(folder)
    found = serving.survey(workspace, _targets(workspace, places, endpoint), numbers)
    if not as_json:
        _show(found)
    deleted: tuple[Served, ...] = ()
    if delete_forever and found.deletable and (yes or _confirmed(found)):
        deleted = found.deletable
        serving.delete_forever(deleted)
    if as_json:
        print_json(_as_json(found, deleted))
    elif deleted:
        click.echo(f"deleted for good: {len(deleted)} files")
    if delete_forever:
        _require_all(found)


def _targets(workspace: Workspace, places: tuple[str, ...], endpoint: str | None) -> list[Target]:
    from kaz_flows.served import published_places

    known = {**published_places(workspace), **dict.fromkeys(places, endpoint or "")}
    return [place_of(address, endpoint=where or None) for address, where in known.items()]


def _confirmed(found: Survey) -> bool:
    files = found.deletable
    revisions = {(each.target.name, name) for each in files for name in each.file.revisions}
    return click.confirm(
        f"Delete {len(files)} files of {len(revisions)} revisions for good?"
        " They cannot be had again",
        err=True,
    )


def _require_all(found: Survey) -> None:
    """Raise Conflict where something is left that a deletion could not reach."""
    current = [each for each in found.files if each.file.current]
    if current:
        raise Conflict(
            f"the newest release at {current[0].target.name} still holds {current[0].file.path}:"
            " publish the next release there, then give the command again"
        )
    if found.unreached:
        raise Conflict("; ".join(found.unreached.values()))


def _show(found: Survey) -> None:
    rows = [
        (
            each.target.name,
            " ".join(name[:12] for name in each.file.revisions),
            each.file.path,
            each.rows,
            "yes" if each.file.current else "no",
        )
        for each in found.files
    ]
    heads = ("place", "revisions", "file", "rows", "in its newest release")
    if rows:
        print_table("Files that serve what was taken down", heads, rows)
    else:
        click.echo("no place that answered serves anything that was taken down")
    for name, why in found.unreached.items():
        click.echo(f"not looked at: {name}: {why}", err=True)


def _as_json(found: Survey, deleted: tuple[Served, ...]) -> dict[str, object]:
    return {
        "files": [
            {
                "place": each.target.name,
                "revisions": list(each.file.revisions),
                "path": each.file.path,
                "sha256": each.file.sha256,
                "rows": each.rows,
                "current": each.file.current,
            }
            for each in found.files
        ],
        "deleted": len(deleted),
        "unreached": dict(found.unreached),
    }
