"""A source file says what it means, or says which key is wrong and how to mend it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_crawlers.source import Polite, Source, load_source
from kaz_crawlers.source_files import builtin_sources, find_sources, source_named
from kaz_datasets.errors import BadConfiguration, NotFound
from kaz_datasets.strict_toml import validate

from .conftest import HOST, make_source, source_values

MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"kind": "newz"}, "did you mean 'news'"),
    ({"homepage": "site.example"}, "not a web address"),
    ({"id": "Сайт"}, "id:"),
    ({"naem": "x"}, "unknown key naem (did you mean 'name'?)"),
    ({"urls": {"rejekt": ["x"]}}, "unknown key urls.rejekt (did you mean 'reject'?)"),
    ({"urls": {"accept": []}}, "urls.accept"),
    ({"urls": {"accept": ["("]}}, "not a pattern that RE2 knows"),
    ({"urls": {"accept": ["(?=kk)"]}}, "not a pattern that RE2 knows"),
    ({"urls": {"accept": ["a" * 2000]}}, "2000 characters"),
    ({"urls": {"accept": ["((a{99}){99}){99}"]}}, "not a pattern that RE2 knows"),
    ({"extract": {"remove": ["div " * 200]}}, "a selector of 800 characters (at most 500)"),
    ({"urls": {"examples": [f"{HOST}/kk/1"]}}, "urls.examples"),
    ({"urls": {"examples": [f"{HOST}/kk/1", f"{HOST}/en/2"]}}, "is not accepted"),
    ({"urls": {"counterexamples": [f"{HOST}/kk/3"]}}, "is accepted"),
    ({"urls": {"examples": []}}, "urls.examples: give 2 pages or more"),
    ({"urls": {"guesses": [f"{HOST}/kk/3", f"{HOST}/kk/4"]}}, "urls.guesses: rights.checked says"),
    ({"urls": {"guesses": [f"{HOST}/en/3"]}}, "the guess http://site.example/en/3 is not accepted"),
    ({"discover": {"listings": []}}, "name at least one of"),
    ({"discover": {"sitemaps": ["file:///etc/passwd"]}}, "not a web address"),
    ({"extract": {"body": "div[["}}, "not a CSS selector"),
    ({"extract": {"encoding": "cp12511"}}, "no character set 'cp12511'"),
    ({"polite": {"delay": 1.9}}, "polite.delay"),
    ({"polite": {"max_megabytes": 0}}, "polite.max_megabytes"),
    ({"python": "../evil"}, "python:"),
    ({"polite": {"delay": float("nan")}}, "polite.delay"),
    ({"polite": {"max_pages": 0}}, "polite.max_pages"),
    ({"rights": {"basis": "open-license"}}, "did you mean 'open-licence'"),
    ({"rights": {"evidence": ""}}, "needs evidence"),
    ({"rights": {"licence": None}}, "needs the licence"),
    ({"rights": {"checked": "soon"}}, "rights.checked: write the day you looked"),
    ({"rights": {"checked": 20261101}}, "rights.checked: write the day you looked"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_key(mistake: dict[str, Any], message: str) -> None:
    tables = {key: value for key, value in mistake.items() if isinstance(value, dict)}
    raw = {**source_values(**tables), **{k: v for k, v in mistake.items() if k not in tables}}
    with pytest.raises(BadConfiguration) as caught:
        validate(raw, Source, "site.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("site.toml: ")


@pytest.mark.parametrize(
    ("url", "accepted"),
    [(f"{HOST}/kk/7", True), (f"{HOST}/kk/ru/7", False), (f"{HOST}/about", False)],
)
def test_patterns_decide(url: str, accepted: bool) -> None:
    assert make_source().urls.accepts(url) is accepted


def test_facts_carry_what_later_stages_need() -> None:
    facts = make_source(extract={"body": "article", "remove": ["nav"]}).facts()
    assert (facts.id, facts.kind, facts.basis, facts.licence) == (
        "site",
        "news",
        "open-licence",
        "CC0-1.0",
    )
    assert (facts.body, facts.remove) == ("article", ("nav",))


@settings(max_examples=30, deadline=None)
@given(name=st.text(min_size=1, max_size=40, alphabet=st.characters(codec="utf-8")))
def test_a_source_written_as_toml_reads_back(name: str) -> None:
    source = validate({**source_values(), "name": name}, Source, "site.toml")
    assert Source.model_validate(tomllib.loads(source.to_toml())) == source


def test_the_file_is_called_as_the_id(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(make_source().to_toml())
    with pytest.raises(BadConfiguration, match=r"name the file site\.toml"):
        load_source(path)


def test_an_unknown_source_gets_a_hint() -> None:
    with pytest.raises(NotFound, match="did you mean 'demo-news'"):
        source_named("demo-newz", [builtin_sources()])


def test_an_earlier_folder_goes_before_a_later_one(tmp_path: Path) -> None:
    own = tmp_path / "demo-news.toml"
    own.write_text("")
    assert source_named("demo-news", [tmp_path]) == own
    assert source_named("demo-law", [tmp_path]) == builtin_sources() / "demo-law.toml"
    assert set(find_sources([tmp_path])) == set(find_sources())


def test_never_is_a_day_too() -> None:
    source = make_source(rights={"checked": "never"})
    assert source.rights.never_checked
    assert Source.model_validate(tomllib.loads(source.to_toml())) == source
    assert not make_source().rights.never_checked


GUESSES = [f"{HOST}/kk/1", f"{HOST}/kk/2"]


def test_guesses_stand_in_for_examples_while_nobody_has_looked() -> None:
    source = make_source(
        urls={"examples": [], "guesses": GUESSES}, rights={"checked": "never", "note": "Whose?"}
    )
    assert source.urls.shown == tuple(GUESSES)
    assert Source.model_validate(tomllib.loads(source.to_toml())) == source


@pytest.mark.parametrize(
    ("urls", "message"),
    [
        ({"examples": [], "guesses": GUESSES[:1]}, "or urls.guesses, if none was seen"),
        ({"guesses": GUESSES}, "there are examples, so remove the guesses"),
    ],
)
def test_guesses_are_two_and_alone(urls: dict[str, Any], message: str) -> None:
    with pytest.raises(BadConfiguration, match=message):
        make_source(urls=urls, rights={"checked": "never"})


def test_a_journal_or_a_dump_is_enough_to_begin_with() -> None:
    oai = make_source(discover={"listings": [], "oai": [f"{HOST}/oai"]})
    assert not oai.discover.by_crawl
    assert make_source().discover.by_crawl


def test_a_huge_file_is_no_source(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(make_source().to_toml() + "#" * (64 << 10))
    with pytest.raises(BadConfiguration, match="over 64 KiB"):
        load_source(path)


def test_the_defaults_are_polite() -> None:
    polite = Polite()
    assert (polite.delay, polite.max_pages, polite.max_megabytes) == (2.0, 50_000, 2_000)
