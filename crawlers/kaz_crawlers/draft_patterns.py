"""Patterns guessed from the shapes of addresses: `/kk/news/17-toi` and `/kk/news/9-sabaq` are one.

A shape is what the addresses have in common: the number of folders and whether each is a number,
a plain word or a slug. The pattern of a shape is the narrowest that fits all its addresses.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlsplit

import re2

from kaz_crawlers.source_fields import LONGEST_PATTERN

MOST_ADDRESSES: Final = 50_000
LONGEST_ADDRESS: Final = 500
"""Characters: a longer address is no example that a person would read."""
MOST_SHAPES: Final = 3
LEAST_SHARE: Final = 0.1
"""Of the commonest shape's addresses: what is rarer is a section or an exception."""
MOST_WORDS: Final = 12
"""Different words in one place that are still named one by one."""

# Folders whose pages list others or are no text.
_LISTS: Final = frozenset(
    [
        "tag",
        "tags",
        "category",
        "categories",
        "author",
        "authors",
        "search",
        "page",
        "rubric",
        "rubrics",
        "archive",
        "feed",
        "rss",
        "login",
        "user",
        "users",
        "video",
        "videos",
        "photo",
        "photos",
        "gallery",
        "wp-content",
        "wp-json",
        "api",
        "amp",
        "print",
    ]
)
_FORMS: Final = tuple(
    (form, re.compile(form, re.ASCII))
    for form in (
        r"\d+",
        r"[a-z]+",
        r"\d+-[a-z0-9-]+",
        r"[a-z0-9-]+-\d+",
        r"[a-z0-9-]+",
        r"[a-z0-9_-]+",
        r"[A-Za-z0-9_-]+",
    )
)
_ANYTHING: Final = r"[^/?#]+"
_ENDING: Final = re.compile(r"\.(?:html?|php|aspx?|jsp)$")
_SPECIAL: Final = re.compile(r"([\\.^$*+?()\[\]{}|])")
_LONGEST_WORD: Final = 20

