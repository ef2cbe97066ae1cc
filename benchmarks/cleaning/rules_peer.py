"""Seconds that datatrove's four families take; run by `rules.py` in the peer's environment.

Its word and sentence splitters for Kazakh want a model from the network; two regular expressions
stand for them, which is kind to it: with spaCy it is ten times slower. Every filter measures every
document, as ours does.
"""

# ruff: noqa: D103
from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

WORD = re.compile(r"\w+|[^\w\s]+")
SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def main() -> None:
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
        c4_filters,
        fineweb_quality_filter,
        gopher_quality_filter,
        gopher_repetition_filter,
    )

    for module in (fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter):
        module.split_into_words = lambda text, language: WORD.findall(text)
    c4_filters.split_into_sentences = lambda text, language: SENTENCE.split(text)
    # no threshold is ever crossed: a filter that stops early would measure less
    never = 10.0
    filters = [
        GopherQualityFilter(
            min_doc_words=1, max_doc_words=10**9, min_avg_word_length=0, max_avg_word_length=10**6,
            max_symbol_word_ratio=never, max_bullet_lines_ratio=never,
            max_ellipsis_lines_ratio=never, max_non_alpha_words_ratio=1e-9, min_stop_words=0,
            stop_words=["және"],
        ),
        GopherRepetitionFilter(
            never, never, never, never,
            tuple((size, never) for size in (2, 3, 4)),
            tuple((size, never) for size in (5, 6, 7, 8, 9, 10)),
        ),
        C4QualityFilter(filter_no_terminal_punct=False, min_num_sentences=0),
        FineWebQualityFilter(
            line_punct_thr=0, short_line_thr=never, char_duplicates_ratio=never,
            new_line_ratio=never,
        ),
    ]  # fmt: skip
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    documents = [Document(text=json.loads(line), id="") for line in lines]
    start = time.process_time()
    for document in documents:
        for one in filters:
            one.filter(document)
    print(json.dumps({"seconds": time.process_time() - start}))


if __name__ == "__main__":
    main()
