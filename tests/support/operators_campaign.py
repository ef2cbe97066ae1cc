"""Builds and crawls by the worker through many `kill -9`: `operators_campaign.py --kills 20`.

`kazcorpus up` keeps a workspace up, and is started again if it gives up. Again and again a crawl, a
build or a build on a Dask cluster is started from its deployment, and at a random moment one of its
processes is killed: the worker, Prefect's server, the process of the run, worker and run together
(as when the machine dies), Scrapy's, or a worker of the cluster. Then the same is started again
until it is done. Prints the seed, each kill and a table; ends with 1 unless no document was lost,
every release has the bytes of an undisturbed build, and no run that died was called running for
more than two minutes. Needs Linux.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from dask_cluster import DaskCluster
from kaz_crawlers.crawl import CrawlOptions
from kaz_crawlers.demosite.server import serve
from kaz_crawlers.url_states import url_states
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.crawling import crawl_sources
from kaz_flows.operations.standing import standing
from kaz_flows.runner import LocalRunner
from kaz_flows.server import running_server
from kept_up import KeptUp
from prefect_api import ENDS, PrefectApi
from processes import below, engines, kill

SOURCES: Final = ("demo-health", "demo-education", "demo-mirror")
LONGEST_RUNNING: Final = 120.0
"""Seconds for which a run that is dead may be called running."""
PATIENCE: Final = 300.0
Work = Literal["crawl", "build", "cluster build"]
Victim = Literal["worker", "server", "run", "worker and run", "scrapy", "cluster worker"]
VICTIMS: Final[dict[Work, tuple[Victim, ...]]] = {
    "crawl": ("worker", "server", "run", "scrapy"),
    "build": ("worker", "server", "run", "worker and run"),
    "cluster build": ("cluster worker", "cluster worker", "run", "server"),
}
_LATEST: Final[dict[Work, float]] = {"crawl": 3.0, "build": 6.0, "cluster build": 8.0}
"""Seconds after its begin at which a run is killed at the latest."""


@dataclass(frozen=True, kw_only=True)
class Kill:
    """One kill and what came of it."""

    work: Work
    victim: Victim
    after: float
    """Seconds after the run began."""
    running: float
    """Seconds for which the run was called running after its process had ended; 0 if it went on."""
    ended: str


@dataclass(kw_only=True)
class Outcome:
    """What a campaign has shown."""

    kills: list[Kill] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Addresses that an undisturbed crawl brings home and a disturbed one has not."""
    builds: int = 0
    differing: list[str] = field(default_factory=list)
    """Files of releases that have other bytes than those of an undisturbed build."""
    restarts: int = 0
    """Times that `kazcorpus up` gave up, after many kills within minutes, and was started again."""

    @property
    def slow(self) -> list[Kill]:
        """Kills of runs that were called running for too long when they were dead."""
        return [kill for kill in self.kills if kill.running > LONGEST_RUNNING]

    @property
    def sound(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.differing or self.slow) and self.builds > 0

    def table(self) -> str:
        """Kills by work and victim, and the sums, as Markdown."""
        lines = ["| work | killed | times | longest called running |", "| --- | --- | --- | --- |"]
        for work, victims in VICTIMS.items():
            for victim in dict.fromkeys(victims):
                found = [k for k in self.kills if (k.work, k.victim) == (work, victim)]
                if found:
                    longest = max(kill.running for kill in found)
                    lines.append(f"| {work} | {victim} | {len(found)} | {longest:.0f} s |")
        lines += [
            "",
            f"{len(self.kills)} kills, {self.builds} releases; {len(self.lost)} documents lost,"
            f" {len(self.differing)} files differ; `up` started again {self.restarts} times",
        ]
        return "\n".join(lines)


def campaign(folder: Path, *, kills: int, seed: int) -> Outcome:
    """Crawl, build and build on a cluster in turn, killed `kills` times in all."""
    outcome = Outcome()
    with serve() as site:
        calm = make_workspace(folder / "calm")
        options = CrawlOptions(proxy=site.url, delay=0.0)
        crawl_sources(calm, SOURCES, options, LocalRunner())
        expected = _digests(build(calm, Configuration.of(calm), LocalRunner()).release)
        stormy = make_workspace(folder / "stormy")
        kept_up = KeptUp(stormy.root)
        with kept_up as api, DaskCluster(folder / "cluster") as cluster:
            storm = _Storm(stormy, api, cluster, random.Random(seed), outcome, kills)
            for _ in range(2 * kills):  # a run may be over before it can be killed
                if len(outcome.kills) >= kills:
                    break
                _clear(stormy, "archive", "health")
                storm.until_done("crawl", {"crawl": {"sources": SOURCES, "proxy": site.url}})
                outcome.lost += sorted(_brought_home(calm) - _brought_home(stormy))
                storm.build_both(calm, expected)
        outcome.restarts = kept_up.restarts
    return outcome


