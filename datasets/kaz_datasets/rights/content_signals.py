"""Content Signals: `Content-Signal: search=yes, ai-train=no`, a line of robots.txt and a header.

contentsignals.org and draft-romm-aipref-contentsignals-00 give the words `search`, `ai-input` and
`ai-train`, answered `yes` or `no`; a word that is absent neither grants nor restricts. Neither
gives a grammar, so any separators and letter case are read.
"""

from __future__ import annotations

import re
from typing import Final

from kaz_datasets.rights.statement import LONGEST_READ, Statement, one_line, shortened

NAME: Final = "content-signal"

_PAIR: Final = re.compile(r"(?<![\w-])([a-z][a-z-]{0,30})\s{0,9}=\s{0,9}([a-z]+)")
_TRAINING: Final = "ai-train"


def read(where: str, value: str) -> Statement:
    """What the signals say of training; `no` wins over a `yes` beside it."""
    stated = one_line(value[:LONGEST_READ]).lower()
    answers = {answer for word, answer in _PAIR.findall(stated) if word == _TRAINING}
    training = False if "no" in answers else True if "yes" in answers else None
    shown = shortened(stated, {False: "ai-train=no", True: "ai-train=yes"}, training)
    return Statement(where=where, name=NAME, value=shown, training=training)
