"""What one document costs: figures that benchmarks measured, with the commands that print them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Final

_FILE: Final = "measured.toml"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured number."""

    value: float
    unit: str
    command: str
    """Prints it; `this workspace` for one that its own history gives."""
    of: str
    """Of how much it was measured."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Costs by name; `measured.toml` says what each is and where it comes from."""

    extraction_seconds: Figure
    """Of one HTML page to text; text records need none."""
    clean_seconds: Figure
    sign_seconds: Figure
    cluster_seconds: Figure
    keep_seconds: Figure
    release_seconds: Figure
    unit_seconds: Figure
    """Of one archive file on a worker, whatever is in it: a process starts, a model is loaded."""
    archive_bytes: Figure
    documents_bytes: Figure
    signatures_bytes: Figure
    clusters_bytes: Figure
    kept_bytes: Figure
    release_bytes: Figure
    cluster_work_bytes: Figure
    """On disk while clusters are found."""
    worker_bytes: Figure
    """Memory of a worker and of the process that extracts for it."""
    cluster_row_bytes: Figure
    """Memory a document, beside that of one range."""
    release_row_bytes: Figure
    """Memory a document that the release holds."""

    def with_history(self, own: Mapping[str, Figure]) -> Rates:
        """The same, with what a workspace's own past says in their place."""
        known = {field.name for field in fields(self)}
        return replace(self, **{name: own[name] for name in sorted(own) if name in known})

    def value(self, name: str) -> float:
        """A number by its name."""
        figure = getattr(self, name)
        assert isinstance(figure, Figure)
        return figure.value


@cache
def measured() -> Rates:
    """The figures of the benchmarks."""
    text = files("kaz_flows.planning").joinpath(_FILE).read_text(encoding="utf-8")
    return Rates(**{name: Figure(**values) for name, values in tomllib.loads(text).items()})
