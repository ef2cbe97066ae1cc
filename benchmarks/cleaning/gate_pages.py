"""Kazakh articles inside Russian page frames: what the language gate must let through."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from benchmarks.cleaning.pages import GoldPage, gold_pages

from kaz_cleaning.training_text import read_rows

KINDS: Final = {
    "news": "kk_text/akorda_lines.jsonl.zst",
    "encyclopedia": "kk_text/apertium_documents.jsonl.zst",
    "government": "kk_text/govkz_sites_kaz_rus_segments.jsonl.zst",
    "statistics": "kk_text/sdg_indicator_metadata.jsonl.zst",
    "literature": "kk_text/abai_wikisource_lines.jsonl.zst",
    "reviews": "kk_text/kazsandra_reviews.jsonl.zst",
    "manual": "kk_text/rust_book_kk_chapters.jsonl.zst",
}
"""Kazakh text by kind, none of it learnt from."""
ARTICLE_CHARACTERS: Final = 1500
_MENU_LINKS, _TEASERS = 40, 6


def framed_pages(data: Path, number: int) -> Iterator[tuple[str, str]]:
    """Kind and markup of up to `number` pages a kind."""
    russian = [line for page in gold_pages(data, "daniel_russian") for line in _lines(page)]
    for kind, file in KINDS.items():
        for index, article in enumerate(_articles(data / file)):
            if index == number:
                break
            yield kind, _frame(article, russian, f"{kind}/{index}")


def _lines(page: GoldPage) -> list[str]:
    return [line for line in page.text.splitlines() if len(line) > 40]


def _articles(file: Path) -> Iterator[list[str]]:
    """Lines in their order, put together to about the length of an article."""
    held: list[str] = []
    for row in read_rows(file):
        if row.get("lang", "kaz") != "kaz":
            continue
        held += [line for line in row["text"].splitlines() if line.strip()]
        if sum(map(len, held)) >= ARTICLE_CHARACTERS:
            yield held
            held = []


def _frame(article: Sequence[str], russian: Sequence[str], seed: str) -> str:
    """Forty links, six teasers and a legal footer in Russian around the article."""
    start = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=4).digest())
    chosen = [russian[(start + 7 * step) % len(russian)] for step in range(_MENU_LINKS)]
    links = "".join(f"<li><a href=/{n}>{escape(text[:40])}</a>" for n, text in enumerate(chosen))
    teasers = "".join(f"<div><p>{escape(text[:160])}</p></div>" for text in chosen[:_TEASERS])
    body = "".join(f"<p>{escape(line)}</p>" for line in article)
    return (
        f"<html><head><title>{escape(chosen[0])}</title><script>var menu = 1;</script></head><body>"
        f"<nav><ul>{links}</ul></nav><article>{body}</article><aside>{teasers}</aside>"
        "<footer>© 2024. Все права защищены. Использование материалов разрешено только с"
        " письменного согласия редакции и с активной ссылкой на источник.</footer></body></html>"
    )
