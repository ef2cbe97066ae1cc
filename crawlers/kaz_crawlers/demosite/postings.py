"""Which text stands at which address, in which bytes: the plan of the made-up web."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kaz_crawlers.demosite.articles import Article
from kaz_crawlers.demosite.hosts import BILIM, ENSIK, HOSTS, KOSHIRME, MURA, SAULYQ, TAN, ZAN, Host
from kaz_crawlers.demosite.personal import personal_data
from kaz_crawlers.demosite.slugs import slug_of
from kaz_crawlers.demosite.variants import (
    edited,
    filled,
    retitled,
    with_lookalikes,
    without_first_sentence,
    without_last_sentence,
)


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """The bytes of a page, and what it says of them."""

    codec: str = "utf-8"
    header: str | None = "utf-8"
    """charset of the Content-Type header."""
    meta: str | None = "utf-8"
    """charset of the `<meta>` element."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One article at one address."""

    host: Host
    path: str
    article: Article
    encoding: Encoding = Encoding()
    printed: bool = False
    canonical: str | None = None
    """Address that the page names as its own, where that is another one."""
    refuses_training: bool = False
    credit: str | None = None
    """Host that a reprint names as its origin."""

    @property
    def url(self) -> str:
        """The absolute address."""
        return self.host.url(self.path)

    @property
    def section_path(self) -> str:
        """Path of the section index that lists this posting."""
        prefix, section = self.path.split("/")[1:3]
        return f"/{prefix}/{section}/"


UTF8 = Encoding()
_SPECIAL_HOSTS: Mapping[str, Host] = {
    "arab-culture": MURA,
    "arab-news": MURA,
    "charset-cp1251-label": ZAN,
    "charset-kz1048": ZAN,
    "charset-none": ZAN,
    "homoglyph": TAN,
    "ky-culture": MURA,
    "ky-news": TAN,
    "latn-education": BILIM,
    "latn-news": TAN,
    "mixed-forum": BILIM,
    "mostly-kazakh": TAN,
    "noai": MURA,
    "personal-education": BILIM,
    "personal-health": SAULYQ,
    "personal-news": TAN,
    "ru-health": SAULYQ,
    "ru-news": TAN,
    "spam": KOSHIRME,
    "stub": ENSIK,
    "thin": BILIM,
}
_ENCODINGS: Mapping[str, Encoding] = {
    "special/charset-kz1048": Encoding(codec="kz1048", header="KZ-1048", meta="KZ-1048"),
    "special/charset-cp1251-label": Encoding(
        codec="kz1048", header="windows-1251", meta="windows-1251"
    ),
    "special/charset-none": Encoding(codec="kz1048", header=None, meta=None),
    "law/sport-alany-sharty": Encoding(header="windows-1251"),
}
_WINDOWS_1251 = Encoding(codec="windows-1251", header="windows-1251", meta="windows-1251")
_PREFIXES: Mapping[str, str] = {"kaz": "kk", "mixed": "kk", "rus": "ru", "kir": "ky"}
_PERSONAL_SERIALS = {"personal-news": 1, "personal-education": 2, "personal-health": 3}

PRINTED = ("news/kuzdik-biday", "news/koldegi-baldyr")
"""Articles with a print version."""
CAMPAIGNS: Mapping[str, str] = {
    "news/auyl-balasy-kures": "utm_source=telegram",
    "news/zher-silkinisi-zhattygu": "utm_source=bulten&utm_medium=email",
}
"""Articles that are also linked with a tracking query."""

COPIED = ("news/elektr-avtobus", "health/su-ishu", "education/auyl-avtobusy")
RETITLED: Mapping[str, str] = {
    "news/tungi-kitaphana": "Кітапхана енді таңға дейін жұмыс істейді",
    "culture/qonaqzhailyq": "Есік қаққан адамды қалай қарсы алған?",
}
EDITED: Mapping[str, Mapping[str, str]] = {
    "news/iri-qara-baza": {"дейді ол күліп": "деп күлді ол", "Қатаң тәртіп": "Мұндай талап"},
    "health/tynysh-uiqy": {"Ересек адамға": "Үлкен кісіге", "Жас ананың": "Босанған келіншектің"},
}


def postings(articles: Mapping[str, Article]) -> tuple[Posting, ...]:
    """Every article page of the web, originals before their copies."""
    originals = {article.key: _original(article) for article in articles.values()}
    printed = (_print_version(originals[key]) for key in PRINTED)
    return (*originals.values(), *printed, *_reprints(originals))


def _original(article: Article) -> Posting:
    host = _host_of(article)
    shown = _shown(article)
    return Posting(
        host=host,
        path=_path(article, slug=None if article.folder == "special" else article.slug),
        article=shown,
        encoding=_ENCODINGS.get(article.key, UTF8),
        refuses_training=article.slug == "noai",
    )


def _host_of(article: Article) -> Host:
    if article.folder == "special":
        return _SPECIAL_HOSTS[article.slug]
    return next(host for host in HOSTS if host.folder == article.folder)


def _shown(article: Article) -> Article:
    if article.slug in _PERSONAL_SERIALS:
        return filled(article, personal_data(_PERSONAL_SERIALS[article.slug]))
    return with_lookalikes(article) if article.slug == "homoglyph" else article


def _path(article: Article, slug: str | None = None) -> str:
    prefix = _PREFIXES[article.language]
    return f"/{prefix}/{slug_of(article.section)}/{slug or slug_of(article.title)}"


def _print_version(original: Posting) -> Posting:
    return Posting(
        host=original.host,
        path=f"{original.path}/print",
        article=original.article,
        printed=True,
    )


def _reprints(originals: Mapping[str, Posting]) -> Iterator[Posting]:
    for key in COPIED:
        copy = _reprint(originals[key], originals[key].article)
        # An honest copier names the original; no crawler may believe that across hosts
        yield replace(copy, canonical=originals[key].url)
    for key, title in RETITLED.items():
        yield _reprint(originals[key], retitled(originals[key].article, title))
    for key, changes in EDITED.items():
        yield _reprint(originals[key], edited(originals[key].article, changes))
    headless, tailless = originals["culture/dombyra-zhasau"], originals["news/mektep-robot"]
    yield _reprint(headless, without_first_sentence(headless.article))
    yield _reprint(tailless, without_last_sentence(tailless.article))
    russian = originals["special/ru-news"]
    yield _reprint(russian, russian.article, _WINDOWS_1251)


def _reprint(original: Posting, article: Article, encoding: Encoding = UTF8) -> Posting:
    return Posting(
        host=KOSHIRME,
        path=_path(article),
        article=article,
        encoding=encoding,
        credit=original.host.name,
    )
