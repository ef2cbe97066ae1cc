"""From 1.0.0 over takedowns of every kind and another crawl to 1.1.0; old files are deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import EntryNotFoundError

from kaz_crawlers.cdxj import entries_of, read_cdxj
from kaz_datasets.hub import serve
from kaz_datasets.shards import read_shard
from kaz_datasets.warc import read_pages
from kaz_flows.cli.app import run
from made_pages import MORE, page, text
from wrap_pages import wrap

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
TOKEN, REPO = "made-up", "tester/corpus"

FIRST = [page(f"https://a.example/{number}", text(number)) for number in range(6)] + [
    page("https://b.example/1", text(6)),
    page("https://b.example/2", text(7)),
    page("https://mirror.example/1", [*text(1), MORE]),
    page("https://mirror.example/2", [MORE, *text(2)]),
]
SECOND = [
    page("https://a.example/1", text(1)),  # as it was
    page("https://new.example/3", [MORE, *text(3)]),  # a near-copy of what goes by its id
    page("https://new.example/4", text(4)),  # the very text that goes by an excerpt
    page("https://b.example/3", text(8)),  # another page of the host
    page("https://new.example/9", text(9)),  # something new
]
GONE = [text(1), text(3), text(4), text(6), text(7), text(8)]


@dataclass
class Place:
    """A workspace under the command line, with a Hub and a folder that it publishes to."""

    root: Path
    capsys: pytest.CaptureFixture[str]
    hub: str
    given: Path
    targets: list[str] = field(default_factory=list)

    def __call__(self, *arguments: str) -> dict[str, Any]:
        code = run([*arguments, "--json", "--workspace", str(self.root)])
        captured = self.capsys.readouterr()
        assert code == 0, captured.err
        return dict(json.loads(captured.out))

    def ingest(self, name: str, pages: list[tuple[str, bytes]]) -> None:
        wrap(pages, self.given / name)
        rights = ["--rights", "open-licence", "--licence", "CC-BY-4.0"]
        self("ingest", "warc", str(self.given / name), "--source", "given", *rights)

    def take_down(self, *arguments: str) -> dict[str, Any]:
        asked = ["--requester", "person", "--reason", "personal data", "--date", "2026-02-03"]
        return self("takedown", "add", *arguments, *asked)

    def publish(self) -> None:
        for target in self.targets:
            self("publish", self.version, "--to", target, "--endpoint", self.hub)

    @property
    def version(self) -> str:
        return max(
            path.name
            for path in (self.root / "releases").glob("[0-9]*.[0-9]*.[0-9]*")
            if path.is_dir()
        )

    def rows(self, version: str) -> dict[str, dict[str, Any]]:
        paths = (self.root / "releases" / version).glob("data/*/*/*.parquet")
        return {row["url"]: row for path in paths for row in read_shard(path).to_pylist()}


@pytest.fixture
def place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serve(tmp_path / "hub", tokens={TOKEN: "write"}) as hub:
        assert run(["init", str(tmp_path / "w")]) == 0
        capsys.readouterr()
        place = Place(tmp_path / "w", capsys, hub.url, tmp_path)
        place.targets = [f"hf://{REPO}", str(tmp_path / "bucket")]
        yield place


def test_what_was_taken_down_is_gone_everywhere_and_stays_gone(place: Place) -> None:
    place.ingest("first.warc.gz", FIRST)
    assert place("release")["version"] == "1.0.0"
    first = place.rows("1.0.0")
    # of two pages of one text one stands for both
    assert len(first) == 8
    assert "https://mirror.example/1" in first or "https://a.example/1" in first
    place.publish()

    _take_down_in_every_way(place, first)
    _no_text_is_left(place)
    place.ingest("second.warc.gz", SECOND)
    built = place("release")
    assert built["version"] == "1.1.0"
    _the_new_release_is_right(place, built)
    _old_files_are_deleted(place)


def _take_down_in_every_way(place: Place, first: dict[str, dict[str, Any]]) -> None:
    look = place.take_down("--url", "https://a.example/1", "--look-only")
    assert not (place.root / "takedowns.jsonl").exists()
    by_url = place.take_down("--url", "https://a.example/1")
    assert by_url["addresses"] == look["addresses"]
    assert by_url["addresses"] == ["https://a.example/1", "https://mirror.example/1"]
    assert (by_url["documents"], by_url["copies"], by_url["erased"]) == (1, 1, 2)
    # what is public domain on one page may stay on another
    stays = place.take_down("--url", "https://mirror.example/2", "--copies", "stay")
    assert (stays["documents"], stays["copies"], stays["erased"]) == (1, 0, 1)
    by_host = place.take_down("--host", "b.example")
    assert (by_host["documents"], by_host["copies"]) == (2, 0)
    by_id = place.take_down("--id", first["https://a.example/3"]["id"])
    assert by_id["holding"]["1.0.0"]
    excerpt = place.given / "excerpt.txt"
    excerpt.write_text(" ".join(text(4)[2:5]).upper(), encoding="utf-8")
    by_text = place.take_down("--text", str(excerpt))
    assert by_text["addresses"] == ["https://a.example/4"]


def _no_text_is_left(place: Place) -> None:
    """Neither in the archive, whose index is true, nor in a working file."""
    for archive in (place.root / "archive").rglob("*.warc.gz"):
        index = archive.with_name(f"{archive.name.removesuffix('.warc.gz')}.cdxj")
        if index.exists():
            assert list(read_cdxj(index)) == sorted(entries_of(archive))
        bodies = b"".join(each.body for each in read_pages(archive) if hasattr(each, "body"))
        for lines in (text(1), text(3), text(4), text(6), text(7)):
            assert lines[0].encode() not in bodies
        assert text(2)[0].encode() in bodies
    for path in [
        *place.root.glob("documents/**/*.parquet"),
        *place.root.glob("dedup/**/*.parquet"),
    ]:
        table = read_shard(path)
        if "text" in table.schema.names:
            texts = " ".join(map(str, table["text"].to_pylist()))
            assert not any(lines[0] in texts for lines in (text(1), text(3), text(4), text(6)))


def _the_new_release_is_right(place: Place, built: dict[str, Any]) -> None:
    folder = Path(built["release"])
    rows = place.rows("1.1.0")
    assert set(rows) == {
        "https://a.example/0",
        "https://a.example/2",  # the representative chosen anew
        "https://a.example/5",
        "https://new.example/9",
    }
    assert rows["https://a.example/2"]["cluster_size"] == 1
    stage = built["stages"]["takedown"]
    # pages of barred addresses were erased before they became documents; these came by others
    assert stage["dropped"] == {"takedown": 2}
    assert stage["in"] == stage["kept"] + 2
    assert run(["verify", str(folder), "--previous", str(place.root / "releases/1.0.0")]) == 0
    place.capsys.readouterr()
    shown = (folder / "TAKEDOWNS.md").read_text("utf-8")
    assert "example" not in shown
    assert "| 1 | 2026-02-03 | person | url | 1 | 1 | personal data |" in shown
    removed = read_shard(folder / "changes/1.1.0/removed.parquet").to_pylist()
    assert {row["reason"] for row in removed} == {"takedown"}
    assert all(row["erased"] for row in removed)
    # given again, nothing is done again and nothing changes
    again = place("build", "--version", "1.1.0")
    assert again["skipped"] == again["done"]


def _old_files_are_deleted(place: Place) -> None:
    assert run(["takedown", "served", "--delete-forever", "--yes", "-w", str(place.root)]) == 1
    assert "publish the next release" in place.capsys.readouterr().err
    place.publish()
    found = place("takedown", "served")
    # the workspace's own old release has lost them by now
    assert {file["place"] for file in found["files"]} == {*place.targets}
    assert all(not file["current"] for file in found["files"])
    assert {name for file in found["files"] for name in file["revisions"]} == {"v1.0.0"}
    (old,) = {file["path"] for file in found["files"]}
    done = place("takedown", "served", "--delete-forever", "--yes")
    assert (done["deleted"], done["unreached"]) == (len(found["files"]), {})
    assert place("takedown", "served")["files"] == []
    api = HfApi(endpoint=place.hub, token=TOKEN)
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(
            REPO, old, revision="v1.0.0", repo_type="dataset", cache_dir=place.given / "c"
        )
    assert not (place.given / "bucket/v1.0.0" / old).exists()
    for reference in (f"{REPO}@v1.1.0", str(place.given / "bucket/v1.1.0")):
        assert run(["verify", reference, "--endpoint", place.hub]) == 0
    place.capsys.readouterr()
