"""From how much there is to do and what a document costs to time, disk and memory.

A stage is work that can be shared by workers, and work that one process does alone; the whole is
Amdahl's law (Amdahl 1967, "Validity of the single processor approach"): wall = alone + shared / n.
Scheduling, the network and stores are taken as free, so that the real figure is a little above.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kaz_flows.planning.load import Load
from kaz_flows.planning.rates import Rates


@dataclass(frozen=True, kw_only=True)
class StagePlan:
    """One stage: core-seconds, and bytes."""

    name: str
    shared: float
    """Core-seconds that workers can share."""
    alone: float
    """Seconds of one process, whatever the number of workers."""
    most_workers: int
    """More than this many find nothing to do."""
    disk: float
    """Bytes that it leaves."""
    memory: float
    """Bytes of each process at it."""
    waits: bool = False
    """Whether it waits for hosts: more workers do not make it shorter."""

    def seconds(self, workers: int) -> float:
        """How long it lasts."""
        return self.alone + self.shared / max(1, min(workers, self.most_workers))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A crawl, a build and a release of one load."""

    load: Load
    stages: tuple[StagePlan, ...]
    work_disk: float
    """Bytes on disk while clusters are found, gone afterwards."""

    @property
    def build(self) -> tuple[StagePlan, ...]:
        """The stages that do not wait for anybody."""
        return tuple(stage for stage in self.stages if not stage.waits)

    @property
    def crawl_seconds(self) -> float:
        """The host that takes longest; all others are asked meanwhile."""
        return sum(stage.alone for stage in self.stages if stage.waits)

    def seconds(self, workers: int) -> float:
        """From the archive to the release."""
        return sum(stage.seconds(workers) for stage in self.build)

    @property
    def disk(self) -> float:
        """Bytes at the end, of which a release may be moved away and the archive not."""
        return sum(stage.disk for stage in self.stages)

    @property
    def memory(self) -> float:
        """Bytes of the largest process."""
        return max(stage.memory for stage in self.stages)

    @property
    def knee(self) -> int:
        """So many workers that what one process does alone takes as long as what they share.

        Up to there twice the workers save more than a quarter of the time, from there on less.
        """
        alone = sum(stage.alone for stage in self.build)
        shared = sum(stage.shared for stage in self.build)
        return max(1, math.ceil(shared / alone)) if alone else self.load.files

    @property
    def alone_longest(self) -> str:
        """The stage that bounds what more workers can bring."""
        return max(self.build, key=lambda stage: stage.alone).name


def plan_of(load: Load, rates: Rates) -> Plan:
    """What `load` takes at these `rates`."""
    cost = rates.value
    page = cost("clean_seconds") + (cost("extraction_seconds") if load.html else 0.0)
    stages = (
        StagePlan(
            name="crawl",
            shared=0.0,
            alone=load.slowest_host_seconds,
            most_workers=1,
            disk=load.pages * (load.page_bytes or cost("archive_bytes")),
            memory=cost("worker_bytes"),
            waits=True,
        ),
        StagePlan(
            name="clean",
            shared=load.pages * page + load.files * cost("unit_seconds"),
            alone=0.0,
            most_workers=load.files,
            disk=load.cleaned * cost("documents_bytes"),
            memory=cost("worker_bytes"),
        ),
        StagePlan(
            name="sign",
            shared=load.cleaned * cost("sign_seconds"),
            alone=0.0,
            most_workers=load.files,
            disk=load.cleaned * cost("signatures_bytes"),
            memory=cost("worker_bytes"),
        ),
        StagePlan(
            name="cluster",
            shared=0.0,
            alone=load.cleaned * cost("cluster_seconds"),
            most_workers=1,
            disk=load.cleaned * cost("clusters_bytes"),
            memory=cost("worker_bytes") + load.cleaned * cost("cluster_row_bytes"),
        ),
        StagePlan(
            name="keep",
            shared=load.cleaned * cost("keep_seconds"),
            alone=0.0,
            most_workers=load.files,
            disk=load.kept * cost("kept_bytes"),
            memory=cost("worker_bytes"),
        ),
        StagePlan(
            name="release",
            shared=0.0,
            alone=load.kept * cost("release_seconds"),
            most_workers=1,
            disk=load.kept * cost("release_bytes"),
            memory=cost("worker_bytes") + load.kept * cost("release_row_bytes"),
        ),
    )
    return Plan(load=load, stages=stages, work_disk=load.cleaned * cost("cluster_work_bytes"))
