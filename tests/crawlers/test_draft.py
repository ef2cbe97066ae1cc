"""A first draft of a source file: what is found on a site, what is guessed, what is refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_crawlers.draft import Draft, draft_source, propose, source_id
from kaz_crawlers.draft_home import Home
from kaz_crawlers.draft_maps import Maps
from kaz_crawlers.draft_patterns import article_shapes, common_prefix, section_shape
from kaz_crawlers.draft_toml import MOST_LINES, draft_toml, kind_of
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Discover, Rights, Source, Urls
from kaz_crawlers.source_check import check_source
from kaz_crawlers.source_fields import LONGEST_PATTERN
from kaz_datasets.errors import BadConfiguration, Failed

from .conftest import HOST, Answer, LoopbackSite

HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/xml"}


def drafted(site: LoopbackSite) -> Draft:
    return draft_source(f"{HOST}/", CrawlOptions(proxy=site.proxy, delay=0.0))


def front(site: LoopbackSite, head: str, path: str = "/", language: str = "kk") -> None:
    text = f'<html lang="{language}"><head>{head}</head><body></body></html>'
    site.answers[path] = Answer(body=text.encode(), headers=HTML)


def sitemap(site: LoopbackSite, path: str, *paths: str, role: str = "url") -> None:
    root = "urlset" if role == "url" else "sitemapindex"
    entries = "".join(f"<{role}><loc>{HOST}{entry}</loc></{role}>" for entry in paths)
    namespace = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    site.answers[path] = Answer(
        body=f"<{root} {namespace}>{entries}</{root}>".encode(), headers=XML
    )


def test_a_site_in_two_languages_with_an_index_of_sitemaps(site: LoopbackSite) -> None:
    kazakh = [f"/kk/news/{number}-maqala" for number in range(1, 9)]
    front(site, f'<link rel="alternate" hreflang="kk" href="{HOST}/kk/">', language="ru")
    front(site, '<title>Сайт</title><meta name="generator" content="Sait 1">', path="/kk/")
    site.answers["/robots.txt"] = Answer(body=f"Sitemap: {HOST}/map.xml".encode())
    sitemap(site, "/map.xml", "/ru-sitemap.xml", "/kk-sitemap.xml", role="sitemap")
    sitemap(site, "/kk-sitemap.xml", *kazakh)
    draft = drafted(site)
    source = draft.source
    assert (source.homepage, source.name) == (f"{HOST}/kk/", "Сайт")
    assert source.discover == Discover(sitemaps=(f"{HOST}/map.xml",))
    assert source.urls.accept == (r"^http://site\.example/kk/news/\d+-[a-z0-9-]+$",)
    assert set(source.urls.examples) <= {f"{HOST}{path}" for path in kazakh}
    assert site.requests[f"{HOST}/ru-sitemap.xml"] == 0
    assert (source.rights.basis, source.rights.checked) == ("unclear", "never")
    assert [item for item in check_source(source) if item.level == "error"] == []
    assert any("8 addresses fit" in finding for finding in draft.findings)


def disallowing(site: LoopbackSite) -> None:
    site.answers["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow: /")


def reserving(site: LoopbackSite) -> None:
    site.answers["/robots.txt"] = Answer(body=b"User-agent: *\nContent-Usage: / train-ai=n")


def reserving_in_the_page(site: LoopbackSite) -> None:
    front(site, '<meta name="robots" content="noai">')


def leading_away(site: LoopbackSite) -> None:
    site.redirect("/", "https://elsewhere.example/")


REFUSALS: list[tuple[Callable[[LoopbackSite], None], str]] = [
    (disallowing, "robots.txt does not let us fetch"),
    (reserving, r"says no to training \(robots.txt:content-usage="),
    (reserving_in_the_page, r"says no to training \(meta:robots=noai"),
    (leading_away, "draft that address"),
]


@pytest.mark.parametrize(
    ("arrange", "message"), REFUSALS, ids=[arrange.__name__ for arrange, _ in REFUSALS]
)
def test_a_site_that_wants_no_crawl_is_left_alone(
    arrange: Callable[[LoopbackSite], None], message: str, site: LoopbackSite
) -> None:
    arrange(site)
    with pytest.raises(BadConfiguration, match=message):
        drafted(site)


@pytest.mark.parametrize("url", ["ftp://sait.kz/", "https://", "https://[::1", "file:///etc/x"])
def test_an_address_is_of_the_web(url: str) -> None:
    with pytest.raises(BadConfiguration, match="is not a web address"):
        draft_source(url, CrawlOptions())


HOME = Home(url=f"{HOST}/", language="kk")


def proposed(*paths: str, home: Home = HOME, **maps: tuple[str, ...]) -> Source:
    return propose(home, Maps(urls=tuple(f"{HOST}{path}" for path in paths), **maps)).source


def test_other_languages_are_rejected_though_none_was_seen() -> None:
    urls = proposed(*(f"/{part}/{part}-soz-{part}" for part in "abcdefghijklmn")).urls
    assert urls.reject == (r"^http://site\.example/(en|ru)/",)
    assert urls.accepts(f"{HOST}/z/bir-eki-ush")
    assert not urls.accepts(f"{HOST}/ru/raz-dva-tri")


def test_an_address_in_another_language_is_the_counterexample() -> None:
    urls = proposed("/kk/a/1", "/kk/a/2", "/ru/a/1", "/en/a/1").urls
    assert urls.accept == (r"^http://site\.example/kk/a/\d+$",)
    assert urls.counterexamples == (f"{HOST}/ru/a/1",)


@pytest.mark.parametrize(
    ("paths", "beginning"),
    [
        (("/kk/a/1", "/kk/a/2", "/ru/a/1", "/about"), "/kk/"),
        (("/a/1", "/a/2", "/a/3", "/kk/a/1"), "/"),
    ],
)
def test_the_folder_of_the_language_is_named_if_most_pages_are_in_it(
    paths: tuple[str, ...], beginning: str
) -> None:
    (pattern,) = proposed(*paths).urls.accept
    assert pattern == rf"^http://site\.example{beginning}a/\d+$"


def test_without_a_sitemap_pages_are_found_by_feed_and_links() -> None:
    discover = proposed("/10", "/11", feeds=(f"{HOST}/rss.xml",)).discover
    assert discover == Discover(feeds=(f"{HOST}/rss.xml",), listings=(f"{HOST}/",), follow=True)


def test_a_site_without_two_pages_is_for_a_person() -> None:
    with pytest.raises(Failed, match="write the file by hand"):
        proposed("/10")


OJS = "Open Journal Systems 3.3.0.13"
JOURNAL = f"{HOST}/index.php/j/"


@pytest.mark.parametrize(
    ("paths", "examples"),
    [
        (("kk/article/view/7", "article/view/9", "ru/article/view/9", "issue/view/2"), 2),
        (("issue/archive", "kk/issue/view/2"), 0),
    ],
)
def test_a_journal_is_taken_by_oai(paths: tuple[str, ...], examples: int) -> None:
    links = tuple(f"{JOURNAL}{path}" for path in paths)
    home = Home(url=f"{HOST}/", name="Хабаршы", language="ru", generator=OJS, links=links)
    draft = propose(home, Maps())
    source = draft.source
    assert source.discover == Discover(oai=(f"{JOURNAL}oai",))
    assert len(source.urls.examples) == examples
    assert source.urls.accepts(f"{JOURNAL}kk/article/view/12")
    assert not source.urls.accepts(f"{JOURNAL}ru/article/view/12")
    assert source.kind == "science"
    assert Source.model_validate(tomllib.loads(draft.toml)) == source
    assert [item for item in check_source(source) if item.level == "error"] == []


def test_a_site_of_another_program_is_no_journal() -> None:
    links = (f"{JOURNAL}article/view/7", f"{JOURNAL}article/view/9")
    home = Home(url=f"{HOST}/", language="kk", generator="WordPress 6.4", links=links)
    assert propose(home, Maps()).source.discover.oai == ()


def test_sections_are_no_texts_and_no_shape_is_covered_by_another() -> None:
    sections = [f"{HOST}/kk/bolim-{letter}/" for letter in "abc"]
    texts = [f"{section}{name}" for section in sections for name in ("bir-soz", "eki-soz")]
    odd = [f"{HOST}/kk/auyl/bir-soz", f"{HOST}/kk/qala/eki-soz"]
    shapes = article_shapes([*sections, *texts, *odd], f"{HOST}/kk/")
    assert [shape.pattern for shape in shapes] == [
        r"^http://site\.example/kk/[a-z0-9-]+/[a-z0-9-]+$"
    ]
    assert set(shapes[0].urls) == {*texts, *odd}


segments = st.text(alphabet="abzqk019-_.А%", min_size=1, max_size=12)
paths = st.lists(segments, min_size=1, max_size=4).map("/".join)


@settings(max_examples=100, deadline=None)
@given(found=st.lists(paths, min_size=2, max_size=30, unique=True))
def test_a_pattern_fits_every_address_it_was_made_of(found: list[str]) -> None:
    urls = [f"{HOST}/{path}" for path in found]
    whole = section_shape(urls, f"{HOST}/")
    for shape in [*article_shapes(urls, f"{HOST}/"), *([whole] if whole else [])]:
        accepting = Urls(accept=(shape.pattern,), examples=(shape.urls[0], shape.urls[-1]))
        assert all(accepting.accepts(url) for url in shape.urls)
        assert not any(accepting.accepts(url.replace(HOST, "http://other.kz")) for url in urls)
        assert len(shape.pattern) <= LONGEST_PATTERN


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(min_size=1, max_size=60, alphabet=st.characters(codec="utf-8")),
    numbers=st.lists(st.integers(0, 10**60), min_size=2, max_size=8, unique=True),
)
def test_a_draft_reads_back_and_stays_on_one_screen(name: str, numbers: list[int]) -> None:
    examples = tuple(f"{HOST}/kk/{number}" for number in numbers)
    source = Source(
        id="site",
        name=name,
        homepage=f"{HOST}/kk/",
        kind="news",
        discover=Discover(listings=(f"{HOST}/kk/",), follow=True),
        urls=Urls(
            accept=(r"^http://site\.example/kk/\d+$",),
            reject=("/ru/",),
            examples=examples,
            counterexamples=(f"{HOST}/ru/1",),
        ),
        rights=Rights(basis="unclear", checked="never"),
    )
    text = draft_toml(source, Home(url=f"{HOST}/kk/", terms=f"{HOST}/terms"))
    assert Source.model_validate(tomllib.loads(text)) == source
    assert text.count("\n") <= MOST_LINES


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.sait.kz/kk/", "sait-kz"),
        ("https://kaz.sait.kz/", "kaz-sait-kz"),
        ("https://" + "a" * 90 + ".kz", "a" * 63),
    ],
)
def test_an_id_is_the_host_with_dashes(url: str, expected: str) -> None:
    assert source_id(url) == expected
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,62}", source_id(url))


def test_the_host_may_say_the_kind() -> None:
    assert [kind_of(f"https://{host}/") for host in ("gov.kz", "edu.kz", "sait.kz")] == [
        "government",
        "education",
        "news",
    ]


def test_most_addresses_decide_how_the_site_begins() -> None:
    urls = ["https://www.sait.kz/1", "https://www.sait.kz/2", "http://sait.kz/3"]
    assert common_prefix(urls, "http://sait.kz/") == "https://www.sait.kz/"
    assert common_prefix([], "http://sait.kz/kk/") == "http://sait.kz/"
