"""Is the workspace in order: its configuration, what killed work left, its Prefect server?"""

from __future__ import annotations

from kaz_datasets.errors import KazcorpusError
from kaz_datasets.files import TEMPORARY_SUFFIX
from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import Configuration
from kaz_flows.doctor.finding import Finding
from kaz_flows.lock import holders
from kaz_flows.server import running_server


def configuration(workspace: Workspace) -> Finding:
    """A configuration that can be read."""
    try:
        stated = Configuration.of(workspace)
    except KazcorpusError as error:
        return Finding(
            check="configuration",
            state="wrong",
            found=str(error),
            advice=f"mend {workspace.configuration}",
        )
    found = f"release {stated.release.version} of {stated.release.repo}"
    return Finding(check="configuration", state="ok", found=found)


def contact(workspace: Workspace) -> Finding:
    """An address where site owners reach the operator: no crawl without it."""
    try:
        address = Configuration.of(workspace).crawl.contact
    except KazcorpusError:
        return Finding(check="contact", state="doubt", found="not known")
    if address:
        return Finding(check="contact", state="ok", found=address)
    return Finding(
        check="contact",
        state="doubt",
        found="none",
        advice="set `contact` under [crawl]: sites are crawled under your name or not at all",
    )


def leftovers(workspace: Workspace) -> Finding:
    """Who is at work here, and what a killed build was writing."""
    at_work = holders(workspace)
    if at_work:
        found = "; ".join(one.sentence for one in at_work)
        return Finding(check="work", state="ok", found=found)
    folders = (workspace.documents, workspace.dedup, workspace.releases)
    count = sum(1 for folder in folders for _ in folder.rglob(f".*{TEMPORARY_SUFFIX}"))
    if count:
        return Finding(
            check="work",
            state="doubt",
            found=f"{count} half-written files of work that was cut off",
            advice="give the same command again: it removes them and goes on",
        )
    return Finding(check="work", state="ok", found="nothing is half-done")


def prefect_server(workspace: Workspace) -> Finding:
    """Whether runs are seen in the Prefect UI."""
    server = running_server(workspace)
    if server is not None:
        return Finding(check="Prefect", state="ok", found=f"its UI is at {server.url}")
    return Finding(
        check="Prefect",
        state="ok",
        found="not running, so runs are not recorded",
        advice=f"`kazcorpus up --workspace {workspace.root}` starts it",
    )
