"""The words of Kazakh wikis that decide what is text: namespaces, tags, templates, sections.

Kazakh names are those of MediaWiki's message files for kk and of the wikis' own templates; English
and Russian ones work on every wiki and are common on Kazakh ones.
"""

from __future__ import annotations

import re
from typing import Final

DROPPED_LINKS: Final = frozenset(
    {
        *("файл", "сурет", "таспа", "санат"),
        *("file", "image", "media", "category"),
        *("изображение", "медиа", "категория"),
    }
)
"""Namespaces whose links show a picture or sort the page."""

INTERWIKI: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,8})?|simple|commons|[wscdmnbq]")
"""Prefixes that lead to another wiki; `[[:ru:…]]` is meant to be read and does not match."""

DROPPED_TAGS: Final = frozenset(
    {
        *("ref", "references", "gallery", "math", "chem", "ce", "imagemap", "timeline", "score"),
        *("syntaxhighlight", "source", "graph", "mapframe", "maplink", "hiero", "templatedata"),
        *("templatestyles", "style", "script", "noinclude", "includeonly", "pages", "section"),
        *("inputbox", "categorytree", "indicator"),
    }
)

DATA_TABLES: Final = frozenset({"wikitable", "sortable", "prettytable", "standard"})
"""Classes of tables that hold data; others are layout, infoboxes or navigation."""

KEPT_TEMPLATES: Final = {
    "lang": ("2",),
    "nobr": ("1",),
    "nowrap": ("1",),
    "transl": ("2",),
    "abbr": ("1",),
    "s": ("1",),
    "small": ("1",),
    "big": ("1",),
    "unit": ("1", "2"),
    "convert": ("1", "2"),
    "num": ("1", "2"),
    "formatnum": ("1",),
    "дәйексөз": ("1",),
    "quote": ("1",),
    "цитата": ("1",),
    "poem": ("1",),
}
"""Templates whose arguments are text, joined by a space; `lang-xx` keeps its first."""

DISAMBIGUATION: Final = frozenset(
    {
        "айрық",
        "айрық бет",
        "айырық",
        "көп мағыналы",
        "disambig",
        "disambiguation",
        "неоднозначность",
    }
)
"""Templates (and endings of titles in brackets) of pages that only list meanings."""

SECTIONS_WITHOUT_TEXT: Final = frozenset(
    {
        *("дереккөздер", "дереккөз", "дереккөздері", "сілтемелер", "сыртқы сілтемелер"),
        *("пайдаланылған әдебиет", "пайдаланылған әдебиеттер", "әдебиеттер", "ескертпелер"),
        *("тағы қараңыз", "галерея", "references", "external links", "see also", "notes"),
        *("примечания", "ссылки", "литература"),
    }
)
"""Sections that hold lists of links and titles; dropped whole."""

REDIRECT: Final = re.compile(r"\s*#(?:redirect|айдау|бағыттау|перенаправление)\b", re.IGNORECASE)
