from __future__ import annotations

import pytest
from lxml import html

from kaz_cleaning.rights import read_rights


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"x-robots-tag": "noai"}, True),
        ({"x-robots-tag": "noindex, NoAI, noimageai"}, True),
        ({"x-robots-tag": "somebot: noai"}, False),
        ({"x-robots-tag": "kazcorpus: noai"}, True),
        ({"x-robots-tag": "somebot: nofollow, noai"}, True),
        ({"x-robots-tag": "noimageai"}, False),
        ({"x-robots-tag": "noindex, nofollow"}, False),
        ({"content-usage": "train-ai=n"}, True),
        ({"content-usage": "search=y, train-ai = n"}, True),
        ({"content-usage": "train-ai=y"}, False),
        ({"content-usage": "search=n"}, False),
        ({"content-signal": "search=yes, ai-train=no"}, True),
        ({"content-signal": "ai-train=yes, ai-input=no"}, False),
        ({"tdm-reservation": "1"}, True),
        ({"tdm-reservation": "0"}, False),
        ({}, False),
    ],
)
def test_headers_that_refuse_training(headers: dict[str, str], refused: bool) -> None:
    assert read_rights(headers, None).refuses_training is refused


@pytest.mark.parametrize(
    ("meta", "refused"),
    [
        ('<meta name="robots" content="noai, noimageai">', True),
        ('<META NAME="ROBOTS" CONTENT="index,NOAI">', True),
        ('<meta name="tdm-reservation" content="1">', True),
        ('<meta http-equiv="X-Robots-Tag" content="noai">', True),
        ('<meta name="robots" content="index, follow">', False),
        ('<meta name="tdm-reservation" content="0">', False),
    ],
)
def test_markup_that_refuses_training(meta: str, refused: bool) -> None:
    tree = html.document_fromstring(f"<html><head>{meta}</head><body>x</body></html>")
    assert read_rights({}, tree).refuses_training is refused


def test_every_statement_is_kept_with_its_name() -> None:
    tree = html.document_fromstring('<meta name="tdm-policy" content="https://a.example/p.json">')
    rights = read_rights({"content-signal": "Search=Yes", "x-robots-tag": "noindex"}, tree)
    assert rights.signals == [
        "header:content-signal=search=yes",
        "meta:tdm-policy=https://a.example/p.json",
    ]
    assert rights.refusal is None


def test_a_refusal_far_into_a_long_header_still_counts() -> None:
    rights = read_rights({"content-usage": "x=y, " * 100 + "train-ai=n"}, None)
    assert rights.refuses_training
    assert len(rights.signals[0]) < 100
