"""What the writer of an archive knew of a record that its payload does not say.

robots.txt, a dump's metadata or a journal's catalogue say things about a page that the page itself
does not. They travel in the WARC record as one header field of our own, which other readers ignore
(WARC 1.1, section 4: fields with unrecognised names are ignored), so that cleaning stays a pure
function of the archive.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

RECORD_FACTS_HEADER: Final = "Kazcorpus-Facts"
_LONGEST: Final = 8192
"""Characters of the field: beyond it the facts are taken for damage, not for facts."""


@dataclass(frozen=True, kw_only=True)
class RecordFacts:
    """All optional; empty for an ordinary page."""

    signals: tuple[str, ...] = ()
    """Statements about use that were found outside the page, as `<where>:<name>=<value>`."""
    title: str | None = None
    published_at: date | None = None
    licence: str | None = None
    """SPDX identifier or address, as the dump or catalogue states it for this record."""
    author: str | None = None
    language: str | None = None
    """As stated by others (BCP 47); never believed, only kept."""
    extractor: str | None = None
    """`name/version` of what made plain text of the original, where something did."""

    came_from: str | None = None
    """Where a record was taken from that others had archived, as `<address>@<offset>+<length>`."""

    def to_header(self) -> str:
        """One line of ASCII JSON without the empty fields; an empty string if all are empty."""
        values = {name: value for name, value in asdict(self).items() if value}
        if not values:
            return ""
        if self.published_at is not None:
            values["published_at"] = self.published_at.isoformat()
        return json.dumps(values, ensure_ascii=True, sort_keys=True)

    @classmethod
    def from_header(cls, line: str) -> RecordFacts:
        """The facts that `to_header` wrote. What cannot be read is as good as absent."""
        if not line or len(line) > _LONGEST:
            return cls()
        try:
            return _checked(json.loads(line))
        except (ValueError, TypeError, AttributeError):
            return cls()


NO_FACTS: Final = RecordFacts()
"""Of an ordinary page."""


def _checked(values: dict[str, Any]) -> RecordFacts:
    day = values.get("published_at")
    return RecordFacts(
        signals=tuple(str(signal) for signal in values.get("signals", ())),
        published_at=date.fromisoformat(day) if day else None,
        **{
            name: str(values[name])
            for name in ("title", "licence", "author", "language", "extractor", "came_from")
            if values.get(name)
        },
    )
