"""An archive to a shard of documents on one core: megabytes of text a second, step by step.

`python -m benchmarks.cleaning.whole_stage [MEGABYTES]`. The archive holds pages made of Kazakh
sentences, about 4 KB of text each. Extraction (markup to text, with everything a tree is needed
for) stands apart, because it depends on the markup, not on the text. Every step is done over the
same pages in the stage's own batches; the last rows run the stage itself, to show that no step was
forgotten.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import pickle
import subprocess
import sys
import tempfile
import time
from base64 import b32encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.cleaning.pages import unpacked
from benchmarks.environments import shared_data
from benchmarks.tables import print_table

from kaz_cleaning.charset import decode
from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Draft, Drop, Kept
from kaz_cleaning.killable import packaged_model
from kaz_cleaning.language_gate import glance_all
from kaz_cleaning.masks import mask_all
from kaz_cleaning.normalise import normalise_all
from kaz_cleaning.page import page_outcome, read_document
from kaz_cleaning.pool import batches, clean_entries
from kaz_cleaning.refining import refine_all
from kaz_cleaning.rules import judge_all
from kaz_cleaning.stage import clean_archive
from kaz_datasets.columns import table_of
from kaz_datasets.files import sha256_of
from kaz_datasets.record import SCHEMA
from kaz_datasets.shards import ShardWriter
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page, read_pages

SETS = ("kaznerd_sentences", "govkz_nlpkaznu_sentences", "kkwiki_filtered_sentences")
SENTENCES_OF_PARAGRAPH = 4
CHARACTERS = 2_300
"""Of a page's text: 4 KB, as the median Kazakh news article has."""
FACTS = SourceFacts(id="bench")
CONFIG = CleaningConfig(workers=0)
EXTRACTION = "extraction (taken out)"
START = "from kaz_cleaning.killable import packaged_model; packaged_model()"


class Clock:
    """CPU seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Book the time of a block."""
        started = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.process_time() - started


def main() -> None:
    """Clean the archive once to warm up, then step by step, then as a whole."""
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    packaged_model()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = folder / "bench.warc.gz"
        archive.write_bytes(b"".join(_records(megabytes)))
        _stage(archive, folder)
        clock = Clock()
        size = _steps(clock, archive, folder) / 1e6
        whole = Clock()
        with whole.step("stage"):
            account = _stage(archive, folder)
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", START], check=True)
    _show(clock.seconds, whole.seconds["stage"], size, account, time.perf_counter() - started)


def _show(steps: dict[str, float], whole: float, size: float, account: Any, start: float) -> None:
    extraction = steps.pop(EXTRACTION) - steps["character sets"]  # which it does again
    rest = sum(steps.values())
    inside = whole - extraction
    rows = [*steps.items(), ("all but extraction", rest), (EXTRACTION, extraction)]
    rows += [("the stage itself", whole), ("the stage itself but extraction", inside)]
    table = [[name, f"{s:.3f}", f"{1e3 * s / size:.1f}", f"{size / s:.1f}"] for name, s in rows]
    title = (
        f"{account.entered} pages, {size:.1f} MB of text, {account.kept} kept; a worker's start"
        f" costs {start:.1f} s once"
    )
    print_table(title, ["step", "CPU s", "ms/MB", "MB/s"], table)


def _stage(archive: Path, folder: Path) -> Any:
    return clean_archive(archive, FACTS, CONFIG, folder / "whole.parquet", folder / "drops.parquet")


def _steps(clock: Clock, archive: Path, folder: Path) -> int:
    """Bytes of text; the steps' times go to the clock."""
    with clock.step("SHA-256 of the archive, for stage.json"):
        sha256_of(archive)
    with clock.step("reading the archive"):
        pages = [page for page in read_pages(archive) if isinstance(page, Page)]
    tables, size = [], 0
    for batch in batches(pages):
        drafts = _read(clock, batch)
        size += sum(len((draft.text or "").encode()) for draft in drafts)
        _refine(clock, [draft.text or "" for draft in drafts])
        refine_all(drafts, CONFIG, packaged_model())
        with clock.step("identifiers and rows"):
            outcomes = [page_outcome(draft) for draft in drafts]
            rows = [outcome.row for outcome in outcomes if isinstance(outcome, Kept)]
        with clock.step("columns"):
            tables.append(table_of(rows, SCHEMA))
    _hand_over(clock, pages)
    with clock.step("writing Parquet"):
        _write(folder / "steps.parquet", tables)
    return size


def _read(clock: Clock, batch: Sequence[Page]) -> list[Draft]:
    """The drafts of pages that have a text."""
    drafts = [Draft(page=page, facts=FACTS, address=page.url) for page in batch]
    with clock.step("character sets"):
        markups = [decode(page.body, None).text for page in batch]
    with clock.step("language gate"):
        glance_all(markups, packaged_model())
    with clock.step(EXTRACTION):
        for draft in drafts:
            try:
                read_document(draft)
            except Drop as drop:
                draft.drop = drop
    return [draft for draft in drafts if draft.drop is None]


def _refine(clock: Clock, texts: list[str]) -> None:
    with clock.step("normalising"):
        normal = [found.text for found in normalise_all(texts)]
    with clock.step("language"):
        packaged_model().judge_all(normal)
    with clock.step("quality"):
        judge_all(normal, ["Cyrl"] * len(normal), CONFIG.rules)
    with clock.step("personal data"):
        mask_all(normal, [""] * len(normal), CONFIG.masks)


def _hand_over(clock: Clock, pages: Sequence[Page]) -> None:
    """What a worker process is sent and sends back, without the pipe itself."""
    for batch in batches(pages):
        job = (batch, FACTS, CONFIG)
        answer = clean_entries(*job)
        with clock.step("hand-over between processes"):
            pickle.loads(pickle.dumps(job))
            pickle.loads(pickle.dumps(answer))


def _write(path: Path, tables: list[Any]) -> None:
    with ShardWriter(path, SCHEMA) as rows:
        for table in tables:
            rows.write_table(table)


def _records(megabytes: float) -> Iterator[bytes]:
    """The archive's gzip members, with both digests, as our crawler writes them."""
    for number, body in enumerate(_bodies(megabytes)):
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
        head = (
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
            f"WARC-Target-URI: https://bench.example/{number}\r\n"
            f"WARC-Payload-Digest: {_digest(body)}\r\nWARC-Block-Digest: {_digest(block)}\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        yield gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def _digest(content: bytes) -> str:
    return f"sha1:{b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()}"


def _bodies(megabytes: float) -> Iterator[bytes]:
    size = 0
    sentences: list[str] = []
    for sentence in _sentences():
        sentences.append(sentence)
        if sum(map(len, sentences)) < CHARACTERS:
            continue
        size += sum(len(one.encode()) for one in sentences)
        yield _markup(sentences).encode()
        sentences = []
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
