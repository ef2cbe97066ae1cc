"""PDF files: the text without what stands around it, or a rule by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kaz_crawlers.inputs.pdf import PdfOptions, find_pdf_files, read_pdf_files
from kaz_crawlers.inputs.pdf_pages import joined_pages
from kaz_crawlers.inputs.pdf_reading import PdfText, Refused, read_pdf
from kaz_crawlers.inputs.text_archive import Skipped, TextDocument
from kaz_datasets.errors import NotFound
from pdf_writer import page_of, write_pdf

HOME = "https://kitap.example/"
# written for this test
PAGES = (
    ("Жайлаудағы жаз", "Таңертең ауыл үстін тұман басып, жылқылардың тұяқ дыбысы ғана естіліп тұр-",
     "ды. Шопан таяғына сүйеніп, төмендегі өзенге қарап ұзақ тұрды.",
     "Кешке қарай бұлт сейіліп, аспан ашылды. Балалар отын жинап, от жағуға кірісті, ал",),
    ("үлкендер қазан көтеріп, ет асты. Сөйтіп жайлаудың алғашқы кеші басталып кетті.",
     "Ертеңіне көшіп келген көршілер амандасып, бір-біріне қымыз ұсынды."),
    ("Үшінші күні жаңбыр жауып, киіз үйлердің туырлығын қымтап, іргесін түсірді.",
     "Содан кейін ғана ел жайлауға біржола орнықты."),
)  # fmt: skip
TEXT = (
    "Жайлаудағы жаз\n"
    "Таңертең ауыл үстін тұман басып, жылқылардың тұяқ дыбысы ғана естіліп тұрды. Шопан таяғына"
    " сүйеніп, төмендегі өзенге қарап ұзақ тұрды. Кешке қарай бұлт сейіліп, аспан ашылды. Балалар"
    " отын жинап, от жағуға кірісті, ал үлкендер қазан көтеріп, ет асты. Сөйтіп жайлаудың алғашқы"
    " кеші басталып кетті. Ертеңіне көшіп келген көршілер амандасып, бір-біріне қымыз ұсынды."
    " Үшінші күні жаңбыр жауып, киіз үйлердің туырлығын қымтап, іргесін түсірді."
    " Содан кейін ғана ел жайлауға біржола орнықты."
)
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tdm:reservation="1"'
    ' xmpRights:WebStatement="https://creativecommons.org/licenses/by/4.0/"/></x:xmpmeta>'
)


def book(**options: object) -> bytes:
    pages = [
        page_of(lines, head="Ауыл әңгімелері", foot=f"— {number} —")
        for number, lines in enumerate(PAGES, start=1)
    ]
    return write_pdf(pages, **options)  # type: ignore[arg-type]


def read(tmp_path: Path, content: bytes) -> object:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    return read_pdf(str(path))


def test_heads_numbers_and_divisions_are_gone(tmp_path: Path) -> None:
    found = read(tmp_path, book())
    assert isinstance(found, PdfText), found
    assert found.text == TEXT


def test_what_the_file_says_of_itself(tmp_path: Path) -> None:
    info = {"Title": "Жайлау", "Author": "А. Ахметова", "CreationDate": "D:20200203101112+05'00'"}
    found = read(tmp_path, book(info=info, xmp=XMP))
    assert isinstance(found, PdfText)
    facts = found.facts
    assert (facts.title, facts.author, facts.published_at) == (
        "Жайлау",
        "А. Ахметова",
        date(2020, 2, 3),
    )
    assert facts.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert facts.signals == ("meta:tdm-reservation=1",)


@pytest.mark.parametrize("title", ["Microsoft Word - 1.doc", "Untitled", "kitap.pdf", " "])
def test_a_title_of_the_writing_program_is_none(tmp_path: Path, title: str) -> None:
    found = read(tmp_path, book(info={"Title": title, "CreationDate": "D:20209999"}))
    assert isinstance(found, PdfText)
    assert (found.facts.title, found.facts.published_at) == (None, None)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (book(encrypted=True), "encrypted"),
        (write_pdf([[], []], picture=True), "scanned"),
        (write_pdf([page_of(["12"])] * 2, picture=True), "scanned"),
        (write_pdf([[], []]), "empty"),
        (write_pdf([]), "unreadable-pdf"),
        (b"%PDF-1.7\n" + b"\x00" * 500, "unreadable-pdf"),
        (book()[:300], "unreadable-pdf"),
        (b"<html></html>", "unreadable-pdf"),
        (b"", "unreadable-pdf"),
    ],
)
def test_files_without_text_are_named(tmp_path: Path, content: bytes, rule: str) -> None:
    refused = read(tmp_path, content)
    assert isinstance(refused, Refused), refused
    assert refused.rule == rule


def test_each_file_is_one_item_whatever_another_does_to_its_reader(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "a.pdf").write_bytes(book())
    (tmp_path / "b.PDF").write_bytes(book(laughs=12))
    (tmp_path / "in" / "c.pdf").write_bytes(book(encrypted=True))
    (tmp_path / "in" / "d.pdf").write_bytes(book())
    files = find_pdf_files([tmp_path])
    assert [name for name, _ in files] == ["a.pdf", "b.PDF", "in/c.pdf", "in/d.pdf"]
    items = list(read_pdf_files(files, HOME, PdfOptions(timeout=2.0)))
    first, bomb, locked, last = items
    assert isinstance(first, TextDocument)
    assert (first.url, first.text) == (f"{HOME}a.pdf", TEXT)
    assert isinstance(bomb, Skipped)
    assert (bomb.rule, bomb.value) == ("unparsable", "b.PDF: took too long")
    assert isinstance(locked, Skipped)
    assert (locked.rule, locked.url) == ("encrypted", f"{HOME}in/c.pdf")
    assert isinstance(last, TextDocument)


def test_a_file_without_an_address_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(book())
    (item,) = read_pdf_files([("a.pdf", path)], "", PdfOptions())
    assert item == Skipped(rule="no-address", value="a.pdf")


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone\.pdf"):
        find_pdf_files([tmp_path / "gone.pdf"])


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        (["Бір жол."], "Бір жол."),
        (["кітап\ufffeхана ашылды"], "кітапхана ашылды"),
        (["оқу-\r\nшы келді"], "оқушы келді"),
        (["ақ-\r\nҚара"], "ақ- Қара"),
        (["Тізім осындай болып шықты деп айтылды:\r\n1) алма\r\n2) өрік"],
         "Тізім осындай болып шықты деп айтылды:\n1) алма\n2) өрік"),
        ([f"Тарау\r\nӘр беттің өз мәтіні {w} болады.\r\n{n} бет" for n, w in enumerate("абвг")],
         "Әр беттің өз мәтіні а болады. Әр беттің өз мәтіні б болады. Әр беттің өз мәтіні в болады."
         " Әр беттің өз мәтіні г болады."),
        (["12", "", "xiv"], ""),
        (["Жыл 2020"], "Жыл 2020"),
    ],
)  # fmt: skip
def test_pages_to_text(pages: list[str], text: str) -> None:
    assert joined_pages(pages) == text
