"""Mistakes that people make in a source file, and what `kazcorpus sources check` answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_crawlers.source_check import check_file

TODAY = date(2026, 12, 1)
SOUND = r"""
id = "sait-kz"
name = "Сайт"
homepage = "https://sait.kz/kk/"
kind = "news"
maintainers = ["@you"]

[discover]
sitemaps = ["https://sait.kz/sitemap.xml"]

[urls]
accept = ['^https?://sait\.kz/kk/\d+$']
reject = ['/ru/']
examples = ["https://sait.kz/kk/1", "https://sait.kz/kk/2"]
counterexamples = ["https://sait.kz/ru/1"]

[rights]
basis = "text-and-data-mining"
evidence = "https://sait.kz/terms"
checked = 2026-11-01
"""
PATTERN = r"'^https?://sait\.kz/kk/\d+$'"

# What is written instead of what, and how the answer begins, or a part of it after "…".
MISTAKES: list[tuple[str, str, str]] = [
    # keys and tables
    ("kind =", "kinds =", "kinds: unknown key (did you mean 'kind'?)"),
    ("accept =", "acept =", "urls.acept: unknown key (did you mean 'accept'?)"),
    ("[rights]", "[right]", "rights: missing key: it is a table, [rights]"),
    (
        "[discover]",
        "[discover]\nreject = ['x']",
        "discover.reject: unknown key: it belongs into the",
    ),
    ("kind =", "basis = 'x'\nkind =", "basis: unknown key: it belongs into the table [rights]"),
    ("[urls]", "[urls]\nkind = 'law'", "urls.kind: unknown key: it belongs at the top"),
    ('id = "sait-kz"', "", "id: missing key"),
    ("checked = 2026-11-01", "", "rights.checked: missing key"),
    ("[discover]", "discover = 1\n[polite]", "discover: it is a table: begin it with [discover]"),
    # the grammar of TOML
    (PATTERN, PATTERN.replace("'", '"'), "…backslash stays a backslash only in single quotes"),
    ('"Сайт"', "Сайт", '…in line 3; a text stands in straight quotes: "text" (it is: name = Сайт)'),
    ('"Сайт"', "“Сайт”", "…a text stands in straight quotes"),
    ('kk/1", "https', 'kk/1" "https', "…a comma between two values"),
    ('"news"', '"news', "…the quote at the end of a text is missing"),
    ('kind = "news"', "kind: news", "…write key = value"),
    ('kind = "news"', 'kind = "news"\nkind = "law"', "…this key is given twice"),
    ("[rights]", "[urls]\n[rights]", "…this table is there twice"),
    ("[urls]", "follow = yes\n[urls]", "…Invalid value in line 11"),
    # kinds of values
    (f"[{PATTERN}]", PATTERN, 'urls.accept: write a list, such as ["a", "b"]'),
    ('["@you"]', '"@you"', "maintainers: write a list"),
    ('"Сайт"', "7", "name: write a text in quotes"),
    ("[rights]", '[polite]\ndelay = "2 s"\n[rights]', "polite.delay: write a number, without"),
    ("[rights]", "[polite]\ndelay = 0.5\n[rights]", "polite.delay: Input should be greater than"),
    ("[rights]", "[polite]\nmax_pages = 1.5\n[rights]", "polite.max_pages: write a whole number"),
    # names
    ('"sait-kz"', '"sait.kz"', "id: 'sait.kz' is no id: write 2 to 63 of a-z, 0-9 and dashes"),
    ('"sait-kz"', '"basqa-kz"', "id: the id is 'basqa-kz', so name the file basqa-kz.toml"),
    ('"news"', '"newz"', "kind: unknown value 'newz' (did you mean 'news'?)"),
    ('"news"', '"жаңалық"', "kind: unknown value 'жаңалық' (known: news, law, "),
    ("kind =", 'python = "joq"\nkind =', "python: python = 'joq': no installed package has an"),
    # addresses and patterns
    ('"https://sait.kz/kk/"', '"sait.kz/kk/"', "homepage: 'sait.kz/kk/' is not a web address"),
    (
        "kz/sitemap",
        "kz/site map",
        "discover.sitemaps: 'https://sait.kz/site map.xml' holds a space",
    ),
    ('["https://sait.kz/sitemap.xml"]', "[]", "discover: name at least one of sitemaps, feeds"),
    ("kz/kk/\\d+$", "kz/kk/(?!ru)\\d+$", "…(?!): say with reject what is not wanted"),
    (
        "kz/kk/\\d+$",
        "kz/kk/(\\d+$",
        r"urls.accept: not a pattern that RE2 knows: '^https?://sait\.kz",
    ),
    ("'^https?://sait\\.kz", "'", "urls.accept: the patterns accept pages of any other host too"),
    (', "https://sait.kz/kk/2"', "", "urls.examples: give 2 pages or more"),
    ("kk/2", "kk/maqala/2", "…kk/maqala/2 is not accepted: no pattern of accept fits it"),
    (
        "'/ru/'",
        "'/kk/'",
        "urls: the example https://sait.kz/kk/1 is not accepted: '/kk/' rejects it",
    ),
    ("ru/1", "kk/3", r"…/kk/3 is accepted by '^https?://sait\.kz/kk/\d+$': narrow it, or reject"),
    ("kk/2", "kk/1", "urls.examples: an address is given twice"),
    (
        '"https://sait.kz/kk/"',
        '"https://basqa.kz/"',
        "urls.examples: https://sait.kz/kk/1 is on an",
    ),
    ("\nexamples", "\nguesses", "urls.guesses: rights.checked says that somebody has looked"),
    # rights
    ("text-and-data-mining", "open-license", "rights.basis: unknown value 'open-license' (did you"),
    ("text-and-data-mining", "open-licence", "rights: the basis 'open-licence' needs the licence"),
    ("text-and-data-mining", 'permission"\nlicence = "CC BY', "rights.licence: 'CC BY' is no SPDX"),
    ("2026-11-01", '"1.11.2026"', "rights.checked: write the day you looked, such as 2026-11-01"),
    ("2026-11-01", "2026-13-01", "…a day is 2026-11-01 (it is: checked = 2026-13-01)"),
    ("2026-11-01", "2026-11-01T10:00:00", "rights.checked: write the day you looked"),
    ("2026-11-01", "2099-11-01", "rights.checked: 2099-11-01 is in the future"),
    # extraction
    (
        "[rights]",
        "[extract]\nbody = 'div[['\n[rights]",
        "extract.body: not a CSS selector: 'div[['",
    ),
    ("[rights]", "[extract]\nencoding = 'kz'\n[rights]", "extract.encoding: Python knows no char"),
]


def errors(folder: Path, content: bytes, name: str = "sait-kz.toml") -> list[str]:
    path = folder / name
    path.write_bytes(content)
    problems = check_file(path, TODAY)
    return [f"{item.key}: {item.message}" for item in problems if item.level == "error"]


def test_the_file_without_a_mistake_is_sound(tmp_path: Path) -> None:
    assert errors(tmp_path, SOUND.encode()) == []


@pytest.mark.parametrize(("written", "instead", "answer"), MISTAKES)
def test_a_mistake_is_answered(written: str, instead: str, answer: str, tmp_path: Path) -> None:
    assert SOUND.count(written) >= 1
    found = errors(tmp_path, SOUND.replace(written, instead, 1).encode())
    beginning, _, part = answer.partition("…")
    assert any(text.startswith(beginning) and part in text for text in found), found
    assert not any("\n" in text for text in found)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"", "urls: missing key: it is a table, [urls]"),
        (b"<html>", "file: sait-kz.toml is not valid TOML: Invalid statement in line 1"),
        (SOUND.encode("utf-16"), "file: sait-kz.toml is not UTF-8: save it in that encoding"),
        (SOUND.encode("cp1251"), "file: sait-kz.toml is not UTF-8"),
        (b"#" * 70_000, "file: sait-kz.toml is over 64 KiB: no source file"),
    ],
)
def test_a_file_that_is_something_else(content: bytes, answer: str, tmp_path: Path) -> None:
    assert any(text.startswith(answer) for text in errors(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + SOUND.strip().encode(),
        SOUND.replace("\n", "\r\n").encode(),
        SOUND.replace(" = ", "\t=\t").encode(),
    ],
    ids=["byte order mark", "Windows line ends", "tabs"],
)
def test_what_an_editor_does_is_no_mistake(content: bytes, tmp_path: Path) -> None:
    assert errors(tmp_path, content) == []


def test_the_name_of_the_file_is_the_id(tmp_path: Path) -> None:
    answer = "id: the id is 'sait-kz', so name the file sait-kz.toml"
    assert errors(tmp_path, SOUND.encode(), "Sait.kz.toml") == [answer]


MARKS = st.sampled_from(
    ["", '"', "'", "\\", "[", "]", "\n", "=", "#", "{", "\x00", "\u2028", "(?!"]
)
WORDS = st.sampled_from(["1e999", "2026-13-40", "never", "[[urls]]", "examples", "http://[", "١"])


@settings(max_examples=150, deadline=None)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(SOUND)), st.integers(0, 12), MARKS | WORDS),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_written_is_answered_in_single_lines(
    cuts: list[tuple[int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = SOUND
    for start, length, piece in cuts:
        text = text[:start] + piece + text[start + length :]
    found = errors(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))
    assert all(line.splitlines() == [line] for line in found)
