"""Between signatures and clusters: documents that were taken down, or are like one that was, go.

Before clustering, so that a document that comes back stands for no other: of its cluster one that
may be published is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.account import Account, Bookkeeper
from kaz_datasets.arrow import compute as pc
from kaz_datasets.files import sha256_of
from kaz_datasets.record import REJECTED_SCHEMA
from kaz_datasets.release.removed_rows import TAKEDOWN
from kaz_datasets.shards import ShardWriter, iter_batches, open_shard
from kaz_datasets.stage import Stage
from kaz_datasets.takedown.register import Register
from kaz_datasets.workspace import Workspace
from kaz_flows.steps import Shard
from kaz_flows.tombstones import Tombstones

STAGE: Final = "takedown"
WITHHOLDING_VERSION: Final = 1
_ROWS: Final = 4096


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A shard of documents and its signatures."""

    documents: Shard
    signatures: Shard

    @property
    def name(self) -> str:
        """The name of the unit."""
        return self.documents.name


def withhold(signed: Signed, *, workspace: Workspace) -> Shard:
    """The shard without what was taken down: the very same where nothing was."""
    tombstones, register = Tombstones.of(workspace), Register.of(workspace.root)
    documents = signed.documents
    folder = workspace.dedup / "withheld"
    rest, rejected = (
        folder / f"{signed.name}.parquet",
        folder / "rejected" / f"{signed.name}.parquet",
    )
    stage = Stage(
        name=signed.name,
        folder=folder,
        inputs={
            "documents": documents.digest,
            "signatures": signed.signatures.digest,
            "tombstones": tombstones.digest,
            "register": sha256_of(register.path),
        },
        config={},
        version=WITHHOLDING_VERSION,
    )

    def work() -> tuple[Account, Sequence[Path]]:
        for path in (rest, rejected):
            path.unlink(missing_ok=True)
        alike = tombstones.blocked(documents.path, signed.signatures.path)
        # addresses and hosts stay barred for what is fetched from them later
        ids = sorted({*alike, *register.barred([documents.path]).ids})
        here = _present(ids, documents.path)
        return _split(documents.path, here, rest, rejected), [rest, rejected] if here else []

    result = stage.run(work)
    digest = result.outputs.get(rest.name)
    if digest is None:
        return Shard(
            name=documents.name,
            path=documents.path,
            digest=documents.digest,
            rejected=None,
            result=result,
        )
    # another name, for other signatures and other kept rows
    name = f"{documents.name}.rest"
    return Shard(name=name, path=rest, digest=digest, rejected=rejected, result=result)


def _present(ids: Sequence[str], documents: Path) -> list[str]:
    """Those of the ids that the shard has."""
    wanted, found = pa.array(ids, pa.string()), set[str]()
    for batch in iter_batches(documents, ["id"], rows=_ROWS):
        column = batch.column("id")
        found.update(map(str, column.filter(pc.is_in(column, value_set=wanted)).to_pylist()))
    return sorted(found)


def _split(documents: Path, ids: Sequence[str], rest: Path, rejected: Path) -> Account:
    """Write the rows that stay and why the others go; nothing where all stay."""
    books = Bookkeeper()
    wanted = pa.array(ids, pa.string())
    if not ids:
        for batch in iter_batches(documents, ["source"], rows=_ROWS):
            _book(books, batch.column("source"), None)
        return books.account()
    with open_shard(documents) as shard:
        schema = shard.schema_arrow
    with ShardWriter(rest, schema) as stays, ShardWriter(rejected, REJECTED_SCHEMA) as goes:
        for batch in iter_batches(documents, rows=_ROWS):
            gone = pc.is_in(batch.column("id"), value_set=wanted)
            kept, out = batch.filter(pc.invert(gone)), batch.filter(gone)
            stays.write_table(pa.Table.from_batches([kept]))
            goes.write(
                [
                    {**row, "stage": STAGE, "rule": TAKEDOWN, "value": None}
                    for row in out.select(["id", "url", "source"]).to_pylist()
                ]
            )
            _book(books, kept.column("source"), None)
            _book(books, out.column("source"), TAKEDOWN)
    return books.account()


def _book(books: Bookkeeper, sources: Any, rule: str | None) -> None:
    for count in sources.value_counts().to_pylist():
        name, rows = str(count["values"]), int(count["counts"])
        books.enter(name, rows)
        if rule is None:
            books.keep(name, rows)
        else:
            books.drop(name, rule, rows)
