"""From a release folder to a repo on the Hub."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kaz_datasets.errors import NotFound, Refused
from kaz_datasets.files import sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing import Published, publish
from kaz_datasets.publishing.ledger import REAL_HUB, Ledger, Publication
from kaz_datasets.release.manifest import MANIFEST
from kaz_datasets.shards import read_shard
from kaz_datasets.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class PublishTarget:
    """Where a release goes. The token is kept out of every representation of it."""

    repo: str
    token: str = field(repr=False)
    endpoint: str | None = None
    private: bool = True
    timeout: float = 60.0
    """Seconds that the Hub may stay silent."""


def publish_release(release: Path, target: PublishTarget, progress: Progress = silent) -> Published:
    """Publish a release folder, unless a row in it has no stated right, and enter it in the ledger.

    Raises Refused naming the sources without a right, and what `kaz_datasets.publishing` raises.
    """
    refuse_unclear_rights(release)
    published = publish(
        release,
        target.repo,
        version=release.resolve().name,
        endpoint=target.endpoint,
        token=target.token,
        private=target.private,
        timeout=target.timeout,
        progress=progress,
    )
    folder = release.resolve()
    Ledger.of(folder.parent).enter(
        Publication(
            repo=published.repo,
            version=folder.name,
            commit=published.commit,
            digest=sha256_of(folder / MANIFEST),
            endpoint=target.endpoint or REAL_HUB,
        )
    )
    return published


def refuse_unclear_rights(release: Path) -> None:
    """Raise Refused if any row's rights basis is "unclear"; a local release may hold such rows."""
    found: dict[str, int] = {}
    for shard in sorted(release.glob("data/*/*/*.parquet")):
        table = read_shard(shard, ["source", "rights"])
        for row in table.to_pylist():
            if row["rights"]["basis"] == "unclear":
                found[row["source"]] = found.get(row["source"], 0) + 1
    if found:
        listed = ", ".join(f"{source} ({rows} rows)" for source, rows in sorted(found.items()))
        raise Refused(
            f"not published, for these sources state no right to use their text: {listed};"
            " state one in the source file or with `kazcorpus ingest warc --rights`, build again"
        )


def release_folder(workspace: Workspace, version: str) -> Path:
    """The folder of one release. Raises NotFound naming the releases that there are."""
    folder = workspace.releases / version.removeprefix("v")
    if not (folder / "release.json").is_file():
        there = sorted(path.parent.name for path in workspace.releases.glob("*/release.json"))
        raise NotFound(
            f"there is no release {version} in {workspace.root}"
            f" (there is: {', '.join(there) or 'none yet'}): run `kazcorpus build`"
        )
    return folder
