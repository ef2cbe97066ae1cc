"""The contract of a site, whether a TOML file or a Python class says how it is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from kaz_crawlers.addresses import Role
from kaz_crawlers.discovery import Link, Unreadable
from kaz_crawlers.problems import Problem, error
from kaz_crawlers.site import Site

if TYPE_CHECKING:
    from scrapy.http import Response


def check_site(site: Site, role: Role, response: Response) -> list[Problem]:
    """What is wrong with the links that `site` finds in one saved answer.

    An answer that cannot be read must raise `Unreadable` and nothing else.
    """
    try:
        return [problem for link in site.links(role, response) for problem in _of_link(link)]
    except Unreadable:
        return []
    except Exception as failure:  # whatever a stranger's class raises: that is the finding
        return [error("python", f"links() raised {type(failure).__name__} for {response.url}")]


def _of_link(link: Any) -> Iterator[Problem]:
    if not isinstance(link, Link):
        yield error("python", f"links() must yield Link, not {type(link).__name__}")
        return
    if link.role not in get_args(Role):
        yield error("python", f"{link.url} has the unknown role {link.role!r}")
    if "://" not in link.url:
        yield error("python", f"{link.url!r} is relative: join it with response.url")
    if isinstance(link.lastmod, datetime) and link.lastmod.tzinfo is None:
        yield error("python", f"the lastmod of {link.url} has no time zone")
