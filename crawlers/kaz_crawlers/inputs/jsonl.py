"""JSON lines: an object with `text` a line, and what is known of it beside.

A first line without `text` is the collection's header:
{"source": "…", "rights": "permission", "licence": "…", "homepage": "https://…"}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kaz_crawlers.inputs.packed import open_packed, read_lines
from kaz_crawlers.inputs.provenance import SOURCE_KEYS, Provenance
from kaz_crawlers.inputs.stated_facts import address_of, now, record_facts
from kaz_crawlers.inputs.text_archive import Item, Skipped, TextDocument


def jsonl_provenance(path: Path) -> Provenance:
    """What the first line says of the collection. Raises NotFound, Corrupt."""
    with open_packed(path) as stream:
        first = next(read_lines(stream), None)
    values = _object(first) if first else None
    return Provenance.of(_header(values)) if isinstance(values, dict) else Provenance()


def read_jsonl(paths: Sequence[Path], homepage: str) -> Iterator[Item]:
    """A document a line, or the rule that skipped it, with file and line number.

    Rules: `not-utf8`, `not-json`, `no-text`, `no-address`, `too-large`, `empty`. Raises Corrupt
    for a file whose compression is torn.
    """
    for path in paths:
        with open_packed(path) as stream:
            for number, line in enumerate(read_lines(stream), start=1):
                item = _item(line, path.name, number, homepage)
                if item is not None:
                    yield item


def _item(line: bytes | None, name: str, number: int, homepage: str) -> Item | None:
    """None for an empty line and for the header."""
    place = f"{name}:{number}"
    if line is None:
        return Skipped(rule="too-large", value=place)
    if not line.strip():
        return None
    values = _object(line)
    if isinstance(values, str):
        return Skipped(rule=values, value=place)
    text = values.get("text")
    if not isinstance(text, str):
        is_header = number == 1 and bool(_header(values))
        return None if is_header else Skipped(rule="no-text", value=place)
    url = address_of(values, homepage, name, number)
    if url is None:
        return Skipped(rule="no-address", value=place)
    return TextDocument(url=url, text=text, facts=record_facts(values), retrieved_at=now())


def _object(line: bytes) -> dict[str, Any] | str:
    """The object of a line, or the rule that it breaks."""
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "not-utf8"
    except (ValueError, RecursionError):
        return "not-json"
    return values if isinstance(values, dict) else "not-json"


def _header(values: dict[str, Any]) -> dict[str, str]:
    """What is stated of the collection; a line with a text states it of that text only."""
    if "text" in values:
        return {}
    return {key: values[key] for key in SOURCE_KEYS if isinstance(values.get(key), str)}
