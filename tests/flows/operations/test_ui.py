"""The Prefect UI in a real browser: a release from its form, seen, approved, published.

`make test-ui`; screenshots are left in `.screenshots/`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from kaz_crawlers.demosite.server import serve as serve_site
from kaz_datasets.hub import serve as serve_hub
from kaz_flows.configuration import TEMPLATE, make_workspace
from kaz_flows.demo import demo_sources

playwright = pytest.importorskip("playwright.sync_api", reason="the group `ui` is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's package chromium is not installed"),
    pytest.mark.timeout(600),
]
COMMAND = [sys.executable, "-c", "from kaz_flows.cli import main; main()"]
SCREENSHOTS: Final = Path(__file__).parents[3] / ".screenshots"
LAPTOP: Final = {"width": 1366, "height": 820}
QUIET: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REPO = "demo/operated"


class Operator:
    """Somebody at the UI, and the server's own words for what the UI shows."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self._flows = {
            self.ask(f"flows/{found['flow_id']}")["name"]: found["id"]
            for found in self.ask("deployments/filter", {})
        }

    def ask(self, path: str, question: dict[str, Any] | None = None) -> Any:
        """What Prefect's API answers."""
        data = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(
            f"{self.url}/api/{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def open(self, path: str, text: str) -> None:
        """Go to a page and wait until it shows `text`."""
        self.page.goto(f"{self.url}{path}")
        self.page.get_by_text(text).first.wait_for(timeout=60_000)

    def form(self, flow: str) -> None:
        """The form of a deployment."""
        self.open(f"/deployments/deployment/{self._flows[flow]}/run", "Parameters")

    def submit(self) -> None:
        """Send the form that is open."""
        self.page.get_by_role("button", name="Submit").click()

    def run_of(self, flow: str, states: set[str]) -> dict[str, Any]:
        """The newest run of a flow, once it is in one of `states`."""
        question = {
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": 1,
            "deployments": {"id": {"any_": [self._flows[flow]]}},
        }
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            runs = self.ask("flow_runs/filter", question)
            if runs and runs[0]["state"]["type"] in states:
                return dict(runs[0])
            time.sleep(0.5)
        raise AssertionError(f"the run of {flow} is {runs[0]['state'] if runs else 'not there'}")

    def picture(self, name: str) -> None:
        """Leave a screenshot for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(1_000)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@contextmanager
def up(workspace: Path, **environment: str) -> Iterator[str]:
    """`kazcorpus up` in a process of its own; the address of the UI."""
    with subprocess.Popen(
        [*COMMAND, "up", "--workspace", str(workspace), "--port", "0"],
        env={**os.environ, "NO_COLOR": "1", **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(2)]
        try:
            yield said[0].split(": ")[1].split()[0]
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    workspace = make_workspace(tmp_path / "demo", TEMPLATE.replace("my-name/my-corpus", REPO))
    tokens = {"local": "write"}
    with (
        serve_hub(tmp_path / "hub", tokens=tokens) as hub,  # type: ignore[arg-type]
        up(workspace.root, HF_TOKEN="local", HF_ENDPOINT=hub.url, HF_HUB_DISABLE_XET="1") as url,
        playwright.sync_playwright() as browsers,
    ):
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield Operator(browser.new_page(viewport=LAPTOP), url)
        browser.close()


def test_from_the_form_of_a_crawl_to_a_published_release(operator: Operator) -> None:
    page = operator.page
    operator.open("/deployments", "renew")
    operator.picture("1-deployments")
    with serve_site() as site:
        operator.form("crawl")
        page.get_by_role("button", name="Add item").click()
        page.get_by_label("Sources").or_(page.locator("textarea")).last.wait_for()
        operator.picture("2-form")
        start_crawl(operator, site.url)
        operator.run_of("crawl", {"COMPLETED"})
    operator.form("release")
    operator.picture("3-release-form")
    operator.submit()
    run = operator.run_of("release", {"PAUSED", "FAILED", "CRASHED"})
    operator.open(f"/runs/flow-run/{run['id']}", "Paused")
    operator.picture("4-waiting")
    page.get_by_role("button", name="Resume").first.click()
    page.get_by_text("checks passed").wait_for()
    operator.picture("5-approval")
    # the switch is drawn over its checkbox, which a pointer cannot reach
    page.locator("input[type=checkbox]").last.evaluate("box => box.click()")
    page.get_by_role("button", name="Submit").last.click()
    run = operator.run_of("release", {"COMPLETED", "FAILED", "CRASHED"})
    assert run["state"]["type"] == "COMPLETED"
    artifacts = operator.ask(
        "artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
    )
    keys = {artifact["key"] for artifact in artifacts}
    assert keys >= {"funnel", "sources", "rejects", "funnel-chart", "release", "card", "published"}
    for number, key in enumerate(("funnel", "funnel-chart", "published"), start=6):
        found = next(artifact for artifact in artifacts if artifact["key"] == key)
        operator.open(f"/artifacts/artifact/{found['id']}", key)
        operator.picture(f"{number}-{key}")
    published = next(artifact for artifact in artifacts if artifact["key"] == "published")
    assert published["data"].startswith(f"**{REPO}** v1.0.0: ")


def start_crawl(operator: Operator, proxy: str) -> None:
    """Start the crawl as its form would: a list of seven names is typed faster by the API."""
    parameters = {"crawl": {"sources": demo_sources(), "proxy": proxy}}
    deployment = operator._flows["crawl"]
    operator.ask(f"deployments/{deployment}/create_flow_run", {"parameters": parameters})
