"""From the archive to a release: clean, sign, cluster, keep, write. Each part is done once.

Nothing here needs Prefect; `kaz_flows.flows` shows the same function as a flow.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from kaz_datasets.account import Account
from kaz_datasets.errors import Failed
from kaz_datasets.files import remove_temporaries, sha256_of
from kaz_datasets.publishing.ledger import Ledger
from kaz_datasets.release.admission import Barred
from kaz_datasets.release.config import Previous, ReleaseConfig
from kaz_datasets.release.manifest import MANIFEST, read_manifest
from kaz_datasets.release.predecessor import newest_below, released
from kaz_datasets.release.succession import Proposal, check_number, propose_after
from kaz_datasets.release.tree import RELEASE_VERSION, settle_replaced, write_release
from kaz_datasets.release.version import Version
from kaz_datasets.stage import Stage
from kaz_datasets.storage import LOCAL
from kaz_datasets.takedown.register import Register
from kaz_datasets.workspace import Workspace
from kaz_flows.changed_settings import changed_settings
from kaz_flows.configuration import Configuration
from kaz_flows.decontamination import WORDS, barred_by, overlaps, sets_of
from kaz_flows.lock import NONE, Patience, exclusive, writing
from kaz_flows.preparing import Prepared, prepare
from kaz_flows.runner import Runner
from kaz_flows.takedown import apply_takedowns

NEXT: Final = "next"
"""Stands for the version that follows from what changed."""


@dataclass(frozen=True, kw_only=True)
class BuildResult:
    """What a build made."""

    release: Path
    version: str
    crawled: Account
    """The addresses that crawls met and what became of them."""
    funnel: tuple[tuple[str, Account], ...]
    """Name and account of each stage, in order; what one kept is what the next took in."""
    seconds: float
    done: int
    skipped: int
    """How many pieces of work an earlier run had already done."""
    why: str = ""
    """What changed since the release before, where the version was proposed from that."""
    cleaned_again: tuple[str, ...] = ()
    """Settings of cleaning that changed since the last build: all was cleaned again for them."""


def build(
    workspace: Workspace,
    configuration: Configuration,
    runner: Runner,
    *,
    version: str | None = None,
    patience: Patience = NONE,
) -> BuildResult:
    """Build a release from everything in the archive; version NEXT is the one that what changed
    since the newest release asks for.

    Raises NotFound when the archive is empty, Failed while another process builds here or
    publishes the same release and `patience` is over, DiskFull, and whatever error names a broken
    file.
    """
    clock = time.perf_counter()
    # a wrong version is said before hours of work
    config = configuration.for_release(None if version == NEXT else version)
    why, mode = "", configuration.decontaminate.mode
    with exclusive(workspace, patience=patience):
        remove_leftovers(workspace)
        if version != NEXT:
            there = [Version.parse(path.name) for path in released(workspace.releases)]
            check_number(Version.parse(config.version), there)
        # again: one that was killed half-way, and pages that were fetched since
        _apply_takedowns(workspace)
        again = changed_settings(workspace.documents, configuration.for_cleaning())
        prepared = prepare(workspace, configuration, runner)
        with workspace.storage.having({**prepared.files, **files_before(workspace, config)}):
            if version == NEXT:
                proposal = propose_version(workspace, prepared, config, mode)
                config = replace(config, version=str(proposal.version))
                why = proposal.why
            settings = configuration.pipeline()
            with writing(workspace.releases / config.version, "writing release", patience):
                release, skipped = _release(workspace, prepared, config, settings, mode)
    results = [shard.result for shard in prepared.shards]
    return BuildResult(
        release=release,
        version=config.version,
        why=why,
        cleaned_again=again,
        crawled=prepared.crawled,
        funnel=read_manifest(release).funnel,
        seconds=round(time.perf_counter() - clock, 1),
        done=len(results) + 1,
        skipped=sum(result.skipped for result in results) + skipped,
    )


def remove_leftovers(workspace: Workspace) -> None:
    """Remove what a killed build was writing; nobody else writes while the lock is held."""
    for folder in (workspace.documents, workspace.dedup, workspace.releases):
        remove_temporaries(folder)
    settle_replaced(workspace.releases)


def _apply_takedowns(workspace: Workspace) -> None:
    """Erase again what was taken down. Raises Failed for a bucket, whose units do not see it."""
    takedowns = Register.of(workspace.root).takedowns
    if takedowns and workspace.storage != LOCAL:
        raise Failed(
            "a workspace in a bucket that has takedowns is not built there yet: build it in one on"
            " a disk that all machines see"
        )
    apply_takedowns(workspace, takedowns)


def files_before(workspace: Workspace, config: ReleaseConfig) -> dict[Path, str]:
    """The files of the releases that a new one is compared with, with digests."""
    below = newest_below(workspace.releases, Version.parse(config.version))
    before = {*released(workspace.releases)[-1:], *([below] if below is not None else [])}
    return {
        folder / file.path: file.sha256 for folder in before for file in read_manifest(folder).files
    }


def propose_version(
    workspace: Workspace, prepared: Prepared, config: ReleaseConfig, mode: str
) -> Proposal:
    """The number that follows the newest release, from what changed since."""
    there = released(workspace.releases)
    kept = [shard.path for shard in prepared.kept]
    barred = barred_rows(workspace, kept, mode)
    return propose_after(kept, config.gate, barred, there[-1] if there else None)


def barred_rows(workspace: Workspace, kept: Sequence[Path], mode: str) -> Barred:
    """Rows that stay out: taken down, or with a passage of an evaluation set if that is asked."""
    found = overlaps(kept, sets_of(workspace.benchmarks)) if mode == "drop" else ()
    tests = barred_by(list(found))
    taken = Register.of(workspace.root).barred(kept)
    return Barred(ids={**tests.ids, **taken.ids})


def _release(
    workspace: Workspace,
    prepared: Prepared,
    config: ReleaseConfig,
    settings: Mapping[str, Any],
    mode: str,
) -> tuple[Path, bool]:
    previous = newest_below(workspace.releases, Version.parse(config.version))
    output = workspace.releases / config.version
    register = Register.of(workspace.root)
    sets = sorted(workspace.benchmarks.glob("*.parquet"))
    if sets:
        names = [path.stem for path in sets]
        about = {"mode": mode, "words": WORDS, "sets": names}
        settings = {**settings, "decontamination": about}
    ledger = Ledger.of(workspace.releases)
    config = replace(
        config,
        previous=_published(previous, ledger),
        earlier=_earlier(workspace.releases, Version.parse(config.version), ledger),
    )
    facts = {crawl.facts.id: crawl.facts for crawl in prepared.crawls}
    shards = prepared.shards
    stage = Stage(
        name=config.version,
        folder=workspace.releases,
        inputs={
            f"{number}:{name}": digest
            for number, shard in enumerate(shards)
            for name, digest in shard.result.outputs.items()
        }
        | {f"set:{path.name}": sha256_of(path) for path in sets}
        | ({"previous": sha256_of(previous / MANIFEST)} if previous is not None else {}),
        config={
            "release": asdict(config),
            "pipeline": settings,
            "takedowns": [takedown.to_json() for takedown in register.takedowns],
        },
        version=RELEASE_VERSION,
        storage=workspace.storage,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        write_release(
            kept=[shard.path for shard in prepared.kept],
            rejected=prepared.rejected,
            funnel=prepared.whole_funnel,
            sources=[facts[name] for name in sorted(facts)],
            config=config,
            output=output,
            previous=previous,
            pipeline=settings,
            takedowns=register.takedowns,
            barred=barred_rows(workspace, [shard.path for shard in prepared.kept], mode),
            # what was published, or is followed by another, is never written anew
            replace=ledger.find(config.repo, config.version) is None
            and released(workspace.releases)[-1:] in ([], [output]),
        )
        files = [path for path in output.rglob("*") if path.is_file()]
        return prepared.funnel[-1][1], files

    return output, stage.run(work).skipped


def _earlier(releases: Path, version: Version, ledger: Ledger) -> tuple[Previous, ...]:
    """Every release below a version, with its digest, and its commit where it was published."""
    found = []
    for folder in released(releases):
        if Version.parse(folder.name) < version:
            digest = sha256_of(folder / MANIFEST)
            there = ledger.of_digest(digest)
            commit = there.commit if there is not None else None
            found.append(Previous(version=folder.name, commit=commit, digest=digest))
    return tuple(found)


def _published(previous: Path | None, ledger: Ledger) -> Previous | None:
    """The link to the release before, with its commit where it was published."""
    if previous is None:
        return None
    there = ledger.of_digest(sha256_of(previous / MANIFEST))
    return Previous(version=previous.name, commit=there.commit if there is not None else None)
