from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import huggingface_hub
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, HfFileSystem
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from kaz_datasets.errors import Failed, WrongUse
from kaz_datasets.hub import Fault, Faults, RunningHub, create_app, serve
from kaz_datasets.hub.objects import git_blob_id
from kaz_datasets.hub.server import _listen, _running
from kaz_datasets.hub.state import Right

# huggingface_hub 2.4 hands httpx2 an upload by a name that httpx2 would rather not have
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

REPO = "local/corpus"
TOKENS: dict[str, Right] = {"may-write": "write", "may-read": "read"}
CARD = b"---\nlicense: cc0-1.0\n---\n# Corpus\n"


def api_for(hub: RunningHub, token: str | bool = "may-write") -> HfApi:
    return HfApi(endpoint=hub.url, token=token)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with serve(tmp_path_factory.mktemp("hub"), tokens=TOKENS) as running:
        yield running


@pytest.fixture
def api(hub: RunningHub) -> Iterator[HfApi]:
    """The client of a Hub with one repo, which holds nothing yet."""
    api = api_for(hub)
    api.create_repo(REPO, repo_type="dataset")
    yield api
    api.delete_repo(REPO, repo_type="dataset", missing_ok=True)


def commit(api: HfApi, files: dict[str, bytes], parent: str | None = None) -> str:
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    done = api.create_commit(
        REPO, operations, commit_message="add", parent_commit=parent, repo_type="dataset"
    )
    return str(done.oid)


def paths(api: HfApi, revision: str = "main") -> list[str]:
    return sorted(api.list_repo_files(REPO, revision=revision, repo_type="dataset"))


def status_of(failed: pytest.ExceptionInfo[HfHubHTTPError]) -> int:
    return failed.value.response.status_code


def test_the_client_does_not_use_xet() -> None:
    assert huggingface_hub.constants.HF_HUB_DISABLE_XET, "set before huggingface_hub is imported"


def test_whoami_tells_the_right_of_the_token(hub: RunningHub) -> None:
    access = api_for(hub, "may-read").whoami()["auth"]["accessToken"]
    assert access["role"] == "read"
    with pytest.raises(HfHubHTTPError) as failed:
        api_for(hub, "unknown").whoami()
    assert status_of(failed) == 401


def test_a_repo_is_made_once_and_removed(api: HfApi) -> None:
    assert api.repo_exists(REPO, repo_type="dataset")
    assert api.create_repo(REPO, repo_type="dataset", exist_ok=True).repo_id == REPO
    with pytest.raises(HfHubHTTPError) as failed:
        api.create_repo(REPO, repo_type="dataset")
    assert status_of(failed) == 409
    api.delete_repo(REPO, repo_type="dataset")
    assert not api.repo_exists(REPO, repo_type="dataset")


def test_only_dataset_repos_are_held(hub: RunningHub) -> None:
    with pytest.raises(HfHubHTTPError) as failed:
        api_for(hub).create_repo("local/model")
    assert status_of(failed) == 400


def test_a_private_repo_looks_missing_without_a_token(hub: RunningHub, api: HfApi) -> None:
    stranger = api_for(hub, token=False)
    assert stranger.repo_exists(REPO, repo_type="dataset")
    api.update_repo_settings(REPO, private=True, repo_type="dataset")
    assert not stranger.repo_exists(REPO, repo_type="dataset")
    assert api_for(hub, "may-read").dataset_info(REPO).private


def test_a_gated_repo_shows_its_files_to_those_let_in(
    hub: RunningHub, api: HfApi, tmp_path: Path
) -> None:
    commit(api, {"a.txt": b"1"})
    api.update_repo_settings(REPO, gated="manual", repo_type="dataset")
    stranger = api_for(hub, token=False)
    assert "a.txt" in stranger.list_repo_files(REPO, repo_type="dataset")
    with pytest.raises(GatedRepoError):
        stranger.hf_hub_download(REPO, "a.txt", repo_type="dataset", cache_dir=tmp_path)
    reader = api_for(hub, "may-read")
    got = reader.hf_hub_download(REPO, "a.txt", repo_type="dataset", cache_dir=tmp_path)
    assert Path(got).read_bytes() == b"1"


