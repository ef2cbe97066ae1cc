"""`kazcorpus push` and `pull`: between a workspace on a disk and a bucket that machines share."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json, progress_bar


@click.command(epilog=example("kazcorpus push s3://corpus/kk --workspace my-corpus"))
@click.argument("url", metavar="URL")
@workspace_option
@json_option
def push(url: str, folder: Path, as_json: bool) -> None:
    """Send archives, sources, takedowns and configuration to a bucket: s3://BUCKET/NAME.

    Crawls go to a local disk first; pushed, they are built where `--workspace URL` says so. What
    is in the bucket already is not sent again. Keys and endpoint are those of the environment
    (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL).
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.storage.bucket import Bucket
    from kaz_flows.storage.pushing import push as push_workspace

    bucket = Bucket.of(url)
    with progress_bar() as progress:
        report = push_workspace(Workspace.open(folder), bucket, progress)
    if as_json:
        print_json({"sent": report.sent, "bytes": report.bytes, "unchanged": report.unchanged})
        return
    click.echo(
        f"{report.sent} files ({report.bytes / 1e6:.1f} MB) sent, {report.unchanged} there before;"
        f" next: `kazcorpus build --workspace {bucket.url}`"
    )


@click.command(epilog=example("kazcorpus pull s3://corpus/kk --workspace my-corpus"))
@click.argument("url", metavar="URL")
@click.option("--release", "version", help="Which release to bring; by default the newest.")
@workspace_option
@json_option
def pull(url: str, version: str | None, folder: Path, as_json: bool) -> None:
    """Bring a release, takedowns and sources from a bucket into a workspace, to publish it.

    A configuration that is in the workspace already stays as it is.
    """
    from kaz_datasets.workspace import Workspace
    from kaz_flows.storage.bucket import Bucket
    from kaz_flows.storage.pulling import pull as pull_release

    bucket = Bucket.of(url)
    folder.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(root=folder.resolve())
    with progress_bar() as progress:
        release = pull_release(bucket, workspace, version, progress)
    if as_json:
        print_json({"release": str(release) if release is not None else None})
        return
    click.echo(f"{release or 'no release yet'}; next: `kazcorpus publish --workspace {folder}`")