@dataclass(frozen=True)
class _Storm:
    """Runs one piece of work to its end, and kills on the way."""

    workspace: Workspace
    api: PrefectApi
    cluster: DaskCluster
    chance: random.Random
    outcome: Outcome
    kills: int

    def build_both(self, calm: Workspace, expected: dict[str, str]) -> None:
        """A release by the worker, another by the cluster; both are compared with the expected."""
        _clear(self.workspace, "archive", "health")
        # the same archive for all: when a page was fetched is part of its row
        shutil.copytree(calm.archive, self.workspace.archive)
        engines_of: dict[Work, str] = {"build": "local", "cluster build": self.cluster.engine}
        for work, engine in engines_of.items():
            _clear(self.workspace, "documents", "dedup", "releases")
            self.until_done(work, {"build": {"engine": engine}})
            found = _digests(self.workspace.releases / "1.0.0")
            self.outcome.builds += 1
            names = sorted({*found, *expected})
            self.outcome.differing += [n for n in names if found.get(n) != expected.get(n)]

    def until_done(self, work: Work, parameters: dict[str, Any]) -> None:
        """Start a run until one completes; each may be killed."""
        deadline = time.monotonic() + 10 * PATIENCE
        calm = False
        while time.monotonic() < deadline:
            run = _persist(lambda: self._start(work, parameters))
            if calm or len(self.outcome.kills) >= self.kills:
                victim = None
            else:
                victim = self.chance.choice(VICTIMS[work])
            state = self._disturbed(work, run, victim) if victim else self._wait(run)[0]
            if state == "COMPLETED":
                return
            calm = self.chance.random() < 0.3  # or a piece of work would hardly ever be done
        raise AssertionError(f"{work} was not done in {10 * PATIENCE:.0f} s")

    def _start(self, work: Work, parameters: dict[str, Any]) -> str:
        flow = work.removeprefix("cluster ")
        deployment = self.api.deployments(self.workspace.root.name)[flow]["id"]
        return self.api.start(deployment, parameters)

    def _wait(self, run: str) -> tuple[str, float]:
        """How a run ended, and for how long it was called running without a process."""
        deadline, alive = time.monotonic() + PATIENCE, time.monotonic()
        while time.monotonic() < deadline:
            state = str(_persist(lambda: self.api.ask(f"flow_runs/{run}"))["state"]["type"])
            if state in ENDS:
                return state, time.monotonic() - alive
            if state != "RUNNING" or engines(run):
                alive = time.monotonic()
            time.sleep(0.2)
        raise AssertionError(f"after {PATIENCE} s the run is {state}")

    def _disturbed(self, work: Work, run: str, victim: Victim) -> str:
        begun = frozenset({"RUNNING", *ENDS})
        _persist(lambda: self.api.wait(run, begun, seconds=PATIENCE))
        after = self.chance.uniform(0.0, _LATEST[work])
        time.sleep(after)
        if not self._kill(victim, run):
            return self._wait(run)[0]  # it was over before
        died = time.monotonic()
        state, running = self._wait(run)
        self.outcome.kills.append(
            Kill(work=work, victim=victim, after=after, running=running, ended=state)
        )
        print(
            f"kill {len(self.outcome.kills)}: {victim} of a {work} after {after:.2f} s:"
            f" {state.lower()} after {time.monotonic() - died:.0f} s",
            flush=True,
        )
        return state

    def _kill(self, victim: Victim, run: str) -> bool:
        """Whether there was something to kill."""
        runs = engines(run)
        if victim != "cluster worker":
            return bool(kill(self._pids(victim, runs)))
        if not runs:
            return False
        alive = [n for n, worker in enumerate(self.cluster.workers) if worker.poll() is None]
        self.cluster.kill_worker(self.chance.choice(alive))
        self.cluster.add_worker()
        return True

    def _pids(self, victim: Victim, runs: Sequence[int]) -> list[int]:
        if victim == "server":
            server = running_server(self.workspace)
            return [server.pid] if server else []
        if victim == "scrapy":
            return below(runs, "kaz_crawlers.child")[:1]
        up = standing(self.workspace)
        worker = [up.worker] if up else []
        return worker if victim == "worker" else [*worker * (victim != "run"), *runs]


Answer = TypeVar("Answer")


def _persist(call: Callable[[], Answer]) -> Answer:
    """What a call answers, asked again while the server is being started anew."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return call()
        except (OSError, ValueError, KeyError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _clear(workspace: Workspace, *folders: str) -> None:
    for name in folders:
        shutil.rmtree(workspace.root / name, ignore_errors=True)


def _brought_home(workspace: Workspace) -> set[str]:
    return {
        state.url
        for path in workspace.archive.glob("*/*/frontier.sqlite")
        for state in url_states(path.parent)
        if state.state == "done"
    }


def _digests(release: Path) -> dict[str, str]:
    return {
        str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(release.rglob("*"))
        if path.is_file()
    }


def main() -> int:
    """Run the campaign and say what it has shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        outcome = campaign(Path(folder), kills=asked.kills, seed=asked.seed)
    print(f"\n{outcome.table()}, {time.monotonic() - started:.0f} s")
    return 0 if outcome.sound else 1


if __name__ == "__main__":
    sys.exit(main())
