"""How a release is cited: BibTeX for papers, CITATION.cff for tools.

https://citation-file-format.github.io
"""

from __future__ import annotations

import json
from typing import Final

from kaz_datasets.release.config import ReleaseConfig
from kaz_datasets.release.figures import Figures

BIBTEX: Final = "CITATION.bib"
CFF: Final = "CITATION.cff"


def render_bibtex(config: ReleaseConfig, figures: Figures) -> str:
    """One @misc entry; the version is part of its key, for that is what is cited."""
    fields = {
        "title": config.pretty_name,
        "author": config.authors,
        "year": year_of(figures),
        "version": config.version,
        "url": _url(config),
    }
    lines = "".join(f"  {name} = {{{_braced(value)}}},\n" for name, value in fields.items())
    return f"@misc{{kazcorpus-{config.version},\n{lines}}}\n"


def render_cff(config: ReleaseConfig, figures: Figures) -> str:
    """CITATION.cff 1.2.0; JSON strings are YAML strings."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this dataset, please cite the version that you used.",
        "type: dataset",
        f"title: {json.dumps(config.pretty_name, ensure_ascii=False)}",
        "authors:",
        f"  - name: {json.dumps(config.authors, ensure_ascii=False)}",
        f"version: {config.version}",
        f"license: {config.licence}",
        f"url: {json.dumps(_url(config))}",
    ]
    if figures.kinds:
        lines.append(f'date-released: "{figures.last_retrieved[:10]}"')
    return "\n".join(lines) + "\n"


def year_of(figures: Figures) -> str:
    """The year of the newest page: nothing in a release says when it was built."""
    return figures.last_retrieved[:4] if figures.kinds else "n.d."


def _url(config: ReleaseConfig) -> str:
    return f"https://huggingface.co/datasets/{config.repo}/tree/{config.tag}"


def _braced(text: str) -> str:
    return text.replace("\\", "").replace("{", "").replace("}", "")
