"""Everything up to the release: clean, sign, withhold what was taken down, cluster, keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kaz_datasets.account import Account, add_accounts, check_chain
from kaz_datasets.errors import Failed
from kaz_datasets.takedown.register import Register
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import Configuration
from kaz_flows.crawl_rejects import record_crawl_rejects
from kaz_flows.flagging import flag_kept
from kaz_flows.health.quarantine import STAGE as HEALTH_STAGE
from kaz_flows.health.quarantine import hold_back, judge_crawls, let_through
from kaz_flows.masking import environment
from kaz_flows.plan import Crawl, Unit, find_crawls, units_of
from kaz_flows.runner import Runner
from kaz_flows.steps import (
    Judged,
    Shard,
    clean_unit,
    cluster_documents,
    keep_documents,
    passages_of,
    settle_documents,
    sign_documents,
)
from kaz_flows.withholding import STAGE as TAKEDOWN_STAGE
from kaz_flows.withholding import Signed, withhold


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Everything that a release is written from."""

    crawls: tuple[Crawl, ...]
    refused: tuple[Shard, ...]
    cleaned: tuple[Shard, ...]
    held: tuple[Shard, ...]
    """Of crawls that left the band of their source (`kaz_flows.health`), all rows rejected."""
    withheld: tuple[Shard, ...]
    """The cleaned without what was taken down; empty where nothing ever was."""
    kept: tuple[Shard, ...]

    @property
    def funnel(self) -> tuple[tuple[str, Account], ...]:
        """The accounts of the stages, checked against one another."""
        clean = add_accounts(shard.result.account for shard in self.cleaned)
        held = add_accounts(shard.result.account for shard in self.held)
        stages = ((TAKEDOWN_STAGE, self.withheld), ("dedup", self.kept))
        funnel = (
            ("clean", clean),
            *(((HEALTH_STAGE, let_through(clean, held)),) if self.held else ()),
            *(
                (name, add_accounts(shard.result.account for shard in shards))
                for name, shards in stages
                if shards or name != TAKEDOWN_STAGE
            ),
        )
        check_chain(funnel)
        return funnel

    @property
    def crawled(self) -> Account:
        """What became of every address that the crawls met."""
        return add_accounts(shard.result.account for shard in self.refused)

    @property
    def whole_funnel(self) -> tuple[tuple[str, Account], ...]:
        """The funnel with the crawl in front, where there was one."""
        return (("crawl", self.crawled), *self.funnel) if self.refused else self.funnel

    @property
    def shards(self) -> tuple[Shard, ...]:
        """All of them, in the order of the stages."""
        return (*self.refused, *self.cleaned, *self.held, *self.withheld, *self.kept)

    @property
    def files(self) -> dict[Path, str]:
        """What a release is written from, with digests: kept rows, and every rejected row."""
        kept = {
            shard.path.parent / name: digest
            for shard in self.kept
            for name, digest in shard.result.outputs.items()
        }
        rejected = {
            shard.rejected: shard.result.outputs[f"rejected/{shard.rejected.name}"]
            for shard in (*self.cleaned, *self.withheld)
            if shard.rejected is not None
        }
        held = {shard.path: shard.digest for shard in self.held}
        return {**kept, **rejected, **held}

    @property
    def rejected(self) -> list[Path]:
        """Every shard of rejected rows."""
        return [shard.rejected for shard in self.shards if shard.rejected is not None]


