"""Files that clients put into a Xet store on this machine, read back by their SHA-256.

The real client (hf_xet 1.8) writes to a folder when a Hub's `casUrl` is `local://<folder>`: shards
say of which stretches of which xorbs a file consists, xorbs hold the chunks. Its index can be open
in one process only, so the Hub reads the files themselves. The layout is that of xet-core 1.8
(https://github.com/huggingface/xet-core): nothing here is promised by it, and a test uploads with
the installed client.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from kaz_datasets.files import atomic_path
from kaz_datasets.hub.errors import HubError

_ENTRY: Final = 48
"""Bytes of every entry of a shard."""
_END: Final = b"\xff" * 32
_VERIFIED, _WITH_SHA256 = 1 << 31, 1 << 30
_PLAIN, _LZ4, _GROUPED_LZ4 = range(3)


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    """Chunks `first` to `end` (not included) of a xorb."""

    xorb: str
    first: int
    end: int


@dataclass(frozen=True, kw_only=True)
class _XetFile:
    """A file by both of its names, and the stretches that it consists of, in order."""

    sha256: str
    hash: str
    stretches: list[_Stretch]


class XetStore:
    """The folder that `casUrl` names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def clear(self) -> None:
        """Remove all chunks: files that are extracted stay, later uploads begin anew."""
        shutil.rmtree(self.folder / "xet", ignore_errors=True)

    def extract(self, sha256: str, target: Path) -> bool:
        """Write the file of this digest to `target`; False where clients put no such file here.

        Raises HubError where the store holds something else under its name.
        """
        found = self._find(sha256)
        if found is None:
            return False
        digest = hashlib.sha256()
        with atomic_path(target) as temporary, temporary.open("wb") as stream:
            for stretch in found.stretches:
                for chunk in self._chunks(stretch):
                    digest.update(chunk)
                    stream.write(chunk)
            if digest.hexdigest() != sha256:
                raise HubError(400, "the content in the Xet store is not what its oid says")
        return True

    def hash_of(self, sha256: str) -> str | None:
        """The Xet hash of a file, by which hf_xet asks for it; None where it is not in chunks."""
        found = self._find(sha256)
        return found.hash if found is not None else None

    def _find(self, sha256: str) -> _XetFile | None:
        for path in sorted(self.folder.glob("xet/xorbs/shards/*.mdb")):
            for found in _files_of(path.read_bytes()):
                if found.sha256 == sha256:
                    return found
        return None

    def _chunks(self, stretch: _Stretch) -> Iterator[bytes]:
        path = self.folder / "xet/xorbs/xorbs" / f"default.{stretch.xorb}"
        with path.open("rb") as stream:
            for number in range(stretch.end):
                head = stream.read(8)  # version, packed length (3), scheme, length (3)
                packed = stream.read(int.from_bytes(head[1:4], "little"))
                if number >= stretch.first:
                    yield _unpacked(packed, head[4], int.from_bytes(head[5:8], "little"))


def _files_of(shard: bytes) -> Iterator[_XetFile]:
    """The files of a shard that name their SHA-256."""
    place = _ENTRY  # after the shard's header
    while place + _ENTRY <= len(shard) and shard[place : place + 32] != _END:
        name = _hex(shard[place : place + 32])
        flags, count = struct.unpack_from("<II", shard, place + 32)
        stretches = [_stretch(shard, place + _ENTRY * number) for number in range(1, count + 1)]
        place += _ENTRY * (1 + count * (2 if flags & _VERIFIED else 1))
        if flags & _WITH_SHA256:
            yield _XetFile(sha256=_hex(shard[place : place + 32]), hash=name, stretches=stretches)
            place += _ENTRY


def _stretch(shard: bytes, place: int) -> _Stretch:
    _, _, first, end = struct.unpack_from("<4I", shard, place + 32)
    return _Stretch(xorb=_hex(shard[place : place + 32]), first=first, end=end)


def _hex(hashed: bytes) -> str:
    """A Xet hash as text: four little-endian words."""
    return "".join(f"{word:016x}" for word in struct.unpack("<4Q", hashed))


def _unpacked(packed: bytes, scheme: int, length: int) -> bytes:
    if scheme == _PLAIN:
        return packed
    chunk = bytes(pa.decompress(packed, decompressed_size=length, codec="lz4"))
    return _ungrouped(chunk) if scheme == _GROUPED_LZ4 else chunk


def _ungrouped(chunk: bytes) -> bytes:
    """Undo the grouping of every fourth byte, which packs numbers better."""
    whole = bytearray(len(chunk))
    share, rest = divmod(len(chunk), 4)
    place = 0
    for group in range(4):
        size = share + (group < rest)
        whole[group::4] = chunk[place : place + size]
        place += size
    return bytes(whole)
