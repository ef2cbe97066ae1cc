"""Saved HTML pages to a WARC file, as an archive made by others: `wrap(pages, target)`.

The real pages lie beside the checkout and never enter the repository.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa


def saved_pages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Address and bytes of each page; compressed ones are unpacked with the zstd of pyarrow."""
    for path in sorted([*folder.glob("*.html"), *folder.glob("*.html.zst")]):
        with pa.input_stream(str(path), compression="detect") as f:
            yield f"http://saved.example/{path.name.removesuffix('.zst')}", f.read()


def wrap(pages: Iterable[tuple[str, bytes]], target: Path) -> int:
    """Write one response record a page, each its own gzip member; returns how many."""
    members = [gzip.compress(record(url, body), mtime=0) for url, body in pages]
    target.write_bytes(b"".join(members))
    return len(members)


def record(url: str, body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        "WARC/1.1\r\n"
        "WARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{zlib.crc32(url.encode()):012d}>\r\n"
        "WARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
