"""From a release folder to where it is published: a repo on the Hub, a folder, a bucket."""

from __future__ import annotations

from pathlib import Path

from kaz_datasets.errors import NotFound
from kaz_datasets.files import sha256_of
from kaz_datasets.progress import Progress, silent
from kaz_datasets.publishing import Published
from kaz_datasets.publishing.ledger import FILES, REAL_HUB, Ledger, Publication
from kaz_datasets.publishing.targets import HubTarget, Target
from kaz_datasets.release.manifest import MANIFEST
from kaz_datasets.workspace import Workspace
from kaz_flows.lock import NONE, Patience, publishing


def publish_release(
    release: Path, target: Target, progress: Progress = silent, patience: Patience = NONE
) -> Published:
    """Publish a release folder and enter it in the workspace's ledger.

    Its rows went through the gate when it was built: nothing without a stated right is in it.
    Raises Failed while somebody else publishes, and what the target raises.
    """
    folder = release.resolve()
    with publishing(folder, patience):
        published = target.publish(folder, folder.name, progress)
        _enter(folder, published, target)
    return published


def _enter(folder: Path, published: Published, target: Target) -> None:
    Ledger.of(folder.parent).enter(
        Publication(
            repo=published.repo,
            version=folder.name,
            commit=published.commit,
            digest=sha256_of(folder / MANIFEST),
            endpoint=endpoint_of(target),
        )
    )


def endpoint_of(target: Target) -> str:
    """What the ledger calls the place of a target."""
    return (target.endpoint or REAL_HUB) if isinstance(target, HubTarget) else FILES


def release_folder(workspace: Workspace, version: str) -> Path:
    """The folder of one release. Raises NotFound naming the releases that there are."""
    folder = workspace.releases / version.removeprefix("v")
    if not (folder / "release.json").is_file():
        there = sorted(path.parent.name for path in workspace.releases.glob("*/release.json"))
        raise NotFound(
            f"there is no release {version} in {workspace.root}"
            f" (there is: {', '.join(there) or 'none yet'}): run `kazcorpus build`"
        )
    return folder
