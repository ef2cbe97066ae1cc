"""An archive to a shard of documents on one core: megabytes of text a second, step by step.

`python -m benchmarks.cleaning.whole_stage [MEGABYTES]`. The archive holds pages made of Kazakh
sentences, about 4 KB of text each. Extraction (markup to text, with everything a tree is needed
for) is timed apart, because it depends on the markup, not on the text.
"""

from __future__ import annotations

import contextlib
import cProfile
import html
import json
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cleaning.pages import unpacked
from benchmarks.environments import shared_data
from benchmarks.tables import print_table

from kaz_cleaning.charset import decode
from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.killable import packaged_model
from kaz_cleaning.language import LanguageModel
from kaz_cleaning.page import Draft, Drop, Dropped, Kept, clean_page, read_document, refine
from kaz_datasets.record import SCHEMA
from kaz_datasets.shards import ShardWriter
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page

SETS = ("kaznerd_sentences", "govkz_nlpkaznu_sentences", "kkwiki_filtered_sentences")
SENTENCES_OF_PARAGRAPH = 4
CHARACTERS = 2_300
"""Of a page's text: 4 KB, as the median Kazakh news article has."""


def main() -> None:
    """Clean every page once to warm up, then step by step, then as a whole."""
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    pages = list(_pages(megabytes))
    facts, config, model = SourceFacts(id="bench"), CleaningConfig(workers=0), packaged_model()
    for page in pages[:20]:
        clean_page(page, facts, config, model)

    drafts = []
    started = time.process_time()
    for page in pages:
        draft = Draft(page=page, facts=facts)
        with contextlib.suppress(Drop):
            read_document(draft)
            drafts.append(draft)
    extraction = time.process_time() - started
    size = sum(len((draft.text or "").encode()) for draft in drafts) / 1e6

    started = time.process_time()
    for page in pages:
        decode(page.body, None)
    decoding = time.process_time() - started

    profile = cProfile.Profile()
    profile.enable()
    for draft in drafts[:200]:
        _refined(draft, config, model)
    profile.disable()

    started = time.process_time()
    for draft in drafts[200:]:
        _refined(draft, config, model)
    refining = (time.process_time() - started) * len(drafts) / max(len(drafts) - 200, 1)

    outcomes = [clean_page(page, facts, config, model) for page in pages]
    kept = [outcome.row for outcome in outcomes if isinstance(outcome, Kept)]
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        with ShardWriter(Path(folder) / "documents.parquet", SCHEMA) as rows:
            rows.write(kept)
        writing = time.process_time() - started
    rest = decoding + refining + writing
    dropped = [outcome.rule for outcome in outcomes if isinstance(outcome, Dropped)]
    table = [
        ["markup to text (extraction)", f"{extraction:.2f}", f"{size / extraction:.1f}"],
        ["decoding", f"{decoding:.2f}", f"{size / decoding:.1f}"],
        ["normalising, language, rules, masks", f"{refining:.2f}", f"{size / refining:.1f}"],
        ["writing Parquet", f"{writing:.2f}", f"{size / writing:.1f}"],
        ["all but extraction", f"{rest:.2f}", f"{size / rest:.1f}"],
    ]
    title = f"{len(pages)} pages, {size:.1f} MB of text, {len(kept)} kept, {len(dropped)} dropped"
    print_table(title, ["step", "CPU s", "MB/s"], table)
    pstats.Stats(profile).sort_stats("tottime").print_stats(14)


def _refined(draft: Draft, config: CleaningConfig, model: LanguageModel) -> None:
    with contextlib.suppress(Drop):
        refine(draft, config, model)


def _pages(megabytes: float) -> Iterator[Page]:
    size = number = 0
    sentences: list[str] = []
    for sentence in _sentences():
        sentences.append(sentence)
        if sum(map(len, sentences)) < CHARACTERS:
            continue
        number += 1
        body = _markup(sentences).encode()
        size += sum(len(one.encode()) for one in sentences)
        sentences = []
        yield Page(
            url=f"https://bench.example/{number}",
            status=200,
            headers={"content-type": "text/html; charset=utf-8"},
            body=body,
            content_type="text/html",
            retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
            file="bench.warc.gz",
            offset=number,
        )
        if size > megabytes * 1e6:
            return


def _sentences() -> Iterator[str]:
    for name in SETS:
        content = unpacked(shared_data() / "kk_text" / f"{name}.jsonl.zst").decode()
        for line in content.split("\n"):
            if line:
                yield json.loads(line)["text"]


def _markup(sentences: list[str]) -> str:
    steps = range(0, len(sentences), SENTENCES_OF_PARAGRAPH)
    paragraphs = [" ".join(sentences[at : at + SENTENCES_OF_PARAGRAPH]) for at in steps]
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"<html><head><title>Мақала</title></head><body><main>{body}</main></body></html>"


if __name__ == "__main__":
    main()
