"""The facts of a source's example pages, recorded once from the live site.

Facts only, never the text: they show that the pages existed and what the pipeline made of them,
and they infringe nobody's rights. The file is `recordings/<id>.json` beside the source file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, ValidationError, model_validator

from kaz_crawlers.problems import Problem, warning
from kaz_crawlers.source import Source
from kaz_datasets.errors import Corrupt
from kaz_datasets.files import write_json
from kaz_datasets.strict_toml import StrictModel

FOLDER: Final = "recordings"
ENDS: Final = 5
"""Words of the beginning and of the end that are kept: enough to recognise, too few to read."""
LONGEST_WORD: Final = 100
OLDEST: Final = timedelta(days=2 * 365)
LARGEST_FILE: Final = 1 << 20

Word = Annotated[str, Field(max_length=LONGEST_WORD)]


class RecordedPage(StrictModel):
    """What became of one example page."""

    url: str
    dropped: str | None = None
    """The rule that dropped it and its value, or why it could not be fetched; None if kept."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Of the text as a release would hold it, UTF-8."""
    words: Annotated[int, Field(ge=0)] = 0
    first: Annotated[tuple[Word, ...], Field(max_length=ENDS)] = ()
    last: Annotated[tuple[Word, ...], Field(max_length=ENDS)] = ()

    @model_validator(mode="after")
    def _kept_or_dropped(self) -> Self:
        if (self.dropped is None) == (self.sha256 is None):
            raise ValueError("a page is either kept, with sha256, or dropped, with a reason")
        return self


class Recording(StrictModel):
    """What the example pages of a source were on one day."""

    source: str
    recorded: date
    pages: tuple[RecordedPage, ...]


def page_of_text(url: str, text: str, words: int) -> RecordedPage:
    """The facts of a page that was kept."""
    tokens = [token[:LONGEST_WORD] for token in text.split()]
    return RecordedPage(
        url=url,
        sha256=sha256(text.encode()).hexdigest(),
        words=words,
        first=tuple(tokens[:ENDS]),
        last=tuple(tokens[-ENDS:]),
    )


def recording_file(source_file: Path) -> Path:
    """Where the recording of a source file lies."""
    return source_file.parent / FOLDER / f"{source_file.stem}.json"


def write_recording(path: Path, recording: Recording) -> None:
    """Write a recording, whole or not at all."""
    write_json(path, recording.model_dump(mode="json", exclude_none=True))


def read_recording(path: Path) -> Recording | None:
    """The recording in `path`, None where there is none. Raises Corrupt."""
    if not path.is_file():
        return None
    if path.stat().st_size > LARGEST_FILE:
        raise Corrupt(f"{path} is no recording (over 1 MiB): remove it and record again")
    try:
        return Recording.model_validate(json.loads(path.read_bytes()))
    except (ValueError, RecursionError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise Corrupt(f"{path} is no recording ({reason}): remove it and record again") from error


def recording_problems(source: Source, recording: Recording | None, today: date) -> list[Problem]:
    """What a recording says against its source, or that there is none."""
    again = f"`kazcorpus sources record {source.id}`"
    if recording is None:
        if not source.urls.examples:
            return []  # nothing there to be recorded yet, which is said of the guesses
        return [warning("urls.examples", f"nobody has recorded the example pages: {again}")]
    return list(_against(source, recording, today, again))


def _against(source: Source, recording: Recording, today: date, again: str) -> Iterator[Problem]:
    recorded = {page.url for page in recording.pages}
    if recording.source != source.id or recorded != set(source.urls.examples):
        yield warning("urls.examples", f"the recording is of other examples: {again}")
    if today - recording.recorded > OLDEST:
        yield warning("urls.examples", f"recorded {recording.recorded}, long ago: {again}")
    for page in recording.pages:
        if page.dropped is not None:
            yield warning("urls.examples", f"{page.url} was dropped ({page.dropped}) when recorded")