_Kind = Literal["number", "word", "slug"]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A pattern and the addresses that it was made of."""

    pattern: str
    urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """An address in the pieces that a pattern is made of."""

    folders: tuple[str, ...]
    ending: str
    """`.html`, and `/` where the address ends so."""
    query: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> tuple[_Kind, ...]:
        return tuple(_kind(folder) for folder in self.folders)

    @property
    def is_text(self) -> bool:
        """Whether it looks like one text among many, and not like a section."""
        if set(self.folders) & _LISTS:
            return False
        by_number = any(value.isdigit() for name, value in self.query if name != "page")
        return by_number or bool(self.folders and self.kinds[-1] != "word")


def article_shapes(urls: Iterable[str], prefix: str) -> list[Shape]:
    """The commonest shapes of texts among `urls` that begin with `prefix`, commonest first.

    None is covered by another; empty where no two addresses are alike.
    """
    groups: dict[object, list[str]] = defaultdict(list)
    for url in sorted(dict.fromkeys(urls))[:MOST_ADDRESSES]:
        if len(url) <= LONGEST_ADDRESS and url.startswith(prefix):
            parts = _parts(url, prefix)
            if parts.is_text:
                names = tuple(name for name, _ in parts.query)
                groups[(parts.kinds, parts.ending, names)].append(url)
    ranked = sorted(groups.values(), key=len, reverse=True)
    least = max(2, LEAST_SHARE * len(ranked[0])) if ranked else 0
    alike = [group for group in ranked if len(group) >= least][:MOST_SHAPES]
    texts = [
        group
        for group in alike
        if not _are_sections(group, [url for group in alike for url in group])
    ] or alike
    return _widest([Shape(pattern=_pattern(group, prefix), urls=tuple(group)) for group in texts])


def _are_sections(group: Sequence[str], known: Sequence[str]) -> bool:
    """Whether most of `group` are folders that other addresses lie in."""
    parents = {url.rstrip("/").rpartition("/")[0] for url in known}
    return sum(url.rstrip("/") in parents for url in group) * 2 > len(group)


def _widest(shapes: Sequence[Shape]) -> list[Shape]:
    """Without the shapes whose addresses all fit another one, which takes them over."""
    kept = list(shapes)
    for shape in reversed(shapes):
        own = next(item for item in kept if item.urls[0] == shape.urls[0])
        for place, other in enumerate(kept):
            if other is not own and all(re2.search(other.pattern, url) for url in own.urls):
                kept[place] = replace(other, urls=other.urls + own.urls)
                kept.remove(own)
                break
    return kept


def section_shape(urls: Iterable[str], prefix: str) -> Shape | None:
    """Everything under `prefix`: what is left where no two addresses are alike."""
    under = [url for url in dict.fromkeys(urls) if url.startswith(prefix) and url != prefix]
    plain = [url for url in under if len(url) <= LONGEST_ADDRESS and "?" not in url]
    if len(plain) < 2:
        return None
    return Shape(pattern=f"{_start(prefix)}[^?#]+$", urls=tuple(plain))


def literal(text: str) -> str:
    """The RE2 pattern that fits `text` and nothing else."""
    return _SPECIAL.sub(r"\\\1", text)


def _parts(url: str, prefix: str) -> _Parts:
    path, _, query = url.removeprefix(prefix).partition("#")[0].partition("?")
    slash = "/" if path.endswith("/") else ""
    path = path.removesuffix("/")
    match = _ENDING.search(path)
    ending = match[0] if match else ""
    pairs = tuple(pair.partition("=")[::2] for pair in query.split("&")) if query else ()
    folders = tuple(path.removesuffix(ending).split("/")) if path else ()
    return _Parts(folders=folders, ending=ending + slash, query=pairs)


def _kind(folder: str) -> _Kind:
    if folder.isascii() and folder.isdigit():
        return "number"
    plain = folder.isascii() and folder.isalpha() and folder.islower()
    return "word" if plain and len(folder) <= _LONGEST_WORD else "slug"


def _pattern(urls: Sequence[str], prefix: str) -> str:
    """The narrowest pattern that fits all of one shape, or a wide one if that would be long."""
    parts = [_parts(url, prefix) for url in urls]
    folders = zip(*(part.folders for part in parts), strict=True)
    places = [_place(values) for values in folders]
    body = "/".join(places) + literal(parts[0].ending)
    if names := [name for name, _ in parts[0].query]:
        columns = zip(*(part.query for part in parts), strict=True)
        values = (_value([value for _, value in column]) for column in columns)
        pairs = (f"{literal(name)}={value}" for name, value in zip(names, values, strict=True))
        body += r"\?" + "&".join(pairs)
    pattern = f"{_start(prefix)}{body}$"
    return pattern if len(pattern) <= LONGEST_PATTERN else f"{_start(prefix)}[^?#]+$"


def _place(values: Sequence[str]) -> str:
    """What may stand in one folder of the address: words are named, the rest is described."""
    different = sorted(set(values))
    if _kind(different[0]) != "word" or len(different) > MOST_WORDS:
        return _form(different)
    words = [literal(word) for word in different]
    return words[0] if len(words) == 1 else f"({'|'.join(words)})"


def _value(values: Sequence[str]) -> str:
    return "[^&#]*" if "" in values or _form(values) == _ANYTHING else _form(values)


def _form(values: Sequence[str]) -> str:
    for form, pattern in _FORMS:
        if all(pattern.fullmatch(value) for value in values):
            return form
    return _ANYTHING


def _start(prefix: str) -> str:
    return f"^{literal(prefix)}"


def common_prefix(urls: Iterable[str], home: str) -> str:
    """The scheme and host that most of `urls` of the site of `home` have, with a slash."""
    host = urlsplit(home).netloc.lower().removeprefix("www.")
    starts = Counter(
        f"{parts.scheme}://{parts.netloc}/"
        for parts in map(urlsplit, urls)
        if parts.netloc.lower().removeprefix("www.") == host
    )
    parts = urlsplit(home)
    return starts.most_common(1)[0][0] if starts else f"{parts.scheme}://{parts.netloc}/"
