"""AIPREF: `Content-Usage`, a header and a rule of robots.txt.

Vocabulary and processing: draft-ietf-aipref-vocab, sections 4 to 6; how it is attached:
draft-ietf-aipref-attach, sections 2 (header) and 3 (robots.txt). The labels of earlier revisions
stay in robots.txt files for years, so they are understood too.
"""

from __future__ import annotations

import re
from typing import Final

from kaz_datasets.rights.statement import LONGEST_READ, Statement, one_line, shortened
from kaz_datasets.rights.structured_fields import NotAField, Token, parse_dictionary

NAME: Final = "content-usage"

_TRAINING: Final = ("train-ai", "train-genai", "genai")
"""Training of models that make text: vocab-05 (`train-ai`), -02 (`train-genai`), -00 (`genai`)."""
_WIDER: Final = ("ai", "tdm", "bots")
"""Categories of earlier revisions that hold training among other uses: they speak of it only
where none of `_TRAINING` is answered (vocab-02 to -04, "check parent")."""


def read(where: str, value: str) -> Statement:
    """What a preference expression says of training.

    By the draft, what cannot be parsed states nothing. Here it may still refuse, never allow: an
    owner who wrote `train-ai = n` has said no.
    """
    stated = one_line(value[:LONGEST_READ])
    try:
        training = _answer(_preferences(stated))
    except NotAField:
        training = False if _says_no_somehow(stated) else None
    shown = shortened(stated, {False: "train-ai=n", True: "train-ai=y"}, training)
    return Statement(where=where, name=NAME, value=shown, training=training)


def _preferences(value: str) -> dict[str, bool]:
    """The labels answered with the tokens `y` or `n`; all else is unknown (vocab, section 6.5)."""
    answers = {"y": True, "n": False}
    return {
        label: answers[member.value]
        for label, member in parse_dictionary(value).items()
        if isinstance(member.value, Token) and member.value in answers
    }


def _answer(preferences: dict[str, bool]) -> bool | None:
    """The most restrictive of the answers, the narrow ones before the wide (vocab, section 5.1)."""
    for labels in (_TRAINING, _WIDER):
        given = [preferences[label] for label in labels if label in preferences]
        if given:
            return all(given)
    return None


def _says_no_somehow(value: str) -> bool:
    members = {re.sub(r"\s", "", member).lower() for member in value.split(",")}
    return any(f"{label}=n" in members for label in (*_TRAINING, *_WIDER))
