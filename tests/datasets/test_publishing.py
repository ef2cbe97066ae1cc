from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi
from huggingface_hub.utils import _http as hub_http

from kaz_datasets.errors import (
    Conflict,
    KazcorpusError,
    NotFound,
    PublishFailed,
    Refused,
    Unavailable,
    WrongUse,
)
from kaz_datasets.hub import Fault, Faults, serve
from kaz_datasets.hub.state import Right
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing import Published, publish
from kaz_datasets.publishing.asking import ATTEMPTS

# huggingface_hub 2.4 hands httpx2 an upload by a name that httpx2 would rather not have
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

TOKEN = "secret-that-may-write"
READ_TOKEN = "secret-that-may-read"
CARD = "---\nconfigs:\n- config_name: default\n  data_files: data/*/train/*.parquet\n---\n"
DATASET: dict[str, Any] = {"repo_type": "dataset"}


def make_release(folder: Path, version: str, texts: list[str]) -> Path:
    """The least that is a release: a card, a manifest and a shard."""
    shard = folder / "data/news/train/base-1-00000.parquet"
    shard.parent.mkdir(parents=True)
    pq.write_table(pa.table({"text": texts}), shard)
    (folder / "README.md").write_text(f"{CARD}\n# {version}\n", encoding="utf-8")
    (folder / "release.json").write_text(json.dumps({"version": version, "rows": len(texts)}))
    return folder


@dataclass
class Place:
    """A Hub, what it will fail at, and a release to publish there."""

    url: str
    faults: Faults
    release: Path
    repo: str
    api: HfApi = field(init=False)

    def __post_init__(self) -> None:
        self.api = HfApi(endpoint=self.url, token=TOKEN)

    def publish(
        self,
        release: Path | None = None,
        version: str = "1.0.0",
        *,
        token: str = TOKEN,
        timeout: float = 20.0,
        progress: Progress = silent,
    ) -> Published:
        return publish(
            release or self.release,
            self.repo,
            version=version,
            endpoint=self.url,
            token=token,
            timeout=timeout,
            retry_wait=0.01,
            progress=progress,
        )

    def releases(self) -> list[str]:
        """Titles of the commits beyond the first one, newest first."""
        return [commit.title for commit in self.api.list_repo_commits(self.repo, **DATASET)][:-1]

    def tags(self) -> dict[str, str]:
        refs = self.api.list_repo_refs(self.repo, **DATASET)
        return {tag.name: tag.target_commit for tag in refs.tags}

    def fault(self, method: str, path: str, status: int = 503, **more: Any) -> None:
        self.faults.add(Fault(method=method, path=path, status=status, **more))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Faults]]:
    faults = Faults()
    tokens: dict[str, Right] = {TOKEN: "write", READ_TOKEN: "read"}
    with serve(tmp_path_factory.mktemp("hub"), tokens=tokens, faults=faults) as running:
        yield running.url, faults


@pytest.fixture
def place(hub: tuple[str, Faults], tmp_path: Path) -> Iterator[Place]:
    url, faults = hub
    # the Hub keeps contents of removed repos: each test's own are new to it
    release = make_release(tmp_path / "1.0.0", "1.0.0", ["Бірінші.", tmp_path.name])
    place = Place(url, faults, release, "local/kk")
    yield place
    faults.clear()
    place.api.delete_repo(place.repo, **DATASET, missing_ok=True)


def test_a_release_is_one_commit_and_one_tag_and_loads(place: Place, tmp_path: Path) -> None:
    first = place.publish()
    assert (first.repo, first.tag, first.state) == ("local/kk", "v1.0.0", "published")
    second = place.publish(make_release(tmp_path / "2", "1.1.0", ["Бірінші.", "Екінші."]), "1.1.0")
    assert place.releases() == ["Release v1.1.0", "Release v1.0.0"]
    assert place.tags() == {"v1.0.0": first.commit, "v1.1.0": second.commit}
    assert place.api.dataset_info(place.repo).private
    assert loaded(place, "v1.0.0") == ["Бірінші.", tmp_path.name]


