"""`kazcorpus ingest`: what others gathered becomes part of the archive."""

from __future__ import annotations

import click

from kaz_flows.cli.ingest_pages import common_crawl, warc
from kaz_flows.cli.ingest_texts import jsonl, oai, pdf, text, wikimedia


@click.group()
def ingest() -> None:
    """Take in what others gathered: archives, dumps, catalogues, texts."""


for command in (warc, common_crawl, wikimedia, oai, pdf, text, jsonl):
    ingest.add_command(command)
