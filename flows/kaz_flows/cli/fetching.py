"""Options of the commands that fetch from the web, and who they say is asking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kaz_crawlers.crawl import CrawlOptions

proxy_option = click.option(
    "--proxy",
    metavar="URL",
    help="For the demo's made-up web: a proxy on this machine, such as that of `kazcorpus site`.",
)

contact_option = click.option(
    "--contact",
    metavar="ADDRESS",
    help="Page or mailto: address where the site's owner reaches you"
    " [default: the workspace's crawl.contact].",
)

unchecked_option = click.option(
    "--unchecked",
    is_flag=True,
    help="Crawl also sources that nobody has compared with the live site yet.",
)


max_pages_option = click.option(
    "--max-pages",
    type=click.IntRange(min=1),
    metavar="N",
    help="Ask each host for N addresses at most: a first look before the whole crawl.",
)


def fetch_options(
    folder: Path,
    *,
    proxy: str | None,
    contact: str | None = None,
    unchecked: bool = False,
    max_pages: int | None = None,
) -> CrawlOptions:
    """How to fetch: a proxy on this machine is not made to wait, a website always is."""
    from kaz_crawlers.crawl import CrawlOptions

    return CrawlOptions(
        contact=contact or _stated_contact(folder),
        proxy=proxy,
        delay=None if proxy is None else 0.0,
        unchecked=unchecked,
        max_pages=max_pages,
    )


def require_contact(options: CrawlOptions) -> None:
    """Raise BadConfiguration unless site owners can reach whoever asks, or nobody is asked."""
    from kaz_datasets.errors import BadConfiguration

    if not options.contact and not options.stays_here:
        raise BadConfiguration(
            "owners of websites must be able to reach you: give --contact mailto:you@sait.kz, or"
            " set crawl.contact in the workspace's kazcorpus.toml"
        )


def _stated_contact(folder: Path) -> str | None:
    from kaz_datasets.errors import NotAWorkspace
    from kaz_datasets.workspace import Workspace
    from kaz_flows.configuration import Configuration

    try:
        return Configuration.of(Workspace.open(folder)).crawl.contact or None
    except NotAWorkspace:
        return None
