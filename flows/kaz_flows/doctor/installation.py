"""Is kazcorpus installed whole: the packages it asks for, and the models it ships?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import Requirement

from kaz_cleaning.language import load_model
from kaz_datasets.errors import KazcorpusError
from kaz_flows.doctor.finding import Finding

DISTRIBUTION = "kazcorpus"


def packages() -> Finding:
    """Every package at a version that kazcorpus was made for."""
    stated = metadata.requires(DISTRIBUTION) or []
    wrong = list(unmet(stated))
    if wrong:
        return Finding(
            check="packages",
            state="wrong",
            found="; ".join(wrong),
            advice="install kazcorpus anew in an environment of its own",
        )
    version = metadata.version(DISTRIBUTION)
    return Finding(check="packages", state="ok", found=f"kazcorpus {version}, all it needs")


def unmet(stated: Iterable[str]) -> Iterator[str]:
    """What is missing or has another version than `stated` (PEP 508) asks for; extras aside."""
    for line in stated:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"{requirement.name} is not installed"
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} {version} is not {requirement.specifier}"


def single_fasttext() -> Finding:
    """Only one package may bring the module `fasttext`: several overwrite one another's files."""
    found = sorted(set(metadata.packages_distributions().get("fasttext", [])))
    if len(found) > 1:
        return Finding(
            check="fasttext",
            state="wrong",
            found=f"{', '.join(found)} have overwritten one another",
            advice=f"uninstall all of them, then install {found[0]} alone",
        )
    return Finding(check="fasttext", state="ok", found=", ".join(found))


def models() -> Finding:
    """The language model that is shipped, with the checksum that it was published with."""
    try:
        load_model()
    except KazcorpusError as error:
        return Finding(
            check="language model",
            state="wrong",
            found=str(error),
            advice="install kazcorpus anew",
        )
    return Finding(check="language model", state="ok", found="its checksum is right")