def loaded(place: Place, revision: str) -> list[str]:
    """The texts that a reader gets, in a process whose libraries know this Hub from the start."""
    program = (
        "import datasets, json, sys;"
        "rows = datasets.load_dataset(sys.argv[1], revision=sys.argv[2], split='train');"
        "print(json.dumps(rows['text'][:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, place.repo, revision],
        env={**os.environ, "HF_ENDPOINT": place.url, "HF_TOKEN": READ_TOKEN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_publishing_again_writes_nothing(place: Place) -> None:
    first = place.publish()
    for writing in ("POST", "PUT", "DELETE"):
        place.fault(writing, ".", 500, times=99)
    pending = place.faults.pending
    again = place.publish()
    assert (again.commit, again.tag, again.state) == (first.commit, first.tag, "already published")
    assert place.faults.pending == pending


def test_a_public_repo_is_made_when_asked_for(place: Place) -> None:
    publish(
        place.release,
        place.repo,
        version="1.0.0",
        endpoint=place.url,
        token=TOKEN,
        private=False,
        timeout=20,
    )
    assert not place.api.dataset_info(place.repo).private


def test_a_release_replaces_what_was_there_and_keeps_the_hubs_own_file(
    place: Place, tmp_path: Path
) -> None:
    place.publish()
    next_release = make_release(tmp_path / "next", "2.0.0", ["Үшінші."])
    shard = next_release / "data/news/train/base-1-00000.parquet"
    shard.rename(shard.with_name("base-2-00000.parquet"))
    place.publish(next_release, "2.0.0")
    assert sorted(place.api.list_repo_files(place.repo, **DATASET)) == [
        ".gitattributes",
        "README.md",
        "data/news/train/base-2-00000.parquet",
        "release.json",
    ]


def test_progress_ends_at_all_bytes(place: Place) -> None:
    seen: list[tuple[int, int | None, str]] = []
    place.publish(progress=lambda *step: seen.append(step))
    size = sum(path.stat().st_size for path in place.release.rglob("*") if path.is_file())
    assert seen[-1] == (size, size, "bytes")


def test_a_tag_with_other_content_is_a_conflict(place: Place, tmp_path: Path) -> None:
    place.publish()
    other = make_release(tmp_path / "other", "1.0.0", ["Басқа."])
    with pytest.raises(Conflict, match="raise the version"):
        place.publish(other)
    assert place.releases() == ["Release v1.0.0"]


def test_a_repo_that_moved_meanwhile_is_a_conflict(place: Place) -> None:
    def somebody_else(done: int, total: int | None, unit: str) -> None:
        place.api.upload_file(
            path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=place.repo, **DATASET
        )

    with pytest.raises(Conflict, match="somebody else"):
        place.publish(progress=somebody_else)
    assert "x.txt" in place.api.list_repo_files(place.repo, **DATASET)
    assert place.tags() == {}


def test_of_two_publishers_on_one_parent_one_wins(place: Place, tmp_path: Path) -> None:
    other = make_release(tmp_path / "other", "1.0.1", ["Басқа."])
    place.api.create_repo(place.repo, **DATASET)
    barrier = tmp_path / "go"
    running = [
        start(place, release, version, wait_for=barrier)
        for release, version in ((place.release, "1.0.0"), (other, "1.0.1"))
    ]
    wait_until(lambda: len(list(tmp_path.glob("ready-*"))) == 2)
    barrier.touch()
    outcomes = sorted(process.communicate()[0].strip() for process in running)
    assert outcomes == ["Conflict", "published"]
    assert len(place.releases()) == len(place.tags()) == 1


PUBLISHER = """
import sys, time
from pathlib import Path
from kaz_datasets.errors import KazcorpusError
from kaz_datasets.publishing import publish

def uploaded(*_):
    if sys.argv[6]:
        barrier = Path(sys.argv[6])
        barrier.with_name("ready-" + sys.argv[4]).touch()
        while not barrier.exists():
            time.sleep(0.01)

try:
    done = publish(Path(sys.argv[1]), sys.argv[2], endpoint=sys.argv[3], version=sys.argv[4],
                   token=sys.argv[5], timeout=60, progress=uploaded)
    print(done.state)
except KazcorpusError as error:
    print(type(error).__name__)
"""


def start(
    place: Place, release: Path, version: str, *, wait_for: Path | None = None
) -> subprocess.Popen[str]:
    """A publisher in a process of its own, which can be killed."""
    arguments = [str(release), place.repo, place.url, version, TOKEN, str(wait_for or "")]
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, *arguments], stdout=subprocess.PIPE, text=True
    )


