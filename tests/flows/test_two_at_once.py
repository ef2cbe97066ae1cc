"""Two operators at once, each with a process: one waits or is refused, and nothing is lost."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kaz_crawlers.crawl import CrawlOptions
from kaz_crawlers.demosite.server import serve as serve_site
from kaz_crawlers.source_files import source_named
from kaz_datasets.files import write_text
from kaz_datasets.hub import serve as serve_hub
from kaz_datasets.publishing.ledger import Ledger
from kaz_datasets.release.verify import verify_release
from kaz_datasets.takedown.register import Register
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.cli.app import run
from kaz_flows.configuration import TEMPLATE, Configuration, make_workspace
from kaz_flows.crawling import crawl_sources, hosts_of, load
from kaz_flows.lock import ENDLESS, Patience, asking, holders
from kaz_flows.runner import LocalRunner
from paused_command import paused


def copy_of(crawled: Workspace, folder: Path, *sources: str) -> Workspace:
    workspace = make_workspace(folder, TEMPLATE.replace("my-name/my-corpus", "demo/shared"))
    for source in sources:
        shutil.copytree(crawled.archive / source, workspace.archive / source)
    return workspace


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(arguments) == 1
    said = capsys.readouterr().err
    assert said.endswith(": wait until it has ended and give the command again\n")
    return said.removeprefix("kazcorpus: ").partition(": ")[0]


def test_of_two_builds_or_publishers_one_is_refused_and_nothing_is_corrupted(
    crawled: Workspace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = copy_of(crawled, tmp_path / "alone", "demo-health")
    shared = copy_of(crawled, tmp_path / "shared", "demo-health")
    place = ("-w", str(shared.root))
    expected = build(alone, Configuration.of(alone), LocalRunner()).release
    with paused(shared, "building", "build", *place) as first:
        building = f"process {first.pid} is building in {shared.root}"
        assert refused(capsys, "build", *place) == building
        target = ("--host", "saulyq.example", "--requester", "publisher", "--reason", "asked")
        assert refused(capsys, "takedown", "add", *target, *place) == building
    assert digests(shared.releases / "1.0.0") == digests(expected)
    assert Register.of(shared.root).takedowns == ()
    with serve_hub(tmp_path / "hub", tokens={"local": "write"}) as hub:
        access = {"HF_TOKEN": "local", "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1"}
        for name, value in access.items():
            monkeypatch.setenv(name, value)
        with paused(shared, "publishing", "publish", *place) as first:
            publishing = f"process {first.pid} is publishing 1.0.0"
            assert refused(capsys, "publish", *place) == publishing
            stated = shared.configuration.read_text(encoding="utf-8")
            write_text(shared.configuration, stated.replace("Kazakh text", "Kazakh texts"))
            assert refused(capsys, "build", *place) == publishing
        write_text(shared.configuration, stated)
        assert run(["publish", "--json", *place]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "already published"
    assert len(Ledger.of(shared.releases).publications) == 1


def test_a_crawl_goes_on_beside_a_build_and_beside_a_crawl_of_another_source(
    crawled: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = copy_of(crawled, tmp_path / "shared", "demo-health")
    place = ("-w", str(shared.root))
    with serve_site() as site:
        proxy = ("--proxy", site.url, *place)
        with paused(shared, "crawling demo-law", "crawl", "demo-law", *proxy) as first:
            assert run(["build", *place]) == 0
            assert run(["crawl", "demo-education", *proxy]) == 0
            crawling = refused(capsys, "crawl", "demo-law", *proxy)
            assert crawling == f"process {first.pid} is crawling demo-law"
    assert run(["build", "--version", "1.1.0", *place]) == 0
    assert not verify_release(shared.releases / "1.1.0").failed
    assert not list(shared.root.rglob("*.partial"))
    assert holders(shared) == []


def test_two_sources_of_one_host_are_fetched_one_after_the_other(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "shared")
    workspace.sources.mkdir()
    text = source_named("demo-law", []).read_text(encoding="utf-8")
    (workspace.sources / "again.toml").write_text(text.replace('"demo-law"', '"again"'))
    said: list[str] = []
    with serve_site() as site:
        options = CrawlOptions(proxy=site.url, delay=0.0)
        hosts = hosts_of(load(workspace, "demo-law"), site.url)
        assert hosts == hosts_of(load(workspace, "again"), site.url)
        with asking(hosts, Patience()):
            names = ["again"]
            waiting = threading.Thread(
                target=lambda: crawl_sources(workspace, names, options, LocalRunner(), said.append)
            )
            waiting.start()
            while not said:
                time.sleep(0.01)
            assert "is asking" in said[0]
            assert not list(workspace.archive.glob("again/*"))
        waiting.join(60)
    assert list(workspace.archive.glob("again/*/finished"))


WRITER = """
import sys
from pathlib import Path
from kaz_flows.lock import ENDLESS, Patience, asking
for _ in range(20):
    with asking(["b.kz", "a.kz"], Patience(seconds=ENDLESS), Path(sys.argv[1])):
        path = Path(sys.argv[1], "together")
        path.touch(exist_ok=False)
        path.unlink()
"""


def test_processes_that_want_the_same_hosts_take_turns(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    with asking(["a.kz"], Patience(seconds=ENDLESS), tmp_path):
        pass
