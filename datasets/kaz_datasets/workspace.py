"""The workspace: where everything of one corpus lies, and nothing outside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kaz_datasets.errors import NotAWorkspace
from kaz_datasets.storage import LOCAL, Storage

CONFIGURATION_FILE = "kazcorpus.toml"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A folder with `kazcorpus.toml`, and the names of what lies in it."""

    root: Path
    storage: Storage = LOCAL
    """Where the files are kept that `root` has, or fetches when they are needed."""

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """The workspace at `root`. Raises NotAWorkspace."""
        if not (root / CONFIGURATION_FILE).is_file():
            raise NotAWorkspace(
                f"{root} is not a kazcorpus workspace (it has no {CONFIGURATION_FILE}):"
                f" make one with `kazcorpus init {root}`"
            )
        return cls(root=root.resolve())

    @property
    def configuration(self) -> Path:
        """The one configuration file."""
        return self.root / CONFIGURATION_FILE

    @property
    def sources(self) -> Path:
        """Source files of this workspace, beside those that come with the package."""
        return self.root / "sources"

    @property
    def archive(self) -> Path:
        """`archive/<source>/<crawl>/`: WARC files, `frontier.sqlite`, `source.toml`."""
        return self.root / "archive"

    @property
    def documents(self) -> Path:
        """`documents/<source>/<crawl>/`: cleaned shards, and `rejected/` beside them."""
        return self.root / "documents"

    @property
    def dedup(self) -> Path:
        """Signatures, clusters and the kept rows."""
        return self.root / "dedup"

    @property
    def benchmarks(self) -> Path:
        """`benchmarks/<set>.parquet`: hashed n-grams of evaluation sets that releases leave out."""
        return self.root / "benchmarks"

    @property
    def releases(self) -> Path:
        """`releases/<version>/`: exactly the tree that is published."""
        return self.root / "releases"
