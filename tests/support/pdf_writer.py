"""Small PDF files with Kazakh letters: a font without outlines, and a table of what it shows.

`write_pdf([[(x, y, "Қазақ"), …], …])` gives one page for each list; coordinates are points from the
lower left corner of A4.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

Page = Sequence[tuple[int, int, str]]
LINE = 14
TOP = 780


def page_of(lines: Sequence[str], head: str = "", foot: str = "") -> Page:
    """Lines below one another, with a running head and a foot."""
    body = [(50, TOP - LINE * number, line) for number, line in enumerate(lines)]
    return [
        *([(50, 815, head)] if head else []),
        *body,
        *([(280, 40, foot)] if foot else []),
    ]


def write_pdf(
    pages: Sequence[Page],
    *,
    info: Mapping[str, str] | None = None,
    xmp: str = "",
    picture: bool = False,
    encrypted: bool = False,
    mapped: bool = True,
    laughs: int = 0,
) -> bytes:
    """A whole file. With `laughs`, each page draws a form that draws ten forms, so many deep."""
    objects: list[bytes] = []

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    catalogue, tree = add(b""), add(b"")
    code = {c: n for n, c in enumerate(sorted({c for p in pages for *_, s in p for c in s}), 1)}
    table = add(_stream(_to_unicode(code if mapped else {}).encode()))
    descendant = add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Helvetica /DW 500 /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor"
        b" << /Type /FontDescriptor /FontName /Helvetica /Flags 4 /FontBBox [0 -200 1000 900]"
        b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>"
    )
    font = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Helvetica /Encoding /Identity-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (descendant, table)
    )
    image = add(
        _stream(b"\x00", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8"
                b" /ColorSpace /DeviceGray")
    )  # fmt: skip
    form = 0
    for level in range(laughs):
        drawn = b"/F2 Do " * 10 if level else b"BT /F1 9 Tf <0001> Tj ET"
        form = add(
            _stream(drawn, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources"
                    b" << /Font << /F1 %d 0 R >> /XObject << /F2 %d 0 R >> >>" % (font, form or 1))
        )  # fmt: skip
    kids = []
    for page in pages:
        drawn = b"q 595 0 0 842 0 0 cm /I1 Do Q\n" if picture else b""
        drawn += b"/F2 Do\n" if laughs else b""
        content = add(_packed(drawn + _text(page, code)))
        kids.append(
            add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
                b" /Resources << /Font << /F1 %d 0 R >>"
                b" /XObject << /I1 %d 0 R /F2 %d 0 R >> >> >>"
                % (tree, content, font, image, form or image)
            )
        )
    metadata = add(_stream(xmp.encode(), b"/Type /Metadata /Subtype /XML")) if xmp else 0
    described = b" /Metadata %d 0 R" % metadata if xmp else b""
    objects[catalogue - 1] = b"<< /Type /Catalog /Pages %d 0 R%s >>" % (tree, described)
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[tree - 1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    trailer = b"/Root %d 0 R" % catalogue
    if info:
        stated = b" ".join(b"/%s %s" % (k.encode(), _string(v)) for k, v in info.items())
        trailer += b" /Info %d 0 R" % add(b"<< " + stated + b" >>")
    if encrypted:
        locked = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
            b"41" * 32,
            b"42" * 32,
        )
        trailer += b" /Encrypt %d 0 R /ID [<00> <00>]" % add(locked)
    return _file(objects, trailer)


def _text(page: Page, code: Mapping[str, int]) -> bytes:
    shown = (
        f"1 0 0 1 {x} {y} Tm <{''.join(f'{code[c]:04X}' for c in line)}> Tj" for x, y, line in page
    )
    return ("BT /F1 11 Tf\n" + "\n".join(shown) + "\nET").encode()


def _to_unicode(code: Mapping[str, int]) -> str:
    items = [f"<{n:04X}> <{c.encode('utf-16-be').hex()}>" for c, n in code.items()]
    parts = [items[start : start + 100] for start in range(0, len(items), 100)]
    maps = "".join(f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar\n" for part in parts)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{maps}endcmap end end"
    )


def _string(value: str) -> bytes:
    return b"<" + b"feff" + value.encode("utf-16-be").hex().encode() + b">"


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def _packed(content: bytes) -> bytes:
    return _stream(zlib.compress(content), b"/Filter /FlateDecode")


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    parts, offsets, size = [b"%PDF-1.7\n"], [], 9
    for number, content in enumerate(objects, start=1):
        offsets.append(size)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        size += len(parts[-1])
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, entries))
    parts.append(b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (count, trailer, size))
    return b"".join(parts)
