"""`noai` and `noimageai`: directives of X-Robots-Tag and of meta robots.

No standard has them; DeviantArt and others brought them in. The syntax is that of search engines:
directives separated by commas, in a header also after the name of one crawler and a colon. `noai`
refuses training; `noimageai` speaks of pictures, which this project does not take.
"""

from __future__ import annotations

import re
from typing import Final

from kaz_datasets.rights.statement import PRODUCT_TOKEN, Statement, one_line

HEADER: Final = "x-robots-tag"
META: Final = "robots"
REFUSAL: Final = "noai"

_SPOKEN_OF: Final = (REFUSAL, "noimageai")
_AGENT: Final = re.compile(r"([a-z0-9_.*/-]+)\s*:\s*(.*)")
_WITH_VALUES: Final = (
    "unavailable_after",
    "max-snippet",
    "max-image-preview",
    "max-video-preview",
)
"""Directives that have a colon of their own."""
_EVERYONE: Final = ("*", "robots", PRODUCT_TOKEN)


def read(where: str, name: str, value: str) -> Statement | None:
    """The directives about AI that hold for us; None where there are none.

    A header sent several times arrives as one list, where a directive after `bot: noindex,` may be
    that bot's or everyone's: it then counts as everyone's. Only one directly behind another
    crawler's name is surely not for us.
    """
    found: list[str] = []
    for part in re.split("[,;]", one_line(value).lower()):
        agent, directive = _agent_and_directive(part.strip())
        for word in directive.split():
            if word in _SPOKEN_OF and agent in _EVERYONE and word not in found:
                found.append(word)
    if not found:
        return None
    training = False if REFUSAL in found else None
    return Statement(where=where, name=name, value=", ".join(found), training=training)


def _agent_and_directive(part: str) -> tuple[str, str]:
    match = _AGENT.fullmatch(part)
    if match is None or match[1] in _WITH_VALUES:
        return "*", part
    return match[1].partition("/")[0], match[2]
