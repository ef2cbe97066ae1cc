"""The text layer of one PDF, read by PDFium, with what the file says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from kaz_crawlers.inputs.pdf_pages import joined_pages
from kaz_datasets.record_facts import RecordFacts

MOST_PAGES: Final = 5_000
FEWEST_LETTERS: Final = 40
"""Letters a page, on average: below it the text layer is page numbers or nothing."""
MOST_UNMAPPED: Final = 0.1
"""Share of characters that fonts give no meaning (private use, replacement)."""

_PAGES_LOOKED_AT: Final = 10
_JUNK_TITLE: Final = re.compile(
    r"^\s*(?:microsoft (?:word|powerpoint) - |untitled|без имени|document\d*$"
    r"|.*\.(?:docx?|pdf|indd|qxd)$)",
    re.IGNORECASE,
)
_DATE: Final = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
_XMP: Final = (b"<x:xmpmeta", b"</x:xmpmeta>")
_LARGEST_XMP: Final = 1 << 20
_MOST_PACKETS: Final = 4
_RESERVATION: Final = re.compile(r"tdm:reservation(?:\s*=\s*[\"']|>)\s*([01])")
_POLICY: Final = re.compile(r"tdm:policy(?:\s*=\s*[\"']|>)\s*([^\"'<\s]{1,200})")
_LICENCE: Final = re.compile(
    r"(?:cc:license\b[^>]{0,100}rdf:resource\s*=\s*[\"']|xmpRights:WebStatement(?:\s*=\s*[\"']|>))"
    r"\s*([^\"'<\s]{1,200})"
)


@dataclass(frozen=True)
class Refused:
    """Why a file gives no text.

    Rules: `encrypted`, `unreadable-pdf`, `too-many-pages`, `scanned` (pictures of pages),
    `unmapped-text` (fonts that do not say which letters they show), `empty`.
    """

    rule: str
    value: str


@dataclass(frozen=True)
class PdfText:
    """The text of a file, a paragraph a line, and what it says of itself."""

    text: str
    facts: RecordFacts


def read_pdf(name: str) -> PdfText | Refused:
    """Read the file of that name."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(name)
    except pdfium.PdfiumError as error:
        # the reason may be that of an earlier file; the key word stands in every locked one
        locked = "password" in str(error).lower() and b"/Encrypt" in Path(name).read_bytes()
        return Refused("encrypted" if locked else "unreadable-pdf", _reason(error))
    with document:
        if not 0 < len(document) <= MOST_PAGES:
            rule = "too-many-pages" if len(document) else "empty"
            return Refused(rule, f"{len(document)} pages")
        pages = list(_texts(document))
        return _refusal(document, pages) or PdfText(joined_pages(pages), _facts(document, name))


def _texts(document: Any) -> Iterator[str]:
    import pypdfium2 as pdfium

    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
            yield text.get_text_range()
            text.close()
            page.close()
        except pdfium.PdfiumError:
            yield ""  # one broken page does not take the others with it


def _refusal(document: Any, pages: list[str]) -> Refused | None:
    text = "".join(pages)
    letters = sum(map(str.isalpha, text))
    if letters < FEWEST_LETTERS * len(pages):
        value = f"{letters} letters on {len(pages)} pages"
        return Refused("scanned" if _shows_pictures(document) else "empty", value)
    unmapped = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" for c in text)
    if unmapped > MOST_UNMAPPED * len(text):
        return Refused("unmapped-text", f"{unmapped} of {len(text)} characters")
    return None


def _shows_pictures(document: Any) -> bool:
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    for number in range(min(len(document), _PAGES_LOOKED_AT)):
        try:
            page = document[number]
            if any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
                return True
        except pdfium.PdfiumError:
            continue
    return False


def _facts(document: Any, name: str) -> RecordFacts:
    stated = document.get_metadata_dict(skip_empty=True)
    packets = list(_xmp_packets(Path(name).read_bytes()))
    title = " ".join(stated.get("Title", "").split())
    return RecordFacts(
        signals=tuple(_signals(packets)),
        title=title if title and not _JUNK_TITLE.match(title) else None,
        published_at=_day(stated.get("CreationDate", "")),
        licence=next((found[1] for text in packets if (found := _LICENCE.search(text))), None),
        author=" ".join(stated.get("Author", "").split()) or None,
        extractor=f"pypdfium2/{version('pypdfium2')}",
    )


def _xmp_packets(content: bytes) -> Iterator[str]:
    """The file's metadata packets, which writers leave uncompressed so that all can find them."""
    begin, end = _XMP
    position = 0
    for _ in range(_MOST_PACKETS):
        start = content.find(begin, position)
        stop = content.find(end, start, start + _LARGEST_XMP) if start >= 0 else -1
        if stop < 0:
            return
        yield content[start:stop].decode("utf-8", "replace")
        position = stop


def _signals(packets: list[str]) -> Iterator[str]:
    """TDMRep in a PDF's metadata (section "TDM Metadata in PDF Content")."""
    for name, pattern in (("tdm-reservation", _RESERVATION), ("tdm-policy", _POLICY)):
        values = (found[1] for text in packets if (found := pattern.search(text)))
        if (value := next(values, None)) is not None:
            yield f"meta:{name}={value}"


def _day(stated: str) -> date | None:
    found = _DATE.match(stated)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
