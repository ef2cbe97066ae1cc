"""The texts of evaluation sets: files of a folder, or of a dataset repo on the Hub."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.errors import BadConfiguration, NotFound, Unavailable
from kaz_datasets.shards import iter_batches

PATTERNS: Final = tuple(
    f"*.{kind}{packed}"
    for kind in ("jsonl", "json", "csv", "tsv", "parquet")
    for packed in ("", ".gz", ".zst")
)


@dataclass(frozen=True, kw_only=True)
class KnownSet:
    """An evaluation set of Kazakh on the Hub, and which of its files are in Kazakh."""

    repo: str
    files: tuple[str, ...] = PATTERNS


KNOWN: Final[Mapping[str, KnownSet]] = {
    "KazMMLU": KnownSet(repo="MBZUAI/KazMMLU"),
    "Belebele": KnownSet(repo="facebook/belebele", files=("*kaz_Cyrl*",)),
    "SIB-200": KnownSet(repo="Davlan/sib200", files=("*kaz_Cyrl*",)),
    "KazQAD": KnownSet(repo="issai/kazqad"),
    "FLORES": KnownSet(repo="openlanguagedata/flores_plus", files=("*kaz_Cyrl*",)),
}
"""Evaluation sets to keep out of a corpus of Kazakh."""


def files_in(folder: Path) -> list[Path]:
    """The files of a folder that hold texts, at any depth; or the one file that it is."""
    if folder.is_file():
        return [folder]
    found = {path for pattern in PATTERNS for path in folder.rglob(pattern) if path.is_file()}
    return sorted(found)


def fetch_set(
    known: KnownSet, *, endpoint: str | None, token: str | None, cache: Path
) -> list[Path]:
    """Download the files of a set. Raises NotFound where the repo has none of them."""
    # huggingface_hub reads the environment when it is imported, which is the caller's to prepare
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    from kaz_datasets.publishing.client import impatient

    problem: NotFound | Unavailable
    try:
        with impatient(60.0):
            folder = snapshot_download(
                known.repo,
                repo_type="dataset",
                endpoint=endpoint,
                token=token or False,
                cache_dir=cache,
                allow_patterns=list(known.files),
            )
    except HfHubHTTPError as error:
        problem = NotFound(
            f"the Hub does not show {known.repo} ({error.response.status_code}):"
            " look at its name, or set HF_TOKEN to a token that was let in"
        )
    except (LocalEntryNotFoundError, ConnectionError, Unavailable):
        problem = Unavailable(f"the Hub did not give {known.repo}: try again later")
    else:
        if found := _asked_for(Path(folder), known.files):
            return found
        problem = NotFound(
            f"{known.repo} has no files like {', '.join(known.files[:3])}: name them by --files"
        )
    raise problem  # outside of the handler: no chain leads to a request with the token in it


def _asked_for(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The cache keeps one folder for a repo's commit, with the files of earlier downloads too."""
    return [
        path
        for path in files_in(folder)
        if any(fnmatch(path.relative_to(folder).as_posix(), pattern) for pattern in patterns)
    ]


def strings_of(files: Sequence[Path]) -> Iterator[str]:
    """Every string in some files. Raises NotFound, Corrupt and BadConfiguration."""
    for path in files:
        if not path.is_file():
            raise NotFound(f"no such file: {path}")
        kind = next((part for part in reversed(path.suffixes) if part not in (".gz", ".zst")), "")
        if kind == ".parquet":
            for batch in iter_batches(path):
                yield from _strings(batch.to_pylist())
            continue
        with pa.input_stream(str(path), compression="detect") as stream:
            text = stream.read().decode("utf-8")
        if kind in (".csv", ".tsv"):
            rows = csv.reader(io.StringIO(text), delimiter="," if kind == ".csv" else "\t")
            yield from (cell for row in rows for cell in row)
        elif kind == ".json":
            yield from _parsed(path, 1, text)
        else:
            for number, line in enumerate(text.splitlines(), start=1):
                yield from _parsed(path, number, line)


def _parsed(path: Path, number: int, text: str) -> Iterator[str]:
    try:
        yield from _strings(json.loads(text))
    except ValueError as error:
        raise BadConfiguration(f"{path}, line {number}, is no JSON: {error}") from error


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
