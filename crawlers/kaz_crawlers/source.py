"""A source: one website, described in one TOML file that holds data and no code."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Self

import re2
from pydantic import ConfigDict, Field, model_validator

from kaz_crawlers.source_fields import (
    NEVER,
    Address,
    Basis,
    CharacterSet,
    DayOrNever,
    EntryPointName,
    Identifier,
    Kind,
    Pattern,
    Selector,
)
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.strict_toml import Mistake, StrictModel, load_toml, mistakes
from kaz_datasets.toml_syntax import read_toml

LEAST_DELAY: Final = 2.0
"""Seconds between two requests to a host; none is asked more often, whatever its robots.txt."""


LEAST_EXAMPLES: Final = 2
"""One address proves no pattern."""

LARGEST_FILE: Final = 64 << 10
"""Bytes of a source file; those of the package have about one thousand."""


class Table(StrictModel):
    """A table of a source file; the docstring of each key is its line in the documentation."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Discover(Table):
    """Where the pages are learnt of: by a crawl, or (the last two) all in one piece."""

    sitemaps: tuple[Address, ...] = ()
    """Sitemaps or indexes of sitemaps: the best way where there are any."""
    feeds: tuple[Address, ...] = ()
    """RSS or Atom feeds: they name what is new."""
    listings: tuple[Address, ...] = ()
    """Pages whose links lead to the pages, such as the front page of a section."""
    follow: bool = False
    """Whether links on the pages themselves are followed too."""
    oai: tuple[Address, ...] = ()
    """OAI-PMH addresses of journals: `kazcorpus ingest oai` takes them, a crawl does not."""
    dumps: tuple[Address, ...] = ()
    """Wikimedia dumps: downloaded by hand, `kazcorpus ingest wikimedia` takes the files."""

    @property
    def by_crawl(self) -> bool:
        """Whether there is anything that a crawl begins with."""
        return bool(self.sitemaps or self.feeds or self.listings)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not (self.by_crawl or self.oai or self.dumps):
            raise ValueError("name at least one of sitemaps, feeds, listings, oai, dumps")
        return self


