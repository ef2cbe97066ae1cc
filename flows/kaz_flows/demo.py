"""The demo: every part of the pipeline as it really is, over a made-up web on loopback."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from kaz_crawlers.demosite.server import serve as serve_site
from kaz_crawlers.source_files import builtin_sources
from kaz_datasets.files import write_text
from kaz_datasets.hub import serve as serve_hub
from kaz_datasets.publishing import Published
from kaz_datasets.release.verify import verify_release
from kaz_datasets.workspace import Workspace
from kaz_flows.build import BuildResult
from kaz_flows.configuration import TEMPLATE, make_workspace
from kaz_flows.load_back import rows_loaded
from kaz_flows.server import client_environment, start, wait_until_up

REPO = "demo/kazcorpus-demo"
TAG = "v1.0.0"
TOKEN = "local"  # noqa: S105 - the loopback Hub of the demo knows no other
Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class DemoResult:
    """What the demo showed."""

    build: BuildResult
    published: Published
    rows_loaded: int


def demo_sources() -> list[str]:
    """The ids of the sources that crawl the made-up web."""
    return sorted(path.stem for path in builtin_sources().glob("demo-*.toml"))


def run_demo(folder: Path, report: Report) -> DemoResult:
    """Crawl, build, verify, publish, load. Raises Unverified if a figure does not hold."""
    workspace = make_workspace(folder, TEMPLATE.replace("my-name/my-corpus", REPO))
    write_text(workspace.root / ".demo", "made by `kazcorpus demo`, which may remove it\n")
    with ExitStack() as stack:
        report("starting Prefect's server, the made-up web and a Hub, all on loopback")
        process, server = start(workspace)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        site = stack.enter_context(serve_site())
        hub = stack.enter_context(serve_hub(workspace.root / "hub", tokens={TOKEN: "write"}))
        # Prefect reads the environment when it is imported, which takes seconds: meanwhile
        os.environ.update(client_environment(workspace, server), HF_TOKEN=TOKEN)
        import_module("kaz_flows.flows")
        wait_until_up(process, server)
        return _walk(workspace, site.url, hub.url, report)


def _walk(workspace: Workspace, site: str, hub: str, report: Report) -> DemoResult:
    from kaz_flows.flows import build_flow, crawl_flow, publish_flow
    from kaz_flows.operations.forms import CrawlForm, PublishForm

    sources = demo_sources()
    report(f"crawling {len(sources)} sources with Scrapy")
    crawl_flow(workspace.root, CrawlForm(sources=sources, proxy=site))
    report("cleaning, identifying the language, removing duplicates, writing the release")
    built = build_flow(workspace.root)
    report("verifying the release")
    verify_release(built.release).require()
    report("publishing it to the Hub and loading it from there")
    form = PublishForm(version=built.version, repo=REPO, endpoint=hub, visibility="public")
    published = publish_flow(workspace.root, form)
    rows = rows_loaded(
        published.repo,
        published.tag,
        endpoint=hub,
        token=TOKEN,
        cache=workspace.root / ".huggingface",
    )
    return DemoResult(build=built, published=published, rows_loaded=rows)
