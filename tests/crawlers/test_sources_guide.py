"""What docs/sources-guide.md shows is true: its class and its entry points work as they stand."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse

from kaz_crawlers.site import site_of
from kaz_crawlers.site_check import check_site
from kaz_crawlers.source import load_source
from kaz_crawlers.source_check import check_file
from kaz_crawlers.source_files import source_named
from kaz_datasets.vocabulary import RIGHTS_BASES
from packs import install_pack

from .conftest import HOST, make_source

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "sources-guide.md"
TEXT = GUIDE.read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_class_and_the_entry_points_of_the_guide_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = tomllib.loads(block("toml"))["project"]["entry-points"]
    (name,) = groups["kazcorpus.sites"]
    accept = {"accept": [r"^http://site\.example/kk/"]}
    source = make_source(urls=accept).model_copy(update={"python": name})
    files = {
        "kazcorpus_oral/__init__.py": "",
        "kazcorpus_oral/sites.py": block("python"),
        "kazcorpus_oral/sources/site.toml": source.to_toml(),
    }
    install_pack(tmp_path, "kazcorpus-oral", files, groups)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        path = source_named("site")
        assert [item for item in check_file(path) if item.level == "error"] == []
        site = site_of(load_source(path))
        answer = HtmlResponse(f"{HOST}/kk/page/1", body=b'<a href="/kk/7">x</a>', encoding="utf-8")
        assert check_site(site, "listing", answer) == []
        links = list(site.links("listing", answer))
        assert [links[0].url, links[1].url] == [f"{HOST}/kk/7", f"{HOST}/kk/page/2"]
        assert len(links) == 50
    finally:
        for name in [name for name in sys.modules if name.startswith("kazcorpus_oral")]:
            del sys.modules[name]


def test_the_guide_knows_every_basis() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \| (?:say|the|nothing|you)", TEXT, re.MULTILINE) == list(
        RIGHTS_BASES
    )


def test_the_links_of_the_guide_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (GUIDE.parent / target).is_file(), target
