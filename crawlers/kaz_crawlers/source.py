"""A source: one website, described in one TOML file that holds data and no code."""

from __future__ import annotations

import codecs
import difflib
import json
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import re2
from cssselect import SelectorError
from cssselect import parse as parse_selector
from pydantic import AfterValidator, Field, model_validator

from kaz_datasets.errors import BadConfiguration, NotFound
from kaz_datasets.record import KINDS, RIGHTS_BASES
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.strict_toml import StrictModel, load_toml

LEAST_DELAY = 1.0
"""Seconds between two requests to a host; a site that allows less says so by permission only."""

LONGEST_PATTERN = 1000


def _known_kind(value: str) -> str:
    return _one_of(value, KINDS)


def _known_basis(value: str) -> str:
    return _one_of(value, RIGHTS_BASES)


def _one_of(value: str, known: Sequence[str]) -> str:
    if value in known:
        return value
    close = difflib.get_close_matches(value, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
    raise ValueError(f"unknown value {value!r} ({hint})")


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} is not a web address (http:// or https:// and a host)")
    return value


def _pattern(value: str) -> str:
    """Check a contributor's pattern with RE2: it runs in linear time, so none can hang a crawl."""
    if len(value) > LONGEST_PATTERN:
        raise ValueError(f"a pattern of {len(value)} characters (at most {LONGEST_PATTERN})")
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(value, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise ValueError(f"not a pattern that RE2 knows: {value!r} ({reason})") from error
    return value


def _selector(value: str) -> str:
    try:
        parse_selector(value)
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {value!r} ({error})") from error
    return value


def _character_set(value: str) -> str:
    try:
        codecs.lookup(value)
    except LookupError as error:
        raise ValueError(f"Python knows no character set {value!r}") from error
    return value


Address = Annotated[str, AfterValidator(_web_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(_selector)]


class Discover(StrictModel):
    """Where the addresses of the pages are learnt."""

    sitemaps: tuple[Address, ...] = ()
    feeds: tuple[Address, ...] = ()
    listings: tuple[Address, ...] = ()
    follow: bool = False
    """Whether links on the pages themselves are followed too."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not (self.sitemaps or self.feeds or self.listings):
            raise ValueError("name at least one of sitemaps, feeds, listings")
        return self


class Urls(StrictModel):
    """Which addresses are pages of this source, with examples that prove the patterns."""

    accept: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    reject: tuple[Pattern, ...] = ()
    examples: Annotated[tuple[Address, ...], Field(min_length=2)]
    counterexamples: tuple[Address, ...] = ()

    def accepts(self, url: str) -> bool:
        """Whether `url` matches an accept pattern and no reject pattern."""
        return any(re2.search(pattern, url) for pattern in self.accept) and not any(
            re2.search(pattern, url) for pattern in self.reject
        )

    @model_validator(mode="after")
    def _examples_prove_the_patterns(self) -> Self:
        for url in self.examples:
            if not self.accepts(url):
                raise ValueError(f"the example {url} is not accepted by the patterns")
        for url in self.counterexamples:
            if self.accepts(url):
                raise ValueError(f"the counterexample {url} is accepted by the patterns")
        return self


class Extract(StrictModel):
    """How the text is found in a page; all optional, the extractor manages without."""

    body: Selector | None = None
    title: Selector | None = None
    remove: tuple[Selector, ...] = ()
    encoding: Annotated[str, AfterValidator(_character_set)] | None = None


class Polite(StrictModel):
    """What the site is asked to bear."""

    delay: Annotated[float, Field(ge=LEAST_DELAY, allow_inf_nan=False)] = 2.0
    """Seconds between two requests to one host; robots.txt can only make it longer."""
    max_pages: Annotated[int, Field(ge=1)] = 50_000
    """Addresses fetched in one crawl, sitemaps and listings included: 50,000 at 2 s is 28 hours."""
    depth: Annotated[int, Field(ge=1, le=50)] = 6
    """Links from a seed to the farthest page: the wall against calendars without an end."""


class Rights(StrictModel):
    """Why the text may be used, and how anyone can check that."""

    basis: Annotated[str, AfterValidator(_known_basis)]
    licence: str | None = None
    evidence: str = ""
    checked: date

    @model_validator(mode="after")
    def _evidence_given(self) -> Self:
        if self.basis in ("open-licence", "permission") and not self.evidence:
            raise ValueError(f"the basis {self.basis!r} needs evidence (an address or a document)")
        if self.basis == "open-licence" and not self.licence:
            raise ValueError("the basis 'open-licence' needs the licence (an SPDX identifier)")
        return self


class Source(StrictModel):
    """One website."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    homepage: Address
    kind: Annotated[str, AfterValidator(_known_kind)]
    maintainers: tuple[str, ...] = ()
    discover: Discover
    urls: Urls
    extract: Extract = Extract()
    polite: Polite = Polite()
    rights: Rights

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
    return load_toml(path, Source)


def load_source(path: Path) -> Source:
    """The source in `<id>.toml`. Raises NotFound or BadConfiguration naming key and reason."""
    source = read_source(path)
    if source.id != path.stem:
        raise BadConfiguration(
            f"{path.name}: the id is {source.id!r}, so name the file {source.id}.toml"
        )
    return source


def builtin_sources() -> Path:
    """The folder of the source files that come with the package."""
    return Path(str(files("kaz_crawlers"))) / "sources"


def find_sources(folders: Sequence[Path]) -> dict[str, Path]:
    """Source files by id, in the order of their ids; an earlier folder goes before a later one."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in folder.glob("*.toml"):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def source_named(identifier: str, folders: Sequence[Path]) -> Path:
    """The file of the source called `identifier`. Raises NotFound with the nearest known name."""
    known = find_sources(folders)
    if identifier in known:
        return known[identifier]
    close = difflib.get_close_matches(identifier, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
    raise NotFound(f"no source is called {identifier!r} ({hint})")
