"""F1 and pages a second of extractors on four sets of real pages, side by side in one run.

`python -m benchmarks.cleaning.extraction [SET...]`. The metric is the shingle F1 of scrapinghub's
article-extraction-benchmark (see `shingles`). Every extractor gets the same decoded markup; pages
a second are per CPU-second of one process, over all pages of a set.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.cleaning.pages import SETS, GoldPage, gold_pages
from benchmarks.cleaning.shingles import score
from benchmarks.environments import CACHE, peer_python, shared_data
from benchmarks.tables import print_table

from kaz_cleaning.charset import decode
from kaz_cleaning.extraction import extract
from kaz_cleaning.html_tree import UnsafePage
from kaz_datasets.source_facts import SourceFacts

PEERS = {
    "trafilatura": [f"trafilatura=={version('trafilatura')}"],
    "trafilatura fast": [f"trafilatura=={version('trafilatura')}"],
    "resiliparse": ["resiliparse==2.0.0"],
    "readability-lxml": ["readability-lxml==0.9"],
    "jusText": ["justext==3.0.2"],
}
HERE = Path(__file__).parent
COLUMNS = ("", "n", "precision", "recall", "F1", "F1 developed on", "F1 held out", "pages/s")


def main() -> None:
    """Measure each set, print its table."""
    for name in sys.argv[1:] or SETS:
        pages = gold_pages(shared_data(), name)
        markup = [decode(page.body, None).text for page in pages]
        held = sum(page.held_out for page in pages)
        rows = [_row("kazcorpus", pages, *_ours(pages, markup))]
        rows += [_row(peer, pages, *_theirs(peer, name, pages, markup)) for peer in PEERS]
        title = f"{name}: {len(pages)} pages, {held} of them held out, shingle F1"
        print_table(title, COLUMNS, rows)


def _ours(pages: Sequence[GoldPage], markup: Sequence[str]) -> tuple[float, list[str]]:
    started = time.process_time()
    texts = [our_text(html, page.url) for page, html in zip(pages, markup, strict=True)]
    return time.process_time() - started, texts


def our_text(html: str, url: str) -> str:
    """What the project's extractor makes of a page of an unknown site."""
    try:
        extracted = extract(html, url, SourceFacts(id="benchmark"))
    except UnsafePage:
        return ""
    return extracted.text if extracted else ""


def _theirs(
    peer: str, name: str, pages: Sequence[GoldPage], markup: Sequence[str]
) -> tuple[float, list[str]]:
    path = CACHE / f"pages-{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        json.dumps({"html": html, "url": page.url})
        for page, html in zip(pages, markup, strict=True)
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    python = peer_python(peer.split()[0], PEERS[peer])
    command: list[str | Path] = [python, HERE / "extract_peer.py", peer, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{peer}: {done.stderr[-2000:]}")
    result = json.loads(done.stdout.splitlines()[-1])
    return result["seconds"], result["texts"]


def _row(
    name: str, pages: Sequence[GoldPage], seconds: float, texts: Sequence[str]
) -> list[str | int]:
    pairs = [(page.text, text) for page, text in zip(pages, texts, strict=True)]
    halves = [
        score([pair for page, pair in zip(pages, pairs, strict=True) if page.held_out is held])
        for held in (False, True)
    ]
    whole = score(pairs)
    values = (whole.precision, whole.recall, whole.f1, *(half.f1 for half in halves))
    return [name, len(pages), *(f"{value:.3f}" for value in values), f"{len(pages) / seconds:.1f}"]


if __name__ == "__main__":
    main()
