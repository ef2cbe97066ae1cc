"""What an ingest skipped, as rejected rows of a build: they lie beside the archive already."""

from __future__ import annotations

from kaz_crawlers.inputs.text_archive import REJECTED_FILE, finished_ingest
from kaz_flows.plan import Crawl
from kaz_flows.steps import Shard


def ingest_rejects(crawl: Crawl) -> Shard | None:
    """The account and the rejected rows of one ingest; None for an archive made otherwise.

    Raises Corrupt for a record that cannot be read.
    """
    result = finished_ingest(crawl.folder)
    if result is None:
        return None
    path = crawl.folder / REJECTED_FILE
    digest = result.outputs[REJECTED_FILE]
    return Shard(name=crawl.name, path=path, digest=digest, rejected=path, result=result)
