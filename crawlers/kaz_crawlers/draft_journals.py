"""Journals: sites of Open Journal Systems, which name their articles over OAI-PMH.

Such a site has the same addresses everywhere (docs.pkp.sfu.ca/admin-guide): `<journal>/oai`, and
`<journal>/article/view/<number>` with the language before `article` where there are several.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from kaz_crawlers.draft_home import Home
from kaz_crawlers.draft_patterns import literal
from kaz_crawlers.draft_toml import kind_of
from kaz_crawlers.source import LEAST_EXAMPLES, Discover, Rights, Source, Urls
from kaz_crawlers.source_fields import NEVER

_GENERATOR: Final = "open journal systems"
_BASE: Final = re.compile(r"(https?://[^?#]+?/)(?:[a-z]{2}(?:_[A-Z]{2})?/)?(?:article|issue)/")


@dataclass(frozen=True, kw_only=True)
class Journal:
    """One journal of a site."""

    base: str
    """The address that all others begin with, with a slash."""
    articles: tuple[str, ...]
    """Articles that the front page links to, in Kazakh or in the journal's own language."""

    @property
    def oai(self) -> str:
        """Its OAI-PMH address."""
        return f"{self.base}oai"

    @property
    def pattern(self) -> str:
        """What an address of an article looks like."""
        return _pattern(self.base)


def journal_of(home: Home) -> Journal | None:
    """The journal whose front page `home` is; None for any other site."""
    if not home.generator.lower().startswith(_GENERATOR):
        return None
    bases = Counter(match[1] for url in home.links if (match := _BASE.match(url)))
    if not bases:
        return None
    base = bases.most_common(1)[0][0]
    articles = (url for url in home.links if re.search(_pattern(base), url))
    return Journal(base=base, articles=tuple(dict.fromkeys(articles)))


def _pattern(base: str) -> str:
    return rf"^{literal(base)}(kk/)?article/view/\d+$"


def journal_source(home: Home, journal: Journal, identifier: str) -> Source:
    """The source of a journal; its articles are guessed where the front page shows none."""
    seen = len(journal.articles) >= LEAST_EXAMPLES
    shown = (
        journal.articles[:2] if seen else tuple(f"{journal.base}article/view/{n}" for n in (1, 2))
    )
    kind = kind_of(home.url)
    return Source(
        id=identifier,
        name=home.name or identifier,
        homepage=home.url,
        kind="science" if kind == "news" else kind,
        discover=Discover(oai=(journal.oai,)),
        urls=Urls(
            accept=(journal.pattern,),
            examples=shown if seen else (),
            guesses=() if seen else shown,
            counterexamples=(f"{journal.base}ru/article/view/1",),
        ),
        rights=Rights(basis="unclear", checked=NEVER),
    )
