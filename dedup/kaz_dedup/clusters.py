"""Signatures → clusters: which documents are one and the same, and which of them stays.

Documents of equal text are one at once. For the others each band names candidates, whose shingle
sets are compared exactly; what is as alike as the threshold is united. The result depends on the
documents and the configuration alone, never on shards, their order or that of their rows, nor on
the cut of ranges and who runs the tasks.

Whatever grows with the corpus lies in files, in blocks with checksums: the memory a process must
have is that of one range of `range_rows` documents, times the tasks it runs at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from kaz_datasets.errors import WrongUse
from kaz_datasets.progress import Progress, silent
from kaz_dedup.blocks import Block, BlockFile, Spill, range_of, read_rows, work_folder
from kaz_dedup.buckets import shared_keys, tie_equal_texts, tie_shared_keys, written_takers
from kaz_dedup.components import Components
from kaz_dedup.engines import Engine, Threads
from kaz_dedup.keepers import elect
from kaz_dedup.nodes import Nodes, load_nodes
from kaz_dedup.pairs import BucketRange, Pairs, compare_range
from kaz_dedup.parameters import DedupConfig
from kaz_dedup.shingle_store import ShingleFile, no_shingles, store_shingles
from kaz_dedup.verdicts import clusters_schema, write_clusters, write_verdicts

__all__ = ["clusters_schema", "find_clusters"]


def find_clusters(
    signatures: Sequence[Path],
    documents: Sequence[Path],
    clusters: Path,
    config: DedupConfig,
    progress: Progress = silent,
    *,
    text: str = "text",
    id: str = "id",  # noqa: A002 - the name of the column, as in the record
    unique_ids: bool = False,
    pairs: Path | None = None,
    verdicts: Sequence[Path] = (),
    run: Engine | None = None,
) -> int:
    """Write one row for every distinct id, in the order of ids; return how many clusters there are.

    `signatures[i]` are those of `documents[i]`; without verification there need not be documents.
    A document is kept if it is its own keeper: of a cluster the first by the configuration's rule.
    A member of a cluster that is less alike than the threshold to the keeper is a keeper too, so
    that every dropped document is as alike to its keeper as promised. `pairs` takes each pair of
    unequal texts that was compared, its similarity and the verdict. `verdicts[i]` takes the same
    as `clusters` for each row of `documents[i]`, in its order: what `keep_shard` reads. `run` does
    the tasks; by default `config.threads` threads.
    Raises WrongUse, RepeatedId, NotFound, Corrupt and DiskFull.
    """
    unread = not documents and not config.verify
    if not signatures or (len(signatures) != len(documents) and not unread):
        raise WrongUse(
            f"{len(signatures)} signature shards for {len(documents)} document shards:"
            " give one for each, at least one"
        )
    run = run or Threads(config.threads)
    with work_folder(clusters) as folder:
        nodes = load_nodes(signatures, documents, config, unique_ids, folder)
        components = Components(folder, nodes.bounds)
        try:
            tie_equal_texts(nodes, components, folder)
            components.settle()
            with BlockFile(folder / "sets") as file:
                # of documents of equal text, the first speaks for all
                sets = [file.append(components.roots(part)) for part in range(nodes.ranges)]
                takers = written_takers(nodes, sets, file)
            compared = Pairs(nodes, folder)
            if config.verify:
                step = _Verification(nodes, takers, components, compared, config, folder, run)
                store = step.all_bands(documents, (id, text), progress)
            else:
                store = _tie_all(nodes, takers, components, config, folder, run, progress)
            found = elect(nodes, components, sets, store, config, folder, run)
            if pairs is not None:
                compared.write(pairs, config.threshold)
            write_clusters(clusters, nodes, found)
            if verdicts:
                write_verdicts(verdicts, nodes, found, folder)
            return _count(nodes, components)
        finally:
            components.close()


def _tie_all(
    nodes: Nodes,
    takers: Sequence[Block],
    components: Components,
    config: DedupConfig,
    folder: Path,
    run: Engine,
    progress: Progress,
) -> ShingleFile:
    bands, _ = config.bands
    for band in range(bands):
        tie_shared_keys(nodes, takers, band, components, folder, run)
        progress(band + 1, bands, "bands sorted")
    components.settle()
    return no_shingles(folder)


class _Verification:
    """Finds what shares a key, reads it once, and compares it band by band."""

    def __init__(
        self,
        nodes: Nodes,
        takers: Sequence[Block],
        components: Components,
        compared: Pairs,
        config: DedupConfig,
        folder: Path,
        run: Engine,
    ) -> None:
        self._nodes, self._takers, self._components = nodes, takers, components
        self._compared, self._config, self._folder, self._run = compared, config, folder, run

    def all_bands(
        self, documents: Sequence[Path], columns: tuple[str, str], progress: Progress
    ) -> ShingleFile:
        """Tie all that is alike; return the shingle sets."""
        bands, _ = self._config.bands
        shared = []
        for band in range(bands):
            shared.append(shared_keys(self._nodes, self._takers, band, self._folder, self._run))
            progress(band + 1, bands, "bands sorted")
        words = self._config.shingle_words
        store = store_shingles(
            self._folder, documents, self._nodes, shared, words, columns, progress
        )
        for band in range(bands):
            self._compare(band, shared[band], store)
            progress(band + 1, bands, "bands compared")
        return store

    def _compare(self, band: int, shared: Sequence[Sequence[Block]], store: ShingleFile) -> None:
        """Compare with the clusters of the bands before: no order inside a band counts."""
        path = self._folder / "buckets"
        with BlockFile(path) as file:
            for found in self._run(
                compare_range, self._tasks(band, self._spilled(shared, file), store)
            ):
                self._compared.adopt(found.pairs)
                self._components.adopt(found.edges)
        path.unlink()
        self._components.settle()

    def _spilled(self, shared: Sequence[Sequence[Block]], file: BlockFile) -> Spill:
        """Keys, nodes, their words and roots, by ranges of keys."""
        nodes = self._nodes
        spill = Spill(file, nodes.ranges, 4)
        for part in range(nodes.ranges):
            if shared[part]:
                rows = read_rows(shared[part], 2)
                keys, found = rows[:, 0], rows[:, 1].astype(np.int64)
                here = found - nodes.bounds[part]
                words = nodes.facts_of(part).column("words").to_numpy()[here]
                roots = self._components.roots(part)[here]
                spill.append(range_of(keys, spill.ranges), keys, found, words, roots)
        return spill

    def _tasks(self, band: int, spill: Spill, store: ShingleFile) -> Iterator[BucketRange]:
        for part in range(spill.ranges):
            yield BucketRange(
                blocks=spill.blocks(part),
                bounds=self._nodes.bounds,
                store=store,
                config=self._config,
                output=self._folder / f"compared-{band:03}-{part:05}",
            )


def _count(nodes: Nodes, components: Components) -> int:
    return sum(
        int((components.roots(part) == nodes.numbers(part)).sum()) for part in range(nodes.ranges)
    )
