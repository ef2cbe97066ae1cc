"""A first draft of a source file, made by looking at the site as a crawl would.

A draft is a proposal: patterns are guessed from addresses, and whether the text may be used is
left open (`unclear`), so that no site is crawled before a person has read its terms.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from kaz_crawlers.address_languages import (
    KAZAKH_MARKS,
    folder_mark,
    in_other_languages,
    is_kazakh_address,
    is_other_address,
    same_site,
)
from kaz_crawlers.draft_home import Home, read_home
from kaz_crawlers.draft_journals import Journal, journal_of, journal_source
from kaz_crawlers.draft_maps import Maps, read_maps
from kaz_crawlers.draft_patterns import (
    Shape,
    article_shapes,
    common_prefix,
    literal,
    section_shape,
)
from kaz_crawlers.draft_probe import Probe, refused_by_owner
from kaz_crawlers.draft_toml import draft_toml, kind_of
from kaz_crawlers.guard import is_web_address
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Discover, Rights, Source, Urls
from kaz_crawlers.source_fields import NEVER
from kaz_datasets.errors import BadConfiguration, Failed

LEAST_EXAMPLES: Final = 2
_HOPS: Final = 2

_NOT_IN_IDS: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A source file as text, the source in it, and what was found on the way."""

    source: Source
    toml: str
    findings: tuple[str, ...]


def draft_source(url: str, options: CrawlOptions) -> Draft:
    """Look at the site of `url`, with at most 40 requests, and propose its source file.

    Raises BadConfiguration where the site does not let us in, says no to training or is not
    public, and Failed where it does not answer or shows no pages to make patterns of.
    """
    address = _web_address(url)
    with tempfile.TemporaryDirectory(prefix="kazcorpus-draft-") as folder:
        probe = Probe(Path(folder), options)
        home = _kazakh_home(probe, _look(probe, address))
        maps = Maps() if journal_of(home) else read_maps(probe, home)
    return propose(home, maps)


def propose(home: Home, maps: Maps) -> Draft:
    """What follows from a front page and the lists of a site. Raises Failed without pages."""
    if journal := journal_of(home):
        return _proposed_journal(home, journal)
    urls = [*maps.urls, *home.links]
    prefix = _prefix(home, urls)
    shapes = _shapes(home, maps, prefix)
    source = _source(home, maps, shapes, _others(urls, prefix))
    return Draft(
        source=source,
        toml=draft_toml(source, home),
        findings=tuple(_findings(home, maps, shapes, prefix)),
    )


def _proposed_journal(home: Home, journal: Journal) -> Draft:
    source = journal_source(home, journal, source_id(home.url))
    return Draft(
        source=source,
        toml=draft_toml(source, home),
        findings=(
            f"robots.txt of {urlsplit(home.url).netloc} lets us fetch {home.url}",
            f"it is a journal of Open Journal Systems, which names its articles at {journal.oai}",
            "it is not crawled: `kazcorpus ingest oai` takes the Kazakh titles and abstracts",
            *_on_rights(home),
        ),
    )


def _web_address(url: str) -> str:
    address = url if "://" in url else f"https://{url}"
    if not is_web_address(address):
        raise BadConfiguration(f"{url!r} is not a web address: give one such as https://sait.kz/")
    address = safe_url_string(address)
    return address if urlsplit(address).path else f"{address}/"


def _look(probe: Probe, url: str) -> Home:
    """The front page at `url`, or where the site sends its readers from there."""
    for _ in range(_HOPS):
        probe.fetch([url])
        if page := probe.page(url):
            return _welcoming(read_home(page))
        target = probe.destination(url)
        if target == url or not same_site(target, url):
            break
        url = target
    raise probe.why_not(url)


def _kazakh_home(probe: Probe, home: Home) -> Home:
    """The front page in Kazakh: `home` itself, or the one that it names."""
    if is_kazakh_address(home.url):
        return home
    for url in home.kazakh[:1]:
        if url != home.url:
            probe.fetch([url])
            page = probe.page(url)
            if page is None and urlsplit(url).netloc != urlsplit(home.url).netloc:
                raise probe.why_not(url)
            return _welcoming(read_home(page)) if page else home
    return home


def _welcoming(home: Home) -> Home:
    """The same front page, if it does not itself say no to training."""
    if home.rights.refusal is None:
        return home
    raise refused_by_owner(home.url, home.rights.refusal)


def _prefix(home: Home, urls: Iterable[str]) -> str:
    """How the addresses of the Kazakh part begin: `https://sait.kz/kk/`, or the host alone."""
    known = list(urls)
    host = common_prefix(known, home.url)
    mark = folder_mark(home.url) or _usual_mark(
        home, [url for url in known if url.startswith(host)]
    )
    if mark is None or not any(url.startswith(f"{host}{mark}/") for url in known):
        return host
    return f"{host}{mark}/"


