"""The steps of a build, each a plain function of files: done once, skipped while nothing changed.

Arguments and results are small, frozen and picklable, so that a step can run anywhere that sees
the workspace's files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.stage import CLEANING_VERSION, clean_archive
from kaz_datasets.account import Account
from kaz_datasets.stage import Stage, StageResult
from kaz_datasets.workspace import Workspace
from kaz_dedup.clusters import find_clusters
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.passages import PassageConfig, find_passages
from kaz_dedup.signatures import sign_shard
from kaz_dedup.stage import DEDUP_VERSION, keep_shard
from kaz_dedup.twins import settle_twins
from kaz_flows.masking import fingerprint
from kaz_flows.plan import Unit


@dataclass(frozen=True, kw_only=True)
class Shard:
    """A shard that a step made, with its digest, the rejected rows beside it and the account."""

    name: str
    path: Path
    digest: str
    rejected: Path | None
    result: StageResult


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A shard of documents, and what became of each of its rows."""

    documents: Shard
    verdicts: Shard

    @property
    def name(self) -> str:
        """The name of the shard."""
        return self.documents.name


def clean_unit(unit: Unit, *, workspace: Workspace, config: CleaningConfig) -> Shard:
    """One WARC file to documents."""
    folder = workspace.documents / unit.crawl.name
    # the whole name: `a.warc` and `a.warc.gz` may lie side by side
    documents = folder / f"{unit.archive.name}.parquet"
    rejected = folder / "rejected" / documents.name
    digest = workspace.storage.digest(unit.archive)
    stage = Stage(
        name=unit.archive.name,
        folder=folder,
        inputs={"archive": digest},
        # how many processes did the work does not change what they made
        config={**_recorded(config), "facts": asdict(unit.crawl.facts)},
        version=CLEANING_VERSION,
        storage=workspace.storage,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        with workspace.storage.having({unit.archive: digest}):
            account = clean_archive(unit.archive, unit.crawl.facts, config, documents, rejected)
        return account, [documents, rejected]

    return _shard(unit.flat_name, documents, rejected, stage.run(work), folder)


def _recorded(config: CleaningConfig) -> dict[str, Any]:
    """The configuration as the stage's record states it: the key of pseudonyms only as a mark."""
    masks = replace(config.masks, key=fingerprint(config.masks.key))
    return asdict(replace(config, workers=0, masks=masks))


def sign_documents(documents: Shard, *, workspace: Workspace, config: DedupConfig) -> Shard:
    """One shard of documents to MinHash signatures."""
    folder = workspace.dedup / "signatures"
    path = folder / f"{documents.name}.parquet"
    stage = Stage(
        name=documents.name,
        folder=folder,
        inputs={"documents": documents.digest},
        config=config,
        version=DEDUP_VERSION,
        storage=workspace.storage,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        with workspace.storage.having(files_of(documents)):
            sign_shard(documents.path, path, config)
        return Account(), [path]

    return _shard(documents.name, path, None, stage.run(work), folder)


def cluster_documents(
    signatures: Sequence[Shard],
    documents: Sequence[Shard],
    *,
    workspace: Workspace,
    config: DedupConfig,
) -> tuple[Shard, ...]:
    """All signatures to one table of clusters, and what it says of each shard of documents."""
    path = workspace.dedup / "clusters.parquet"
    verdicts = [workspace.dedup / "verdicts" / f"{shard.name}.parquet" for shard in documents]
    stage = Stage(
        name="clusters",
        folder=workspace.dedup,
        inputs={shard.name: shard.digest for shard in signatures},
        config=config,
        version=DEDUP_VERSION,
        storage=workspace.storage,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        with workspace.storage.having(files_of(*signatures, *documents)):
            find_clusters(
                [shard.path for shard in signatures],
                [shard.path for shard in documents],
                path,
                config,
                verdicts=verdicts,
            )
        return Account(), [path, *verdicts]

    result = stage.run(work)
    return tuple(
        _shard(shard.name, verdict, None, result, workspace.dedup)
        for shard, verdict in zip(documents, verdicts, strict=True)
    )


def passages_of(
    documents: Sequence[Shard], *, verdicts: Sequence[Shard], workspace: Workspace
) -> Shard:
    """The lines that recur over the pages of a host, of documents that are kept."""
    path = workspace.dedup / "passages.parquet"
    config = PassageConfig()
    stage = Stage(
        name="passages",
        folder=workspace.dedup,
        inputs={
            f"{kind} {shard.name}": shard.digest
            for kind, shards in (("documents", documents), ("verdicts", verdicts))
            for shard in shards
        },
        config=config,
        version=DEDUP_VERSION,
        storage=workspace.storage,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        with workspace.storage.having(files_of(*verdicts, *documents)):
            find_passages(
                [shard.path for shard in documents],
                path,
                config,
                verdicts=[shard.path for shard in verdicts],
            )
        return Account(), [path]

    return _shard("passages", path, None, stage.run(work), workspace.dedup)


def settle_documents(
    documents: Sequence[Shard],
    *,
    verdicts: Sequence[Shard],
    passages: Shard,
    workspace: Workspace,
    config: DedupConfig,
) -> tuple[Shard, ...]:
    """The verdicts again, after documents that a cut makes equal have got one keeper."""
    folder = workspace.dedup
    paths = [folder / "settled" / f"{shard.name}.parquet" for shard in documents]
    stage = Stage(
        name="settled",
        folder=folder,
        inputs={
            "passages": passages.digest,
            **{
                f"{kind} {shard.name}": shard.digest
                for kind, shards in (("documents", documents), ("verdicts", verdicts))
                for shard in shards
            },
        },
        config=config,
        version=DEDUP_VERSION,
        storage=workspace.storage,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        with workspace.storage.having(files_of(passages, *verdicts, *documents)):
            settle_twins(
                [shard.path for shard in documents],
                [shard.path for shard in verdicts],
                passages.path,
                paths,
                config,
            )
        return Account(), paths

    result = stage.run(work)
    return tuple(
        _shard(shard.name, path, None, result, folder)
        for shard, path in zip(documents, paths, strict=True)
    )


def keep_documents(
    judged: Judged,
    *,
    workspace: Workspace,
    config: DedupConfig,
    passages: Shard | None = None,
) -> Shard:
    """One shard of documents, with its verdicts, to the rows that no keeper stands for.

    A shard whose verdicts are as before is not touched, whatever became of others.
    """
    documents, verdicts = judged.documents, judged.verdicts
    folder = workspace.dedup / "kept"
    kept = folder / f"{documents.name}.parquet"
    rejected = folder / "rejected" / f"{documents.name}.parquet"
    stage = Stage(
        name=documents.name,
        folder=folder,
        inputs={
            "documents": documents.digest,
            "verdicts": verdicts.digest,
            **({"passages": passages.digest} if passages else {}),
        },
        config=config,
        version=DEDUP_VERSION,
        storage=workspace.storage,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        lines = passages.path if passages else None
        shards = [shard for shard in (documents, verdicts, passages) if shard is not None]
        with workspace.storage.having(files_of(*shards)):
            account = keep_shard(
                documents.path, verdicts.path, kept, rejected, config, passages=lines
            )
        return account, [kept, rejected]

    return _shard(documents.name, kept, rejected, stage.run(work), folder)


def files_of(*shards: Shard) -> dict[Path, str]:
    """The shards' own files with their digests."""
    return {shard.path: shard.digest for shard in shards}


def _shard(
    name: str, path: Path, rejected: Path | None, result: StageResult, folder: Path
) -> Shard:
    digest = result.outputs[path.relative_to(folder).as_posix()]
    return Shard(name=name, path=path, digest=digest, rejected=rejected, result=result)
