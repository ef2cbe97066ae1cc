"""CDXJ: an index beside each WARC file, so that one record is found without reading them all.

A line is `<SURT key> <14 digits of time> <JSON>`, sorted; the shape that pywb and cdxj-indexer read
and write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import write_text

INDEX_SUFFIX: Final = ".cdxj"
_ARCHIVE_SUFFIX: Final = ".warc.gz"
_WWW: Final = re.compile(r"^www\d*\.")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_INDEXED: Final = ("response", "revisit", "resource", "conversion")


@dataclass(frozen=True, kw_only=True, order=True)
class Entry:
    """One record of an archive file."""

    key: str
    timestamp: str
    """UTC, as `20261101093000`."""
    file: str
    offset: int
    length: int
    url: str
    mime: str
    status: str = ""
    digest: str = ""
    """Base 32 without the name of the algorithm, as indexes have it."""

    @classmethod
    def of(
        cls,
        *,
        url: str,
        moment: datetime,
        mime: str,
        status: int | None,
        digest: str,
        offset: int,
        length: int,
        file: str,
    ) -> Self:
        """The entry of a record that was just written or read."""
        return cls(
            key=surt(url),
            timestamp=moment.astimezone(UTC).strftime("%Y%m%d%H%M%S"),
            file=file,
            offset=offset,
            length=length,
            url=url,
            mime=mime or "unk",
            status="" if status is None else str(status),
            digest=digest.rpartition(":")[2],
        )

    def to_line(self) -> str:
        """The line of the index."""
        values = {
            "url": self.url,
            "mime": self.mime,
            "status": self.status,
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": self.file,
        }
        named = {name: value for name, value in values.items() if value}
        return f"{self.key} {self.timestamp} {json.dumps(named, ensure_ascii=False)}"

    @classmethod
    def from_line(cls, line: str) -> Self:
        """The entry of a line. Raises ValueError or KeyError."""
        key, timestamp, values = line.split(" ", 2)
        named = json.loads(values)
        return cls(
            key=key,
            timestamp=timestamp,
            file=named["filename"],
            offset=int(named["offset"]),
            length=int(named["length"]),
            url=named["url"],
            mime=named.get("mime", "unk"),
            status=named.get("status", ""),
            digest=named.get("digest", ""),
        )


def surt(url: str) -> str:
    """The sort-friendly form of an address: `https://www.site.kz/A/?b=1` is `kz,site)/a?b=1`.

    As the Internet Archive's canonicaliser has it: lower case, no `www.`, no default port, no
    slash at the end, parameters in order. An address that is none stands for itself.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port = "", None
    if not host:
        return url.replace(" ", "%20")
    named = _reversed(host) + (f":{port}" if port not in (None, _default(parts.scheme)) else "")
    path = parts.path.rstrip("/") or "/"
    query = "&".join(sorted(filter(None, parts.query.split("&"))))
    return f"{named}){path}{'?' + query if query else ''}".lower().replace(" ", "%20")


def index_path(archive: Path) -> Path:
    """Where the index of an archive file lies."""
    return archive.with_name(archive.name.removesuffix(_ARCHIVE_SUFFIX) + INDEX_SUFFIX)


def write_entries(archive: Path, entries: Iterable[Entry]) -> Path:
    """Write the index of an archive file, whole or not at all."""
    path = index_path(archive)
    lines = (entry.to_line() for entry in sorted(entries))
    write_text(path, "".join(f"{line}\n" for line in lines))
    return path


def write_index(archive: Path) -> Path:
    """Make the index of an archive file anew from its records."""
    return write_entries(archive, entries_of(archive))


def entries_of(archive: Path) -> Iterator[Entry]:
    """What the index of an archive file must hold, from its records."""
    # Not at the top: every crawl imports this module and few read an archive.
    from fastwarc.warc import ArchiveIterator

    size = archive.stat().st_size
    with archive.open("rb") as stream:
        held: Entry | None = None
        for record in ArchiveIterator(stream, parse_http=True):
            if held is not None:
                yield _with_end(held, record.stream_pos)
            held = _entry(record, archive.name)
        if held is not None:
            yield _with_end(held, size)


def read_cdxj(path: Path) -> Iterator[Entry]:
    """The entries of an index file, in its order. Raises Corrupt naming the line."""
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                yield Entry.from_line(line.rstrip("\n"))
            except (ValueError, KeyError, TypeError) as error:
                raise Corrupt(
                    f"{path}, line {number}, is no CDXJ ({error}): remove the file,"
                    " the next crawl makes it again"
                ) from error


def find(folder: Path, url: str) -> list[Entry]:
    """Every record of `url` in the archive folder, oldest first."""
    key = surt(url)
    paths = sorted(folder.glob(f"*{INDEX_SUFFIX}"))
    found = (entry for path in paths for entry in read_cdxj(path) if entry.key == key)
    return sorted(found, key=lambda entry: (entry.timestamp, entry.file, entry.offset))


def _entry(record: object, file: str) -> Entry | None:
    headers = record.headers  # type: ignore[attr-defined]
    kind = headers.get("WARC-Type", "")
    if kind not in _INDEXED:
        return None
    http = record.http_headers  # type: ignore[attr-defined]
    mime = record.http_content_type if http is not None else None  # type: ignore[attr-defined]
    if http is None:
        mime = headers.get("Content-Type", "").partition(";")[0].strip()
    status = None if http is None or kind == "revisit" else http.status_code
    return Entry.of(
        url=headers.get("WARC-Target-URI", ""),
        moment=datetime.fromisoformat(headers.get("WARC-Date", "")),
        mime="warc/revisit" if kind == "revisit" else (mime or "unk").lower(),
        status=status,
        digest=headers.get("WARC-Payload-Digest", ""),
        offset=record.stream_pos,  # type: ignore[attr-defined]
        length=0,
        file=file,
    )


def _with_end(entry: Entry, end: int) -> Entry:
    from dataclasses import replace

    return replace(entry, length=end - entry.offset)


def _default(scheme: str) -> int | None:
    return _DEFAULT_PORTS.get(scheme)


def _reversed(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return ",".join(reversed(_WWW.sub("", host).split(".")))
