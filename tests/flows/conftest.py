"""One crawl of the made-up web and one build of it, shared by the tests that look at them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from demo_build import Demo
from kaz_crawlers.crawl import CrawlOptions
from kaz_crawlers.demosite.server import serve
from kaz_datasets.workspace import Workspace
from kaz_flows.build import build
from kaz_flows.configuration import Configuration, make_workspace
from kaz_flows.crawling import crawl_sources
from kaz_flows.demo import demo_sources
from kaz_flows.runner import LocalRunner


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose archive holds the made-up web."""
    workspace = make_workspace(tmp_path_factory.mktemp("demo") / "workspace")
    with serve() as site:
        options = CrawlOptions(proxy=site.url, delay=0.0)
        crawl_sources(workspace, demo_sources(), options, LocalRunner())
    yield workspace
    shutil.rmtree(workspace.root)


@pytest.fixture(scope="session")
def demo(crawled: Workspace) -> Demo:
    """The same workspace, built."""
    return Demo(crawled, build(crawled, Configuration.of(crawled), LocalRunner()))
