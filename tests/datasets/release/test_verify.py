from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forging import Mutation, column, manifest, reseal, rows, text
from kaz_datasets.errors import NotFound, Unverified
from kaz_datasets.identity import document_id
from kaz_datasets.release import ReleaseSummary, Verification, verify_release

NEWS = "data/news/train/base-1-cyrl-00000.parquet"
MORE_NEWS = "data/news/train/base-1-cyrl-00001.parquet"
LAW = "data/law/train/base-1-cyrl-00000.parquet"
REJECTED = "rejected/rejected-00000.parquet"
FILES = (
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "CITATION.cff",
    "CITATION.bib",
    "croissant.json",
    "TAKEDOWNS.md",
    "release.json",
    "SHA256SUMS",
    "data/health/train/base-1-cyrl-00000.parquet",
    "data/law/train/base-1-latn-00000.parquet",
    "data/news/train/base-1-latn-00000.parquet",
    LAW,
    NEWS,
    MORE_NEWS,
    REJECTED,
    "rejected/rejected-00001.parquet",
)

Row = dict[str, Any]


def names(verification: Verification) -> list[str]:
    return [check.name for check in verification.failed]


def swap(folder: Path) -> None:
    first, second, spare = folder / NEWS, folder / MORE_NEWS, folder / "spare"
    first.rename(spare)
    second.rename(first)
    spare.rename(second)


def rename_kind(folder: Path) -> None:
    (folder / "data/law").rename(folder / "data/science")


def without_title(folder: Path) -> None:
    pq.write_table(pq.read_table(folder / NEWS).drop_columns(["title"]), folder / NEWS)


def tear(name: str) -> Mutation:
    return lambda folder: os.truncate(folder / name, 1000)


def add_file(name: str) -> Mutation:
    def mutate(folder: Path) -> None:
        (folder / name).write_text("me too", "utf-8")

    return mutate


def remove(name: str) -> Mutation:
    return lambda folder: (folder / name).unlink()


def rewrite_text(table: list[Row]) -> list[Row]:
    """The text changed and everything that follows from it made to fit."""
    other = table[0]["text"].replace("Бұл", "Сол")
    assert other != table[0]["text"]
    return [{**table[0], "text": other, "id": document_id(table[0]["url"], other)}, *table[1:]]


def test_a_finished_release_passes(built: ReleaseSummary) -> None:
    verification = verify_release(built.folder)
    assert verification.failed == ()
    assert len(verification.checks) > 80
    verification.require()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.5, 1.0])
def test_a_flipped_bit_in_any_file_is_named(release: Path, name: str, place: float) -> None:
    content = bytearray((release / name).read_bytes())
    content[int(place * (len(content) - 1))] ^= 0b100
    (release / name).write_bytes(content)
    assert any(name in failed for failed in names(verify_release(release)))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(release: Path, name: str) -> None:
    (release / name).unlink()
    assert any(name in failed for failed in names(verify_release(release)))


