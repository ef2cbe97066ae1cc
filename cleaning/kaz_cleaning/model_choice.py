"""Which language model a configuration asks for, loaded once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from kaz_cleaning.language_labels import LanguageModel

ModelName = Literal["own", "glotlid", "openlid"]
OWN: Final = "own"


@dataclass(frozen=True, kw_only=True)
class ModelChoice:
    """The project's own model, or another one of the Hub, pinned by its digest."""

    name: ModelName = "own"
    sha256: str = ""
    """Of the file on the Hub, 64 hexadecimal digits; the own one is pinned in the package."""

    revision: str = "main"
    """Branch, tag or commit of the repository. The digest decides, whatever it says."""


def check_model(choice: ModelChoice) -> None:
    """Fetch a model of the Hub before any work is begun with it.

    Raises Unavailable where the Hub does not hand it out, Corrupt where it is another file.
    """
    if choice.name != OWN:
        from kaz_cleaning.fasttext_model import fetch_from_hub

        fetch_from_hub(choice.name, choice.sha256, revision=choice.revision)


@cache
def chosen_model(choice: ModelChoice) -> LanguageModel:
    """The model of a choice, ready for the first page. Raises what its loader raises."""
    from kaz_cleaning.killable import packaged_model

    own = packaged_model()  # and with it all machine code
    if choice.name == OWN:
        return own
    from kaz_cleaning.fasttext_model import load_from_hub

    return load_from_hub(choice.name, choice.sha256, revision=choice.revision)
