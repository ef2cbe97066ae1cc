"""How Kazakhstani sites mark the language of an address: by its first folder or its host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

KAZAKH_MARKS: Final = ("kk", "kz", "kaz", "qaz", "qazaq", "kazakh", "kk-kz")
OTHER_MARKS: Final = ("ru", "rus", "en", "eng", "uz", "tr", "zh", "cn", "ky", "de", "fr", "ru-ru")

USUAL_OTHERS: Final = ("ru", "en")
"""Folders of the other languages that nearly every Kazakhstani site has."""

_WORD: Final = re.compile(r"[^a-z0-9]+")


def folder_mark(url: str) -> str | None:
    """The first folder of the address if it is a mark of a language, such as `kk`."""
    first = urlsplit(url).path.lstrip("/").partition("/")[0].lower()
    return first if first in KAZAKH_MARKS or first in OTHER_MARKS else None


def is_kazakh_address(url: str) -> bool:
    """Whether host or first folder say that the page is in Kazakh: `kaz.sait.kz`, `/kk/`."""
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    by_host = len(labels) > 2 and labels[0] in KAZAKH_MARKS
    mark = folder_mark(url)
    return mark in KAZAKH_MARKS or (by_host and mark is None)


def is_other_address(url: str) -> bool:
    """Whether the first folder says that the page is in another language."""
    return folder_mark(url) in OTHER_MARKS


def in_other_languages(url: str) -> Iterator[str]:
    """The addresses that a page would have in Russian and in English, by the usual custom.

    The language stands in place of the first folder, or before it where that says no language.
    """
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}/"
    path = url.removeprefix(host)
    below = path.partition("/")[2]
    for mark in USUAL_OTHERS:
        yield f"{host}{mark}/{below}"
        if folder_mark(url) is None:
            yield f"{host}{mark}/{path}"


def names_kazakh(url: str) -> bool:
    """Whether a file is named as Kazakh: `kk-sitemap.xml`, `/sitemaps/kz/1.xml`."""
    return bool(_words(url) & set(KAZAKH_MARKS))


def names_other(url: str) -> bool:
    """Whether a file is named as of another language."""
    return bool(_words(url) & set(OTHER_MARKS))


def _words(url: str) -> set[str]:
    return set(_WORD.split(urlsplit(url).path.lower()))


def same_site(one: str, other: str) -> bool:
    """Whether one host is the other or under it, as `kaz.sait.kz` is under `sait.kz`."""
    first, second = _host(one), _host(other)
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
