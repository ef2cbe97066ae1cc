"""What an operator decides for a run: the forms of the Prefect UI, and of no other place.

Prefect stores a run's parameters as they are, so no token is ever one of them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from prefect.input import RunInput
from pydantic import BaseModel, ConfigDict, Field

from kaz_crawlers.crawl import CrawlOptions

# An empty text stands for "not stated": the UI shows a plain field for it, and a switch of types
# for a value that may be null.
VERSION: Final = r"^$|^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"
REPO: Final = r"^$|^[\w.-]+/[\w.-]+$"


class Form(BaseModel):
    """Base of all forms: an unknown key is refused, as it is in every file of ours."""

    model_config = ConfigDict(extra="forbid")


class CrawlForm(Form):
    """Which sources to fetch."""

    sources: Annotated[list[str], Field(min_length=1, title="Sources")]
    unchecked: bool = Field(
        default=False,
        title="Unchecked too",
        description="Crawl also sources that nobody has compared with the live site yet.",
    )
    proxy: str = Field(
        default="",
        title="Proxy",
        description="Only for the demo's made-up web: the address of `kazcorpus site`.",
    )

    def options(self, contact: str) -> CrawlOptions:
        """How to fetch: a proxy on this machine is not made to wait, a website always is."""
        return CrawlOptions(
            contact=contact or None,
            proxy=self.proxy or None,
            delay=0.0 if self.proxy else None,
            unchecked=self.unchecked,
        )


class BuildForm(Form):
    """What to build."""

    version: Annotated[str, Field(pattern=VERSION)] = Field(
        default="",
        title="Version",
        description="The release's number; without one that of kazcorpus.toml.",
    )
    engine: str = Field(
        default="local",
        title="Engine",
        description="local, or the Dask scheduler of a cluster: dask://host:8786.",
    )


class PublishForm(Form):
    """Where a release goes."""

    version: Annotated[str, Field(pattern=VERSION)] = Field(
        default="",
        title="Version",
        description="The release's number; without one that of kazcorpus.toml.",
    )
    repo: Annotated[str, Field(pattern=REPO)] = Field(
        default="", title="Repo", description="owner/name; without one that of kazcorpus.toml."
    )
    to: str = Field(
        default="",
        title="Folder or bucket",
        description="Instead of the Hub: a folder, or an address such as s3://bucket/corpus.",
    )
    endpoint: str = Field(
        default="", title="Hub", description="Another Hub, such as that of `kazcorpus hub`."
    )
    visibility: Literal["private", "public"] = Field(
        default="private", title="Who may read a repo that this run makes"
    )
    timeout: Annotated[float, Field(ge=1, title="Seconds that the Hub may stay silent")] = 60.0


class ReleaseForm(BuildForm):
    """A build, and what happens once its release is approved."""

    publish: bool = Field(
        default=True, title="Publish", description="Publish the release when it is approved."
    )
    repo: Annotated[str, Field(pattern=REPO)] = Field(default="", title="Repo")
    endpoint: str = Field(default="", title="Hub")
    visibility: Literal["private", "public"] = Field(default="private", title="Visibility")
    patience: Annotated[int, Field(ge=60, le=604_800)] = Field(
        default=86_400, title="Seconds to wait for the approval"
    )


class TakedownForm(Form):
    """What is to go, who asks and why; the server keeps what is typed here."""

    by: Literal["url", "host", "id", "text"] = Field(
        title="By", description="An address, a host, the id of a row, or an excerpt of a text."
    )
    value: Annotated[str, Field(min_length=1, title="Which")]
    requester: Literal["author", "publisher", "person", "authority", "maintainer"] = Field(
        title="Who asks", description="As a class, never by name."
    )
    reason: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        title="Reason", description="In a few words, without names: it is published."
    )
    patience: Annotated[int, Field(ge=60, le=604_800)] = Field(
        default=86_400, title="Seconds to wait for the approval"
    )


class ServedForm(Form):
    """How much of what is served is looked at."""

    files: Annotated[int, Field(ge=1, le=1000, title="Data files of each release")] = 3
    megabytes: Annotated[int, Field(ge=1, title="Megabytes of each release at most")] = 500


class Approval(RunInput):
    """An operator's word on a release or a takedown that waits."""

    approve: bool = Field(default=False, title="Approve and go on")
    note: str = Field(default="", title="Note for the log")
