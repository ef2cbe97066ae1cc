"""Addresses without end, and the ordinary ones that must not be taken for them."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_crawlers.traps import LONGEST, ShapeCount, trap

SITE = "https://sait.example"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/calendar/2093/5", "calendar"),
        ("/kk/calendar/day/1742/03/01", "calendar"),
        ("/events/1899-12", "calendar"),
        ("/2093/05/17", "calendar"),
        ("/kk/1492-10-12/", "calendar"),
        ("/kesteler?year=2093", "calendar"),
        ("/kesteler?date=2093-05-17", "calendar"),
        ("/kesteler?month=209305", "calendar"),
        ("/a/b/a/b/a/b", "repeated-path"),
        ("/kk/kk/kk/maqala", "repeated-path"),
        ("/x/a/b/c/a/b/c/a/b/c/y", "repeated-path"),
        ("/" + "/".join(str(number) for number in range(21)), "too-deep"),
        ("/" + "a" * LONGEST, "too-long"),
        ("/a?" + "&".join(f"p{number}={number}" for number in range(13)), "too-many-parameters"),
        ("/phpsessid=0a1b2c3d4e5f", "session"),
        ("/a;jsessionid=0A1B2C3D4E5F6789", "session"),
        ("/a/(S(abcdefghij0123456789klmn))/b", "session"),
        ("/a?PHPSESSID=0123456789abcdef0123456789abcdef", "session"),
        ("/a?lang=kk&sid=0123456789abcdef", "session"),
        ("/go/https://basqa.example/a", "nested-address"),
        ("/go/http%253A%252F%252Fbasqa.example", "nested-address"),
        ("/go?u=https://a.example/?u=https://b.example", "nested-address"),
        ("/go?u=https%3A%2F%2Fa.example%3Fu%3Dhttps%253A%252F%252Fb.example", "nested-address"),
    ],
)
def test_traps(path: str, kind: str) -> None:
    assert trap(SITE + path, this_year=2026) == kind


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/2026/03/01/nauryz-merekesi",
        "/2027/01/01/",
        "/kk/calendar/2027/1",
        "/news/4521/2",
        "/8432-15-zhasar-bala",
        "/8432-05-17-kuni",
        "/kaz/docs/K950001000_",
        "/archive/1995",
        "/archives/4521",
        "/archives/4521/13",
        "/a/b/a/b",
        "/list?sid=12",
        "/share?url=https://sait.example/a",
        "/a?" + "&".join(f"p{number}={number}" for number in range(12)),
        "/video?v=7f3a9b2c4d5e6f708192a3b4c5d6e7f8",
        "/kesteler?year=1991&month=12",
        "/kesteler?date=1700000000",
        "//[",
    ],
)
def test_no_traps(path: str) -> None:
    assert trap(SITE + path, this_year=2026) is None


numbers = st.integers(1, 3_000_000)
slugs = (
    st.lists(
        st.text("abdegijklmnopqrstuyzаәбғқңөұүһі0123456789", min_size=1, max_size=12),
        min_size=1,
        max_size=14,
    )
    .map("-".join)
    .filter(lambda slug: any(map(str.isalpha, slug)))
)
sections = st.sampled_from(["/kk", "/kz", "/kk/news", "/kz/article", "/kaz", "/zhanalyqtar", ""])
dates = st.dates(min_value=date(1991, 12, 16), max_value=date(2026, 12, 31))
news_paths = st.one_of(
    st.builds("{}/{}-{}".format, sections, numbers, slugs),
    st.builds("{}/{}/{}".format, sections, numbers, slugs),
    st.builds("{}/{}".format, sections, slugs),
    st.builds("{}/{:%Y/%m/%d}/{}".format, sections, dates, slugs),
    st.builds("{}/{:%Y-%m-%d}/{}".format, sections, dates, slugs),
    st.builds("{}/page/{}".format, sections, numbers),
    st.builds("{}/literary?category={}&page={}".format, sections, numbers, numbers),
    st.builds("{}/index.php?option=content&id={}:{}&lang=kk".format, sections, numbers, slugs),
)


@given(news_paths)
def test_a_news_address_is_no_trap(path: str) -> None:
    assert trap(SITE + path, this_year=2026) is None


@given(st.text(max_size=300))
def test_any_text_has_an_answer(url: str) -> None:
    trap(url)
    trap(SITE + "/" + url)


@pytest.mark.parametrize("piece", ["/1", "%25", "http%25", "a=1&", "((S", "/2093/1", ";", "9"])
def test_the_time_is_linear(piece: str) -> None:
    url = (SITE + "/" + piece * LONGEST)[:LONGEST]
    began = time.perf_counter()
    for _ in range(20):
        trap(url)
    assert (time.perf_counter() - began) / 20 < 0.02


def test_views_of_one_page_are_a_trap_at_some_point() -> None:
    shapes = ShapeCount(limit=10)
    found = [shapes.trap(f"{SITE}/tizim?tus=t{'x' * n}&ret=o") for n in range(12)]
    assert found == [None] * 10 + ["too-many-views"] * 2
    assert shapes.trap(f"{SITE}/tizim?ret=o&tus=t") is None, "a view that is known stays good"
    assert shapes.trap(f"{SITE}/basqa?tus=txxxxxxxxxxxx&ret=o") is None


def test_articles_told_apart_by_number_or_one_name_are_no_views() -> None:
    shapes = ShapeCount(limit=10)
    for number in range(100):
        assert shapes.trap(f"{SITE}/maqala?id={number}&til=kk") is None
        assert shapes.trap(f"{SITE}/maqala?aty=n{'x' * number}") is None


def test_shapes_are_forgotten_before_memory_is_full() -> None:
    shapes = ShapeCount(limit=1, memory=2)
    for path in ("/a", "/b", "/c"):
        assert shapes.trap(f"{SITE}{path}?x=a&y=b") is None
    assert shapes.trap(f"{SITE}/c?x=b&y=b") == "too-many-views"
    assert shapes.trap(f"{SITE}/a?x=b&y=b") is None, "the oldest was forgotten"
