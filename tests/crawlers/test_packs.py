"""Other packages bring sources and site classes by entry point; a broken one harms nobody."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaz_crawlers.crawl import CrawlOptions, crawl
from kaz_crawlers.packs import installed_packs, site_class
from kaz_crawlers.source_files import builtin_sources, find_sources, source_named
from kaz_crawlers.source_table import source_rows
from kaz_datasets.errors import BadConfiguration, NotFound
from packs import install_pack

from .conftest import HOST, LoopbackSite, make_source

SOURCES = "kazcorpus.sources"
SITES = "kazcorpus.sites"


@pytest.fixture
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if name.startswith("oral"):
            del sys.modules[name]


def install_oral(
    site_packages: Path, name: str = "kazcorpus-oral", identifier: str = "site"
) -> None:
    module = name.replace("kazcorpus-", "")
    files = {
        f"{module}/__init__.py": "",
        f"{module}/sources/{identifier}.toml": make_source().to_toml(),
    }
    install_pack(site_packages, name, files, {SOURCES: {module: f"{module}.sources"}})


def test_a_pack_brings_sources(site_packages: Path) -> None:
    install_oral(site_packages)
    found = find_sources()
    assert found["site"].origin == "kazcorpus-oral:oral"
    assert source_named("site").name == "site.toml"
    assert found["demo-law"].origin == "kazcorpus"


def test_the_workspace_goes_before_packs_and_packs_before_the_package(
    site_packages: Path, tmp_path: Path
) -> None:
    install_oral(site_packages, identifier="demo-law")
    (tmp_path / "own").mkdir()
    own = tmp_path / "own" / "demo-law.toml"
    own.write_text("")
    assert source_named("demo-law", [tmp_path / "own"]) == own
    assert source_named("demo-law").is_relative_to(site_packages)
    assert find_sources(packs=())["demo-law"].path == builtin_sources() / "demo-law.toml"


def test_two_packs_with_one_id_are_both_named(site_packages: Path, tmp_path: Path) -> None:
    install_oral(site_packages)
    install_oral(site_packages, "kazcorpus-oral2")
    with pytest.raises(BadConfiguration, match="kazcorpus-oral2:oral2") as caught:
        source_named("site")
    assert "kazcorpus-oral:oral" in str(caught.value).replace("oral2", "")
    rows = {row.id: row for row in source_rows(find_sources().values())}
    assert "uninstall one" in str(rows["site"].broken)
    (tmp_path / "site.toml").write_text("")
    assert source_named("site", [tmp_path]) == tmp_path / "site.toml"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("raise RuntimeError('out of tune')", "RuntimeError: out of tune"),
        ("import oral_is_not_installed", "oral_is_not_installed"),
        ("", "holds no TOML file"),
    ],
)
def test_a_broken_pack_is_named_and_stops_nobody(
    text: str, reason: str, site_packages: Path
) -> None:
    install_pack(
        site_packages, "kazcorpus-oral", {"oral/__init__.py": text}, {SOURCES: {"o": "oral"}}
    )
    (pack,) = installed_packs()
    assert reason in str(pack.broken)
    assert source_named("demo-law") == builtin_sources() / "demo-law.toml"
    with pytest.raises(NotFound, match="the pack kazcorpus-oral:o is broken"):
        source_named("nobody-knows-it")


def test_a_class_comes_from_installed_entry_points_only(site_packages: Path) -> None:
    install_pack(
        site_packages,
        "kazcorpus-oral",
        {"oral.py": "class Oral: pass\nnumber = 1\n"},
        {SITES: {"oral": "oral:Oral", "number": "oral:number", "gone": "oral:Gone"}},
    )
    assert site_class("oral").__name__ == "Oral"
    for name, message in [
        ("os.path", r"known: gone, number, oral"),
        ("number", "names no class"),
        ("gone", "cannot be imported"),
    ]:
        with pytest.raises(BadConfiguration, match=message):
            site_class(name)


def test_two_classes_of_one_name_are_refused(site_packages: Path) -> None:
    for name in ("oral", "oral2"):
        text = {f"{name}.py": "class Oral: pass\n"}
        install_pack(site_packages, f"kazcorpus-{name}", text, {SITES: {"oral": f"{name}:Oral"}})
    with pytest.raises(BadConfiguration, match="kazcorpus-oral2:oral"):
        site_class("oral")


NUMBERED = """
from kaz_crawlers.discovery import Link
from kaz_crawlers.site import Site

class Numbered(Site):
    def links(self, role, response):
        yield from super().links(role, response)
        if role == "listing" and response.url.endswith("/page/1"):
            yield Link(url=response.urljoin("2"), role="listing")
            yield Link(url="http://elsewhere.example/page/3", role="listing")
            yield Link(url=response.urljoin("/closed/9"), role="page")
"""


def test_a_crawl_goes_by_the_class_and_no_further_than_allowed(
    site: LoopbackSite, site_packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_pack(
        site_packages,
        "kazcorpus-oral",
        {"oral.py": NUMBERED},
        {SITES: {"numbered": "oral:Numbered"}},
    )
    monkeypatch.setenv("PYTHONPATH", str(site_packages))  # for the process that crawls
    site.page("/page/1", "/kk/1")
    site.page("/page/2", "/kk/2")
    site.page("/kk/1")
    site.page("/kk/2")
    source = make_source(discover={"listings": [f"{HOST}/page/1"], "follow": False})
    source = source.model_copy(update={"python": "numbered"})
    crawl(source, tmp_path / "crawl", CrawlOptions(proxy=site.proxy, delay=0.0))
    asked = {url for url in site.requests if "robots" not in url and ".well-known" not in url}
    pages = {f"{HOST}/{path}" for path in ("page/1", "page/2", "kk/1", "kk/2")}
    assert pages <= asked
    assert not any("elsewhere" in url or "closed" in url for url in asked)
