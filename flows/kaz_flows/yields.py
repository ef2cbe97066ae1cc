"""What the hosts of a source gave the last build, for the traffic they bore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from kaz_crawlers.url_states import host_traffic
from kaz_crawlers.yields import BYTES_PER_MEGABYTE, FAIR_MEGABYTES
from kaz_datasets.workspace import Workspace
from kaz_flows.plan import FINISHED


def host_yields(
    workspace: Workspace, source: str, *, fair_megabytes: float = FAIR_MEGABYTES
) -> Mapping[str, float]:
    """Kept words per megabyte fetched, by host, over the crawls of `source` that were built.

    A crawl counts if it is finished and the last build has made shards of all of it: else there
    would be traffic without words. A host that sent less than `fair_megabytes` is left out.
    """
    sent: Counter[str] = Counter()
    shards: list[Path] = []
    for crawl in sorted((workspace.archive / source).glob("*")):
        kept = _kept_shards(workspace, crawl)
        if kept and (crawl / FINISHED).is_file():
            sent.update({host: traffic.bytes for host, traffic in host_traffic(crawl).items()})
            shards += kept
    return yields_of(sent, shards, fair_megabytes=fair_megabytes)


def yields_of(
    sent: Mapping[str, int], shards: Iterable[Path], *, fair_megabytes: float = FAIR_MEGABYTES
) -> Mapping[str, float]:
    """Words in `shards` for each megabyte that a host sent (`sent`: bytes by host)."""
    words: Counter[str] = Counter()
    for shard in shards:
        words.update(_words(shard))
    return {
        host: words[host] * BYTES_PER_MEGABYTE / count
        for host, count in sorted(sent.items())
        if count and count >= fair_megabytes * BYTES_PER_MEGABYTE
    }


def _kept_shards(workspace: Workspace, crawl: Path) -> list[Path]:
    """The kept shards of a crawl; none if one of its archives has no shard."""
    archives = sorted(crawl.glob("*.warc.gz"))
    folder = workspace.dedup / "kept"
    name = f"{crawl.parent.name}--{crawl.name}"  # as `kaz_flows.plan.Unit.flat_name`
    shards = [folder / f"{name}--{path.name}.parquet" for path in archives]
    return shards if all(shard.is_file() for shard in shards) else []


def _words(shard: Path) -> Counter[str]:
    """Kept words by host, two columns of one row group at a time."""
    from kaz_datasets.shards import iter_batches  # pyarrow, which no crawl needs

    words: Counter[str] = Counter()
    for batch in iter_batches(shard, ["host", "words"]):
        for host, count in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            words[host] += count
    return words
