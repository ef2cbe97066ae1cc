"""HTTP responses as archives store them: the head parsed, the body's codings undone, all bounded.

Archives are untrusted and often slightly wrong: bodies already decoded under a header that says
otherwise, chunk sizes that are none. What can be read is read; what cannot raises Undecodable.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from fastwarc.stream_io import BrotliReader, ZstdReader

MAX_HEAD = 256 << 10
"""Bytes of status line and headers; no honest server sends more."""

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]|\r?$)")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


class Undecodable(ValueError):
    """A response whose head or body cannot be read; the message says which part and why."""


@dataclass(frozen=True)
class Response:
    """A parsed response; header names are lower case, repeated headers joined with a comma."""

    status: int
    headers: Mapping[str, str]
    payload: bytes
    """The body as stored, with every coding still on it."""


def parse_response(block: bytes) -> Response:
    """Split a stored response into status, headers and payload. Raises Undecodable."""
    status = _STATUS_LINE.match(block[:64].split(b"\n", 1)[0])
    if status is None:
        raise Undecodable("no HTTP status line")
    end = _END_OF_HEAD.search(block, 0, MAX_HEAD)
    if end is None:
        if len(block) > MAX_HEAD:
            raise Undecodable(f"HTTP headers longer than {MAX_HEAD} bytes")
        return Response(int(status[1]), parse_headers(block), b"")
    return Response(int(status[1]), parse_headers(block[: end.start()]), block[end.end() :])


def parse_headers(head: bytes) -> dict[str, str]:
    """Header fields after a first line, folded lines joined; what is no field is passed over."""
    headers: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        text = line.rstrip("\r")
        if text[:1] in (" ", "\t") and name:
            headers[name] = f"{headers[name]} {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            value = value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def without_chunks(payload: bytes, headers: Mapping[str, str]) -> bytes:
    """Undo `Transfer-Encoding: chunked`, unless the archive's writer had already undone it.

    Raises Undecodable where the chunks break off.
    """
    if "chunked" not in headers.get("transfer-encoding", "").lower():
        return payload
    if _CHUNK_SIZE.match(payload) is None:
        return payload
    return _join_chunks(payload)


def _join_chunks(payload: bytes) -> bytes:
    chunks: list[bytes] = []
    position = 0
    while (size := _CHUNK_SIZE.match(payload, position)) is not None:
        length = int(size[1], 16)
        if length == 0:
            return b"".join(chunks)
        chunk = payload[size.end() : size.end() + length]
        if len(chunk) < length:
            break
        chunks.append(chunk)
        position = size.end() + length
        position += 2 if payload[position : position + 2] == b"\r\n" else 1
    raise Undecodable(f"chunked body broken at byte {position}")


def decode_content(payload: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """Undo every `Content-Encoding`, outermost first.

    Raises Undecodable for more than `limit` bytes, an unknown coding, or a broken stream.
    """
    codings = [name.strip().lower() for name in headers.get("content-encoding", "").split(",")]
    known = [name for name in codings if name not in ("", "identity", "none", "utf-8")]
    if len(known) > 4:
        raise Undecodable(f"{len(known)} content codings on one body")
    for coding in reversed(known):
        payload = _undo(coding, payload, limit)
    if len(payload) > limit:
        raise Undecodable(f"body of more than {limit} bytes")
    return payload


def _undo(coding: str, payload: bytes, limit: int) -> bytes:
    try:
        match coding:
            case "gzip" | "x-gzip":
                return _inflate(payload, 31, limit)
            case "deflate":
                # RFC 9110 means zlib's format; some servers send the bare stream
                return _inflate(payload, 15 if payload[:1] == b"\x78" else -15, limit)
            case "br":
                return _read_all(BrotliReader(BytesIO(payload)), limit)
            case "zstd":
                return _read_all(ZstdReader(BytesIO(payload)), limit)
    except (zlib.error, OSError, EOFError) as error:
        if _is_plain(payload):
            return payload
        raise Undecodable(f"{coding} body is broken ({error})") from error
    raise Undecodable(f"unknown content coding {coding[:40]!r}")


def _inflate(payload: bytes, window_bits: int, limit: int) -> bytes:
    if not payload:
        return b""
    stream = zlib.decompressobj(window_bits)
    body = stream.decompress(payload, limit + 1)
    if len(body) > limit:
        raise Undecodable(f"body of more than {limit} bytes once decompressed")
    if not stream.eof:
        raise EOFError("it ends too early")
    return body


def _read_all(reader: BrotliReader | ZstdReader, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := reader.read(64 << 10):
        pieces.append(bytes(piece))
        size += len(piece)
        if size > limit:
            raise Undecodable(f"body of more than {limit} bytes once decompressed")
    return b"".join(pieces)


def _is_plain(payload: bytes) -> bool:
    """Whether a body is text already: some writers decode it and leave the header."""
    head = payload[:512].lstrip()
    return head[:1] in (b"<", b"{") and b"\x00" not in head
