"""Verification: everything that a release says, computed again from its data files.

Nothing in the folder is trusted: paths are only compared, never followed, and a file that cannot
be read is a failed check, not an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
from jinja2 import TemplateError

from kaz_datasets.errors import Corrupt, KazcorpusError, NotFound
from kaz_datasets.files import sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.record import SCHEMA_VERSION
from kaz_datasets.release.card import CARD_VERSION
from kaz_datasets.release.card_yaml import check_front_matter, read_front_matter
from kaz_datasets.release.chain_checks import check_chain_link
from kaz_datasets.release.checks import (
    ABSENT,
    Check,
    Verification,
    compare,
    compare_texts,
    compare_trees,
    failure,
)
from kaz_datasets.release.configurations import configurations_of, features_schema
from kaz_datasets.release.counting import FigureCounter
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.gate import Gate
from kaz_datasets.release.layout import data_paths, rejected_paths, removed_paths
from kaz_datasets.release.manifest import (
    CHECKSUMS,
    MANIFEST,
    Manifest,
    files_of,
    read_manifest,
    render_checksums,
)
from kaz_datasets.release.removed_rows import REMOVED_SCHEMA, read_removed_rows
from kaz_datasets.release.row_checks import DocumentChecks, PersonalData, RejectedOrder
from kaz_datasets.release.texts import TEXTS
from kaz_datasets.release.tombstone_checks import check_tombstones
from kaz_datasets.shards import iter_batches, open_shard

# What hostile or damaged bytes make pyarrow and our own reading raise.
_UNREADABLE = (
    KazcorpusError,
    pa.ArrowException,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
)


def verify_release(
    folder: Path,
    progress: Progress = silent,
    *,
    previous: Path | None = None,
    personal: PersonalData | None = None,
) -> Verification:
    """Check the release at `folder` against itself, and against the one before if it is given.

    `personal` looks for personal data in every text; none may be left. Raises NotFound where there
    is no release.
    """
    for place in (folder, *([previous] if previous is not None else [])):
        if not any((place / name).is_file() for name in (MANIFEST, CHECKSUMS)):
            raise NotFound(f"{place} is not a release: it has neither {MANIFEST} nor {CHECKSUMS}")
    checks: list[Check] = []
    manifest = _manifest(folder, checks)
    checks.extend(_check_files(folder, manifest))
    gate = manifest.facts.config.gate if manifest is not None else Gate()
    counter = _count_rows(folder, gate, personal, checks, progress)
    if manifest is not None and counter is not None:
        checks.extend(_check_statements(folder, manifest, counter))
    if previous is not None:
        checks.extend(_check_previous(folder, previous))
    return Verification(checks=tuple(checks))


def _check_previous(folder: Path, previous: Path) -> list[Check]:
    try:
        return list(check_chain_link(folder, previous))
    except _UNREADABLE as error:
        return [failure("previous release", "readable", error)]


def _manifest(folder: Path, checks: list[Check]) -> Manifest | None:
    try:
        manifest = read_manifest(folder)
    except Corrupt as error:
        checks.append(failure(MANIFEST, "readable", error))
        return None
    checks.append(compare(f"{MANIFEST} schema", SCHEMA_VERSION, manifest.schema_version))
    return manifest


def _check_files(folder: Path, manifest: Manifest | None) -> Iterator[Check]:
    """Compare names, sizes and digests with what `release.json` and `SHA256SUMS` list."""
    found = {path.relative_to(folder).as_posix(): path for path in files_of(folder)}
    known = {*TEXTS, *filter(configurations_of, found)}
    states = {name: _state(path) for name, path in found.items()}
    listed = {entry.path: entry for entry in manifest.files} if manifest is not None else {}
    for name in sorted({*found, *listed}):
        if name not in known:
            yield failure(name, "no such file in a release", "a file" if name in found else ABSENT)
        if manifest is not None:
            stated = (listed[name].bytes, listed[name].sha256) if name in listed else ABSENT
            yield compare(f"{name} in {MANIFEST}", stated, states.get(name, ABSENT))
    if (folder / MANIFEST).is_file():
        states[MANIFEST] = _state(folder / MANIFEST)
    digests = {name: digest for name, (_, digest) in states.items()}
    yield from _check_sums(folder / CHECKSUMS, digests)


def _row_paths(folder: Path) -> list[Path]:
    return [*data_paths(folder), *rejected_paths(folder), *removed_paths(folder)]


def _state(path: Path) -> tuple[int, str]:
    """Size and digest of a file, or why there is none."""
    if not path.is_file():  # a pipe would never end
        return 0, "(not a file)"
    try:
        return path.stat().st_size, sha256_of(path)
    except OSError as error:
        return 0, f"(unreadable: {error})"


def _check_sums(path: Path, digests: Mapping[str, str]) -> Iterator[Check]:
    if not path.is_file():
        yield failure(CHECKSUMS, "a file", ABSENT)
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = (line.partition("  ") for line in text.splitlines())
    stated = {name: digest for digest, _, name in lines}
    for name in sorted({*digests, *stated}):
        found = digests.get(name, ABSENT)
        yield compare(f"checksum of {name}", stated.get(name, ABSENT), found)
    yield compare_texts(CHECKSUMS, render_checksums(digests), text)


def _count_rows(
    folder: Path,
    gate: Gate,
    personal: PersonalData | None,
    checks: list[Check],
    progress: Progress,
) -> FigureCounter | None:
    """Read every row once, checking and counting; None where a file cannot be read."""
    removed = _removed(folder, checks)
    counter, documents = FigureCounter(removed), DocumentChecks(gate, removed, personal)
    rejected = RejectedOrder()
    paths = _row_paths(folder)
    unreadable = 0
    for done, path in enumerate(paths, start=1):
        name = path.relative_to(folder).as_posix()
        try:
            counter.add_file(folder, path)
            for batch in _sound_batches(path, name):
                counter.add(path, batch)
                if name.startswith("data/"):
                    documents.look(name, batch)
                elif name.startswith("rejected/"):
                    rejected.look(name, batch)
            checks.append(compare(f"{name} rows", "readable", "readable"))
        except _UNREADABLE as error:
            unreadable += 1
            checks.append(failure(f"{name} rows", "readable", error))
        progress(done, len(paths), "files")
    checks.extend([*documents.checks(), *rejected.checks()])
    try:
        checks.extend(check_tombstones(folder, removed, documents.ids))
    except _UNREADABLE as error:
        checks.append(failure("removed rows", "readable", error))
    return None if unreadable else counter


def _removed(folder: Path, checks: list[Check]) -> pa.Table:
    """The tombstones; none where they cannot be read, which the rows of their file will say."""
    try:
        return read_removed_rows(removed_paths(folder))
    except _UNREADABLE as error:
        checks.append(failure("removed rows", "readable", error))
        return REMOVED_SCHEMA.empty_table()


def _sound_batches(path: Path, name: str) -> Iterator[pa.RecordBatch]:
    """The rows of a file whose schema is what its place says. Raises Corrupt or ArrowException."""
    configurations = list(configurations_of(name))
    if not configurations:
        raise Corrupt(f"{name} is not the name of a file of a release")
    with open_shard(path) as shard:
        if not shard.schema_arrow.equals(features_schema(configurations[0])):
            raise Corrupt(f"{path.name} has other columns than the record")
    for batch in iter_batches(path):
        batch.validate(full=True)
        yield batch


def _check_statements(folder: Path, manifest: Manifest, counter: FigureCounter) -> Iterator[Check]:
    """Compare `release.json` and the texts with the figures of the rows that were read."""
    try:
        figures = counter.figures(manifest.stages)
    except _UNREADABLE as error:
        yield failure("figures", "computed from the data", error)
        return
    taken = {name for takedown in manifest.facts.takedowns for name in takedown.all_ids}
    yield compare("documents taken down that are in the data", [], counter.among(taken))
    yield from compare_trees("figures", figures.to_json(), manifest.figures)
    yield from _check_rows_listed(manifest, folder)
    yield from _check_card_yaml(folder, figures)
    yield compare("card version", CARD_VERSION, manifest.card_version)
    yield from _check_texts(folder, manifest, figures)


def _check_rows_listed(manifest: Manifest, folder: Path) -> Iterator[Check]:
    listed = {entry.path: entry.rows for entry in manifest.files}
    for path in _row_paths(folder):
        name = path.relative_to(folder).as_posix()
        with open_shard(path) as shard:
            yield compare(f"rows of {name}", listed.get(name, ABSENT), shard.metadata.num_rows)


def _check_texts(folder: Path, manifest: Manifest, figures: Figures) -> Iterator[Check]:
    digests = {
        entry.path: entry.sha256 for entry in manifest.files if entry.path.endswith(".parquet")
    }
    for name, render in TEXTS.items():
        try:
            found = (folder / name).read_bytes().decode("utf-8", errors="replace")
            yield compare_texts(name, render(manifest.facts, figures, digests), found)
        except (*_UNREADABLE, TemplateError) as error:
            yield failure(name, "as rendered", error)


def _check_card_yaml(folder: Path, figures: Figures) -> Iterator[Check]:
    paths = [path.relative_to(folder).as_posix() for path in _row_paths(folder)]
    try:
        front = read_front_matter(folder / "README.md")
        yield from check_front_matter(front, paths, figures)
    except (*_UNREADABLE, RecursionError) as error:
        yield failure("README.md YAML", "readable", error)
