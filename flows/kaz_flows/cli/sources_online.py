"""`kazcorpus sources new` and `record`: the commands that look at the live site."""

from __future__ import annotations

from pathlib import Path

import click

from kaz_flows.cli.fetching import contact_option, fetch_options, proxy_option, require_contact
from kaz_flows.cli.options import example, json_option, workspace_option
from kaz_flows.cli.show import print_json


@click.command(epilog=example("kazcorpus sources new https://sait.kz/ --contact mailto:me@sait.kz"))
@click.argument("url")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for the file [default: the workspace's sources/, else this folder].",
)
@contact_option
@proxy_option
@workspace_option
def new(
    url: str, output: Path | None, contact: str | None, proxy: str | None, folder: Path
) -> None:
    """Draft the source file of the website at URL from its robots.txt, sitemaps and feeds.

    A site that does not want to be crawled is refused. Read the draft before you use it: whether
    the text may be used is for a person to find out.
    """
    from kaz_flows.source_drafting import draft_file

    options = fetch_options(folder, proxy=proxy, contact=contact)
    require_contact(options)
    drafted = draft_file(url, options, folder=folder, output=output)
    click.echo(drafted.toml)
    for finding in drafted.findings:
        click.echo(f"· {finding}", err=True)
    click.echo(
        f"{drafted.path} is the draft; next: settle what its comments ask, above all [rights],"
        f" then `kazcorpus sources check {drafted.path}`"
    )


@click.command(epilog=example("kazcorpus sources record sait-kz --contact mailto:me@sait.kz"))
@click.argument("target", metavar="ID|FILE")
@contact_option
@proxy_option
@workspace_option
@json_option
def record(
    target: str, contact: str | None, proxy: str | None, folder: Path, as_json: bool
) -> None:
    """Fetch the example pages of a source and keep their facts beside its file.

    Facts only, never the text: digest, number of words, the first and last five words, or the
    rule that drops the page. Exit code 1 if no page is kept.
    """
    from kaz_crawlers.recordings import recording_file, write_recording
    from kaz_crawlers.source import load_source
    from kaz_datasets.errors import Failed
    from kaz_flows.recording import record_examples
    from kaz_flows.source_choice import chosen_file

    path = chosen_file(target, folder)
    source = load_source(path)
    options = fetch_options(folder, proxy=proxy, contact=contact, unchecked=True)
    if source.urls.examples:
        require_contact(options)
    recording = record_examples(source, options)
    write_recording(recording_file(path), recording)
    if as_json:
        print_json(recording.model_dump(mode="json"))
    else:
        for page in recording.pages:
            click.echo(f"{page.url}: {page.dropped or f'{page.words} words'}")
        click.echo(recording_file(path))
    if all(page.dropped for page in recording.pages):
        raise Failed(
            f"no example of {recording.source} became a document: the reasons are above;"
            " mend [urls] or [extract], then record again"
        )
