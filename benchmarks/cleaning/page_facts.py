"""Titles, dates, authors and addresses found on real pages; pages without an article told apart.

`python -m benchmarks.cleaning.page_facts`. Gold: wcxb_dev states title, author and date of most of
its pages, daniel_russian the day a page was fetched (no date of publication), kk_pages the kind.
Its canonical address is right where it is the address that the set gives for the page. No set has
Kazakh dates of publication: forms of dates are written and read again (`date_forms`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchmarks.cleaning.date_forms import measured
from benchmarks.cleaning.pages import SETS, GoldPage, all_pages
from benchmarks.environments import shared_data
from benchmarks.tables import print_table

from kaz_cleaning.charset import decode
from kaz_cleaning.extraction import Extracted, extract_tree
from kaz_cleaning.html_tree import UnsafePage, parse_html
from kaz_cleaning.metadata import page_address
from kaz_cleaning.page_kind import why_no_article
from kaz_datasets.identity import canonical_url
from kaz_datasets.source_facts import SourceFacts


def main() -> None:
    """Read every page once, print both tables."""
    facts: Counter[tuple[str, str]] = Counter()
    kinds: Counter[tuple[str, str, str]] = Counter()
    for name in SETS:
        for page in all_pages(shared_data(), name):
            tree, extracted, reason = looked_at(page)
            kinds[name, page.kind, (reason or "article").split(" 0.")[0].split(" 1.")[0]] += 1
            if name == "wcxb_dev" and extracted is not None:
                for fact, outcome in _compared(page, extracted):
                    facts[fact, outcome] += 1
                facts["address", _address(page, tree)] += 1
    rows = []
    for fact in ("title", "author", "date", "address"):
        right, wrong, missed = (facts[fact, way] for way in ("right", "wrong", "missed"))
        found = right + wrong
        precision, recall = right / max(found, 1), right / max(found + missed, 1)
        rows.append(
            [fact, found + missed, right, wrong, missed, *map(_percent, (precision, recall))]
        )
    columns = ["", "n with gold", "right", "other", "none found", "precision", "recall"]
    print_table("What wcxb_dev's pages say of themselves", columns, rows)
    table = [[*key, count] for key, count in sorted(kinds.items())]
    print_table("Pages with and without an article", ["set", "kind", "called", "n"], table)
    columns = ["form", "n", "right", "wrong", "not read"]
    print_table("Dates as pages write them, every day of two years", columns, list(measured()))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def looked_at(page: GoldPage) -> tuple[Any, Extracted | None, str | None]:
    """The tree, what is extracted, and why the page holds no article, if it does not."""
    try:
        tree = parse_html(decode(page.body, None).text)
    except UnsafePage as refusal:
        return None, None, f"unsafe: {refusal}"
    if tree is None:
        return None, None, "no tree"
    extracted = extract_tree(tree, page.url, SourceFacts(id="benchmark"))
    if extracted is None:
        return tree, None, "no text"
    return tree, extracted, why_no_article(tree, extracted.text, extracted.title, page.url)


def _address(page: GoldPage, tree: Any) -> str:
    try:
        found, wanted = page_address(tree, page.url), canonical_url(page.url)
    except ValueError:
        return "missed"
    return "right" if found.rstrip("/") == wanted.rstrip("/") else "wrong"


def _compared(page: GoldPage, extracted: Extracted) -> Iterator[tuple[str, str]]:
    found = {
        "title": _plain(extracted.title),
        "author": _plain(extracted.author),
        "date": str(extracted.date or ""),
    }
    wanted = {
        "title": _plain(page.facts.get("title")),
        "author": _plain(page.facts.get("author")),
        "date": (page.facts.get("publish_date") or "")[:10],
    }
    for fact, gold in wanted.items():
        if gold:
            same = found[fact] == gold or (fact != "date" and _contain(found[fact], gold))
            yield fact, "right" if same else "wrong" if found[fact] else "missed"


def _plain(text: str | None) -> str:
    return "".join(letter for letter in (text or "").casefold() if letter.isalnum())


def _contain(left: str, right: str) -> bool:
    """One holds the other: a site's name after the title, a job after the author's name."""
    return bool(left) and (left in right or right in left)


if __name__ == "__main__":
    main()
