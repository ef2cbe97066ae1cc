"""The text of a drafted source file: at most 30 lines, with what its author has to look up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from kaz_crawlers.draft_home import Home
from kaz_crawlers.source import Source

WIDEST: Final = 100
MOST_LINES: Final = 30
"""A source file stays on one screen."""

# Parts of host names that say what a site is about, and nothing else usual does.
_KINDS: Final = {
    "government": ("gov", "akorda", "egov"),
    "law": ("adilet", "zan", "sud", "zakon"),
    "education": ("edu", "bilim", "ustaz", "mektep"),
    "science": ("journal", "journals", "ojs", "vestnik", "gylym"),
    "health": ("med", "health", "densaulyq", "densaulyk"),
    "culture": ("adebiet", "adebi", "madeniet", "kitap", "museum"),
    "encyclopedia": ("wiki", "encyclopedia", "ensiklopedia"),
    "religion": ("azan", "muftyat", "islam", "meshit"),
}


def kind_of(url: str) -> str:
    """What the words of the host say of the kind; `news` if they say nothing."""
    words = set((urlsplit(url).hostname or "").replace("-", ".").split("."))
    return next((kind for kind, signs in _KINDS.items() if words & set(signs)), "news")


def draft_toml(source: Source, home: Home) -> str:
    """The file, with comments where a person has to decide."""
    text = "\n".join(_lines(source, home, WIDEST)) + "\n"
    if text.count("\n") <= MOST_LINES:
        return text
    return "\n".join(_lines(source, home, None)) + "\n"


def _lines(source: Source, home: Home, widest: int | None) -> Iterator[str]:
    """The lines; lists that would be longer than `widest` have a line for each item."""
    discover, urls = source.discover, source.urls
    yield "# A draft: compare each line with the site, then remove these comments."
    yield f"id = {_text(source.id)}"
    yield f"name = {_text(source.name)} # in Kazakh, as the site calls itself"
    yield f"homepage = {_text(source.homepage)}"
    yield f"kind = {_text(source.kind)} # guessed; docs/sources-format.md names the others"
    yield "maintainers = [] # your handle or mail address"
    yield "\n[discover]"
    for key in ("sitemaps", "feeds", "listings", "oai"):
        if found := getattr(discover, key):
            yield _list(key, found, widest)
    if discover.follow:
        yield "follow = true # no sitemap was found, so pages are found from page to page"
    yield "\n[urls]"
    yield _list("accept", urls.accept, widest)
    if urls.reject:
        yield _list("reject", urls.reject, widest)
    if urls.examples:
        yield _list("examples", urls.examples, widest)
    else:
        yield "# Nobody has seen these: put two pages of the site in their place, as examples."
        yield _list("guesses", urls.guesses, widest)
    yield _list("counterexamples", urls.counterexamples, widest)
    yield "\n[rights]"
    yield 'basis = "unclear" # what do the terms of use allow? Until you know, nothing is crawled'
    yield f'evidence = "" # {_hint(home)}'
    yield 'checked = "never" # the day you compared this file with the live site'


def _hint(home: Home) -> str:
    return f"the terms may be at {home.terms}" if home.terms else "the page that states the terms"


def _list(key: str, values: Iterable[str], widest: int | None) -> str:
    items = [_text(value) for value in values]
    line = f"{key} = [{', '.join(items)}]"
    if widest is None or len(line) <= widest:
        return line
    return "\n".join([f"{key} = [", *(f"    {item}," for item in items), "]"])


def _text(value: str) -> str:
    """A TOML string; literal where backslashes would have to be doubled."""
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
