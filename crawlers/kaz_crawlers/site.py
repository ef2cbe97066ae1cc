"""How a site is read: by its TOML file alone, or by a Python class where that cannot say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaz_crawlers.packs import site_class
from kaz_datasets.errors import BadConfiguration

if TYPE_CHECKING:
    from scrapy.http import Response

    from kaz_crawlers.addresses import Role
    from kaz_crawlers.discovery import Link
    from kaz_crawlers.source import Source


class Site:
    """What an answer of the site leads to. A pack overrides `links` for a site out of the common.

    Whatever a subclass yields goes through the source's patterns, robots.txt, the rights, the
    budgets and the guard like any other link: it can find more, and allow nothing.
    """

    def __init__(self, source: Source) -> None:
        self.source = source

    def links(self, role: Role, response: Response) -> Iterator[Link]:
        """The addresses that an answer names. Raises `discovery.Unreadable`."""
        from kaz_crawlers.discovery import links_of  # Scrapy is slow to import, and `check` is not

        return links_of(role, response)


def site_of(source: Source) -> Site:
    """The site of `source`. Raises BadConfiguration where its Python class cannot be had."""
    if source.python is None:
        return Site(source)
    found = site_class(source.python)
    if not issubclass(found, Site):
        raise BadConfiguration(
            f"python = {source.python!r} names {found.__name__}, which is no subclass of"
            " kaz_crawlers.site.Site"
        )
    return found(source)
