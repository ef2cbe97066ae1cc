from __future__ import annotations

import html
import tomllib
from pathlib import Path

import pytest
from benchmarks.cleaning.gate_pages import framed_pages
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.language_gate import glance
from kaz_cleaning.visible_text import visible_text

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


def test_kazakh_articles_in_russian_frames_pass(model: LanguageModel, shared_data: Path) -> None:
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["gate"]
    stopped = [glance(page, model).is_foreign for _, page in framed_pages(shared_data, 60)]
    assert len(stopped) > 200
    assert 100 * sum(stopped) / len(stopped) <= floors["largest_loss"]
