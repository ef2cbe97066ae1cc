"""Untrusted markup to a tree, with what would choke a parser refused first.

Measured: 300,000 attributes on one tag or 250,000 links take libxml2 and the extractor minutes,
and past a nesting of about 250 text is lost without a word.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree, html

MAX_CHARACTERS: Final = 3_000_000
"""The longest codes of law are about 2.5 million characters of markup."""
MOST_BYTES: Final = 4 * MAX_CHARACTERS
"""Longer in any character set, so that nothing has to be decoded to know it."""
MAX_LINES: Final = 250_000
"""Twelve characters each on the longest page: no prose. Every line is looked at by itself, and
700,000 of them took five seconds."""
MAX_ELEMENTS: Final = 120_000
MAX_ATTRIBUTES: Final = 5_000
MAX_ATTRIBUTES_OF_ALL: Final = 20_000
"""On all tags longer than 9,000 characters: 400,000 took a worker 620 MB."""
MAX_DEPTH: Final = 240

_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "audio or image"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
    (b"{\\rtf", "application/rtf"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\x7fELF", "application/x-executable"),
)
_LONG_TAG: Final = re.compile(r"<[a-zA-Z][^<>]{9000,}")
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_ELEMENTS: Final = etree.ElementDefaultClassLookup(
    element=html.HtmlElement, comment=html.HtmlComment, entity=html.HtmlEntity
)
"""lxml's own lookup asks Python for the class of every element it hands out, and forms and fields
get methods that nobody needs here: a tenth of all time."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f]")


class UnsafePage(ValueError):
    """Markup that is refused unread; the message says what it has too much of."""


def sniff_binary(body: bytes) -> str | None:
    """The media type of what is no text at all, or None. Extractors turn a PDF into "text"."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return "binary" if _is_binary(body[:4096]) else None


def _is_binary(sample: bytes) -> bool:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf16(sample):
        return False
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample)
    return controls > 0.02 * len(sample)


def _is_utf16(sample: bytes) -> bool:
    """Whether the zero bytes are many and stand at every other place, as in its markup."""
    zeros = sample.count(0)
    halves = (sample[0::2].count(0), sample[1::2].count(0))
    return zeros > len(sample) / 8 and max(halves) > 0.9 * zeros


def parse_html(text: str) -> Any | None:
    """The tree of a page, or None if there is none. Raises UnsafePage."""
    refuse_long(text)
    _refuse_wide(text)
    cleaned = _CONTROLS.sub(" ", _XML_DECLARATION.sub("", text))
    parser = html.HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=False)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = html.document_fromstring(cleaned.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    _refuse_deep(tree)
    return tree


def refuse_long(text: str) -> None:
    """Raise UnsafePage for markup that is too long for any look at it."""
    if len(text) > MAX_CHARACTERS:
        raise UnsafePage(f"{len(text)} characters of markup")
    if (lines := text.count("\n")) > MAX_LINES:
        raise UnsafePage(f"{lines} lines of markup")


def _refuse_wide(text: str) -> None:
    if _LONG_TAG.search(text) is None:
        return
    of_all = 0
    for tag in _LONG_TAG.finditer(_without_scripts(text)):
        attributes = len(re.findall(r"\s+[^\s=>\"']", tag[0]))
        if attributes > MAX_ATTRIBUTES:
            raise UnsafePage(f"{attributes} attributes on one tag")
        of_all += attributes
        if of_all > MAX_ATTRIBUTES_OF_ALL:
            raise UnsafePage(f"more than {MAX_ATTRIBUTES_OF_ALL} attributes on long tags")


def _without_scripts(text: str) -> str:
    """Markup without scripts, whose comparisons look like tags of a thousand attributes."""
    lowered, kept, at = text.lower(), [], 0
    while (start := lowered.find("<script", at)) >= 0:
        kept.append(text[at:start])
        end = lowered.find("</script", start)
        if end < 0:
            return "".join(kept)
        at = end
    return "".join([*kept, text[at:]])


def _refuse_deep(tree: Any) -> None:
    elements, depth = shape_of(tree)
    if depth > MAX_DEPTH:
        raise UnsafePage(f"elements nested more than {MAX_DEPTH} deep")
    if elements > MAX_ELEMENTS:
        raise UnsafePage(f"{elements} elements")


def shape_of(tree: Any) -> tuple[int, int]:
    """How many elements a tree has, and how deep they nest; stops where they nest too deep."""
    depth = deepest = elements = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth, elements = depth + 1, elements + 1
        deepest = max(deepest, depth)
        if deepest > MAX_DEPTH:
            break
    return elements, deepest
