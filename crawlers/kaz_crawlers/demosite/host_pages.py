"""The pages of one host: articles, indexes, and all that is no article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from kaz_crawlers.demosite.hosts import CC0, TAN, Host
from kaz_crawlers.demosite.postings import CAMPAIGNS, PRINTED, Posting
from kaz_crawlers.demosite.rendering import Renderer, SitePage
from kaz_crawlers.demosite.views import COMMENTS, MONTHS, Comment, Link, View

_LANGUAGES = {"rus": "ru", "kir": "ky"}
_REFUSAL_HEADERS = {"X-Robots-Tag": "noai, noimageai", "Content-Usage": "train-ai=n"}
_LICENCE_TEXT = (
    "Бұл сайт ойдан құрастырылған: мәтіндері де, кейіпкерлері де, нөмірлері де шын емес.",
    "Барлық мәтін қоғамдық игілікке берілген, оны кез келген мақсатта еркін пайдалануға болады.",
)
_MISSING_TEXT = (
    "Сіз іздеген бет табылмады. Мүмкін, мекенжай қате терілген немесе материал көшірілген.",
    "Басты бетке өтіп, іздеуді қолданып көріңіз.",
)
_HIDDEN_TEXT = (
    "Бұл бет іздеу жүйелері мен мұрағатшыларға арналмаған, оны тек редакция қызметкерлері оқиды.",
    "Мұнда жарияланбаған қолжазбалар мен ішкі хат алмасулар сақталады.",
)
MISSING_PATH = "/kk/zhoq-bet"


class HostPages:
    """Builds every page of one host from the plan."""

    def __init__(self, host: Host, postings: Sequence[Posting], renderer: Renderer) -> None:
        self.host = host
        self.postings = sorted(
            (posting for posting in postings if posting.host == host),
            key=lambda posting: (posting.article.date, posting.path),
            reverse=True,
        )
        self.articles = [posting for posting in self.postings if not posting.printed]
        self._renderer = renderer
        self._sections = self._named_sections()

    def pages(self) -> Mapping[str, SitePage]:
        """Every HTML page by path, without the endless calendar."""
        return {
            **{posting.path: self._posted(posting) for posting in self.postings},
            **{path: self._index(path) for path in self._sections},
            "/": self._listing("/", self.host.tagline, (*self.entries(), *self._campaigns())),
            "/about": self._message("/about", "Сайт туралы", _LICENCE_TEXT, licence=CC0),
            **dict(self._oddities()),
        }

    def missing(self, path: str) -> SitePage:
        """The error page, as long as any other page of the host."""
        return self._message(path, "404 — бет табылмады", _MISSING_TEXT, status=404)

    def soft_missing(self, path: str) -> SitePage:
        """An error page that claims to be fine."""
        return self._message(path, "Бет табылмады", _MISSING_TEXT)

    def month(self, year: int, month: int) -> SitePage:
        """A month of the calendar, which links to the next one for ever."""
        after = (year + month // 12, month % 12 + 1)
        link = Link(label=f"{MONTHS[after[1] - 1]} {after[0]}", href=_month_path(*after))
        heading = f"Күнтізбе: {MONTHS[month - 1]} {year}"
        return self._listing(_month_path(year, month), heading, (link,))

    def entries(self) -> tuple[Link, ...]:
        """The host's articles, the newest first."""
        return tuple(_entry(posting) for posting in self.articles)

    def section_paths(self) -> tuple[str, ...]:
        """Paths of the section indexes."""
        return tuple(self._sections)

    def _named_sections(self) -> Mapping[str, str]:
        pairs = {posting.section_path: posting.article.section for posting in self.articles}
        return dict(sorted(pairs.items()))

    def _campaigns(self) -> Iterator[Link]:
        for posting in self.articles:
            if posting.host == TAN and (query := CAMPAIGNS.get(posting.article.key)):
                yield Link(label=posting.article.title, href=f"{posting.path}?{query}")

    def _posted(self, posting: Posting) -> SitePage:
        headers = _REFUSAL_HEADERS if posting.refuses_training else {}
        view = self._posted_view(posting)
        return self._renderer.page(view, encoding=posting.encoding, headers=headers)

    def _posted_view(self, posting: Posting) -> View:
        article = posting.article
        printable = posting.host == TAN and article.key in PRINTED
        return self._view(
            posting.path,
            article.title,
            kind="print" if posting.printed else "article",
            article=article,
            section=Link(label=article.section, href=posting.section_path),
            comments=_comments(posting.url),
            language=_LANGUAGES.get(article.language, "kk"),
            direction="rtl" if article.script == "Arab" else "ltr",
            canonical=posting.canonical,
            charset=posting.encoding.meta,
            refuses_training=posting.refuses_training,
            credit=posting.credit,
            print_path=f"{posting.path}/print" if printable else None,
        )

    def _index(self, path: str) -> SitePage:
        members = [posting for posting in self.articles if posting.section_path == path]
        return self._listing(path, self._sections[path], tuple(map(_entry, members)))

    def _listing(self, path: str, heading: str, entries: tuple[Link, ...]) -> SitePage:
        return self._renderer.page(self._view(path, heading, kind="listing", entries=entries))

    def _message(
        self,
        path: str,
        heading: str,
        paragraphs: tuple[str, ...],
        *,
        status: int = 200,
        **shown: Any,
    ) -> SitePage:
        view = self._view(path, heading, kind="message", paragraphs=paragraphs, **shown)
        return self._renderer.page(view, status=status)

    def _view(self, path: str, title: str, **shown: Any) -> View:
        return View(
            host=self.host,
            url=self.host.url(path),
            title=title,
            sections=tuple(Link(label=name, href=at) for at, name in self._sections.items()),
            menu=tuple(Link(label=name, href=at) for at, name in self.host.menu.items()),
            sidebar=self._sidebar(path),
            number=_number(path),
            **shown,
        )

    def _sidebar(self, path: str) -> tuple[Link, ...]:
        others = [_entry(posting) for posting in self.articles if posting.path != path]
        start = _number(path) % max(1, len(others))
        return tuple((others + others)[start : start + 6])

    def _oddities(self) -> Iterator[tuple[str, SitePage]]:
        if self.host != TAN:
            return
        yield MISSING_PATH, self.missing(MISSING_PATH)
        yield "/kk/kiru", self._message("/kk/kiru", "Сайтқа кіру", (), login=True)
        yield "/zhabyq/muragat", self._message("/zhabyq/muragat", "Жабық мұрағат", _HIDDEN_TEXT)
        yield (
            "/zhabyq/redaksiia",
            self._message("/zhabyq/redaksiia", "Редакция бөлмесі", _HIDDEN_TEXT),
        )


def _entry(posting: Posting) -> Link:
    return Link(label=posting.article.title, href=posting.path, dated=posting.article.date)


def _month_path(year: int, month: int) -> str:
    return f"/kk/kuntizbe/{year}/{month}"


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=2).digest()) % 900 + 100


def _comments(url: str) -> tuple[Comment, ...]:
    start = _number(url) % len(COMMENTS)
    return (COMMENTS + COMMENTS)[start : start + 3]
