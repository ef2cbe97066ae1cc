"""What is known of the owner's will about one page: of its origin, its headers and its markup.

The grammars are in `kaz_datasets.rights`. What the origin's files said when the page was fetched
stands in the archive beside the page, so that cleaning judges by the archive alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaz_cleaning.page_licence import licence_statements
from kaz_datasets.rights.judge import judge, read_statements
from kaz_datasets.rights.page import header_statements, meta_statements


@dataclass(frozen=True)
class Rights:
    """Statements seen, sorted, as `where:name=value`, and whether one refuses training."""

    signals: list[str]
    refusal: str | None = None
    """The first statement that refuses."""

    @property
    def refuses_training(self) -> bool:
        """Whether the owner said no to training, in any form that is understood."""
        return self.refusal is not None


def read_rights(
    headers: Mapping[str, str], tree: Any | None, recorded: Iterable[str] = ()
) -> Rights:
    """Read response headers (lower-case names), parsed markup, and what the archive recorded."""
    statements = [
        *read_statements(recorded),
        *header_statements(headers),
        *meta_statements(_meta_elements(tree)),
        *licence_statements(tree),
    ]
    verdict = judge(statements)
    return Rights(list(verdict.signals), verdict.refusal)


def _meta_elements(tree: Any | None) -> Iterator[tuple[str, str]]:
    for element in tree.iter("meta") if tree is not None else ():
        name = element.get("name") or element.get("http-equiv") or ""
        yield name, element.get("content") or ""
