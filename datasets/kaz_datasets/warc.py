"""Fetched pages out of archive files, and the damage found on the way, each named by its place."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.http_message import (
    Response,
    Undecodable,
    decode_content,
    parse_response,
    without_chunks,
)
from kaz_datasets.record_facts import NO_FACTS, RECORD_FACTS_HEADER, RecordFacts
from kaz_datasets.warc_records import Broken, Record, read_records

MAX_BODY: Final = 16 << 20
"""Bytes of one decoded body: no page of text is longer, and a decompression bomb stops here."""

PAGE_TYPES: Final = ("response", "resource", "conversion")

_ALGORITHMS: Final = ("sha1", "sha256", "sha512", "md5")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One fetched page, as the server sent it, with Transfer- and Content-Encoding undone."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Header names in lower case; repeated headers joined with a comma."""
    body: bytes
    content_type: str
    """The bare media type in lower case, empty where none was sent."""
    retrieved_at: datetime
    file: str
    """Name of the archive file."""
    offset: int
    """Where in that file the record starts, or the gzip member that holds it (bytes)."""
    record_type: str = "response"
    """`response`, `resource`, or `conversion` for text that was made of another format."""
    facts: RecordFacts = NO_FACTS
    """What the archive's writer knew beside the payload."""


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A record, or a stretch of a file, that could not be read."""

    file: str
    offset: int
    reason: str


def read_pages(path: Path, skipped: Counter[str] | None = None) -> Iterator[Page | Damage]:
    """The pages of one .warc, .warc.gz, .arc or .arc.gz file, in the file's order.

    Response, resource and conversion records are pages; of the others `skipped` counts the types.
    Raises NotFound at once, and Corrupt on reading where the file holds no record at all.
    """
    if not path.is_file():
        raise NotFound(f"no such file: {path}")
    return _read(path, Counter() if skipped is None else skipped)


def _read(path: Path, skipped: Counter[str]) -> Iterator[Page | Damage]:
    held: list[Damage] = []
    recognised = False
    for entry in read_records(path):
        found = _page_or_damage(entry, path.name, skipped)
        recognised = recognised or isinstance(entry, Record) or entry.is_record
        if isinstance(found, Damage) and not recognised:
            held.append(found)
            continue
        yield from held
        held.clear()
        if found is not None:
            yield found
    if not recognised:
        raise Corrupt(f"{path} holds no WARC or ARC record: give an archive file, or remove it")
    if set(skipped) - {"warcinfo"} == {"metadata"}:
        # a WAT file: silence would look like a site without pages
        reason = f"holds {skipped['metadata']} metadata records and no pages"
        yield Damage(file=path.name, offset=0, reason=reason)


def page_of(record: Record, file: str) -> Page | Damage | None:
    """The page that one record holds; None where its type holds none."""
    return _page_or_damage(record, file, Counter())


def _page_or_damage(
    entry: Record | Broken, file: str, skipped: Counter[str]
) -> Page | Damage | None:
    if isinstance(entry, Broken):
        return Damage(file=file, offset=entry.offset, reason=entry.reason)
    kind = entry.headers.get("warc-type", "").lower()
    if kind not in PAGE_TYPES or _is_lookup(entry):
        skipped[kind or "untyped"] += 1
        return None
    try:
        return _page(entry, kind, file)
    except Undecodable as error:
        return Damage(file=file, offset=entry.offset, reason=str(error))


def _is_lookup(record: Record) -> bool:
    """Name look-ups, which some crawlers keep as responses."""
    return record.headers.get("warc-target-uri", "").startswith(("dns:", "whois:"))


def _page(record: Record, kind: str, file: str) -> Page:
    if record.flaw is not None and not _vouched_for(record):
        raise Undecodable(record.flaw)
    response = _response(record, kind)
    body = _checked_body(record, response)
    return Page(
        url=_target(record.headers),
        status=response.status,
        headers=response.headers,
        body=body,
        content_type=response.headers.get("content-type", "").split(";")[0].strip().lower(),
        retrieved_at=_date(record.headers.get("warc-date", "")),
        file=file,
        offset=record.offset,
        record_type=kind,
        facts=RecordFacts.from_header(record.headers.get(RECORD_FACTS_HEADER.lower(), "")),
    )


def _response(record: Record, kind: str) -> Response:
    if kind == "response":
        return parse_response(record.block)
    return Response(200, {"content-type": record.headers.get("content-type", "")}, record.block)


def _vouched_for(record: Record) -> bool:
    """Whether a digest proves the block, so that junk after it does no harm."""
    stated = record.headers.get("warc-block-digest", "")
    return bool(stated) and _digest_fits(stated, record.block) is True


def _checked_body(record: Record, response: Response) -> bytes:
    """The decoded body. Raises Undecodable if a digest in the record's headers disagrees."""
    block_digest = record.headers.get("warc-block-digest", "")
    if _digest_fits(block_digest, record.block) is False:
        raise Undecodable("WARC-Block-Digest does not fit the record")
    payload_digest = record.headers.get("warc-payload-digest", "")
    joined = without_chunks(response.payload, response.headers)
    body = decode_content(joined, response.headers, MAX_BODY)
    # writers differ in how many codings are undone before the digest is taken
    candidates = (response.payload, joined, body)
    if all(_digest_fits(payload_digest, candidate) is False for candidate in candidates):
        raise Undecodable("WARC-Payload-Digest does not fit the record")
    return body


def _digest_fits(stated: str, content: bytes) -> bool | None:
    """Whether `algorithm:digest` (Base32, hexadecimal or Base64) fits; None if it says nothing."""
    name, _, value = stated.partition(":")
    name, value = name.strip().lower().replace("-", ""), value.strip()
    if name not in _ALGORITHMS or not value:
        return None
    digest = hashlib.new(name, content, usedforsecurity=False).digest()
    if base64.b32encode(digest) == value.upper().encode():  # as nearly all writers state it
        return True
    return any(digest == form for form in _digest_forms(value))


def _digest_forms(value: str) -> Iterator[bytes]:
    decoders = (lambda text: base64.b32decode(text.upper()), bytes.fromhex, base64.b64decode)
    for decode in decoders:
        try:
            yield decode(value)
        except (ValueError, binascii.Error):
            continue


def _target(headers: Mapping[str, str]) -> str:
    target = headers.get("warc-target-uri", "").strip()
    if not target:
        raise Undecodable("no WARC-Target-URI")
    if target.startswith("<") and target.endswith(">"):
        return target[1:-1]  # wget 1.x, after a wrong example in the standard
    return target


def _date(stated: str) -> datetime:
    try:
        if stated.isascii() and stated.isdigit():
            return datetime.strptime(stated.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        date = datetime.fromisoformat(stated)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Undecodable(f"WARC-Date is {stated[:40]!r}") from error