def test_a_read_token_cannot_write(hub: RunningHub, api: HfApi) -> None:
    with pytest.raises(HfHubHTTPError) as failed:
        commit(api_for(hub, "may-read"), {"a.txt": b"1"})
    assert status_of(failed) == 403
    assert paths(api) == [".gitattributes"]


def test_small_and_large_files_come_back_as_they_went(api: HfApi, tmp_path: Path) -> None:
    large = bytes(range(256)) * 40
    commit(api, {"README.md": CARD, "data/қазақ.parquet": large, "empty.txt": b""})
    for path, content in {"README.md": CARD, "data/қазақ.parquet": large, "empty.txt": b""}.items():
        local = api.hf_hub_download(REPO, path, repo_type="dataset", local_dir=tmp_path / "down")
        assert Path(local).read_bytes() == content
    folder = api.snapshot_download(REPO, repo_type="dataset", local_dir=tmp_path / "snapshot")
    assert (Path(folder) / "data/қазақ.parquet").read_bytes() == large


def test_info_tells_sizes_and_digests_as_git_does(api: HfApi) -> None:
    sha = commit(api, {"README.md": CARD, "a.parquet": b"\0" * 9})
    info = api.dataset_info(REPO, files_metadata=True)
    files = {sibling.rfilename: sibling for sibling in info.siblings or []}
    assert info.sha == sha
    assert info.card_data is not None
    assert info.card_data["license"] == "cc0-1.0"
    assert files["README.md"].blob_id == git_blob_id(CARD)
    lfs = files["a.parquet"].lfs
    assert lfs is not None
    assert (lfs.size, len(lfs.sha256)) == (9, 64)


def test_git_blob_ids_are_those_of_git() -> None:
    assert git_blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # git hash-object


def test_a_stored_file_is_not_sent_again(tmp_path: Path) -> None:
    faults = Faults()
    with serve(tmp_path / "hub", tokens=TOKENS, faults=faults) as hub:
        api = api_for(hub)
        api.create_repo(REPO, repo_type="dataset")
        commit(api, {"a.parquet": b"\0a"})
        faults.add(Fault(method="PUT", path="/_lfs/", status=400))
        commit(api, {"b.parquet": b"\0a"})
        assert faults.pending == 1
        assert paths(api) == [".gitattributes", "a.parquet", "b.parquet"]


def test_a_tree_is_listed_in_pages_and_by_folder(tmp_path: Path) -> None:
    app = create_app(tmp_path, tokens=TOKENS, page_size=3)
    with _listen("127.0.0.1", 0) as listening, _running(app, listening):
        api = HfApi(endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}", token="may-write")
        api.create_repo(REPO, repo_type="dataset")
        commit(api, {f"data/{kind}/{n}.txt": b"x" for kind in "ab" for n in range(4)})
        everything = api.list_repo_tree(REPO, recursive=True, repo_type="dataset")
        assert len(list(everything)) == 1 + 3 + 8
        below = api.list_repo_tree(REPO, "data/a", repo_type="dataset", expand=True)
        assert [entry.path for entry in below] == [f"data/a/{n}.txt" for n in range(4)]
        top = api.list_repo_tree(REPO, repo_type="dataset")
        assert [entry.path for entry in top] == [".gitattributes", "data"]


def test_paths_info_leaves_out_what_is_not_there(api: HfApi) -> None:
    first = commit(api, {"data/a.txt": b"1", "b.txt": b"2"})
    commit(api, {"b.txt": b"3"})
    found = api.get_paths_info(REPO, ["data", "data/a.txt", "no"], expand=True, repo_type="dataset")
    assert [entry.path for entry in found] == ["data", "data/a.txt"]
    assert found[1].last_commit is not None
    assert found[1].last_commit.oid == first


def test_files_and_folders_are_deleted(api: HfApi) -> None:
    commit(api, {"a.txt": b"1", "data/b.txt": b"2", "data/c.txt": b"3", "d.txt": b"4"})
    gone = [CommitOperationDelete("a.txt"), CommitOperationDelete("data/")]
    api.create_commit(REPO, gone, commit_message="remove", repo_type="dataset")
    assert paths(api) == [".gitattributes", "d.txt"]
    with pytest.raises(EntryNotFoundError):
        api.delete_file("a.txt", REPO, repo_type="dataset")


