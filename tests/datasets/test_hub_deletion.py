"""Deletion for good, asked for by the real client: no revision serves the file any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

from kaz_datasets.hub import create_app, serve
from kaz_datasets.hub.server import _listen, _running

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
REPO = "local/corpus"
OLD, NEW = b"\0old" * 99, b"\0new" * 99


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "hub"


@pytest.fixture
def api(root: Path) -> Iterator[HfApi]:
    """A repo whose first release holds a file that the second holds no more."""
    with serve(root, tokens={"may-write": "write", "may-read": "read"}) as hub:
        api = HfApi(endpoint=hub.url, token="may-write")
        for repo in (REPO, "local/other"):
            api.create_repo(repo, repo_type="dataset")
        for number, content in enumerate((OLD, NEW)):
            put(api, REPO, {"a.parquet": content, "b.parquet": OLD + NEW})
            api.create_tag(REPO, tag=f"v{number}", repo_type="dataset")
        yield api


def put(api: HfApi, repo: str, files: dict[str, bytes]) -> None:
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    api.create_commit(repo, operations, commit_message="add", repo_type="dataset")


def read(api: HfApi, path: str, revision: str, cache: Path, repo: str = REPO) -> bytes:
    got = api.hf_hub_download(repo, path, revision=revision, repo_type="dataset", cache_dir=cache)
    return Path(got).read_bytes()


def stored(root: Path) -> set[bytes]:
    return {path.read_bytes() for path in root.glob("objects/lfs/*/*")}


def delete(api: HfApi, *, rewrite: bool, name: str = "a.parquet", size: int = len(OLD)) -> None:
    files = [
        file
        for file in api.list_lfs_files(REPO, repo_type="dataset")
        if (file.filename, file.size) == (name, size)
    ][:1]
    api.permanently_delete_lfs_files(REPO, files, rewrite_history=rewrite, repo_type="dataset")


@pytest.mark.parametrize("rewrite", [False, True])
def test_no_revision_serves_a_deleted_file(
    api: HfApi, root: Path, rewrite: bool, tmp_path: Path
) -> None:
    refs = api.list_repo_refs(REPO, repo_type="dataset")
    before = {tag.name: tag.target_commit for tag in refs.tags}
    assert len(list(api.list_lfs_files(REPO, repo_type="dataset"))) == 3
    delete(api, rewrite=rewrite)
    with pytest.raises(EntryNotFoundError):
        read(api, "a.parquet", "v0", tmp_path)
    assert stored(root) == {NEW, OLD + NEW}
    assert read(api, "a.parquet", "v1", tmp_path) == NEW
    assert read(api, "b.parquet", "v0", tmp_path) == OLD + NEW
    tree = api.list_repo_files(REPO, revision="v0", repo_type="dataset")
    assert ("a.parquet" in tree) is not rewrite
    refs = api.list_repo_refs(REPO, repo_type="dataset")
    moved = {tag.name for tag in refs.tags if tag.target_commit != before[tag.name]}
    # what comes after a commit that is written anew is written anew
    assert moved == ({"v0", "v1"} if rewrite else set())
    assert len(list(api.list_lfs_files(REPO, repo_type="dataset"))) == 2


def test_what_another_repo_holds_stays_there(api: HfApi, tmp_path: Path) -> None:
    put(api, "local/other", {"c.parquet": OLD})
    delete(api, rewrite=False)
    assert read(api, "c.parquet", "main", tmp_path, "local/other") == OLD
    with pytest.raises(EntryNotFoundError):
        read(api, "a.parquet", "v0", tmp_path)


def test_what_is_uploaded_again_is_there_again(api: HfApi, tmp_path: Path) -> None:
    delete(api, rewrite=False)
    put(api, REPO, {"d.parquet": OLD})
    assert read(api, "d.parquet", "main", tmp_path) == OLD


def test_only_a_writer_may_and_only_what_is_there(api: HfApi) -> None:
    reader = HfApi(endpoint=api.endpoint, token="may-read")
    with pytest.raises(HfHubHTTPError):
        list(reader.list_lfs_files(REPO, repo_type="dataset"))
    (file, *_) = api.list_lfs_files(REPO, repo_type="dataset")
    with pytest.raises(HfHubHTTPError):
        reader.permanently_delete_lfs_files(REPO, [file], repo_type="dataset")
    file.file_oid = "0" * 64
    with pytest.raises(EntryNotFoundError):
        api.permanently_delete_lfs_files(REPO, [file], repo_type="dataset")


def test_the_list_comes_in_pages(tmp_path: Path) -> None:
    app = create_app(tmp_path / "hub", tokens={"may-write": "write"}, page_size=2)
    with _listen("127.0.0.1", 0) as listening, _running(app, listening):
        port = listening.getsockname()[1]
        api = HfApi(endpoint=f"http://127.0.0.1:{port}", token="may-write")
        api.create_repo(REPO, repo_type="dataset")
        put(api, REPO, {f"{number}.parquet": b"\0%d" % number for number in range(5)})
        names = [file.filename for file in api.list_lfs_files(REPO, repo_type="dataset")]
    assert names == [f"{number}.parquet" for number in range(5)]
