"""What a page template is given: links, dates, comments and one of four kinds of content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kaz_crawlers.demosite.articles import Article
from kaz_crawlers.demosite.hosts import Host

MONTHS = (
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
)
PageKind = Literal["article", "print", "listing", "message"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A line of a menu or list."""

    label: str
    href: str
    dated: date | None = None


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What an invented reader wrote below an article."""

    nickname: str
    text: str


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that a template may show."""

    kind: PageKind
    host: Host
    url: str
    title: str
    sections: tuple[Link, ...]
    menu: tuple[Link, ...]
    sidebar: tuple[Link, ...] = ()
    article: Article | None = None
    section: Link | None = None
    entries: tuple[Link, ...] = ()
    paragraphs: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    login: bool = False
    licence: str | None = None
    language: str = "kk"
    direction: Literal["ltr", "rtl"] = "ltr"
    canonical: str | None = None
    charset: str | None = "utf-8"
    refuses_training: bool = False
    credit: str | None = None
    print_path: str | None = None
    number: int = 0
    """A stable small number, for counters and act numbers."""


def long_date(day: date) -> str:
    """As official texts write a date: «2025 жылғы 14 наурыз»."""
    return f"{day.year} жылғы {day.day} {MONTHS[day.month - 1]}"


def short_date(day: date) -> str:
    """As magazines write a date: «14 наурыз 2025»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def dotted_date(day: date) -> str:
    """As tables write a date: «14.03.2025»."""
    return f"{day:%d.%m.%Y}"


COMMENTS: tuple[Comment, ...] = (
    Comment(nickname="Далалық78", text="Жақсы жазылған екен, авторға алғыс."),
    Comment(nickname="aq_kobelek", text="Біздің жақта да дәл осындай жағдай болған."),
    Comment(nickname="Тентек Торғай", text="Келіспеймін, бәрі онша оңай емес қой."),
    Comment(nickname="саяхатшы_бота", text="Жалғасы бола ма? Асыға күтемін."),
    Comment(nickname="Көкбөрі-ата", text="Балаларыма оқып бердім, қызықты деді."),
    Comment(nickname="jumbaq", text="Суреттерін көбірек салсаңыздар ғой."),
    Comment(nickname="Айна мен тарақ", text="Осыны көршіме де жібердім."),
    Comment(nickname="tekshe_2", text="Деректің көзін көрсету керек еді."),
    Comment(nickname="Шай ішейік", text="Әңгіме осымен бітпесе екен, тақырып маңызды."),
    Comment(nickname="Бұлт_мінген", text="Рақмет, пайдалы мәлімет алдым."),
)
