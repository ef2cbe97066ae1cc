"""What follows from all statements together.

Any refusal wins, whoever made it and wherever it stands: draft-ietf-aipref-vocab, section 5.1, asks
for the most restrictive preference, and no other signal says that a yes undoes a no, with one
exception. TDMRep: a header supersedes tdmrep.json and a meta element supersedes the header
(section "Processing priority"); so of its statements only the last of these counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kaz_datasets.rights import ai_txt, aipref, content_signals, robots_tag, tdmrep
from kaz_datasets.rights.statement import PLACES, PRODUCT_TOKEN, Statement

_TDM_ORDER: Final = (tdmrep.PLACE, "header", "meta")
_READERS: Final = {
    aipref.NAME: aipref.read,
    content_signals.NAME: content_signals.read,
    tdmrep.RESERVATION: tdmrep.read_reservation,
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All statements seen, sorted, and the one that refuses."""

    signals: tuple[str, ...] = ()
    refusal: str | None = None


def judge(statements: Iterable[Statement]) -> Verdict:
    """What the statements about one page mean for training on it."""
    by_text = {str(statement): statement for statement in statements}
    ordered = sorted(by_text.values(), key=_order)
    refusals = (str(each) for each in ordered if _refuses(each, ordered))
    return Verdict(signals=tuple(sorted(by_text)), refusal=next(refusals, None))


def read_statement(text: str) -> Statement | None:
    """A statement as it was written by `str`; None for what is none."""
    where, colon, rest = text.partition(":")
    name, equals, value = rest.partition("=")
    if not colon or not equals or where not in PLACES:
        return None
    if where == ai_txt.PLACE:
        return ai_txt.read(name, value)
    if name in (robots_tag.HEADER, robots_tag.META, PRODUCT_TOKEN):
        return robots_tag.read(where, name, value)
    read = _READERS.get(name)
    return read(where, value) if read else Statement(where=where, name=name, value=value)


def read_statements(texts: Iterable[str]) -> list[Statement]:
    """As `read_statement`, of many."""
    return [statement for text in texts if (statement := read_statement(text)) is not None]


def _order(statement: Statement) -> tuple[int, str]:
    return PLACES.index(statement.where), str(statement)


def _refuses(statement: Statement, among: Sequence[Statement]) -> bool:
    if statement.training is not False:
        return False
    return statement.name != tdmrep.RESERVATION or not _is_superseded(statement, among)


def _is_superseded(statement: Statement, among: Sequence[Statement]) -> bool:
    rank = _tdm_rank(statement)
    return any(
        other.name == tdmrep.RESERVATION and other.training is not None and _tdm_rank(other) > rank
        for other in among
    )


def _tdm_rank(statement: Statement) -> int:
    return _TDM_ORDER.index(statement.where) if statement.where in _TDM_ORDER else -1