def wait_until(happened: Callable[[], bool]) -> None:
    while not happened():  # pytest-timeout ends it
        time.sleep(0.01)


@pytest.mark.parametrize("step", ["/commit/", "/tag/"])
def test_a_killed_publisher_leaves_all_or_nothing_and_the_next_ends_it(
    place: Place, step: str
) -> None:
    place.fault("POST", step, silence=60.0)
    process = start(place, place.release, "1.0.0")
    wait_until(lambda: place.faults.pending == 0)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (place.releases(), place.tags()) == ([] if "commit" in step else ["Release v1.0.0"], {})
    published = place.publish()
    assert place.releases() == ["Release v1.0.0"]
    assert place.tags() == {"v1.0.0": published.commit}


STEPS = [
    ("GET", "/api/datasets/local/kk$"),
    ("POST", "/repos/create"),
    ("GET", "/refs$"),
    ("GET", "/commits/"),
    ("GET", "/tree/"),
    ("POST", "/preupload/"),
    ("POST", "/objects/batch"),
    ("PUT", "/_lfs/"),
    ("POST", "/verify$"),
    ("POST", "/validate-yaml"),
    ("POST", "/commit/"),
    ("POST", "/tag/"),
]
ids = [f"{method} {path.strip('$/')}" for method, path in STEPS]


@pytest.mark.parametrize(("method", "path"), STEPS, ids=ids)
def test_neither_overload_nor_a_lost_answer_makes_a_second_release(
    place: Place, method: str, path: str
) -> None:
    place.fault(method, path, 504, landed=True)
    place.fault(method, path, 503)
    published = place.publish()
    assert place.faults.pending <= 1  # what landed need not be asked for again
    assert place.releases() == ["Release v1.0.0"]
    assert place.tags() == {"v1.0.0": published.commit}


@pytest.mark.parametrize(("method", "path"), STEPS, ids=ids)
def test_a_refused_token_is_said_at_once(place: Place, method: str, path: str) -> None:
    place.fault(method, path, 403 if method == "POST" else 401, times=99)
    with pytest.raises(Refused, match="HF_TOKEN to one with write access to local/kk"):
        place.publish()
    assert place.faults.pending == 98


@pytest.mark.parametrize("token", ["no-such-token", READ_TOKEN])
def test_a_token_without_the_right_is_refused(place: Place, token: str) -> None:
    with pytest.raises(Refused, match="write access to local/kk"):
        place.publish(token=token)
    place.api.create_repo(place.repo, **DATASET)
    with pytest.raises(Refused, match="write access to local/kk"):
        place.publish(token=token)
    assert place.releases() == []


def test_another_commit_in_progress_is_waited_for(place: Place) -> None:
    place.fault("POST", "/commit/", 409, times=2, message="Another commit is in progress")
    assert place.publish().state == "published"


def test_a_stale_parent_is_a_conflict(place: Place) -> None:
    place.fault("POST", "/commit/", 412)
    with pytest.raises(Conflict, match="publish again"):
        place.publish()
    assert place.publish().state == "published"


def test_a_stale_parent_after_a_late_landing_is_our_own_commit(place: Place) -> None:
    place.fault("POST", "/commit/", 412, landed=True)
    assert place.publish().state == "published"
    assert place.releases() == ["Release v1.0.0"]


def test_a_commit_on_top_of_a_landed_one_stays(place: Place) -> None:
    """A release that landed without its tag is tagged, not committed over what came after."""
    place.fault("POST", "/tag/", 400)
    with pytest.raises(PublishFailed):
        place.publish()
    place.api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=place.repo, **DATASET)
    place.publish()
    assert "x.txt" in place.api.list_repo_files(place.repo, **DATASET)
    assert "x.txt" not in place.api.list_repo_files(place.repo, revision="v1.0.0", **DATASET)


