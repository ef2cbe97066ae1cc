"""Whatever owners and attackers write: an answer, soon, that survives being written down."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_datasets.rights import aipref, content_signals, tdmrep
from kaz_datasets.rights.judge import judge, read_statement, read_statements
from kaz_datasets.rights.licences import spdx_of
from kaz_datasets.rights.origin import OriginStatements
from kaz_datasets.rights.page import header_statements, meta_statements
from kaz_datasets.rights.path_patterns import PathPattern, path_of
from kaz_datasets.rights.statement import LONGEST_VALUE, MOST_STATEMENTS
from kaz_datasets.rights.structured_fields import NotAField, Token, parse_dictionary

WORDS = st.sampled_from(
    ["train-ai", "ai", "=", "n", "y", ",", " ", ";", "ai-train", "no", "yes", "1", "0", "noai", "(",
     '"', ":", "bot:", "x", "\t", "\n", "\x00", "Қ", "search"]
)  # fmt: skip
VALUES = st.lists(WORDS, max_size=12).map("".join) | st.text(max_size=300)
NAMES = st.sampled_from(
    ["content-usage", "content-signal", "tdm-reservation", "tdm-policy", "x-robots-tag", "robots"]
)


@given(NAMES, VALUES)
def test_a_statement_means_the_same_when_it_is_read_again(name: str, value: str) -> None:
    for statement in (*header_statements({name: value}), *meta_statements([(name, value)])):
        again = read_statement(str(statement))
        assert again == statement
        assert len(statement.value) <= LONGEST_VALUE
        assert str(statement).isprintable()


@given(st.lists(st.tuples(NAMES, VALUES), max_size=5), NAMES, VALUES)
def test_another_statement_never_undoes_a_refusal_but_for_tdmrep(
    others: list[tuple[str, str]], name: str, value: str
) -> None:
    refusing = [each for each in meta_statements([(name, value)]) if each.training is False]
    together = judge([*refusing, *(s for each in others for s in header_statements(dict([each])))])
    assert not refusing or together.refusal is not None


@given(st.text(max_size=400), st.binary(max_size=200), st.text(max_size=200), st.text(max_size=60))
def test_any_files_have_an_answer(robots: str, tdm: bytes, ai_txt: str, path: str) -> None:
    verdict = OriginStatements(robots, tdm, ai_txt).verdict(f"https://a.example/{path}")
    assert all(read_statements(verdict.signals))


@pytest.mark.parametrize(
    "value",
    [
        "x=y, " * 200 + "train-ai=n",
        "train-ai=n, " + "x=y, " * 20_000 + "y",
        "Train-AI=N" + ", x" * 5_000,
    ],
)
def test_a_refusal_in_a_long_value_is_kept_as_one(value: str) -> None:
    statement = aipref.read("header", value)
    assert (statement.training, statement.value) == (False, "train-ai=n")
    assert aipref.read("header", statement.value).training is False


def test_a_long_value_that_says_nothing_of_training_is_only_counted() -> None:
    statement = content_signals.read("header", "search=yes, " * 100)
    assert (statement.training, statement.value) == (None, "1199 characters")


@pytest.mark.parametrize(
    ("content", "signals"),
    [
        (b"", ()),
        (b"{", ("tdmrep.json:unreadable=no JSON",)),
        (b"[" * 100_000, ("tdmrep.json:unreadable=no JSON",)),
        (b"<!DOCTYPE html>", ("tdmrep.json:unreadable=no JSON",)),
        (b'[{"location": "/", "tdm-reservation": 1' + b"0" * 5_000 + b"}]",
         ("tdmrep.json:unreadable=no JSON",)),
        (b"\xff\xfe[\x00]\x00", ("tdmrep.json:unreadable=no JSON",)),
        (b'\xef\xbb\xbf[{"location": "/", "tdm-reservation": 1}]',
         ("tdmrep.json:tdm-reservation=1",)),
        (b'{"location": "/", "tdm-reservation": "1"}', ("tdmrep.json:tdm-reservation=1",)),
        (b'[{"location": "https://a.example/", "tdm-reservation": 1}]',
         ("tdmrep.json:tdm-reservation=1",)),
        (b'[{"location": "*", "tdm-reservation": 1}]', ("tdmrep.json:tdm-reservation=1",)),
        (b'[null, 3, "x", {"location": 7}, {"location": "http://["}]',
         ()),
        (b'[{"location": "/", "tdm-reservation": true}]', ("tdmrep.json:tdm-reservation=true",)),
        (b'[{"location": "/"}]', ("tdmrep.json:tdm-reservation=null",)),
        (b"{}", ()),
    ],
)  # fmt: skip
def test_broken_files_of_tdmrep(content: bytes, signals: tuple[str, ...]) -> None:
    assert (
        OriginStatements(None, content, None).verdict("https://a.example/kk/1").signals == signals
    )


@pytest.mark.parametrize(
    ("robots", "tdm", "ai_txt"),
    [
        ("User-agent: *\n" + "Content-Usage: / train-ai=y\n" * 18_000, b"", ""),
        ("User-agent: *\n" + "Content-Usage: /" + "*a" * 250_000 + " train-ai=n", b"", ""),
        ("User-agent: *\n" + f"Content-Usage: /{'*a' * 900}b train-ai=n\n" * 280, b"", ""),
        ("User-agent: *\nContent-Usage: " + "x" * 500_000, b"", ""),
        ("User-agent: *\nContent-Signal: " + "a=" * 250_000, b"", ""),
        ("License: https://a.example/x\n" * 18_000, b"", ""),
        (
            "",
            json.dumps([{"location": "/" + "*a" * 20, "tdm-reservation": 1}] * 6_000).encode(),
            "",
        ),
        ("", b"", "User-Agent: *\n" + "Disallow: /*a*b*c*d\n" * 25_000),
    ],
    ids=["rules", "stars", "many-stars", "one-value", "pairs", "licences", "tdm", "ai"],
)
@pytest.mark.timeout(20)
def test_hostile_files_cost_little(robots: str, tdm: bytes, ai_txt: str) -> None:
    verdict = OriginStatements(robots, tdm, ai_txt).verdict("https://a.example/" + "a" * 2_000)
    assert len(verdict.signals) <= 2 * MOST_STATEMENTS


@pytest.mark.parametrize(
    ("pattern", "url", "fits"),
    [
        ("/", "https://a.example", True),
        ("/a*z$", "https://a.example/a/z", True),
        ("/a*z$", "https://a.example/az", True),
        ("/ab*b$", "https://a.example/ab", False),
        ("/a$", "https://a.example/a?b", False),
        ("/*?b=", "https://a.example/kk/1?b=2", True),
        ("/a-%2A", "https://a.example/a-*", True),
        ("/a-$-b", "https://a.example/a-$-b", True),
        ("/қ", "https://a.example/%d2%9b", True),
        ("/%7Ea", "https://a.example/~a", True),
        ("/a%2fb", "https://a.example/a/b", False),
        ("news", "https://a.example/news", True),
        ("/" + "a" * 3_000, "https://a.example/" + "a" * 3_000, False),
        ("/", "http://[", True),
    ],
)
def test_patterns(pattern: str, url: str, fits: bool) -> None:
    assert PathPattern.of(pattern).fits(path_of(url)) is fits


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", {}),
        ("a", {"a": True}),
        ("a=1, b=2.5, c=-3", {"a": 1, "b": 2.5, "c": -3}),
        ('a="x\\"y"', {"a": 'x"y'}),
        ("a=:aGk=:", {"a": b"hi"}),
        ("a=?0", {"a": False}),
        ("a=@1659578233", {"a": 1659578233}),
        ('a=%"%d2%9b"', {"a": "қ"}),
        ("a=(1 b);c", {"a": [1, Token("b")]}),
        ("*k_1.x-=y", {"*k_1.x-": Token("y")}),
    ],
)
def test_dictionaries(text: str, members: dict[str, object]) -> None:
    assert {key: item.value for key, item in parse_dictionary(text).items()} == members


@pytest.mark.parametrize(
    "text",
    ["A=1", "a=", "a=1,", ",", "a b", "a=(1", "a=(1,2)", "a=:!:", 'a="x', "a=?2", "a=1.2345",
     "a=1234567890123456", "a=@1.5", 'a=%"%ff"', "a=\u049b", "a;"],
)  # fmt: skip
def test_no_dictionaries(text: str) -> None:
    with pytest.raises(NotAField):
        parse_dictionary(text)


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.kk", "CC-BY-SA-4.0"),
        ("http://creativecommons.org/licenses/by/3.0/kz/", "CC-BY-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("CC BY-NC-ND 4.0", "CC-BY-NC-ND-4.0"),
        ("cc by sa 3.0", "CC-BY-SA-3.0"),
        ("Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
         "CC-BY-NC-SA-4.0"),
        ("Creative Commons Attribution 4.0", "CC-BY-4.0"),
        ("CC0", "CC0-1.0"),
        ("https://creativecommons.org/licenses/sampling/1.0/", None),
        ("https://creativecommons.org/licenses/by/9.9/", None),
        ("© 2026 Барлық құқықтар қорғалған", None),
        ("ISCC0X", None),
        ("", None),
    ],
)  # fmt: skip
def test_licences(stated: str, licence: str | None) -> None:
    assert spdx_of(stated) == licence


def test_a_statement_of_nowhere_is_none() -> None:
    assert read_statements(["", "x", "nowhere:a=b", "robots.txt:a"]) == []
    assert tdmrep.read_reservation("header", "1,0").training is False
