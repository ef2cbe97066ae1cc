"""Licences by their SPDX identifiers: the few that Kazakh text is published under.

Nothing else checks them: the Hub takes any word for a licence, and `datasets` never looks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kaz_datasets.errors import BadConfiguration

NONE_STATED: Final = "none stated"
_OWN: Final = re.compile(r"LicenseRef-[A-Za-z0-9.-]+\Z")
_ADDRESS: Final = re.compile(r"https?://[^\s<>|`]+\Z")


@dataclass(frozen=True)
class Licence:
    """A licence: its SPDX identifier, the Hub's word for it, its name and where its text is."""

    spdx: str
    hub: str
    name: str
    url: str


def _creative_commons(terms: str, version: str, title: str) -> Licence:
    return Licence(
        spdx=f"CC-{terms.upper()}-{version}",
        hub=f"cc-{terms}-{version}",
        name=f"Creative Commons {title} {version}",
        url=f"https://creativecommons.org/licenses/{terms}/{version}/",
    )


_CREATIVE_COMMONS: Final = {
    "by": "Attribution",
    "by-sa": "Attribution-ShareAlike",
    "by-nd": "Attribution-NoDerivatives",
    "by-nc": "Attribution-NonCommercial",
    "by-nc-sa": "Attribution-NonCommercial-ShareAlike",
    "by-nc-nd": "Attribution-NonCommercial-NoDerivatives",
}
_OPEN_DATA: Final = "https://opendatacommons.org/licenses"
_LICENCES: Final = (
    Licence(
        "CC0-1.0",
        "cc0-1.0",
        "Creative Commons Zero 1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    *(
        _creative_commons(terms, version, title)
        for terms, title in _CREATIVE_COMMONS.items()
        for version in ("2.0", "2.5", "3.0", "4.0")
    ),
    Licence("ODC-By-1.0", "odc-by", "Open Data Commons Attribution 1.0", f"{_OPEN_DATA}/by/1-0/"),
    Licence("ODbL-1.0", "odbl", "Open Data Commons Open Database 1.0", f"{_OPEN_DATA}/odbl/1-0/"),
    Licence("PDDL-1.0", "pddl", "Open Data Commons Public Domain 1.0", f"{_OPEN_DATA}/pddl/1-0/"),
    Licence(
        "Apache-2.0",
        "apache-2.0",
        "Apache License 2.0",
        "https://www.apache.org/licenses/LICENSE-2.0",
    ),
    Licence("MIT", "mit", "MIT License", "https://opensource.org/license/mit"),
    Licence(
        "GFDL-1.3-or-later",
        "gfdl",
        "GNU Free Documentation License 1.3 or later",
        "https://www.gnu.org/licenses/fdl-1.3.html",
    ),
)
LICENCES: Final = {licence.spdx: licence for licence in _LICENCES}


def licence_of_release(spdx: str) -> Licence:
    """The licence of a whole release. Raises BadConfiguration unless it is one of `LICENCES`."""
    if spdx not in LICENCES:
        raise BadConfiguration(
            f"{spdx!r} is no licence that a release can have: use one of {', '.join(LICENCES)}"
        )
    return LICENCES[spdx]


def is_licence(value: str | None) -> bool:
    """Whether a row may state this licence.

    None, an identifier of `LICENCES`, an own one (`LicenseRef-…`, as SPDX writes them) or the
    address of a licence text.
    """
    if value is None or value in LICENCES:
        return True
    return bool(_OWN.match(value) or _ADDRESS.match(value))


def licence_link(value: str) -> str:
    """The licence as Markdown: linked to its text where that is known."""
    if value in LICENCES:
        return f"[{value}]({LICENCES[value].url})"
    return f"<{value}>" if _ADDRESS.match(value) else value