def _usual_mark(home: Home, urls: Sequence[str]) -> str | None:
    """The folder of the Kazakh pages; where the front page is Kazakh, only if most are in it."""
    marks = [mark for mark in map(folder_mark, urls) if mark in KAZAKH_MARKS]
    mark = max(set(marks), key=marks.count, default=None)
    unmarked = sum(folder_mark(url) is None for url in urls)
    return None if mark and home.is_kazakh and marks.count(mark) < unmarked else mark


def _shapes(home: Home, maps: Maps, prefix: str) -> list[Shape]:
    listed = [url for url in maps.urls if not is_other_address(url)]
    linked = [url for url in home.links if not is_other_address(url)]
    shapes = article_shapes(listed, prefix) or article_shapes(linked, prefix)
    if not shapes and (whole := section_shape([*listed, *linked], prefix)):
        shapes = [whole]
    if not shapes:
        raise Failed(
            f"no two pages were found under {prefix}: write the file by hand,"
            " beginning with a copy of another source"
        )
    return shapes


def _others(urls: Iterable[str], prefix: str) -> list[str]:
    """Addresses in other languages, for the counterexamples."""
    host = urlsplit(prefix).netloc
    return [url for url in urls if urlsplit(url).netloc == host and is_other_address(url)]


def _source(home: Home, maps: Maps, shapes: list[Shape], others: list[str]) -> Source:
    accept = tuple(shape.pattern for shape in shapes)
    examples = tuple(dict.fromkeys(url for shape in shapes for url in _two(shape.urls)))
    wanted = Urls(accept=accept, examples=examples)
    imagined = (other for url in examples for other in in_other_languages(url))
    foreign = [url for url in (*others, *imagined) if wanted.accepts(url)]
    return Source(
        id=source_id(home.url),
        name=home.name or urlsplit(home.url).netloc,
        homepage=home.url,
        kind=kind_of(home.url),
        discover=_discover(home, maps),
        urls=Urls(
            accept=accept,
            reject=_reject(foreign),
            examples=examples,
            counterexamples=(*foreign, *others, urljoin(home.url, "/ru/"))[:1],
        ),
        rights=Rights(basis="unclear", checked=NEVER),
    )


def _discover(home: Home, maps: Maps) -> Discover:
    if not maps.sitemaps and not maps.feeds:
        return Discover(listings=(home.url,), follow=True)
    listings = () if maps.sitemaps else (home.url,)
    return Discover(
        sitemaps=maps.sitemaps, feeds=maps.feeds, listings=listings, follow=not maps.sitemaps
    )


def _reject(foreign: Iterable[str]) -> tuple[str, ...]:
    """One pattern for each host that has accepted addresses in other languages."""
    marks: dict[str, set[str]] = {}
    for url in foreign:
        marks.setdefault(_root(url), set()).add(folder_mark(url) or "")
    return tuple(f"^{literal(host)}({'|'.join(sorted(found))})/" for host, found in marks.items())


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _two(urls: tuple[str, ...]) -> tuple[str, ...]:
    """The first and the last address of a shape."""
    return (urls[0], urls[-1])


def source_id(url: str) -> str:
    """The id of the site at `url`: its host with dashes. Raises BadConfiguration without any."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    identifier = _NOT_IN_IDS.sub("-", host).strip("-")[:63]
    if len(identifier) < LEAST_EXAMPLES:
        raise BadConfiguration(f"no id can be made of the host {host!r}: write the file by hand")
    return identifier


def _findings(home: Home, maps: Maps, shapes: list[Shape], prefix: str) -> Iterator[str]:
    host = urlsplit(home.url).netloc
    yield f"robots.txt of {host} lets us fetch {home.url}"
    if home.is_kazakh:
        yield f"the Kazakh part begins at {prefix}"
    else:
        yield f"nothing says that {prefix} is in Kazakh: compare some pages"
    for what, found in (("sitemap", maps.sitemaps), ("feed", maps.feeds)):
        yield f"{what}s: {', '.join(found)}" if found else f"no {what} was found"
    for shape in shapes:
        yield f"{len(shape.urls)} addresses fit {shape.pattern}"
    yield from _on_rights(home)


def _on_rights(home: Home) -> Iterator[str]:
    for signal in home.rights.signals:
        yield f"the front page states {signal}"
    if home.terms:
        yield f"the terms of use may be at {home.terms}"
    yield "the rights are left unclear: read the terms of use, then set [rights]"
