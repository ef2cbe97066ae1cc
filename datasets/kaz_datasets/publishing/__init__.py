"""Publishing: a release folder becomes one commit and one tag of a repo on the Hub."""

from __future__ import annotations

from kaz_datasets.publishing.publish import Published, publish

__all__ = ["Published", "publish"]
