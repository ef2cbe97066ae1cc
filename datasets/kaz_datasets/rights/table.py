"""The table of docs/rights.md: each signal, what we do about it, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_ATTACH: Final = "draft-ietf-aipref-attach"
_VOCAB: Final = "draft-ietf-aipref-vocab"
_BY: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One row."""

    where: str
    """As in a statement: robots.txt, tdmrep.json, ai.txt, header, meta, page."""
    name: str
    example: str
    """A statement as it stands there, and as the tests read it."""
    kept_as: str
    """The statement that is kept of the example."""
    refuses: bool
    """Whether the example keeps a page out of releases."""
    source: str


SIGNALS: Final = (
    Signal(
        where="robots.txt",
        name="Content-Usage",
        example="Content-Usage: / train-ai=n",
        kept_as="robots.txt:content-usage=train-ai=n",
        refuses=True,
        source=f"{_ATTACH}, section 3; {_VOCAB}, sections 4 to 6",
    ),
    Signal(
        where="robots.txt",
        name="Content-Signal",
        example="Content-Signal: search=yes, ai-train=no",
        kept_as="robots.txt:content-signal=search=yes, ai-train=no",
        refuses=True,
        source="contentsignals.org; draft-romm-aipref-contentsignals-00",
    ),
    Signal(
        where="robots.txt",
        name="License",
        example="License: https://a.example/license.xml",
        kept_as="robots.txt:license=https://a.example/license.xml",
        refuses=False,
        source="RSL 1.0, guide to robots.txt (rslstandard.org)",
    ),
    Signal(
        where="tdmrep.json",
        name="tdm-reservation",
        example='[{"location": "/", "tdm-reservation": 1}]',
        kept_as="tdmrep.json:tdm-reservation=1",
        refuses=True,
        source="TDMRep (10 May 2024), TDM File on the Origin Server",
    ),
    Signal(
        where="ai.txt",
        name="Disallow",
        example="User-Agent: *\nDisallow: *.html",
        kept_as="ai.txt:disallow=*.html",
        refuses=True,
        source="Spawning's ai.txt; groups by RFC 9309, section 2.2.1",
    ),
    Signal(
        where="header",
        name="Content-Usage",
        example="Content-Usage: train-ai=n",
        kept_as="header:content-usage=train-ai=n",
        refuses=True,
        source=f"{_ATTACH}, section 2; RFC 9651, section 3.2",
    ),
    Signal(
        where="header",
        name="Content-Signal",
        example="Content-Signal: ai-train=no",
        kept_as="header:content-signal=ai-train=no",
        refuses=True,
        source="contentsignals.org",
    ),
    Signal(
        where="header",
        name="tdm-reservation",
        example="tdm-reservation: 1",
        kept_as="header:tdm-reservation=1",
        refuses=True,
        source="TDMRep, TDM Header Field in HTTP Responses",
    ),
    Signal(
        where="header",
        name="tdm-policy",
        example="tdm-policy: https://a.example/policy.json",
        kept_as="header:tdm-policy=https://a.example/policy.json",
        refuses=False,
        source="TDMRep, tdm-policy",
    ),
    Signal(
        where="header",
        name="X-Robots-Tag",
        example="X-Robots-Tag: noai, noimageai",
        kept_as="header:x-robots-tag=noai, noimageai",
        refuses=True,
        source="no standard; directives of DeviantArt, syntax of search engines",
    ),
    Signal(
        where="header",
        name="Link",
        example='Link: <https://a.example/l.xml>; rel="license"; type="application/rsl+xml"',
        kept_as="header:license=https://a.example/l.xml",
        refuses=False,
        source="RFC 8288, section 3; RFC 4946; RSL 1.0",
    ),
    Signal(
        where="meta",
        name="robots",
        example='<meta name="robots" content="noai">',
        kept_as="meta:robots=noai",
        refuses=True,
        source="as X-Robots-Tag",
    ),
    Signal(
        where="meta",
        name="robots",
        example='<meta name="robots" content="noimageai">',
        kept_as="meta:robots=noimageai",
        refuses=False,
        source="as X-Robots-Tag; it speaks of pictures",
    ),
    Signal(
        where="meta",
        name="tdm-reservation",
        example='<meta name="tdm-reservation" content="1">',
        kept_as="meta:tdm-reservation=1",
        refuses=True,
        source="TDMRep, TDM Metadata in HTML Content",
    ),
    Signal(
        where="page",
        name="rel=license",
        example=f'<link rel="license" href="{_BY}">',
        kept_as=f"page:rel-license={_BY}",
        refuses=False,
        source="HTML Living Standard, link type license; RFC 4946",
    ),
    Signal(
        where="page",
        name="Dublin Core",
        example=f'<meta name="DCTERMS.license" content="{_BY}">',
        kept_as=f"page:dcterms.license={_BY}",
        refuses=False,
        source="DCMI Metadata Terms: license, rights",
    ),
    Signal(
        where="page",
        name="schema.org",
        example='<script type="application/ld+json">{"@type": "Article", "license": '
        f'"{_BY}"}}</script>',
        kept_as=f"page:schema-license={_BY}",
        refuses=False,
        source="schema.org/license, as JSON-LD or microdata",
    ),
    Signal(
        where="page",
        name="Creative Commons",
        example=f'<span property="cc:license" resource="{_BY}"></span>',
        kept_as=f"page:cc-license={_BY}",
        refuses=False,
        source="ccREL (Creative Commons, 2008), RDFa",
    ),
    Signal(
        where="page",
        name="Open Graph",
        example=f'<meta property="og:license" content="{_BY}">',
        kept_as=f"page:og-license={_BY}",
        refuses=False,
        source="no standard; seen beside Open Graph's properties",
    ),
)


def rights_table() -> str:
    """The rows as Markdown, for docs/rights.md."""
    head = "| where | signal | for example | then | source |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(_row(signal) for signal in SIGNALS)


def _row(signal: Signal) -> str:
    place = "/.well-known/tdmrep.json" if signal.where == "tdmrep.json" else signal.where
    example = signal.example.replace("\n", " ⏎ ").replace("|", "\\|")
    then = "not in a release" if signal.refuses else "recorded"
    return f"| {place} | {signal.name} | `{example}` | {then} | {signal.source} |\n"
