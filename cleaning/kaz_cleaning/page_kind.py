"""Pages that hold no article: front pages, lists of links, log-in forms, error pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from kaz_datasets.words import count_words

_ERROR_TITLE: Final = re.compile(
    r"\b(?:404|403|500|502|503)\b|not found|forbidden|access denied|just a moment"
    r"|табылмады|табылған жоқ|қате(?:лік)?\b|рұқсат жоқ"
    r"|не найден[ао]?|ошибка|доступ (?:запрещ|ограничен)",
    re.IGNORECASE,
)
_LOGIN_TITLE: Final = re.compile(
    r"\b(?:кіру|тіркелу|авторлану|құпия\s?сөз|вход|войти|авторизация|регистрация|парол\w*"
    r"|log-?\s?in|sign-?\s?(?:in|up)|register|password)\b",
    re.IGNORECASE,
)
_NEEDS_SCRIPT: Final = re.compile(
    r"(?:enable|requires|without|включите|поддержк\w+|қосыңыз\w*)\W+(?:\w+\W+)?javascript"
    r"|javascript\W+(?:\w+\W+)?(?:қос\w*|отключен\w*|disabled|required)",
    re.IGNORECASE,
)
_FEW: Final = 30
"""Words beside a field for a password; short news too stand beside one, in the site's frame."""
_SHORT_PAGE: Final = 120
"""Words; an article on errors or passwords is longer than a page that is one."""
LINKS_OF_LIST: Final = 0.5
"""Share of words in lines that are links from end to end. Articles measured stay below 0.2."""
_MARKS: Final = re.compile(r"^[\W\d_]+")
_SENTENCE: Final = re.compile(r"[.!?…؟۔:;»\"”)]\s*$")
_PROSE_LINE: Final = 8
"""Words of a line that ends as a sentence does, to call it prose and not a headline."""


def why_no_article(tree: Any, text: str, title: str | None, url: str) -> str | None:
    """What the page is instead of an article, or None."""
    words = count_words(text)
    if words < _SHORT_PAGE and _is_login(tree) and (words < _FEW or _asks_in(title)):
        return "log-in form"
    if words < _SHORT_PAGE and title and _ERROR_TITLE.search(title):
        return "error page"
    if words < _FEW and _NEEDS_SCRIPT.search(text):
        return "needs scripts"
    share = link_share(tree, text)
    if share > LINKS_OF_LIST:
        return f"list of links {share:.2f}"
    if not any(_is_prose(line) for line in text.splitlines()):
        return "no prose"
    return "front page" if _is_front(url) and (share > 0.2 or words < _SHORT_PAGE) else None


def link_share(tree: Any, text: str) -> float:
    """Share of the words of `text` in lines that are the text of one link, dated or not."""
    anchors = set(_link_texts(tree))
    linked = total = 0
    for line in text.splitlines():
        words = count_words(line)
        total += words
        linked += words if _headline(line) in anchors else 0
    return linked / total if total else 0.0


def _headline(line: str) -> str:
    """A line without what lists set before a link: a dash, a number, a date, an hour."""
    return _squeezed(_MARKS.sub("", line))


def _link_texts(tree: Any) -> Iterator[str]:
    """Each link's text, and its pieces: a card on a front page is one link of several lines."""
    for element in tree.iter("a"):
        yield _headline(element.text_content())
        yield from map(_headline, element.itertext())


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _is_prose(line: str) -> bool:
    return bool(_SENTENCE.search(line)) and count_words(line) >= _PROSE_LINE


def _is_login(tree: Any) -> bool:
    return any((field.get("type") or "").lower() == "password" for field in tree.iter("input"))


def _asks_in(title: str | None) -> bool:
    return title is not None and _LOGIN_TITLE.search(title) is not None


def _is_front(url: str) -> bool:
    if not url:
        return False
    path = urlsplit(url).path.strip("/").lower()
    return path in (
        "",
        "index.html",
        "index.php",
        "kz",
        "kk",
        "kaz",
        "qaz",
        "kk-kz",
        "kz/index.html",
    )
