"""One contract for every source: those of the package, and those with a Python class."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, Response, XmlResponse

from kaz_crawlers.addresses import Role
from kaz_crawlers.crawl import CrawlOptions, crawl
from kaz_crawlers.recordings import read_recording, recording_file
from kaz_crawlers.site import Site, site_of
from kaz_crawlers.site_check import check_site
from kaz_crawlers.source import Source, load_source
from kaz_crawlers.source_check import check_file, check_source
from kaz_crawlers.source_files import builtin_sources
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.vocabulary import KINDS
from packs import install_pack

from .conftest import HOST, make_source

BUILTIN = sorted(builtin_sources().glob("*.toml"))
REAL = {path.stem: load_source(path) for path in BUILTIN if not path.stem.startswith("demo-")}
UNSEEN = [source for source in REAL.values() if source.rights.never_checked]

PYTHON_SITES = """
from kaz_crawlers.discovery import Link
from kaz_crawlers.site import Site

class Numbered(Site):
    '''Pages are named in a script, which no selector finds.'''
    def links(self, role, response):
        yield from super().links(role, response)
        if role == "listing":
            for number in range(2):
                yield Link(url=response.urljoin(f"/kk/{number}"), role="page")

class Careless(Site):
    def links(self, role, response):
        yield "/kk/1"
        yield Link(url="/kk/1", role="pgae")

class Failing(Site):
    def links(self, role, response):
        raise KeyError("kk")

class NoSite: pass
"""

ANSWERS: list[tuple[Role, Response]] = [
    ("listing", HtmlResponse(f"{HOST}/", body=b'<a href="/kk/7">x</a>', encoding="utf-8")),
    ("page", HtmlResponse(f"{HOST}/kk/1", body=b"<p>x</p>", encoding="utf-8")),
    ("sitemap", XmlResponse(f"{HOST}/sitemap.xml", body=b"<urlset></urlset>")),
    ("sitemap", Response(f"{HOST}/sitemap.xml", body=b"\x00\xff no sitemap")),
    ("feed", Response(f"{HOST}/feed", body=b"no feed")),
]


@pytest.fixture
def python_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    names = ("Numbered", "Careless", "Failing", "NoSite")
    points = {name.lower(): f"contract_sites:{name}" for name in names}
    files = {"contract_sites.py": PYTHON_SITES}
    install_pack(tmp_path, "kazcorpus-contract", files, {"kazcorpus.sites": points})
    monkeypatch.syspath_prepend(str(tmp_path))
    accept = {"accept": [r"^http://site\.example/kk/"]}
    yield make_source(urls=accept).model_copy(update={"python": "numbered"})
    sys.modules.pop("contract_sites", None)


@pytest.mark.parametrize("path", BUILTIN, ids=lambda path: path.stem)
def test_a_source_of_the_package_has_no_errors(path: Path) -> None:
    assert [str(item) for item in check_file(path) if item.level == "error"] == []
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40


def test_the_package_has_sources_of_every_kind() -> None:
    kinds = Counter(source.kind for source in REAL.values())
    assert set(kinds) == set(KINDS) - {"other"}
    assert sum(kinds.values()) >= 45


@pytest.mark.parametrize("source", UNSEEN, ids=lambda source: source.id)
def test_nothing_is_claimed_that_nobody_has_seen(source: Source) -> None:
    assert source.urls.examples == ()
    assert read_recording(recording_file(builtin_sources() / f"{source.id}.toml")) is None
    assert source.rights.note
    assert source.rights.evidence or source.rights.basis == "unclear"


@pytest.mark.parametrize("source", REAL.values(), ids=REAL.keys())
def test_pages_in_other_languages_are_left_alone(source: Source) -> None:
    if not source.discover.by_crawl:
        return  # there the records say which language they are in
    for url in source.urls.shown:
        host, _, path = url.partition("://")[2].partition("/")
        mark, _, rest = path.partition("/")
        below = rest if mark in ("kk", "kz", "kaz") else path
        for other in ("ru", "en"):
            assert not source.urls.accepts(f"https://{host}/{other}/{below}")
    assert not [item for item in check_source(source) if "taken for Kazakh" in item.message]


@pytest.mark.parametrize("source", UNSEEN, ids=lambda source: source.id)
def test_a_source_nobody_has_looked_at_is_not_crawled(source: Source, tmp_path: Path) -> None:
    # nobody can be reached either, so that no defect here sends a request
    with pytest.raises(BadConfiguration, match=r"--unchecked|are unclear|is not crawled"):
        crawl(source, tmp_path / "crawl", CrawlOptions())
    assert not (tmp_path / "crawl").exists()


@pytest.mark.parametrize(("role", "answer"), ANSWERS)
@pytest.mark.parametrize("python", [None, "numbered"])
def test_a_site_keeps_the_contract(
    python: str | None, role: Role, answer: Response, python_source: Source
) -> None:
    source = python_source.model_copy(update={"python": python})
    assert [item for item in check_source(source) if item.level == "error"] == []
    assert check_site(site_of(source), role, answer) == []


def test_a_class_finds_what_toml_cannot(python_source: Source) -> None:
    role, answer = ANSWERS[0]
    found = [link.url for link in site_of(python_source).links(role, answer)]
    assert found == [f"{HOST}/kk/7", f"{HOST}/kk/0", f"{HOST}/kk/1"]
    assert type(site_of(make_source())) is Site


@pytest.mark.parametrize(
    ("python", "message"),
    [("careless", "must yield Link, not str"), ("failing", "raised KeyError")],
)
def test_a_breach_is_named(python: str, message: str, python_source: Source) -> None:
    site = site_of(python_source.model_copy(update={"python": python}))
    (problem, *_) = check_site(site, *ANSWERS[0])
    assert message in str(problem)


def test_a_class_must_be_a_site(python_source: Source) -> None:
    source = python_source.model_copy(update={"python": "nosite"})
    with pytest.raises(BadConfiguration, match="no subclass of"):
        site_of(source)
    assert check_source(source)[0].key == "python"


def test_a_source_travels_with_the_name_of_its_class(python_source: Source, tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(python_source.to_toml(), encoding="utf-8")
    assert load_source(path) == python_source
