"""What the real web does to a text: editing, cutting, retitling, wrong letters, filled forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import blake2b

from kaz_crawlers.demosite.articles import Article, Block

_LOOKALIKES = str.maketrans("іһаоес", "ihaoec")
_SENTENCE_END = re.compile(r"(?<=[.!?»])\s+(?=[«А-ЯӘҒҚҢӨҰҮҺІ])")


def retitled(article: Article, title: str) -> Article:
    """The same text under another heading."""
    return replace(article, title=title)


def edited(article: Article, changes: Mapping[str, str]) -> Article:
    """The text with each old wording replaced. Raises ValueError where one is not there once."""
    for old in changes:
        if article.text.count(old) != 1:
            raise ValueError(f"{article.key} must hold {old!r} exactly once")

    def change(text: str) -> str:
        for old, new in changes.items():
            text = text.replace(old, new)
        return text

    return _mapped(article, change)


def without_first_sentence(article: Article) -> Article:
    """The text from its second sentence on."""
    first, *rest = article.blocks
    shorter = _SENTENCE_END.split(first.text)[1:]
    return replace(article, blocks=(_paragraph(" ".join(shorter)), *rest))


def without_last_sentence(article: Article) -> Article:
    """The text without its last sentence."""
    *rest, last = article.blocks
    shorter = _SENTENCE_END.split(last.text)[:-1]
    return replace(article, blocks=(*rest, _paragraph(" ".join(shorter))))


def filled(article: Article, values: Mapping[str, str]) -> Article:
    """The text with its placeholders `{name}` filled."""
    return _mapped(article, lambda text: text.format_map(values))


def with_lookalikes(article: Article) -> Article:
    """The text with Latin letters for Cyrillic ones in about two words of five, always the same."""
    return _mapped(article, lambda text: " ".join(_disguised(word) for word in text.split(" ")))


def _disguised(word: str) -> str:
    chosen = blake2b(word.encode(), digest_size=1).digest()[0] < 103
    disguised = word.translate(_LOOKALIKES)
    # A word without any Cyrillic letter left would be Latin, and nobody could tell it back
    return disguised if chosen and re.search("[а-яәғқңөұүһі]", disguised) else word


def _mapped(article: Article, change: Callable[[str], str]) -> Article:
    blocks = (
        replace(block, lines=tuple(tuple(change(cell) for cell in line) for line in block.lines))
        for block in article.blocks
    )
    return replace(article, blocks=tuple(blocks))


def _paragraph(text: str) -> Block:
    return Block(kind="paragraph", lines=((text,),))
