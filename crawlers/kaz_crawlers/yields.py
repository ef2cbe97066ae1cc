"""The yield budget: a host whose pages become no corpus is not worth the traffic it bears.

The yield of a host is how many words of the last build's kept documents came from it, for each
megabyte that was fetched from it.
"""

from __future__ import annotations

from typing import Final

BYTES_PER_MEGABYTE: Final = 1_000_000
FAIR_MEGABYTES: Final = 20.0
"""What a host may send before it is judged, in every crawl: about 300 pages of 60 KB, enough to
see an article section behind the front pages, and to prove a host that was repaired."""
LEAST_WORDS: Final = 50.0
"""Kept words per megabyte. An ordinary article of 300 words on a page of 100 KB gives 3,000; at
50, one page in sixty is such an article, and a million words would cost 20 GB of traffic."""


def host_verdict(
    words_per_megabyte: float | None, megabytes: float, least: float = LEAST_WORDS
) -> bool:
    """Whether to stop asking a host: its yield in the last build is below `least`.

    `megabytes` is what it has sent in this crawl; up to 20 it is asked in any case. None stands
    for a host that the last build did not know well enough to judge.
    """
    if words_per_megabyte is None or megabytes < FAIR_MEGABYTES:
        return False
    return words_per_megabyte < least
