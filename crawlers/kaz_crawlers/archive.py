"""The archive folder of one crawl: which files it holds, and what it says of its source."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from kaz_crawlers.source import read_source
from kaz_datasets.errors import Corrupt, NotFound
from kaz_datasets.files import write_json
from kaz_datasets.source_facts import SourceFacts

SOURCE_FILE: Final = "source.toml"
"""In the archive of a crawl: the source as it was crawled."""
FACTS_FILE: Final = "facts.json"
"""In an archive made from others' WARC files: what is known of the source."""


def archive_facts(folder: Path) -> SourceFacts:
    """What the archive in `folder` says of its source, crawled or taken in.

    Raises NotFound if it says nothing, BadConfiguration or Corrupt if that cannot be read.
    """
    if (folder / SOURCE_FILE).is_file():
        return read_source(folder / SOURCE_FILE).facts()
    try:
        values = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        return SourceFacts(**{**values, "remove": tuple(values["remove"])})
    except FileNotFoundError as error:
        raise NotFound(
            f"{folder} is no archive: it has neither {SOURCE_FILE} nor {FACTS_FILE}"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise Corrupt(
            f"{folder / FACTS_FILE} cannot be read ({error}): take the files in again"
        ) from error


def write_facts(folder: Path, facts: SourceFacts) -> None:
    """Let the archive in `folder` say what is known of its source."""
    write_json(folder / FACTS_FILE, asdict(facts))