def test_branches_and_tags_point_at_commits(api: HfApi) -> None:
    first = commit(api, {"a.txt": b"1"})
    api.create_tag(REPO, tag="v1.0.0", repo_type="dataset")
    api.create_branch(REPO, branch="try/it", revision=first, repo_type="dataset")
    second = commit(api, {"b.txt": b"2"})
    refs = api.list_repo_refs(REPO, repo_type="dataset")
    assert {ref.name: ref.target_commit for ref in refs.branches} == {
        "main": second,
        "try/it": first,
    }
    assert {ref.name: ref.target_commit for ref in refs.tags} == {"v1.0.0": first}
    for revision in ("v1.0.0", "try/it", first, first[:8], "refs/tags/v1.0.0"):
        assert paths(api, revision) == [".gitattributes", "a.txt"]
    with pytest.raises(HfHubHTTPError) as failed:
        api.create_tag(REPO, tag="v1.0.0", repo_type="dataset")
    assert status_of(failed) == 409
    api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    api.delete_branch(REPO, branch="try/it", repo_type="dataset")
    assert not api.revision_exists(REPO, "v1.0.0", repo_type="dataset")
    assert not api.revision_exists(REPO, "try/it", repo_type="dataset")


def test_history_is_newest_first_with_its_messages(api: HfApi) -> None:
    commit(api, {"a.txt": b"1"})
    commit(api, {"a.txt": b"2"})
    titles = [entry.title for entry in api.list_repo_commits(REPO, repo_type="dataset")]
    assert titles == ["add", "add", "initial commit"]


def test_of_two_commits_on_one_parent_one_lands(api: HfApi) -> None:
    parent = commit(api, {"a.txt": b"1"})

    def attempt(number: int) -> int:
        try:
            commit(api, {f"{number}.txt": b"x"}, parent=parent)
        except HfHubHTTPError as error:
            return error.response.status_code
        return 200

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [200, 412, 412, 412]
    assert len(paths(api)) == 3


@pytest.mark.parametrize(
    ("repo", "path", "revision", "error"),
    [
        ("local/none", "a.txt", "main", RepositoryNotFoundError),
        (REPO, "none.txt", "main", EntryNotFoundError),
        (REPO, "a.txt", "v9", RevisionNotFoundError),
    ],
)
def test_what_is_missing_is_named_to_the_client(
    api: HfApi, tmp_path: Path, repo: str, path: str, revision: str, error: type[Exception]
) -> None:
    commit(api, {"a.txt": b"1"})
    with pytest.raises(error):
        api.hf_hub_download(
            repo, path, revision=revision, repo_type="dataset", cache_dir=tmp_path / "cache"
        )


def test_a_broken_card_is_refused_before_the_commit(api: HfApi) -> None:
    with pytest.raises(ValueError, match="Invalid metadata"):
        commit(api, {"README.md": b"---\na: [\n---\n"})
    assert paths(api) == [".gitattributes"]


def test_parts_of_a_file_can_be_read(hub: RunningHub, api: HfApi) -> None:
    commit(api, {"a.parquet": b"\x000123456789"})
    files = HfFileSystem(endpoint=hub.url, token="may-write", skip_instance_cache=True)
    with files.open(f"datasets/{REPO}/a.parquet", block_size=4) as stream:
        stream.seek(5)
        assert stream.read(3) == b"456"
    assert files.glob(f"datasets/{REPO}/*.parquet") == [f"datasets/{REPO}/a.parquet"]


def test_state_outlives_the_server(tmp_path: Path) -> None:
    with serve(tmp_path, tokens=TOKENS) as hub:
        api = api_for(hub)
        api.create_repo(REPO, repo_type="dataset")
        commit(api, {"a.parquet": b"\0x"})
        api.create_tag(REPO, tag="v1", repo_type="dataset")
    with serve(tmp_path, tokens=TOKENS) as hub:
        assert paths(api_for(hub), "v1") == [".gitattributes", "a.parquet"]