FORGERIES: dict[str, tuple[Mutation, str]] = {
    "digit on the card": (
        text("README.md", "57 documents", "58 documents"),
        r"README\.md line \d+",
    ),
    "word on the card": (text("README.md", "politely", "rudely"), r"README\.md line \d+"),
    "line added to the card": (text("README.md", r"\Z", "\nMore.\n"), r"README\.md line \d+"),
    "rows in the card's YAML": (
        text("README.md", "num_examples: 57", "num_examples: 56"),
        "README.md split default",
    ),
    "card without YAML": (text("README.md", "---\n", "\n"), "README.md YAML"),
    "changelog": (text("CHANGELOG.md", "1,379", "1,380"), r"CHANGELOG\.md line 5"),
    "licence": (text("LICENSE", "ODC-By", "ODC-Buy"), r"LICENSE line 2"),
    "citation": (text("CITATION.cff", "version: 1.0.0", "version: 1.0.1"), r"CITATION\.cff line"),
    "bibliography": (text("CITATION.bib", "1.0.0", "1.0.9"), r"CITATION\.bib line 1"),
    "metadata for machines": (text("croissant.json", "57", "75"), r"croissant\.json line"),
    "total in release.json": (
        manifest(lambda value: value["figures"]["total"].update(words=1380)),
        "figures.total.words",
    ),
    "kind in release.json": (
        manifest(lambda value: value["figures"]["kinds"]["law"].update(documents=13)),
        "figures.kinds.law.documents",
    ),
    "funnel in release.json": (
        manifest(lambda value: value["figures"]["funnel"][1]["dropped"].update(invented=1)),
        r"figures.funnel\[1\].dropped.invented",
    ),
    "figure left out": (
        manifest(lambda value: value["figures"].pop("masked")),
        "figures.masked",
    ),
    "figure invented": (
        manifest(lambda value: value["figures"].update(stars=5)),
        "figures.stars",
    ),
    "number as text": (
        manifest(lambda value: value["figures"].update(hosts="3")),
        "figures.hosts",
    ),
    "version": (manifest(lambda value: value.update(version="1.0.1")), "release.json"),
    "schema": (manifest(lambda value: value.update(schema="2")), "release.json schema"),
    "card version": (manifest(lambda value: value.update(card=0)), "card version"),
    "stage left out": (manifest(lambda value: value["stages"].pop()), r"figures.funnel\[2\]"),
    "licence of the release": (
        manifest(lambda value: value["config"].update(licence="MIT")),
        r"README\.md line",
    ),
    "name of a source": (
        manifest(lambda value: value["sources"][1].update(name="Other")),
        r"README\.md line",
    ),
    "source of another type": (
        manifest(lambda value: value["sources"][1].update(homepage=5)),
        "release.json",
    ),
    "row removed": (rows(lambda table: table[1:]), "figures.total.documents"),
    "row repeated": (rows(lambda table: [*table, table[-1]]), "repeated id in data"),
    "rows exchanged": (rows(lambda table: [table[1], table[0], *table[2:]]), "row order of"),
    "shards exchanged": (swap, f"row order of .* in {MORE_NEWS}"),
    "kind renamed": (rename_kind, "kind of .* in data/science"),
    "text": (column({"text": "Басқа мәтін."}), f"^id of .* in {NEWS}"),
    "text and id": (rows(rewrite_text), "figures|row order"),
    "address": (column({"url": "https://tan.example/kk/other"}), "^id of"),
    "host": (column({"host": "zan.example"}), "^host of"),
    "words": (column({"words": 7}), "^words of"),
    "characters": (column({"characters": 7}), "^characters of"),
    "script": (column({"script": "Grek"}), "^script of"),
    "licence of a row": (column({"licence": "nope"}), "^licence of"),
    "basis": (column({"rights": {"basis": "because", "signals": []}}), "^basis of"),
    "source": (column({"source": "zan"}), "figures.sources.tan.documents"),
    "masked": (column({"masked": [{"type": "iin", "count": 1}]}), "figures.masked.types.iin"),
    "added in": (column({"added_in": "0.9.0"}), "figures.added_in"),
    "column left out": (without_title, f"{NEWS} rows"),
    "torn data": (tear(NEWS), f"{NEWS} rows"),
    "torn rejected": (tear(REJECTED), f"{REJECTED} rows"),
    "rejected row removed": (rows(lambda table: table[1:], REJECTED), "figures.rejected"),
    "rejected rule": (
        rows(lambda table: [{**table[0], "rule": "a-whim"}, *table[1:]], REJECTED),
        "figures.rejected.clean.a-whim",
    ),
    "rejected order": (rows(lambda table: table[::-1], REJECTED), "row order in rejected"),
    "rejected file removed": (remove(REJECTED), "figures.rejected"),
    "shard removed": (remove(MORE_NEWS), "figures.total.documents"),
    "extra file": (add_file("notes.txt"), "notes.txt"),
    "hidden file": (add_file("data/.hidden"), "data/.hidden"),
    "extra data file": (add_file("data/news/train/x.parquet"), "data/news/train/x.parquet rows"),
    "file beside the data": (add_file("data/news/y.parquet"), "data/news/y.parquet"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forger_who_mends_every_checksum_is_found_out(release: Path, forgery: str) -> None:
    mutate, named = FORGERIES[forgery]
    mutate(release)
    reseal(release)
    failed = names(verify_release(release))
    assert any(re.search(named, name) for name in failed), failed
    assert not any(name.startswith("checksum of") for name in failed)


def test_resealing_alone_changes_nothing(release: Path) -> None:
    reseal(release)
    assert verify_release(release).failed == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"figures": 5}',
        b"[" * 100_000,
        b'{"crawl": {"sources": []}, "config": {}, "sources": []}',
        b'{"version": {}, "files": [[]]}',
    ],
)
def test_a_manifest_of_nonsense_is_a_failed_check(release: Path, content: bytes) -> None:
    (release / "release.json").write_bytes(content)
    assert "release.json" in names(verify_release(release))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../etc/passwd\n", b"a  b  c\n\n\n"])
def test_checksums_of_nonsense_are_a_failed_check(release: Path, content: bytes) -> None:
    (release / "SHA256SUMS").write_bytes(content)
    assert "checksum of README.md" in names(verify_release(release))


def test_a_link_to_nowhere_and_a_pipe_are_named(release: Path) -> None:
    (release / "LICENSE").unlink()
    (release / "LICENSE").symlink_to("nowhere")
    os.mkfifo(release / "pipe")
    failed = names(verify_release(release))
    assert "checksum of LICENSE" in failed
    assert "checksum of pipe" in failed


def test_what_git_and_the_hub_client_add_is_no_part_of_it(release: Path) -> None:
    (release / ".gitattributes").write_text("*.parquet filter=lfs\n")
    (release / ".cache/huggingface").mkdir(parents=True)
    (release / ".cache/huggingface/x.lock").touch()
    assert verify_release(release).failed == ()


def test_text_that_is_not_utf8_is_a_failed_check(release: Path) -> None:
    table = pq.read_table(release / NEWS)
    broken = pa.array([b"\xff\xfe"] * table.num_rows, pa.binary()).view(pa.string())
    where = table.schema.get_field_index("text")
    pq.write_table(table.set_column(where, table.schema.field("text"), broken), release / NEWS)
    assert f"{NEWS} rows" in names(verify_release(release))


def test_expected_and_found_are_told(release: Path) -> None:
    text("README.md", "57 documents", "58 documents")(release)
    check = next(
        check for check in verify_release(release).failed if check.name.startswith("README.md line")
    )
    assert check.expected.startswith("57 documents")
    assert check.found.startswith("58 documents")
    assert len(check.found) <= 200


def test_require_names_the_first_failure(release: Path) -> None:
    (release / "LICENSE").write_text("mine")
    with pytest.raises(Unverified, match=r"first LICENSE in release\.json"):
        verify_release(release).require()


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_is_no_release(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "folder"
    if there:
        folder.mkdir()
        (folder / "README.md").write_text("hello")
    with pytest.raises(NotFound, match="is not a release: it has neither"):
        verify_release(folder)


def test_progress_is_told(built: ReleaseSummary) -> None:
    seen: list[tuple[int, int | None, str]] = []
    verify_release(built.folder, lambda *told: seen.append(told))
    assert seen[-1] == (8, 8, "files")