def prepare(workspace: Workspace, configuration: Configuration, runner: Runner) -> Prepared:
    """Everything up to the release: clean, sign, cluster, keep."""
    crawls = find_crawls(workspace)
    units = units_of(crawls)
    refused = [record_crawl_rejects(crawl, workspace=workspace) for crawl in crawls]
    workers = runner.processes(len(units), configuration.run.workers)
    masks = configuration.personal_data.config(workspace.root, environment())
    cleaning = replace(configuration.for_cleaning(), workers=workers, masks=masks)
    cleaned = runner.map("clean", partial(clean_unit, workspace=workspace, config=cleaning), units)
    dedup = configuration.for_dedup()
    sign = partial(sign_documents, workspace=workspace, config=dedup)
    healthy, held = _without_sick(workspace, units, cleaned)
    signatures = runner.map("sign", sign, healthy)
    documents, withheld = healthy, tuple[Shard, ...]()
    if Register.of(workspace.root).takedowns:
        documents, signatures = _without_takedowns(workspace, healthy, signatures, sign, runner)
        withheld = tuple(documents)
    cluster = partial(cluster_documents, documents=documents, workspace=workspace, config=dedup)
    (verdicts,) = runner.map("cluster", cluster, [signatures])
    passages = None
    if dedup.passages != "keep":
        find = partial(passages_of, verdicts=verdicts, workspace=workspace)
        (passages,) = runner.map("passages", find, [documents])
    if passages is not None and dedup.passages == "cut":
        settle = partial(
            settle_documents,
            verdicts=verdicts,
            passages=passages,
            workspace=workspace,
            config=dedup,
        )
        (verdicts,) = runner.map("settle", settle, [documents])
    keep = partial(keep_documents, workspace=workspace, config=dedup, passages=passages)
    judged = [Judged(documents=d, verdicts=v) for d, v in zip(documents, verdicts, strict=True)]
    kept = rows = runner.map("keep", keep, judged)
    if configuration.decontaminate.mode == "flag" and any(workspace.benchmarks.glob("*.parquet")):
        kept = runner.map("flag", partial(flag_kept, workspace=workspace), kept)
    for name in ("kept", "flagged"):
        _remove_others(workspace.dedup / name, [*rows, *kept])
    return Prepared(
        crawls=tuple(crawls),
        refused=tuple(shard for shard in refused if shard is not None),
        cleaned=tuple(cleaned),
        held=tuple(held),
        withheld=withheld,
        kept=tuple(kept),
    )


def _without_sick(
    workspace: Workspace, units: Sequence[Unit], cleaned: Sequence[Shard]
) -> tuple[list[Shard], list[Shard]]:
    """The documents of healthy crawls, and the others', held back. Raises Failed if none is."""
    why = judge_crawls(workspace, units, cleaned)
    pairs = list(zip(units, cleaned, strict=True))
    healthy = [shard for unit, shard in pairs if unit.crawl.name not in why]
    if not healthy:
        raise Failed(
            "every crawl here is in quarantine: see `kazcorpus health show`, mend the sources or"
            " let a crawl in with `kazcorpus health let-in`"
        )
    sick = [(unit, shard) for unit, shard in pairs if unit.crawl.name in why]
    return healthy, [hold_back(unit, s, why[unit.crawl.name], workspace) for unit, s in sick]


def _without_takedowns(
    workspace: Workspace,
    cleaned: Sequence[Shard],
    signatures: Sequence[Shard],
    sign: Callable[[Shard], Shard],
    runner: Runner,
) -> tuple[list[Shard], list[Shard]]:
    """The documents that may go on, and their signatures."""
    pairs = [Signed(documents=d, signatures=s) for d, s in zip(cleaned, signatures, strict=True)]
    rest = runner.map("withhold", partial(withhold, workspace=workspace), pairs)
    changed = [shard for shard in rest if shard.rejected is not None]
    anew = {shard.name: shard for shard in runner.map("sign", sign, changed)} if changed else {}
    signed = [anew.get(shard.name, known) for shard, known in zip(rest, signatures, strict=True)]
    return rest, signed


def _remove_others(folder: Path, shards: Sequence[Shard]) -> None:
    """Remove kept rows of shards that are no more: they may hold what was taken down."""
    names = {shard.path for shard in shards}
    for path in {*folder.glob("*.parquet")} - names:
        path.with_name(f"{path.name.removesuffix('.parquet')}.stage.json").unlink(missing_ok=True)
        path.unlink()
