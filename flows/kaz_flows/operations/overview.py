"""A workspace on one screen: is it up, who works in it, what does it hold?"""

from __future__ import annotations

from kaz_crawlers.url_states import FRONTIER_FILE
from kaz_datasets.workspace import Workspace
from kaz_flows.lock import holders
from kaz_flows.operations.standing import standing
from kaz_flows.plan import FINISHED


def overview(workspace: Workspace) -> dict[str, str | int | None]:
    """What `kazcorpus status` shows, in its order."""
    up = standing(workspace)
    crawls = [path.parent for path in workspace.archive.glob(f"*/*/{FRONTIER_FILE}")]
    return {
        "up": up.url if up else None,
        "at work": "; ".join(one.sentence for one in holders(workspace)) or None,
        "sources": len({crawl.parent for crawl in crawls}),
        "crawls": len(crawls),
        "unfinished crawls": sum(not (crawl / FINISHED).exists() for crawl in crawls),
        "releases": ", ".join(
            sorted(p.parent.name for p in workspace.releases.glob("*/release.json"))
        ),
    }