def test_the_hub_says_how_long_to_wait(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("kaz_datasets.publishing.asking.time.sleep", waits.append)
    place.fault("POST", "/commit/", 429, headers={"Retry-After": "7"})
    place.fault("POST", "/commit/", 429, headers={"Retry-After": "86400"})
    place.fault("POST", "/commit/", 429, headers={"Retry-After": "tomorrow"})
    place.publish()
    assert waits == [7.0, 300.0, 0.04]


@pytest.mark.parametrize("status", [409, 429, 503])
def test_a_hub_that_stays_busy_is_unavailable(place: Place, status: int) -> None:
    place.fault("POST", "/commit/", status, times=99)
    with pytest.raises(Unavailable, match=f"{status}.*later"):
        place.publish()
    assert place.faults.pending == 99 - ATTEMPTS
    assert place.releases() == []


@pytest.mark.parametrize("path", ["/refs$", "/tree/", "/_lfs/"])
def test_a_silent_hub_is_unavailable(place: Place, path: str) -> None:
    place.fault("PUT" if "lfs" in path else "GET", path, silence=30.0, times=99)
    with pytest.raises(Unavailable, match="did not answer in time"):
        place.publish(timeout=0.2)
    assert place.faults.pending == 99 - ATTEMPTS


def test_a_hub_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with serve(tmp_path / "hub", tokens={}) as hub:
        gone = hub.url
    place = Place(gone, Faults(), make_release(tmp_path / "r", "1.0.0", ["x"]), "local/kk")
    with pytest.raises(Unavailable, match="cannot be reached"):
        place.publish()


def test_a_card_that_the_hub_refuses_is_said(place: Place) -> None:
    (place.release / "README.md").write_text("---\na: [\n---\n")
    with pytest.raises(PublishFailed, match="correct it and publish again"):
        place.publish()
    assert place.releases() == []


def test_what_is_published_is_compared_with_the_release(place: Place, tmp_path: Path) -> None:
    """A file that changes while it is published is noticed, and no tag is set."""

    def change(done: int, total: int | None, unit: str) -> None:
        (place.release / "release.json").write_text("{}")

    with pytest.raises(PublishFailed, match=r"differs from the release in release\.json"):
        place.publish(progress=change)
    assert place.tags() == {}


@pytest.mark.parametrize("repo", ["kk", "a/b/c", "a/..", "a b/c", ""])
def test_an_impossible_repo_name_is_wrong_use(place: Place, repo: str) -> None:
    place.repo, before = repo, place.repo
    with pytest.raises(WrongUse, match="OWNER/NAME"):
        place.publish()
    place.repo = before


def test_a_folder_that_is_no_release_is_not_published(place: Place, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no release\.json"):
        place.publish(tmp_path)
    shutil.rmtree(place.release)
    with pytest.raises(NotFound):
        place.publish()


def test_the_process_gets_its_client_back(place: Place) -> None:
    before = hub_http._GLOBAL_CLIENT_FACTORY
    place.publish()
    place.fault("GET", "/refs", 400)
    with pytest.raises(PublishFailed):
        place.publish()
    assert hub_http._GLOBAL_CLIENT_FACTORY is before
    assert hub_http.get_session().timeout.read is None


FAILURES = [
    ("GET", "/refs$", {"status": 401}),
    ("POST", "/commit/", {"status": 403}),
    ("POST", "/commit/", {"status": 412}),
    ("POST", "/commit/", {"status": 400}),
    ("PUT", "/_lfs/", {"status": 400}),
    ("PUT", "/_lfs/", {"status": 503, "times": 99}),
    ("GET", "/tree/", {"silence": 30.0, "times": 99}),
]


@pytest.mark.parametrize(("method", "path", "fault"), FAILURES)
def test_no_error_and_no_log_holds_the_token(
    place: Place,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    method: str,
    path: str,
    fault: dict[str, Any],
) -> None:
    caplog.set_level(logging.DEBUG)
    place.fault(method, path, **{"message": f"no: {TOKEN}", **fault})
    with pytest.raises(KazcorpusError) as failed:
        place.publish(timeout=0.3)
    shown = "".join(traceback.format_exception(failed.value))
    for where in (shown, repr(failed.value), repr(vars(failed.value)), caplog.text):
        assert TOKEN not in where
    assert TOKEN not in "".join(capsys.readouterr())
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


@pytest.mark.parametrize("broken", [ConnectionError, ConnectionResetError, TimeoutError])
def test_an_upload_that_breaks_off_is_tried_again_and_then_named(broken: type[OSError]) -> None:
    from kaz_datasets.publishing.asking import ATTEMPTS, Asking

    calls = []

    def call() -> None:
        calls.append(1)
        raise broken("with secret-token in it")

    with pytest.raises(Unavailable, match="give the command again later") as caught:
        Asking(repo="a/b", token="secret-token", retry_wait=0.0).persist(call)
    assert len(calls) == ATTEMPTS
    assert "secret-token" not in str(caught.value)
