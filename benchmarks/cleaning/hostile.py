"""Pages that choke parsers and extractors, each by another way; all are made here.

Sizes are those that were seen to take trafilatura or libxml2 from half a minute to hours, or to
lose text without a word.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

_SENTENCE = "Көктем шыққалы бері ауыл маңындағы бұлақтың суы молайып, арнасынан асып барады. "
_PROSE = f"<p>{_SENTENCE}</p>" * 10


def _page(body: str) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>Бұлақ</title></head><body>{body}</body></html>".encode()
    )


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)  # the same bytes every time


def _png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + zlib.compress(_noise(100_000))


HOSTILE: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "20 MB of paragraphs": lambda: _page("<p>" * 7_000_000),
        "3 MB of paragraphs with text": lambda: _page(f"<p>{_SENTENCE}" * 17_000),
        "250,000 links": lambda: _page('<a href="/жаңалық">сілтеме</a> ' * 250_000),
        "60,000 links": lambda: _page('<a href="/n">сілтеме мәтіні</a> ' * 60_000),
        "300,000 attributes on one tag": lambda: _page(
            "<p " + " ".join(f"a{n}='{n}'" for n in range(300_000)) + f">{_SENTENCE}</p>"
        ),
        "100 tags of 4,000 attributes": lambda: _page(
            ("<p " + " ".join(f"a{n}" for n in range(4_000)) + f">{_SENTENCE}</p>") * 100
        ),
        "nesting of 240": lambda: _page("<div>" * 230 + _SENTENCE * 20),
        "nesting of 100,000": lambda: _page("<div>" * 100_000 + _SENTENCE * 20),
        "nesting of inline tags": lambda: _page("<b>" * 50_000 + _SENTENCE * 20),
        "unclosed tables": lambda: _page(f"<table><tr><td>{_SENTENCE}" * 10_000),
        "nested lists": lambda: _page(f"<ul><li>{_SENTENCE}" * 5_000),
        "20 MB in one line": lambda: _page("<p>" + _SENTENCE * 130_000 + "</p>"),
        "2.9 million characters in one line": lambda: _page("<p>" + _SENTENCE * 35_000 + "</p>"),
        "one word of 2 million letters": lambda: _page("<p>" + "қ" * 2_000_000 + "</p>"),
        "2 million spaces": lambda: _page(f"<p>{_SENTENCE}" + " \t" * 1_000_000 + "</p>"),
        "2 million hyphens and breaks": lambda: _page(f"<pre>{_SENTENCE}" + "а-\n" * 700_000),
        "240,000 short lines": lambda: _page(f"<pre>{_SENTENCE}" + "ала-\n" * 240_000),
        "2 million look-alikes": lambda: _page("<p>" + "қaзaқ бiз " * 200_000 + "</p>"),
        "2 million combining marks": lambda: _page("<p>и" + "\u0306" * 2_000_000 + "</p>"),
        "500,000 digits and dots": lambda: _page('<p class="date">' + "17.05." * 100_000 + "</p>"),
        "PDF under text/html": lambda: b"%PDF-1.7\n" + _noise(500_000),
        "random bytes": lambda: _noise(1_000_000),
        "an image": _png,
        "an image after a page's head": lambda: _page(_SENTENCE) + _noise(500_000),
        "null bytes": lambda: _page(f"<p>{_SENTENCE}</p>" * 10).replace(b" ", b"\x00"),
        "2 MB of null bytes": lambda: bytes(2_000_000),
        "unclosed comment": lambda: _page(_PROSE + "<!-- " + "x - " * 500_000),
        "100,000 unclosed comments": lambda: _page(f"<!-- <p>{_SENTENCE} " * 17_000),
        "unclosed script": lambda: _page(
            f"<p>{_SENTENCE}</p>" * 10 + "<script>" + "if(a<b)" * 300_000
        ),
        "huge entities": lambda: (
            b'<!DOCTYPE html [<!ENTITY a "'
            + b"a" * 1000
            + b'">'
            + b"".join(b'<!ENTITY %c "%s">' % (n + 1, b"&%c;" % n * 100) for n in range(97, 107))
            + b"]><html><body><p>&k;</p></body></html>"
        ),
        "a million character references": lambda: _page("<p>" + "&#1179;" * 400_000 + "</p>"),
        "references past Unicode": lambda: _page(
            "<p>" + "&#x7fffffff;&#0;&#xd800;" * 50_000 + "</p>"
        ),
        "angle brackets only": lambda: _page("<" * 2_900_000),
        "open tags without end": lambda: _page("<a " * 900_000),
        "JSON-LD nested deep": lambda: _page(
            '<script type="application/ld+json">'
            + "[" * 90_000
            + "</script>"
            + f"<p>{_SENTENCE}</p>" * 9
        ),
        "60,000 date spans": lambda: _page('<span class="date">күні белгісіз</span>' * 60_000),
        "30,000 forms": lambda: _page(f"<form><p>{_SENTENCE}" * 9_000),
        "10,000 nested quotes of names": lambda: _page(
            '<div class="comment-comment-comment-share">' * 200 + f"<p>{_SENTENCE}</p>" * 9_000
        ),
        "a long class": lambda: _page(
            f'<div class="{"share-" * 200_000}"><p>{_SENTENCE}</p></div>'
        ),
        "a long title": lambda: _page(f"<h1>{'404 ' * 300_000}</h1><p>{_SENTENCE}</p>"),
    }
)
"""A name and how its page is made."""

SLOW = frozenset(
    {
        "3 MB of paragraphs with text",
        "60,000 links",
        "2.9 million characters in one line",
        "one word of 2 million letters",
        "2 million spaces",
        "240,000 short lines",
        "2 million look-alikes",
        "angle brackets only",
        "60,000 date spans",
        "30,000 forms",
        "a long title",
        "a long class",
    }
)
"""More than half a second each: left to the table, too much for every run of the tests."""
