"""What texts are looked up by, without reading them again: signatures and sampled shingles.

Made when a shard is first asked for and named by the digest of its content, so that it is never
stale; removed when no shard has that content any more. No text is in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kaz_datasets.files import sha256_of
from kaz_datasets.release.manifest import MANIFEST, read_manifest
from kaz_datasets.shards import ShardWriter, iter_batches
from kaz_datasets.workspace import Workspace
from kaz_dedup import DedupConfig, shingle_hashes
from kaz_dedup.signatures import sign_shard

Hashes = npt.NDArray[np.uint64]

SAMPLED: Final = 8
"""One shingle in 8 is kept, the same ones in every text: those whose hash is a multiple of it
(FracMinHash; Irber et al. 2022, "Lightweight compositional analysis of metagenomes with
FracMinHash"). Unlike MinHash it tells how much of a short text a long one holds."""

_SKETCH: Final = pa.schema(
    [pa.field("row", pa.int64(), nullable=False), pa.field("shingle", pa.uint64(), nullable=False)]
)
_ROWS: Final = 512


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """The looked-up forms of a workspace's shards."""

    workspace: Workspace

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.workspace.dedup / "lookup"

    def signatures(self, shard: Path) -> Path:
        """The MinHash signatures of a shard: those of the build, or made now."""
        digest = self.digest_of(shard)
        if shard.is_relative_to(self.workspace.documents):
            name = "--".join(shard.relative_to(self.workspace.documents).parts)
            name = name.removesuffix(".parquet")
            built = self.workspace.dedup / "signatures" / f"{name}.parquet"
            if _made_from(built.with_name(f"{name}.stage.json"), digest) and built.is_file():
                return built
        path = self.folder / f"{digest}.signatures.parquet"
        if not path.is_file():
            sign_shard(shard, path, DedupConfig())
        return path

    def sketch(self, shard: Path) -> Path:
        """The sampled shingles of a shard, with the number of the row that holds each."""
        path = self.folder / f"{self.digest_of(shard)}.sketch.parquet"
        if path.is_file():
            return path
        first = 0
        with ShardWriter(path, _SKETCH) as writer:
            for batch in iter_batches(shard, ["text"], rows=_ROWS):
                hashes = [sampled(found) for found in shingle_hashes(batch.column("text"))]
                sizes = [len(found) for found in hashes]
                columns: dict[str, Any] = {
                    "row": np.repeat(np.arange(first, first + len(hashes)), sizes),
                    "shingle": np.concatenate([np.empty(0, np.uint64), *hashes]),
                }
                writer.write_table(pa.table(columns, schema=_SKETCH))
                first += batch.num_rows
        return path

    def digest_of(self, shard: Path) -> str:
        """The digest of a shard, from the record of who wrote it where there is one."""
        stem = shard.name.removesuffix(".parquet")
        known = _recorded(shard.with_name(f"{stem}.stage.json"), shard)
        if known is None and shard.is_relative_to(self.workspace.releases):
            version = shard.relative_to(self.workspace.releases).parts[0]
            folder = self.workspace.releases / version
            known = _released(folder / MANIFEST).get(shard.relative_to(folder).as_posix())
        return known or sha256_of(shard)

    def sweep(self, shards: Iterable[Path]) -> None:
        """Remove what belongs to no shard any more."""
        digests = {self.digest_of(shard) for shard in shards}
        for path in self.folder.glob("*.parquet"):
            if path.name.partition(".")[0] not in digests:
                path.unlink()


def sampled(hashes: Hashes) -> Hashes:
    """The shingles that stand for all."""
    mask: npt.NDArray[np.bool_] = hashes % np.uint64(SAMPLED) == 0
    return hashes[mask]


def _recorded(record: Path, shard: Path) -> str | None:
    try:
        outputs = json.loads(record.read_text(encoding="utf-8"))["outputs"]
        entry = outputs[shard.name]
    except (OSError, ValueError, KeyError):
        return None
    return str(entry["sha256"]) if entry["bytes"] == shard.stat().st_size else None


def _made_from(record: Path, digest: str) -> bool:
    try:
        return bool(json.loads(record.read_text("utf-8"))["inputs"]["documents"] == digest)
    except (OSError, ValueError, KeyError):
        return False


def _released(manifest: Path) -> dict[str, str]:
    return {entry.path: entry.sha256 for entry in read_manifest(manifest.parent).files}
