"""From an owner's word to a release: what was refused, what was kept with which statements.

One crawl; what follows needs nothing but its archive.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import proxied_site
from kaz_crawlers.crawl import CrawlOptions
from kaz_crawlers.source import Source
from kaz_datasets.shards import read_shard
from kaz_datasets.strict_toml import validate
from kaz_datasets.warc import Page, read_pages
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.crawling import crawl_sources
from kaz_flows.runner import LocalRunner

SITE = "http://alan.example"
HTML = {"Content-Type": "text/html; charset=utf-8"}
ROBOTS = b"""\
License: https://alan.example/license.xml
User-agent: *
Content-Signal: search=yes, ai-train=yes
Content-Usage: /kk/zhabyq/ train-ai=n
"""
TDMREP = b'[{"location": "/kk/saqtauly", "tdm-reservation": 1}]'
AI_TXT = b"User-Agent: *\nDisallow: /kk/ai/\nAllow: *.html\n"
# written for this test
LINES = (
    "Тау бөктеріндегі бұлақтың суын ауыл тұрғындары құбырмен үйлеріне жеткізіп алды.",
    "Ескі диірменді жөндеген шебер оның тасын қайта қашап, қалақтарын жаңартып шықты.",
    "Балалар алаңына құм төгіліп, жанына үлкендер отыратын орындықтар қойылды.",
    "Күзгі жәрмеңкеге көрші аудандардан бал, құрт және жеміс-жидек әкелінді.",
    "Мектеп ауласындағы көшеттерді оқушылар өз сыныптарына бөліп алып, баптап жүр.",
)


def article(number: int, head: str = "") -> bytes:
    lines = LINES[number % 5 :] + LINES[: number % 5]
    body = "".join(f"<p>{line} Бұл {number}-жазба.</p>" for line in lines)
    title = f"{number}-хабар"
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


BY = '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">'
PATHS = ("/kk/1", "/kk/2", "/kk/3", "/kk/zhabyq/4", "/kk/saqtauly", "/kk/ai/6")
PAGES: proxied_site.Pages = {
    f"{SITE}/robots.txt": ({"Content-Type": "text/plain"}, ROBOTS),
    f"{SITE}/.well-known/tdmrep.json": ({"Content-Type": "application/json"}, TDMREP),
    f"{SITE}/ai.txt": ({"Content-Type": "text/plain"}, AI_TXT),
    f"{SITE}/": (HTML, "".join(f'<a href="{path}">x</a>' for path in PATHS).encode()),
    f"{SITE}/kk/1": (HTML, article(1, BY)),
    f"{SITE}/kk/2": ({**HTML, "Content-Usage": "train-ai=n"}, article(2)),
    f"{SITE}/kk/3": (HTML, article(3, '<meta name="robots" content="noai">')),
}
KEPT_SIGNALS = [
    "ai.txt:allow=*.html",
    "page:rel-license=https://creativecommons.org/licenses/by/4.0/",
    "robots.txt:content-signal=search=yes, ai-train=yes",
    "robots.txt:license=https://alan.example/license.xml",
]


def source() -> Source:
    values = {
        "id": "alan",
        "name": "Алаң",
        "homepage": f"{SITE}/",
        "kind": "news",
        "maintainers": ["@someone"],
        "discover": {"listings": [f"{SITE}/"]},
        "urls": {"accept": ["/kk/"], "examples": [f"{SITE}/kk/1", f"{SITE}/kk/2"]},
        "rights": {"basis": "text-and-data-mining", "checked": "2026-11-01"},
    }
    return validate(values, Source, "alan.toml")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = make_workspace(tmp_path_factory.mktemp("rights") / "w")
    workspace.sources.mkdir()
    (workspace.sources / "alan.toml").write_text(source().to_toml(), encoding="utf-8")
    with proxied_site.serve(PAGES) as proxy:
        options = CrawlOptions(proxy=proxy, delay=0.0)
        crawl_sources(workspace, ["alan"], options, LocalRunner())
    return workspace


def built(workspace: Workspace) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows and rejected rows of the release."""
    release = build(workspace, Configuration.of(workspace), LocalRunner()).release
    kept, rejected = (
        [row for path in sorted(release.glob(glob)) for row in read_shard(path).to_pylist()]
        for glob in ("data/*/*/*.parquet", "rejected/*.parquet")
    )
    return kept, rejected


def test_the_files_of_the_origin_are_kept(workspace: Workspace) -> None:
    archives = workspace.archive.glob("*/*/*.warc.gz")
    pages = [page for path in archives for page in read_pages(path) if isinstance(page, Page)]
    kept = {page.url.removeprefix(SITE): page.body for page in pages}
    assert kept["/robots.txt"] == ROBOTS
    assert kept["/.well-known/tdmrep.json"] == TDMREP
    assert kept["/ai.txt"] == AI_TXT


def test_the_archive_alone_gives_the_verdict_again(workspace: Workspace, tmp_path: Path) -> None:
    kept, rejected = built(workspace)
    assert [row["url"] for row in kept] == [f"{SITE}/kk/1"]
    assert kept[0]["rights"] == {"basis": "text-and-data-mining", "signals": KEPT_SIGNALS}
    assert kept[0]["licence"] == "CC-BY-4.0"
    refused = {
        row["url"].removeprefix(SITE): (row["stage"], row["rule"], row["value"])
        for row in rejected
        if row["rule"] in ("rights", "no-ai-training")
    }
    assert refused == {
        "/kk/2": ("clean", "no-ai-training", "header:content-usage=train-ai=n"),
        "/kk/3": ("clean", "no-ai-training", "meta:robots=noai"),
        "/kk/zhabyq/4": ("crawl", "rights", "robots.txt:content-usage=train-ai=n"),
        "/kk/saqtauly": ("crawl", "rights", "tdmrep.json:tdm-reservation=1"),
        "/kk/ai/6": ("crawl", "rights", "ai.txt:disallow=/kk/ai/"),
    }
    again = make_workspace(tmp_path / "again")
    shutil.copytree(workspace.archive, again.archive, dirs_exist_ok=True)
    assert built(again) == (kept, rejected)
