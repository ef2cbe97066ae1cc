"""Real Kazakh pages re-encoded in six character sets, under right, wrong and missing labels.

`python -m benchmarks.cleaning.encodings`: for every set and label, on how many pages the text that
is extracted equals the text of the page as it was saved. Letters that a set lacks become character
references, as a browser's form or an old editor would write them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from types import MappingProxyType

from benchmarks.cleaning.extraction import our_text
from benchmarks.cleaning.pages import all_pages
from benchmarks.environments import shared_data
from benchmarks.tables import print_table

from kaz_cleaning.charset import decode

CODECS: Mapping[str, str] = MappingProxyType(
    {
        "utf-8": "utf-8",
        "utf-8 with mark": "utf-8-sig",
        "windows-1251": "cp1251",
        "kz-1048": "kz1048",
        "ptcp154": "ptcp154",
        "utf-16le": "utf-16-le",
        "utf-16be": "utf-16-be",
    }
)
"""The label that is right, and Python's name of the set."""
LABELS = ("right", "wrong", "none")
_DECLARED = re.compile(r"<meta[^>]*charset[^>]*>", re.IGNORECASE)


def encoded(html: str, codec: str, label: str) -> tuple[bytes, str | None]:
    """A page's bytes in `codec`, and the Content-Type it is sent with.

    A wrong label is windows-1251 for UTF sets, UTF-8 for the others, in header and markup alike.
    """
    wrong = "windows-1251" if codec.startswith("utf") else "utf-8"
    stated = {"right": codec.split()[0], "wrong": wrong, "none": None}[label]
    meta = f'<meta charset="{stated}">' if stated else ""
    relabelled = _DECLARED.sub("", html).replace("<head>", f"<head>{meta}", 1)
    body = relabelled.encode(CODECS[codec], "xmlcharrefreplace")
    return body, f"text/html; charset={stated}" if stated else None


def main() -> None:
    """Re-encode, extract, compare, print."""
    every = all_pages(shared_data(), "kk_pages")
    pages = [page.body.decode() for page in every if page.facts["lang"] != "kaa"]
    pages = [html for html in pages if len(html) < 500_000]  # one law of 2.9 MB: seconds each
    wanted = [our_text(html, "") for html in pages]
    rows = []
    for codec in CODECS:
        for label in LABELS:
            same = chosen = 0
            for html, text in zip(pages, wanted, strict=True):
                decoded = decode(*encoded(html, codec, label))
                chosen += (
                    codecs.lookup(decoded.encoding).name
                    == codecs.lookup(CODECS[codec].removesuffix("-sig")).name
                )
                same += our_text(decoded.text, "") == text
            rows.append([codec, label, len(pages), chosen, same])
    columns = ["written in", "label", "n", "set recognised", "same text"]
    print_table("Kazakh pages re-encoded", columns, rows)


if __name__ == "__main__":
    main()