class Urls(Table):
    """Which addresses are pages of this source, with examples (or guesses) for the patterns."""

    accept: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    """RE2 patterns, searched for in the whole address; one that fits is enough."""
    reject: tuple[Pattern, ...] = ()
    """RE2 patterns of what is not wanted; they win over `accept`."""
    examples: tuple[Address, ...] = ()
    """Two or more pages that somebody has seen, which must be accepted; `sources record` fetches
    them."""
    guesses: tuple[Address, ...] = ()
    """Instead of examples while `rights.checked` is "never": two or more addresses of the shape
    that pages are said to have. Nobody has seen them, and perhaps there are no such pages."""
    counterexamples: tuple[Address, ...] = ()
    """Addresses of the same site that must not be accepted."""

    def accepts(self, url: str) -> bool:
        """Whether `url` matches an accept pattern and no reject pattern."""
        return any(re2.search(pattern, url) for pattern in self.accept) and not any(
            re2.search(pattern, url) for pattern in self.reject
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """The addresses that the patterns are held against: examples, or guesses without any."""
        return self.examples or self.guesses

    @model_validator(mode="after")
    def _examples_prove_the_patterns(self) -> Self:
        for what, urls in (("example", self.examples), ("guess", self.guesses)):
            for url in urls:
                if not self.accepts(url):
                    raise ValueError(f"the {what} {url} is not accepted: {self._why_not(url)}")
        for url in self.counterexamples:
            if self.accepts(url):
                pattern = next(item for item in self.accept if re2.search(item, url))
                raise ValueError(
                    f"the counterexample {url} is accepted by '{pattern}': narrow it, or reject"
                )
        return self

    def _why_not(self, url: str) -> str:
        rejecting = [pattern for pattern in self.reject if re2.search(pattern, url)]
        return f"'{rejecting[0]}' rejects it" if rejecting else "no pattern of accept fits it"


class Extract(Table):
    """How the text is found in a page; all optional, the extractor manages without."""

    body: Selector | None = None
    """CSS selector of the main text."""
    title: Selector | None = None
    """CSS selector of the title."""
    remove: tuple[Selector, ...] = ()
    """CSS selectors of what is cut out first: share buttons, lists of other pages."""
    encoding: CharacterSet | None = None
    """Character set of every page, where the site declares a wrong one."""


class Polite(Table):
    """What the site is asked to bear."""

    delay: Annotated[float, Field(ge=LEAST_DELAY, allow_inf_nan=False)] = LEAST_DELAY
    """Seconds between two requests to one host; robots.txt can only make it longer."""
    max_pages: Annotated[int, Field(ge=1)] = 50_000
    """Addresses fetched from a host in one crawl, sitemaps too: 50,000 at 2 s is 28 hours."""
    max_megabytes: Annotated[int, Field(ge=1)] = 2_000
    """Megabytes (10⁶ bytes) fetched from a host in one crawl: 50,000 pages of 40 KB."""
    depth: Annotated[int, Field(ge=1, le=50)] = 6
    """Links from a seed to the farthest page: the wall against calendars without an end."""


class Rights(Table):
    """Why the text may be used, and how anyone can check that."""

    basis: Basis
    """Why the text may be used; `unclear` is an honest answer, and such a source is not crawled."""
    licence: str | None = None
    """SPDX identifier, such as `CC-BY-4.0`; needed for `open-licence`."""
    evidence: str = ""
    """The page or document that says so; needed for `open-licence` and `permission`."""
    note: str = ""
    """What is not known yet, and where one would look."""
    checked: DayOrNever
    """The day somebody looked at the live site and its terms, or "never"; a source that
    nobody has looked at is crawled only with `--unchecked`."""

    @property
    def never_checked(self) -> bool:
        """Whether nobody has looked at the live site."""
        return self.checked == NEVER

    @model_validator(mode="after")
    def _evidence_given(self) -> Self:
        if self.basis in ("open-licence", "permission") and not self.evidence:
            raise ValueError(f"the basis {self.basis!r} needs evidence (an address or a document)")
        if self.basis == "open-licence" and not self.licence:
            raise ValueError("the basis 'open-licence' needs the licence (an SPDX identifier)")
        return self


class Source(Table):
    """One website."""

    id: Identifier
    """The name of the file without `.toml`: the host with dashes, such as `sait-kz`."""
    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What the site calls itself, in Kazakh where it has a Kazakh name."""
    homepage: Address
    """Front page of the Kazakh part of the site."""
    kind: Kind
    """What the texts are about."""
    maintainers: tuple[str, ...] = ()
    """Who looks after this file: handles such as `@name`, or mail addresses."""
    python: EntryPointName | None = None
    """Name of an entry point in the group `kazcorpus.sites`, for a site that this file cannot
    describe; only installed packages are asked."""
    discover: Discover
    """Where the addresses of the pages are learnt."""
    urls: Urls
    """Which addresses are pages."""
    extract: Extract = Extract()
    """How the text is found in a page."""
    polite: Polite = Polite()
    """What the site is asked to bear."""
    rights: Rights
    """Why the text may be used."""

    @model_validator(mode="after")
    def _somebody_has_seen_pages(self) -> Self:
        examples, guesses = self.urls.examples, self.urls.guesses
        if guesses and not self.rights.never_checked:
            raise ValueError(
                "urls.guesses: rights.checked says that somebody has looked at the site, so give"
                " pages seen there as urls.examples and remove the guesses"
            )
        if examples and guesses:
            raise ValueError("urls.guesses: there are examples, so remove the guesses")
        if len(self.urls.shown) < LEAST_EXAMPLES:
            or_guesses = " (or urls.guesses, if none was seen)" if self.rights.never_checked else ""
            raise ValueError(
                f"urls.examples: give {LEAST_EXAMPLES} pages or more that the patterns must"
                f" accept{or_guesses}"
            )
        return self

    def require_checked(self) -> None:
        """Raise BadConfiguration unless somebody has looked at the live site."""
        if self.rights.never_checked:
            raise BadConfiguration(
                f"nobody has compared {self.id} with the live website yet: do that and set"
                " rights.checked, or give --unchecked"
            )

    def facts(self) -> SourceFacts:
        """What the stages after the crawl must know."""
        return SourceFacts(
            id=self.id,
            name=self.name,
            homepage=self.homepage,
            kind=self.kind,
            basis=self.rights.basis,
            licence=self.rights.licence,
            body=self.extract.body,
            title=self.extract.title,
            remove=self.extract.remove,
            encoding=self.extract.encoding,
        )

    def to_toml(self) -> str:
        """The source as a TOML file that reads back as the same source."""
        values = self.model_dump(exclude_none=True)
        tables = [name for name, value in values.items() if isinstance(value, dict)]
        lines = [_toml_line(key, value) for key, value in values.items() if key not in tables]
        for table in tables:
            lines += ["", f"[{table}]"]
            lines += [_toml_line(key, value) for key, value in values[table].items()]
        return "\n".join(lines) + "\n"


def _toml_line(key: str, value: Any) -> str:
    if isinstance(value, date):
        return f"{key} = {value.isoformat()}"
    # A JSON string, number, boolean or list is TOML too, once DEL is escaped.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007F")


def read_source(path: Path) -> Source:
    """The source in `path`, whatever the file is called. Raises NotFound or BadConfiguration."""
    _bounded(path)
    return load_toml(path, Source)


def _bounded(path: Path) -> None:
    if path.is_file() and path.stat().st_size > LARGEST_FILE:
        raise BadConfiguration(f"{path.name} is over {LARGEST_FILE >> 10} KiB: no source file")


def source_mistakes(path: Path) -> list[Mistake]:
    """What `load_source` would complain of, one by one. Raises NotFound or BadConfiguration."""
    _bounded(path)
    raw = read_toml(path)
    named = raw.get("id")
    found = mistakes(raw, Source)
    if named != path.stem and not any(item.key == "id" for item in found):
        found.append(Mistake(key="id", message=_other_name(str(named))))
    return found


def load_source(path: Path) -> Source:
    """The source in `<id>.toml`. Raises NotFound or BadConfiguration naming key and reason."""
    source = read_source(path)
    if source.id != path.stem:
        raise BadConfiguration(f"{path.name}: {_other_name(source.id)}")
    return source


def _other_name(identifier: str) -> str:
    return f"the id is {identifier!r}, so name the file {identifier}.toml"
