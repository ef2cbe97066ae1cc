"""One contract for every place that takes releases."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from huggingface_hub import HfApi

from kaz_datasets.errors import Conflict, NotFound
from kaz_datasets.hub import serve
from kaz_datasets.publishing.ledger import Ledger, Publication
from kaz_datasets.publishing.targets import FileTarget, HubTarget, Target

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
TOKEN = "may-write"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("hub"), tokens={TOKEN: "write"}) as running:
        yield running.url


@pytest.fixture(params=["hub", "folder", "memory", "the real Hub"])
def target(request: pytest.FixtureRequest, tmp_path: Path, hub: str) -> Iterator[Target]:
    name = tmp_path.name.lower().replace("_", "-").strip("-")
    if request.param == "the real Hub":
        yield from real_target(name)
    else:
        yield loopback_target(request.param, name, tmp_path, hub)


def real_target(name: str) -> Iterator[Target]:
    """A private repo on the Hub itself, removed after the test; only when that is asked for."""
    if os.environ.get("KAZCORPUS_REAL_HUB") != "1":
        pytest.skip(
            "asks the real Hub only with KAZCORPUS_REAL_HUB=1,"
            " a token in KAZCORPUS_HUB_TOKEN and its owner in KAZCORPUS_HUB_OWNER"
        )
    token = os.environ["KAZCORPUS_HUB_TOKEN"]
    repo = f"{os.environ['KAZCORPUS_HUB_OWNER']}/kazcorpus-contract-{name}"
    yield HubTarget(repo=repo, token=token)
    HfApi(token=token).delete_repo(repo, repo_type="dataset", missing_ok=True)


def loopback_target(kind: str, name: str, tmp_path: Path, hub: str) -> Target:
    if kind == "hub":
        return HubTarget(repo=f"local/{name}", token=TOKEN, endpoint=hub, retry_wait=0.01)
    if kind == "folder":
        return FileTarget(url=str(tmp_path / "there"))
    return FileTarget(url=f"memory://{name}")


def release(folder: Path, text: str) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data/a.parquet").write_bytes(text.encode())
    (folder / "README.md").write_text("---\nlicense: odc-by\n---\n")
    (folder / "release.json").write_text(json.dumps({"text": text}))
    return folder


def test_publishing_twice_is_publishing_once(target: Target, tmp_path: Path) -> None:
    made = release(tmp_path / "1.0.0", "бірінші")
    first, second = target.publish(made, "1.0.0"), target.publish(made, "1.0.0")
    assert (first.state, second.state) == ("published", "already published")
    assert (first.tag, first.commit) == ("v1.0.0", second.commit)


def test_another_release_of_the_same_version_is_a_conflict(target: Target, tmp_path: Path) -> None:
    target.publish(release(tmp_path / "1.0.0", "бірінші"), "1.0.0")
    with pytest.raises(Conflict, match="raise the version"):
        target.publish(release(tmp_path / "other", "басқа"), "1.0.0")


def test_versions_live_side_by_side(target: Target, tmp_path: Path) -> None:
    first = target.publish(release(tmp_path / "1.0.0", "бірінші"), "1.0.0")
    second = target.publish(release(tmp_path / "1.1.0", "екінші"), "1.1.0")
    assert first.commit != second.commit
    assert target.publish(tmp_path / "1.0.0", "1.0.0").state == "already published"


def test_a_folder_that_is_no_release_is_refused(target: Target, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(NotFound, match="is not a release"):
        target.publish(tmp_path / "none", "1.0.0")


def test_progress_ends_at_its_total(target: Target, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None, str]] = []
    target.publish(release(tmp_path / "r", "мәтін"), "1.0.0", lambda *step: seen.append(step))
    assert seen[-1][0] == seen[-1][1]


def test_no_representation_holds_the_token(hub: str) -> None:
    assert TOKEN not in repr(HubTarget(repo="a/b", token=TOKEN))
    assert TOKEN not in repr(FileTarget(url="s3://b", options={"secret": TOKEN}))


@pytest.mark.parametrize("url", ["folder", "memory"])
def test_what_was_broken_off_is_ended_by_the_next_call(tmp_path: Path, url: str) -> None:
    made = release(tmp_path / "1.0.0", "бірінші")
    root = str(tmp_path / "there") if url == "folder" else f"memory://{tmp_path.name}"
    FileTarget(url=root).publish(made, "1.0.0")
    files, path = fsspec.core.url_to_fs(root)
    # as after a kill: the manifest is what is written last
    files.rm_file(f"{path}/v1.0.0/release.json")
    files.rm_file(f"{path}/v1.0.0/data/a.parquet")
    assert FileTarget(url=root).publish(made, "1.0.0").state == "published"
    assert files.cat_file(f"{path}/v1.0.0/data/a.parquet") == "бірінші".encode()
    assert not [name for name in files.find(path) if name.endswith(".partial")]


def test_the_ledger_remembers_and_contradicts(tmp_path: Path) -> None:
    first = Publication(repo="a/b", version="1.0.0", commit="c" * 40, digest="d" * 64)
    Ledger.of(tmp_path).enter(first).enter(first)
    ledger = Ledger.of(tmp_path)
    assert ledger.publications == (first,)
    assert ledger.of_digest("d" * 64) == first
    moved = Publication(repo="a/b", version="1.0.0", commit="e" * 40, digest="d" * 64)
    with pytest.raises(Conflict, match="somebody moved its tag"):
        ledger.enter(moved)
