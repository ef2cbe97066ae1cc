"""What lies in a folder of the store: names, sizes and digests, written after the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kaz_datasets.errors import Corrupt
from kaz_datasets.files import sha256_of
from kaz_flows.storage.bucket import Bucket

CONTENTS: Final = "contents.json"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Entry:
        """Of a file here."""
        return cls(size=path.stat().st_size, sha256=sha256_of(path))


def read_contents(bucket: Bucket, folder: str) -> dict[str, Entry]:
    """The files of a folder by name; empty where it was never pushed. Raises Corrupt."""
    try:
        text = bucket.read(contents_key(folder))
    except FileNotFoundError:
        return {}
    try:
        return {
            name: Entry(size=int(entry["bytes"]), sha256=str(entry["sha256"]))
            for name, entry in json.loads(text).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Corrupt(
            f"{bucket.url}/{contents_key(folder)} cannot be read: `kazcorpus push` again"
        ) from error


def write_contents(bucket: Bucket, folder: str, entries: Mapping[str, Entry]) -> None:
    """Say that a folder is whole."""
    value = {
        name: {"bytes": entry.size, "sha256": entry.sha256}
        for name, entry in sorted(entries.items())
    }
    bucket.write(contents_key(folder), (json.dumps(value, ensure_ascii=False) + "\n").encode())


def contents_key(folder: str) -> str:
    """Where it stands; the root's own is the folder ""."""
    return f"{folder}/{CONTENTS}" if folder else CONTENTS
