"""One contract for every place that takes releases."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
import s3fs
from huggingface_hub import HfApi
from moto.server import ThreadedMotoServer

from kaz_datasets.errors import Conflict, NotFound, Unavailable, WrongUse
from kaz_datasets.files import sha256_of
from kaz_datasets.hub import serve
from kaz_datasets.publishing.file_target import FileTarget
from kaz_datasets.publishing.ledger import Ledger, Publication
from kaz_datasets.publishing.targets import HubTarget, Target, file_target, hub_repo_of

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
TOKEN = "may-write"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("hub"), tokens={TOKEN: "write"}) as running:
        yield running.url


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, Any]]:
    """Options for s3fs: a server on loopback that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "key": "k",
        "secret": "made-up-secret",
        "client_kwargs": {"endpoint_url": f"http://{host}:{port}"},
    }
    s3fs.S3FileSystem(**options).call_s3("create_bucket", Bucket="corpora")
    yield options
    server.stop()


@pytest.fixture(params=["hub", "folder", "memory", "s3", "the real Hub"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    name = tmp_path.name.lower().replace("_", "-").strip("-")
    if request.param == "the real Hub":
        yield from real_target(name)
    elif request.param == "hub":
        hub = request.getfixturevalue("hub")
        yield HubTarget(repo=f"local/{name}", token=TOKEN, endpoint=hub, retry_wait=0.01)
    elif request.param == "s3":
        options = request.getfixturevalue("bucket")
        yield FileTarget(url=f"s3://corpora/{name}", options=options)
    else:
        folder = str(tmp_path / "there") if request.param == "folder" else f"memory://{name}"
        yield file_target(folder)


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


def release(folder: Path, text: str) -> Path:
    (folder / "data").mkdir(parents=True)
    # as Parquet is: no text, so the Hub keeps it as a large file
    (folder / "data/a.parquet").write_bytes(b"\0" + text.encode())
    (folder / "data/same.parquet").write_bytes(b"\0in all releases")
    (folder / "README.md").write_text("---\nlicense: odc-by\n---\n")
    files = [
        {"path": path.relative_to(folder).as_posix(), "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*.parquet"))
    ]
    (folder / "release.json").write_text(json.dumps({"text": text, "files": files}))
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


def test_what_old_revisions_serve_is_listed_and_deleted(target: Target, tmp_path: Path) -> None:
    first = release(tmp_path / "1.0.0", "бірінші")
    target.publish(first, "1.0.0")
    target.publish(release(tmp_path / "1.1.0", "екінші"), "1.1.0")
    stored = {(file.path, file.current): file for file in target.stored()}
    assert set(stored) == {
        ("data/a.parquet", False),
        ("data/a.parquet", True),
        ("data/same.parquet", True),
    }
    old, new = (stored["data/a.parquet", current] for current in (False, True))
    same = stored["data/same.parquet", True]
    assert old.revisions == ("v1.0.0",)
    assert {"v1.0.0", "v1.1.0"} <= set(same.revisions)
    assert old.sha256 == sha256_of(first / "data/a.parquet")
    with target.opened(old) as stream:
        assert stream.read() == (first / "data/a.parquet").read_bytes()
    with pytest.raises(Conflict, match="publish the next release first"):
        target.delete_forever([old, new])
    target.delete_forever([old])
    assert set(target.stored()) == {new, same}
    # what was deleted stays deleted when the old release is published again
    target.publish(tmp_path / "1.1.0", "1.1.0")
    assert set(target.stored()) == {new, same}


def test_a_place_on_a_file_system_lists_its_versions(tmp_path: Path) -> None:
    for version in ("1.10.0", "1.9.0"):
        file_target(str(tmp_path / "there")).publish(release(tmp_path / version, version), version)
    before = (tmp_path / "there/ledger.json").read_bytes()
    listed = json.loads(before)["versions"]
    assert [entry["version"] for entry in listed] == ["1.9.0", "1.10.0"]
    assert listed[0]["digest"] == sha256_of(tmp_path / "1.9.0/release.json")
    file_target(str(tmp_path / "there")).publish(tmp_path / "1.9.0", "1.9.0")
    assert (tmp_path / "there/ledger.json").read_bytes() == before


def test_a_torn_file_of_the_right_size_is_sent_again(tmp_path: Path) -> None:
    made, target = release(tmp_path / "1.0.0", "бірінші"), file_target(str(tmp_path / "there"))
    target.publish(made, "1.0.0")
    torn = tmp_path / "there/v1.0.0/data/a.parquet"
    torn.write_bytes(bytes(torn.stat().st_size))
    (tmp_path / "there/v1.0.0/release.json").unlink()
    target.publish(made, "1.0.0")
    assert torn.read_bytes() == (made / "data/a.parquet").read_bytes()


def test_a_bucket_that_refuses_is_one_sentence_without_keys(
    bucket: dict[str, Any], tmp_path: Path
) -> None:
    made = release(tmp_path / "1.0.0", "бірінші")
    with pytest.raises(Unavailable, match="cannot be used") as refused:
        FileTarget(url="s3://no-such-bucket/x", options=bucket).publish(made, "1.0.0")
    assert "made-up-secret" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("address", ["hf://a/b", "hf://datasets/a/b", "hf://a/b/"])
def test_an_address_on_the_hub_is_told_from_a_folder(address: str) -> None:
    assert hub_repo_of(address) == "a/b"
    assert hub_repo_of("a/b") is None
    with pytest.raises(WrongUse, match="hf://owner/name"):
        hub_repo_of("hf://a/b/c/d")


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
    assert files.cat_file(f"{path}/v1.0.0/data/a.parquet") == b"\0" + "бірінші".encode()
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
