"""Pages with gold main text: four sets of real HTML, each split in two halves by its ids.

Rules of extraction are made while looking at the development half only; the other half is
reported beside it, so a reader sees what was learned and what was fitted.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastwarc.stream_io import ZstdReader

SETS = ("scrapinghub_articles", "daniel_russian", "kk_pages", "wcxb_dev")


@dataclass(frozen=True, kw_only=True)
class GoldPage:
    """One saved page and the text a person, or the page's own markup, calls its main text."""

    set: str
    id: str
    url: str
    kind: str
    body: bytes
    text: str
    facts: dict[str, Any]
    """The whole gold row, for titles, dates and authors where a set has them."""

    @property
    def held_out(self) -> bool:
        """Whether the page is in the half that no rule was made on."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 1


def gold_pages(data: Path, name: str) -> list[GoldPage]:
    """All pages of a set that have gold text; `data` is the folder of shared data."""
    return [page for page in all_pages(data, name) if page.text.strip()]


def all_pages(data: Path, name: str) -> list[GoldPage]:
    """All pages of a set, also those that hold no article at all."""
    folder = data / "html" / name
    if name == "kk_pages":
        rows = _rows((folder / "gold.jsonl").read_bytes())
        return [_page(name, row, unpacked(folder / row["file"])) for row in rows]
    bodies = dict(_members(folder / "html.tar.zst"))
    rows = _rows(unpacked(folder / "gold.jsonl.zst"))
    return [_page(name, row, bodies[row["file"]]) for row in rows]


def unpacked(path: Path) -> bytes:
    """The bytes of a file, without its Zstandard where it has any."""
    if path.suffix != ".zst":
        return path.read_bytes()
    with path.open("rb") as stream:
        return bytes(ZstdReader(stream).read())


def _rows(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().split("\n") if line]


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(unpacked(path))) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is not None:
                yield Path(member.name).name, stream.read()


def _page(name: str, row: dict[str, Any], body: bytes) -> GoldPage:
    text = row.get("main_text") if name == "kk_pages" else row.get("text")
    return GoldPage(
        set=name,
        id=row["file"],
        url=row.get("url") or "",
        kind=row.get("page_type") or "article",
        body=body,
        text=text or "",
        facts=row,
    )
