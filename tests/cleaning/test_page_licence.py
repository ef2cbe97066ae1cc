"""The licence a page states, in the vocabularies of the web; and what hostile pages say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from kaz_cleaning.page_licence import licence_statements, page_licence

BY = "https://creativecommons.org/licenses/by/4.0/"
SA = "https://creativecommons.org/licenses/by-sa/4.0/"


def linked(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize(
    ("markup", "licence"),
    [
        (f'<a rel="license" href="{BY}">x</a>', "CC-BY-4.0"),
        (f'<link rel="alternate license" href="{BY}">', "CC-BY-4.0"),
        (f'<p rel="license" href="{BY}">x</p>', None),
        (f'<meta name="DC.rights" content="{BY}">', "CC-BY-4.0"),
        ('<meta name="dcterms.license" content="CC BY-SA 4.0">', "CC-BY-SA-4.0"),
        (f'<link rel="dcterms:license" href="{BY}">', "CC-BY-4.0"),
        (f'<a rel="cc:license" href="{BY}">x</a>', "CC-BY-4.0"),
        (f'<div property="dct:license" resource="{SA}"></div>', "CC-BY-SA-4.0"),
        (f'<meta property="og:license" content="{BY}">', "CC-BY-4.0"),
        (f'<a itemprop="license" href="{BY}">x</a>', "CC-BY-4.0"),
        (linked({"@type": "NewsArticle", "license": BY}), "CC-BY-4.0"),
        (linked({"@graph": [{"@type": ["WebPage"], "license": {"@id": BY}}]}), "CC-BY-4.0"),
        # not the page's own
        (linked({"@type": "ImageObject", "license": BY}), None),
        (linked({"@type": "Article", "image": {"@type": "ImageObject", "license": BY}}), None),
        (f'<figure><img><a rel="license" href="{BY}">photo</a></figure>', None),
        ('<div itemscope itemtype="https://schema.org/ImageObject">'
         f'<a itemprop="license" href="{BY}">x</a></div>', None),
        # the work's own word before the site's
        (linked({"@type": "Article", "license": SA}) + f'<a rel="license" href="{BY}">x</a>',
         "CC-BY-SA-4.0"),
        ('<meta name="license" content="© 2026">', None),
    ],
)  # fmt: skip
def test_licences_of_pages(markup: str, licence: str | None) -> None:
    assert page_licence(html.document_fromstring(f"<body>{markup}<p>x</p></body>")) == licence


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "markup",
    [
        '<script type="application/ld+json">' + "[" * 50_000 + "</script>",
        '<script type="application/ld+json">{"license": ' + "9" * 5_000 + "}</script>",
        linked({"@type": "Article", "license": [BY] * 5_000}),
        linked({"@type": None, "license": {"@id": 7}, "@graph": "x"}),
        f'<a rel="license" href="{BY}">x</a>' * 5_000,
        f'<meta name="dc.rights" content="{"x" * 200_000}">',
        '<a rel="license" href="\x01\x02 javascript:alert(1)">x</a>',
    ],
    ids=["deep", "huge-number", "many", "types", "links", "long", "script"],
)
def test_hostile_markup_says_little(markup: str) -> None:
    tree = html.document_fromstring(f"<body>{markup}<p>x</p></body>")
    statements = licence_statements(tree)
    assert len(statements) <= 32
    assert all(len(str(each)) < 300 and str(each).isprintable() for each in statements)


@given(st.text(max_size=300))
def test_any_linked_data_has_an_answer(text: str) -> None:
    script = html.Element("script", type="application/ld+json")
    script.text = "".join(c for c in text if c.isprintable())
    assert all(each.where == "page" for each in licence_statements(script))
