"""`kazcorpus publish`: a release to the Hub, in one commit and one tag."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kaz_datasets.errors import Refused
from kaz_flows.cli.environment import prepare_hub_client
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, progress_bar


@click.command(
    epilog=example("HF_TOKEN=… kazcorpus publish 1.0.0 --repo my-name/my-corpus --public")
)
@click.argument("version", required=False)
@click.option("--repo", help="The dataset repo, as owner/name; by default kazcorpus.toml's.")
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
    endpoint: str | None,
    public: bool,
    timeout: float,
    folder: Path,
    as_json: bool,
) -> None:
    """Publish a release; one that is published already is left as it is.

    The token comes from HF_TOKEN or from `hf auth login`, and is never printed.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.configuration import Configuration

    workspace = Workspace.open(folder)
    stated = Configuration.of(workspace).release
    number = version or stated.version
    token = os.environ.get("HF_TOKEN") or _stored_token(endpoint)
    from kaz_flows.execution import run_publish
    from kaz_flows.publish import PublishTarget, release_folder

    target = PublishTarget(
        repo=repo or stated.repo,
        token=token,
        endpoint=endpoint,
        private=not public,
        timeout=timeout,
    )
    with progress_bar() as progress:
        published = run_publish(workspace, release_folder(workspace, number), target, progress)
    if as_json:
        print_json({key: getattr(published, key) for key in ("repo", "tag", "commit", "state")})
        return
    click.echo(f"{published.repo} {published.tag} is {published.state}: commit {published.commit}")


def _stored_token(endpoint: str | None) -> str:
    prepare_hub_client(endpoint)
    from huggingface_hub import get_token

    token = get_token()
    if not token:
        raise Refused("there is no token: set HF_TOKEN to one that may write to the repo")
    return token
