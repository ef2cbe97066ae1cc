"""The texts of a release: each is rendered from its facts and figures, so each can be checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kaz_datasets.release.card import CardFacts, render_card
from kaz_datasets.release.citation import BIBTEX, CFF, render_bibtex, render_cff
from kaz_datasets.release.croissant import CROISSANT, render_croissant
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.ledger import LEDGER, render_ledger
from kaz_datasets.release.notices import render_changelog, render_licence, render_takedowns

Digests = Mapping[str, str]
"""SHA-256 of each Parquet file, by path."""

TEXTS: Final[Mapping[str, Callable[[CardFacts, Figures, Digests], str]]] = {
    "README.md": lambda facts, figures, _: render_card(facts, figures),
    "CHANGELOG.md": lambda facts, figures, _: render_changelog(facts.config, figures),
    "LICENSE": lambda facts, *_: render_licence(facts.config),
    "TAKEDOWNS.md": lambda facts, *_: render_takedowns(facts.takedowns),
    LEDGER: lambda facts, *_: render_ledger(facts.config),
    BIBTEX: lambda facts, figures, _: render_bibtex(facts.config, figures),
    CFF: lambda facts, figures, _: render_cff(facts.config, figures),
    CROISSANT: lambda facts, figures, digests: render_croissant(
        facts.config, figures, render_bibtex(facts.config, figures), digests
    ),
}
"""The file's name and what it says."""
