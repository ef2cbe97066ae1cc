from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.charset import decode

KAZAKH = "Қазақстанның үлкен көлінде ақ құс ұшып жүр, ол өте сұлу. Әңгіме ұзаққа созылды."
RUSSIAN = "Большое озеро лежит между горами, и над ним летают белые птицы."


def page(text: str, charset: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("codec", ["utf-8", "kz1048", "ptcp154", "utf-16", "utf-8-sig", "utf-32"])
@pytest.mark.parametrize("declared", [None, "text/html; charset=windows-1251", "utf-8", "nonsense"])
def test_kazakh_is_read_right_whatever_is_declared(codec: str, declared: str | None) -> None:
    text = page(KAZAKH)
    assert decode(text.encode(codec), declared).text == text


@pytest.mark.parametrize(
    ("codec", "in_header", "in_markup"),
    [
        ("cp1251", None, None),
        ("cp1251", "windows-1251", None),
        ("cp1251", "utf-8", "utf-8"),
        ("koi8-r", "text/html; charset=KOI8-R", None),
        ("koi8-r", None, "koi8-r"),
        ("cp866", None, "cp866"),
        ("iso8859-5", "iso-8859-5", None),
        ("utf-16-le", None, None),
        ("utf-16-be", None, None),
        ("utf-8", "windows-1251", "windows-1251"),
    ],
)
def test_russian_is_read_right(codec: str, in_header: str | None, in_markup: str | None) -> None:
    text = page(RUSSIAN, in_markup or "")
    assert decode(text.encode(codec), in_header).text == text


@pytest.mark.parametrize("label", ["kz-1048", "KZ-1048", "STRK1048-2002", "RK1048", "windows-1048"])
def test_labels_of_the_kazakh_set_are_known(label: str) -> None:
    assert decode(KAZAKH.encode("kz1048"), None, forced=label).encoding == "kz1048"


@pytest.mark.parametrize(
    "text",
    [
        "Један човек је имао велику кућу. Љубав и њена ћерка живе у Нишу, ђак чита.",
        "Ѓорѓи и Љупчо живеат во куќа, а Њ е буква. Ќе дојде зима, па џемпер.",
        "Чоловік живе в місті. Її дім великий, а єдина донька ґречна й щаслива.",
    ],
)
def test_neighbours_in_windows_1251_keep_their_letters(text: str) -> None:
    assert decode(page(text).encode("cp1251"), "windows-1251").text == page(text)


def test_the_source_file_has_the_last_word() -> None:
    decoded = decode(RUSSIAN.encode("koi8-r"), "windows-1251", forced="koi8-r")
    assert (decoded.text, decoded.reason) == (RUSSIAN, "source file")


def test_a_cut_utf8_page_is_still_utf8() -> None:
    decoded = decode(page(KAZAKH * 5).encode()[:-20][:-1], "windows-1251")
    assert decoded.encoding == "utf-8"
    cut = KAZAKH.encode()[:9]
    assert decode(KAZAKH.encode() + cut[:1], None).text.startswith(KAZAKH)


def test_a_charset_that_is_no_text_codec_is_passed_over() -> None:
    for label in ("rot13", "zip", "base64", "unicode_escape", "idna", "undefined", "x" * 99):
        assert decode(KAZAKH.encode("kz1048"), label).text == KAZAKH


@given(body=st.binary(max_size=300), declared=st.none() | st.text(max_size=30))
def test_any_bytes_become_text(body: bytes, declared: str | None) -> None:
    decoded = decode(body, declared)
    decoded.text.encode("utf-8")  # no lone surrogates
    assert decoded.reason
