"""`kazcorpus publish`: a release to the Hub in one commit and one tag, to a folder or a bucket."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_datasets.errors import BadConfiguration
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.places import PLACES_HELP, place_of
from kaz_flows.cli.show import print_json, progress_bar


@click.command(
    epilog=example(
        "HF_TOKEN=… kazcorpus publish 1.0.0 --repo my-name/my-corpus --public\n"
        "kazcorpus publish --to s3://my-bucket/corpus"
    )
)
@click.argument("version", required=False)
@click.option("--repo", help="The dataset repo, as owner/name; by default kazcorpus.toml's.")
@click.option("--to", "place", metavar="PLACE", help=f"Another place: {PLACES_HELP}.")
@click.option("--endpoint", envvar="HF_ENDPOINT", help="Another Hub, such as `kazcorpus hub`.")
@click.option("--public/--private", default=False, help="Who may read a repo made by this call.")
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=60.0,
    show_default=True,
    help="Seconds that the Hub may stay silent.",
)
@workspace_option
@json_option
def publish(
    version: str | None,
    repo: str | None,
    place: str | None,
    endpoint: str | None,
    public: bool,
    timeout: float,
    folder: Path,
    as_json: bool,
) -> None:
    """Publish a release; one that is published already is left as it is.

    The Hub's token comes from HF_TOKEN or from `hf auth login`, and is never printed; keys of a
    bucket from where its client looks for them (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL …). On a file
    system each version is a folder v1.0.0, and ledger.json lists those that are whole.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.configuration import Configuration
    from kaz_flows.execution import run_publish
    from kaz_flows.publish import release_folder

    if repo is not None and place is not None:
        raise BadConfiguration("say where it goes by one of --repo and --to")
    workspace = Workspace.open(folder)
    stated = Configuration.of(workspace).release
    address = place or f"hf://{repo or stated.repo}"
    target = place_of(address, endpoint=endpoint, private=not public, timeout=timeout)
    release = release_folder(workspace, version or stated.version)
    with progress_bar() as progress:
        published = run_publish(workspace, release, target, progress)
    if as_json:
        print_json({key: getattr(published, key) for key in ("repo", "tag", "commit", "state")})
        return
    click.echo(f"{published.repo} {published.tag} is {published.state}: commit {published.commit}")
