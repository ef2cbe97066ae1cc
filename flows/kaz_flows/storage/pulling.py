"""From a bucket to this machine: what a build must see, and a release to publish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kaz_datasets.errors import NotAWorkspace, NotFound
from kaz_datasets.files import atomic_path
from kaz_datasets.progress import Progress, silent
from kaz_datasets.release.manifest import CHECKSUMS, MANIFEST, read_manifest
from kaz_datasets.release.version import Version
from kaz_datasets.takedown.register import REGISTER
from kaz_datasets.workspace import CONFIGURATION_FILE, Workspace
from kaz_flows.plan import ARCHIVE_SUFFIXES
from kaz_flows.storage.bucket import Bucket
from kaz_flows.storage.contents import CONTENTS, read_contents
from kaz_flows.storage.lease import held
from kaz_flows.storage.mirror import mirror_at
from kaz_flows.storage.shared import SharedStorage

_RECORD: Final = ".stage.json"


def shared_workspace(url: str, root: Path) -> Workspace:
    """The workspace in a bucket, with `root` as its place on this machine.

    Raises NotAWorkspace, BadConfiguration, Failed.
    """
    bucket = Bucket.of(url)
    if CONFIGURATION_FILE not in read_contents(bucket, ""):
        raise NotAWorkspace(
            f"{bucket.url} is not a kazcorpus workspace: fill it with"
            f" `kazcorpus push {bucket.url}` from one that is on a disk"
        )
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    bring_small_files(bucket, root)
    return Workspace(root=root, storage=SharedStorage(bucket=bucket, root=root))


def bring_small_files(bucket: Bucket, root: Path) -> None:
    """Everything that decides what is to be done: all but archives, documents and shards."""
    mirror = mirror_at(root)
    for folder in ["", *_crawls(bucket)]:
        entries = read_contents(bucket, folder)
        (root / folder).mkdir(parents=True, exist_ok=True)
        files = {
            root / folder / name: entry.sha256
            for name, entry in entries.items()
            if not name.endswith(ARCHIVE_SUFFIXES)
        }
        with mirror.having(bucket, files):
            pass
    for version in _versions(bucket):
        path = root / "releases" / version / MANIFEST
        bucket.fetch(mirror.key(path), path)


def pull(
    bucket: Bucket, workspace: Workspace, version: str | None = None, progress: Progress = silent
) -> Path | None:
    """Bring one release, by default the newest, and what decides a build, into a workspace.

    A configuration that is here stays; of two registers of takedowns the longer one stays.
    Returns the release's folder, None where the bucket has none yet. Raises NotFound, Failed.
    """
    with held(bucket):
        for name in read_contents(bucket, ""):
            _bring_root_file(bucket, workspace.root, name)
        versions = _versions(bucket)
        if version is not None and version not in versions:
            raise NotFound(f"{bucket.url} has no release {version}: it has {versions or 'none'}")
        if not versions:
            return None
        return _bring_release(bucket, workspace, version or versions[-1], progress)


def _crawls(bucket: Bucket) -> Iterator[str]:
    for key in bucket.keys("archive"):
        if key.endswith(f"/{CONTENTS}"):
            yield key.removesuffix(f"/{CONTENTS}")


def _versions(bucket: Bucket) -> list[str]:
    """The releases that are whole: those with a stage's record."""
    names = (key.removeprefix("releases/") for key in bucket.keys("releases"))
    found = (name.removesuffix(_RECORD) for name in names if name.endswith(_RECORD))
    return sorted((name for name in found if "/" not in name), key=Version.parse)


def _bring_root_file(bucket: Bucket, root: Path, name: str) -> None:
    path = root / name
    text = bucket.read(name)
    here = path.read_bytes() if path.is_file() else None
    if here is None or (name == REGISTER and text.startswith(here) and text != here):
        with atomic_path(path) as temporary:
            temporary.write_bytes(text)


def _bring_release(bucket: Bucket, workspace: Workspace, version: str, progress: Progress) -> Path:
    folder = workspace.releases / version
    mirror = mirror_at(workspace.root)
    # the manifest last: a folder that has one is a whole release
    manifest = Path(f"{folder}.{MANIFEST}.partial")
    bucket.fetch(mirror.key(folder / MANIFEST), manifest)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        manifest.replace(folder / MANIFEST)
        files = {folder / file.path: file.sha256 for file in read_manifest(folder).files}
        for number, (path, digest) in enumerate(files.items()):
            progress(number, len(files), "files")
            with mirror.having(bucket, {path: digest}):
                pass
        bucket.fetch(mirror.key(folder / CHECKSUMS), folder / CHECKSUMS)
    finally:
        manifest.unlink(missing_ok=True)
    record = workspace.releases / f"{version}{_RECORD}"
    bucket.fetch(mirror.key(record), record)
    progress(len(files), len(files), "files")
    return folder
