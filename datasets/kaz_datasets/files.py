"""Files that are whole or absent: every write goes to a temporary name, is synced and renamed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kaz_datasets.errors import DiskFull

TEMPORARY_SUFFIX = ".partial"
_CHUNK = 1 << 20


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends without an error.

    Raises DiskFull where the device has no space left; the temporary file is gone by then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # two machines that share a folder may well have processes of the same number
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")
    with no_space_named(path):
        try:
            yield temporary
            sync_file(temporary)
            temporary.replace(path)
            sync_file(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def no_space_named(path: Path) -> Iterator[None]:
    """Turn the system's "no space left" and "quota exceeded" into one sentence that says where."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(
            f"no space left to write {path}: free some and give the same command again"
            " (finished parts are kept)"
        ) from error


def sync_file(path: Path) -> None:
    """Have the system put a file's bytes, or a folder's names, on the device."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write JSON as people read it: indented, Cyrillic as Cyrillic, keys in the given order."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def remove_temporaries(folder: Path) -> None:
    """Remove what a killed writer left in `folder`, at any depth: files and whole folders."""
    for leftover in sorted(folder.rglob(f".*{TEMPORARY_SUFFIX}"), reverse=True):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)
