"""The language gate: what it loses of Kazakh, what it stops, and the pages a second of a crawl.

`python -m benchmarks.cleaning.gate`. The crawl is composed: of ten pages three are Kazakh (saved
Kazakh pages, and articles in Russian frames), the others Russian and English pages as saved.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import trafilatura
from benchmarks.cleaning.extraction import our_text
from benchmarks.cleaning.gate_pages import framed_pages
from benchmarks.cleaning.pages import GoldPage, gold_pages
from benchmarks.cleaning.shingles import score
from benchmarks.environments import shared_data
from benchmarks.tables import print_table

from kaz_cleaning.charset import decode
from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.language_gate import glance

FRAMED_A_KIND = 1000
CRAWL, ROUNDS = 100, 3
FOREIGN_SETS = ("daniel_russian", "scrapinghub_articles", "wcxb_dev")


def main() -> None:
    """Measure, print the tables."""
    data, model = shared_data(), load_model()
    losses(data, model)
    speed(data, model)


def losses(data: Path, model: LanguageModel) -> None:
    """Kazakh pages stopped, and foreign pages stopped."""
    entered: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    for kind, markup in framed_pages(data, FRAMED_A_KIND):
        entered[kind] += 1
        stopped[kind] += glance(markup, model).is_foreign
    rows: list[list[object]] = [
        [f"{kind} in Russian frames", entered[kind], stopped[kind]] for kind in entered
    ]
    kazakh = [page for page in gold_pages(data, "kk_pages") if page.facts["lang"] == "kaz"]
    saved = _stopped(kazakh, model)
    rows.append(["Kazakh pages as saved", len(kazakh), saved])
    total, lost = entered.total() + len(kazakh), stopped.total() + saved
    rows.append(["all Kazakh", total, f"{lost} ({100 * lost / total:.2f} %; wanted ≤ 0.2 %)"])
    for name in FOREIGN_SETS:
        pages = gold_pages(data, name)
        rows.append([f"{name} (foreign)", len(pages), _stopped(pages, model)])
    print_table("The language gate before extraction", ["pages", "n", "stopped"], rows)


def _stopped(pages: Sequence[GoldPage], model: LanguageModel) -> int:
    return sum(glance(_markup(page), model).is_foreign for page in pages)


def _markup(page: GoldPage) -> str:
    return decode(page.body, None).text


def speed(data: Path, model: LanguageModel) -> None:
    """Pages a CPU-second over the composed crawl, and F1 on its Kazakh pages."""
    saved = [page for page in gold_pages(data, "kk_pages") if page.facts["lang"] == "kaz"]
    kazakh = saved[: 3 * CRAWL // 10]
    foreign = [page for name in FOREIGN_SETS for page in gold_pages(data, name)]
    step = len(foreign) // (CRAWL - len(kazakh))
    pages = [*kazakh, *foreign[::step][: CRAWL - len(kazakh)]]
    markup = [_markup(page) for page in pages]

    def gated(html: str, url: str) -> str:
        return "" if glance(html, model).is_foreign else our_text(html, url)

    def default(html: str, url: str) -> str:
        return trafilatura.extract(html, url=url or None) or ""

    ways = {"kazcorpus": gated, "kazcorpus, no gate": our_text, "trafilatura": default}
    for way in ways.values():
        way(markup[0], pages[0].url)
    times: dict[str, list[float]] = {name: [] for name in ways}
    texts: dict[str, list[str]] = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            seconds, texts[name] = _timed(way, markup, pages)
            times[name].append(seconds)
    rows = []
    for name in ways:
        f1 = score([(page.text, text) for page, text in zip(kazakh, texts[name], strict=False)]).f1
        pairs = zip(times["trafilatura"], times[name], strict=True)
        ratio = statistics.median(theirs / ours for theirs, ours in pairs)
        pace = len(pages) / statistics.median(times[name])
        rows.append([name, f"{pace:.1f}", f"{ratio:.2f}", f"{f1:.3f}"])
    title = (
        f"A crawl of {len(pages)} pages, {len(kazakh)} of them Kazakh, one core,"
        f" median of {ROUNDS} rounds"
    )
    columns = ["", "pages/s", "times trafilatura's defaults", "F1 on the Kazakh pages"]
    print_table(title, columns, rows)


def _timed(
    way: Callable[[str, str], str], markup: Sequence[str], pages: Sequence[GoldPage]
) -> tuple[float, list[str]]:
    start = time.process_time()
    texts = [way(html, page.url) for html, page in zip(markup, pages, strict=True)]
    return time.process_time() - start, texts


if __name__ == "__main__":
    main()
