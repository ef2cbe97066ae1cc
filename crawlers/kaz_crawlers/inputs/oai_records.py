"""One answer of an OAI-PMH 2.0 server: its records, its resumption token, its error.

https://www.openarchives.org/OAI/openarchivesprotocol.html, sections 3.5 (resumption) and 3.6
(errors); records as `oai_dc` (simple Dublin Core).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from kaz_datasets.errors import Corrupt

_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
MOST_VALUES: Final = 200
"""Values of one element that are read: a record of more is no article."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value of a Dublin Core element, with its `xml:lang` in lower case or empty."""

    text: str
    language: str


@dataclass(frozen=True, kw_only=True)
class OaiRecord:
    """One record of the catalogue."""

    identifier: str
    deleted: bool
    fields: dict[str, tuple[Value, ...]]

    def values(self, name: str) -> tuple[Value, ...]:
        """The values of an element, as `title`."""
        return self.fields.get(name, ())

    def texts(self, name: str) -> list[str]:
        """The same without their languages."""
        return [value.text for value in self.values(name)]


@dataclass(frozen=True, kw_only=True)
class OaiPage:
    """One answer to ListRecords."""

    records: tuple[OaiRecord, ...]
    token: str | None
    """What to ask next with; None at the end."""
    error: str | None
    """The protocol's error code."""


def read_page(body: bytes, url: str) -> OaiPage:
    """Read an answer. Raises Corrupt for what is no OAI-PMH or is hostile."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        # journals paste control characters out of PDFs, which XML does not allow
        root = etree.fromstring(_CONTROLS.sub(b" ", body), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Corrupt(f"{url} does not answer in XML ({error}): check the address") from error
    if root.getroottree().docinfo.doctype:
        raise Corrupt(f"{url} answers with a document type, which OAI-PMH does not have")
    if etree.QName(root).localname != "OAI-PMH":
        raise Corrupt(f"{url} does not speak OAI-PMH: give the address that ends in /oai")
    error_element = root.find("{*}error")
    token = (root.findtext("{*}ListRecords/{*}resumptionToken") or "").strip()
    return OaiPage(
        records=tuple(_record(each) for each in root.iterfind("{*}ListRecords/{*}record")),
        token=token or None,
        error=error_element.get("code", "unknown") if error_element is not None else None,
    )


def _record(element: Any) -> OaiRecord:
    header = element.find("{*}header")
    fields: dict[str, list[Value]] = {}
    for each in element.iterfind("{*}metadata/{*}dc/*"):
        text = " ".join("".join(each.itertext()).split()) if isinstance(each.tag, str) else ""
        values = fields.setdefault(etree.QName(each).localname, []) if text else []
        if text and len(values) < MOST_VALUES:
            values.append(Value(text=text, language=each.get(_LANG, "").lower()))
    return OaiRecord(
        identifier=element.findtext("{*}header/{*}identifier") or "",
        deleted=header is not None and header.get("status") == "deleted",
        fields={name: tuple(values) for name, values in fields.items()},
    )
