"""The made-up articles: one small text file each, read into typed blocks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from typing import Literal

from kaz_datasets.errors import Corrupt

BlockKind = Literal["paragraph", "heading", "list", "table"]
_FENCE = "+++\n"


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of a text; a heading or paragraph has one line of one cell."""

    kind: BlockKind
    lines: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """The block as a reader sees it, one line a row."""
        return "\n".join(" ".join(cells) for cells in self.lines)


@dataclass(frozen=True, kw_only=True)
class Article:
    """One text of the made-up web."""

    folder: str
    slug: str
    title: str
    author: str | None
    date: date
    section: str
    language: str
    """ISO 639-3, or "mixed"."""
    script: str
    """ISO 15924: Cyrl, Latn or Arab."""
    facts: tuple[tuple[str, ...], ...] = ()
    """Rows of a table that stands before the text: an encyclopedia's box, no part of the text."""
    blocks: tuple[Block, ...]

    @property
    def key(self) -> str:
        """`folder/slug`, by which the plan of the web names an article."""
        return f"{self.folder}/{self.slug}"

    @property
    def text(self) -> str:
        """The main text without its title, one block a line."""
        return "\n".join(block.text for block in self.blocks)


def load_articles() -> Mapping[str, Article]:
    """Every packaged article by its key, in the order of keys."""
    root = files("kaz_crawlers.demosite") / "articles"
    folders = sorted((item for item in root.iterdir() if item.is_dir()), key=_name)
    articles = [_read(file, folder.name) for folder in folders for file in _texts(folder)]
    return {article.key: article for article in articles}


def _texts(folder: Traversable) -> list[Traversable]:
    return sorted((item for item in folder.iterdir() if item.name.endswith(".md")), key=_name)


def _name(item: Traversable) -> str:
    return item.name


def _read(file: Traversable, folder: str) -> Article:
    return parse_article(file.read_text(encoding="utf-8"), folder, file.name.removesuffix(".md"))


def parse_article(source: str, folder: str, slug: str) -> Article:
    """An article from its source text. Raises Corrupt where the front matter is broken."""
    parts = source.split(_FENCE, 2)
    if len(parts) != 3:
        raise Corrupt(f"{folder}/{slug}.md must start with front matter between two +++ lines")
    front = tomllib.loads(parts[1])
    blocks = tuple(_blocks(parts[2]))
    boxed = 1 if blocks[0].kind == "table" else 0
    return Article(
        folder=folder,
        slug=slug,
        title=front["title"],
        author=front.get("author"),
        date=front["date"],
        section=front["section"],
        language=front["language"],
        script=front["script"],
        facts=tuple(row for block in blocks[:boxed] for row in block.lines),
        blocks=blocks[boxed:],
    )


def _blocks(body: str) -> Iterator[Block]:
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    for kind, run in groupby(lines, key=_kind):
        cells = [_cells(line, kind) for line in run]
        if kind in ("list", "table"):
            yield Block(kind=kind, lines=tuple(cells))
        else:
            yield from (Block(kind=kind, lines=(cell,)) for cell in cells)


def _kind(line: str) -> BlockKind:
    if line.startswith("## "):
        return "heading"
    if line.startswith("- "):
        return "list"
    return "table" if " | " in line else "paragraph"


def _cells(line: str, kind: BlockKind) -> tuple[str, ...]:
    if kind == "table":
        return tuple(cell.strip() for cell in line.split("|"))
    return (line.removeprefix("## ").removeprefix("- "),)
