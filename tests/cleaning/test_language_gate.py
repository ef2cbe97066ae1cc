from __future__ import annotations

import html
import tomllib
from pathlib import Path

import pytest
from benchmarks.cleaning.gate_pages import framed_pages
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.language_gate import glance, glance_all
from kaz_cleaning.language_labels import tally
from kaz_cleaning.visible_text import visible_text, visible_texts

KAZAKH = "Бүгін таңертең ауылға жаңа автобус келді, балалар мектепке сонымен барды. "
RUSSIAN = "Сегодня утром в село приехал новый автобус, дети поехали на нём в школу. "
FLOORS = Path(__file__).resolve().parents[2] / "benchmarks" / "cleaning" / "floors.toml"


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_model()


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>бір</p><p>екі</p>", "\nбір\n\nекі\n"),
        ("қа<b>з</b>ақ", "қазақ"),
        ("<script>var a = '<p>';</script>бір", "бір"),
        ("<STYLE>p{}</STYLE >бір", "бір"),
        ("<!-- <p>жоқ --> бір<!--", " бір"),
        ("&#1179;аза&#1179; &amp; 1 < 2", "қазақ & 1 < 2"),
        ("<script>ашық қалды", ""),
        ("бір <", "бір <"),
        ("", ""),
    ],
)
def test_visible_text(markup: str, text: str) -> None:
    assert visible_text(markup) == text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/!-aps crit&;#1қ\n", max_size=80))
def test_no_markup_stops_it(markup: str) -> None:
    found = visible_text(markup)
    assert len(found) <= len(html.unescape(markup)) + markup.count("<")


@pytest.mark.parametrize(
    ("body", "foreign"),
    [
        (RUSSIAN * 20, True),
        (KAZAKH * 20, False),
        (RUSSIAN * 40 + "<p>" + KAZAKH * 10, False),
        (RUSSIAN * 40 + "<p>" + KAZAKH, True),
        (RUSSIAN * 2, False),
        ("", False),
        ("def main(): return 1\n" * 50, False),
    ],
)
def test_only_the_clearly_foreign_is_stopped(
    model: LanguageModel, body: str, foreign: bool
) -> None:
    assert glance(f"<html><body><p>{body}</body></html>", model).is_foreign is foreign


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("<>/!-ap. crit&;#1қ\n", max_size=60), max_size=4), st.integers(0, 30))
def test_first_lines_are_the_beginning_of_the_text(markups: list[str], enough: int) -> None:
    whole = visible_texts(markups)
    assert whole == [visible_text(markup) for markup in markups]
    for text, first in zip(whole, visible_texts(markups, enough), strict=True):
        assert text.startswith(first)
        assert first == text or first.endswith(("\n", ". ", "! "))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from((KAZAKH, RUSSIAN, "<p>", "Bu xəbər. ", "ЕЛ ")), max_size=40))
def test_many_pages_at_once_are_seen_as_each_alone(model: LanguageModel, parts: list[str]) -> None:
    pages = ["".join(parts), RUSSIAN * 9, "".join(reversed(parts))]
    assert glance_all(pages, model) == [glance(page, model) for page in pages]
    texts = [visible_text(page) for page in pages]
    assert model.tally_all(texts) == [tally(model.stretches(text)) for text in texts]


def test_kazakh_articles_in_russian_frames_pass(model: LanguageModel, shared_data: Path) -> None:
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["gate"]
    stopped = [glance(page, model).is_foreign for _, page in framed_pages(shared_data, 60)]
    assert len(stopped) > 200
    assert 100 * sum(stopped) / len(stopped) <= floors["largest_loss"]