def test_it_is_served_on_loopback_only(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "example.org"):
        with (
            pytest.raises(WrongUse, match="this machine only"),
            serve(tmp_path, host=host, tokens=TOKENS),
        ):
            pass


def test_a_taken_port_or_folder_is_said(tmp_path: Path) -> None:
    with serve(tmp_path / "one", tokens=TOKENS) as hub:
        port = urlsplit(hub.url).port or 0
        with (
            pytest.raises(WrongUse, match="another port"),
            serve(tmp_path / "two", port=port, tokens=TOKENS),
        ):
            pass
        with pytest.raises(Failed, match="another Hub"), serve(tmp_path / "one", tokens=TOKENS):
            pass


def ask(
    hub: RunningHub,
    method: str,
    path: str,
    body: bytes = b"",
    token: str = "may-write",
    **headers: str,
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(hub.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, {"Authorization": f"Bearer {token}"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_another_host_name_is_not_served(hub: RunningHub) -> None:
    assert ask(hub, "GET", "/api/whoami-v2")[0] == 200
    assert ask(hub, "GET", "/api/whoami-v2", Host="attacker.example")[0] == 400


def test_an_unsigned_or_wrong_upload_is_not_kept(hub: RunningHub, api: HfApi) -> None:
    oid = "0" * 64
    assert ask(hub, "PUT", f"/_lfs/{oid}", b"x")[0] == 403
    batch = json.dumps({"objects": [{"oid": oid, "size": 1}]}).encode()
    status, answer = ask(hub, "POST", f"/datasets/{REPO}.git/info/lfs/objects/batch", batch)
    assert status == 200
    address = urlsplit(json.loads(answer)["objects"][0]["actions"]["upload"]["href"])
    assert ask(hub, "PUT", f"{address.path}?{address.query}", b"x")[0] == 400
    missing = json.dumps({"oid": oid, "size": 1}).encode()
    assert ask(hub, "POST", f"/_lfs/{oid}/verify", missing)[0] == 404


HEADER = b'{"key":"header","value":{"summary":"s"}}\n'


@pytest.mark.parametrize(
    "line",
    [
        b'{"key":"file","value":{"path":"../a","content":"","encoding":"base64"}}',
        b'{"key":"file","value":{"path":"/a","content":"","encoding":"base64"}}',
        b'{"key":"file","value":{"path":"a/../../b","content":"","encoding":"base64"}}',
        b'{"key":"file","value":{"path":"a","content":"***","encoding":"base64"}}',
        b'{"key":"lfsFile","value":{"path":"a","oid":"../../x","size":1}}',
        b'{"key":"lfsFile","value":{"path":"a","oid":"' + b"0" * 64 + b'","size":1}}',
        b'{"key":"unknown","value":{"path":"a"}}',
        b"[1]",
        b"{",
    ],
)
def test_a_commit_that_cannot_be_changes_nothing(hub: RunningHub, api: HfApi, line: bytes) -> None:
    status, _ = ask(hub, "POST", f"/api/datasets/{REPO}/commit/main", HEADER + line)
    assert status == 400
    assert paths(api) == [".gitattributes"]


@pytest.mark.parametrize("name", ["..", "a..b", ".hidden", "a%2Fb", "a%20b", "%D2%9B"])
def test_a_repo_name_never_leaves_the_folder(hub: RunningHub, name: str) -> None:
    assert ask(hub, "GET", f"/api/datasets/{name}/{name}/refs")[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/repos/create", b"[]"),
        ("POST", "/api/repos/create", b"{"),
        ("POST", f"/api/datasets/{REPO}/preupload/main", b'{"files":[{}]}'),
        ("POST", f"/datasets/{REPO}.git/info/lfs/objects/batch", b"{}"),
        ("POST", f"/api/datasets/{REPO}/paths-info/main", b"\xff"),
        ("POST", f"/api/datasets/{REPO}/tag/main", b"{}"),
        ("GET", f"/api/datasets/{REPO}/tree/main?cursor=x", b""),
    ],
)
def test_a_malformed_request_is_the_callers_fault(
    hub: RunningHub, api: HfApi, method: str, path: str, body: bytes
) -> None:
    assert ask(hub, method, path, body)[0] == 400
