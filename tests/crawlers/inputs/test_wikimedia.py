"""Dumps in every shape, and hostile ones."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import tarfile
from datetime import date
from pathlib import Path

import pytest

from kaz_crawlers.inputs import wikimedia_xml
from kaz_crawlers.inputs.text_archive import Item, Skipped, TextDocument
from kaz_crawlers.inputs.wikimedia import WikimediaOptions, read_dumps, text_namespaces
from kaz_crawlers.inputs.wikimedia_html import article_text
from kaz_crawlers.inputs.wikimedia_xml import WikiPage, read_xml
from kaz_datasets.errors import Corrupt
from wiki_dump import LONG_TEXT, dump, page

DUMP = dump(
    page("Абай Құнанбайұлы", LONG_TEXT),
    page("Абай", "#АЙДАУ [[Абай Құнанбайұлы]]", redirect=True),
    page("Ескі", "#REDIRECT [[Абай]]"),
    page("Сурет:A.jpg", "сурет", ns=6),
    page("Абай (айрық)", "* [[Абай]]"),
    page("Ат", "{{Айрық}}\n* [[Ат (жануар)]]"),
    page("Код", "return 1", model="Scribunto"),
)
RULES = ["redirect", "redirect", "namespace", "disambiguation", "disambiguation", "content-model"]


def read(path: Path, timeout: float = 20.0) -> list[Item]:
    return list(read_dumps([path], WikimediaOptions(timeout=timeout)))


def rules(items: list[Item]) -> list[str]:
    return [item.rule for item in items if isinstance(item, Skipped)]


def documents(items: list[Item]) -> list[TextDocument]:
    return [item for item in items if isinstance(item, TextDocument)]


def test_articles_are_taken_and_every_other_page_names_its_rule(tmp_path: Path) -> None:
    half = len(DUMP) // 2
    path = tmp_path / "kkwiki.xml.bz2"
    path.write_bytes(bz2.compress(DUMP[:half]) + bz2.compress(DUMP[half:]))  # as multistream is
    items = read(path)
    assert rules(items) == RULES
    (document,) = documents(items)
    assert document.url.startswith("https://kk.wikipedia.org/wiki/%D0%90%D0%B1%D0%B0%D0%B9_")
    assert document.text.startswith("Абай Құнанбайұлы — қазақтың ұлы ақыны, ағартушы")
    assert "\nӨмірі\n" in document.text
    facts = document.facts
    assert (facts.title, facts.licence) == ("Абай Құнанбайұлы", "CC-BY-SA-4.0")
    assert facts.published_at == date(2025, 3, 4)
    assert (facts.extractor or "").startswith("mwparserfromhell/")


def elements(content: bytes) -> list[WikiPage]:
    return [e for e in read_xml(io.BytesIO(content), "d.xml") if isinstance(e, WikiPage)]


def test_the_last_revision_of_a_history_is_read() -> None:
    old = "<revision><timestamp>2001-01-01T00:00:00Z</timestamp><text>ескі</text></revision>"
    content = dump(page("Ат", "жаңа")).replace(b"<revision>", old.encode() * 9 + b"<revision>", 1)
    assert [each.text for each in elements(content)] == ["жаңа"]


def test_wikisource_takes_scanned_pages_too() -> None:
    content = dump(name="kkwikisource", host="kk.wikisource.org")
    (site,) = read_xml(io.BytesIO(content), "d.xml")
    assert isinstance(site, wikimedia_xml.Site)
    assert text_namespaces(site) == {0, 104}


BOMB = b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html/>",
        BOMB + DUMP,
        b"<!-- <mediawiki> -->" + BOMB + DUMP,
        DUMP.replace(b"<title>", b"<title>&b;", 1),
        b'<?xml version="1.0" encoding="utf-16"?>' + DUMP,
        DUMP[:-200],
        DUMP.replace(b"https://kk", b"file://kk"),
        DUMP.replace(b"<ns>", b"<x>" * 300 + b"<ns>"),
        dump(page("Ат", "а" * 6_000_000)),
    ],
    ids=range(10),
)
def test_what_is_no_dump_or_hostile_is_named(content: bytes) -> None:
    with pytest.raises(Corrupt, match=r"d\.xml"):
        elements(content)


def test_a_page_without_end_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikimedia_xml, "LARGEST_PAGE", 1 << 20)
    with pytest.raises(Corrupt, match="holds a page of more than"):
        elements(DUMP.replace(b"<ns>", b"<x>a</x>" * 200_000 + b"<ns>", 1))


def test_a_page_that_blows_the_parser_up_costs_that_page(tmp_path: Path) -> None:
    path = tmp_path / "kk.xml.gz"
    path.write_bytes(gzip.compress(dump(page("Бомба", "{|\n" * 200_000), page("Ат", "Мәтін."))))
    items = read(path, timeout=2.0)
    assert [each.text for each in documents(items)] == ["Мәтін."]
    assert [(e.rule, e.value) for e in items if isinstance(e, Skipped)] == [
        ("unparsable", "took too long")
    ]


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    for name, packed in (("a.bz2", bz2.compress(DUMP)), ("a.gz", gzip.compress(DUMP))):
        (tmp_path / name).write_bytes(packed[:-20])
        with pytest.raises(Corrupt, match=name):
            read(tmp_path / name)


HTML = (
    "<html><body><section><p><b>Абай</b> — қазақ\nақыны<sup class='mw-ref reference'>[1]</sup>.</p>"
    "<table class='infobox'><tr><td>Туған</td></tr></table><h2>Өмірі</h2><ul><li>бір</li>"
    "<li>екі</li></ul><table class='wikitable'><tr><th>Қала</th><th>Халқы</th></tr>"
    "<tr><td>Семей</td><td>300 мың</td></tr></table><figure><figcaption>х</figcaption></figure>"
    "<h2>Дереккөздер</h2><ol class='references'><li>кітап</li></ol></section></body></html>"
)


def test_rendered_articles_become_text() -> None:
    expected = "Абай — қазақ ақыны.\nӨмірі\nбір\nекі\nҚала | Халқы\nСемей | 300 мың"
    assert article_text(HTML) == expected


def article(**values: object) -> dict[str, object]:
    return {
        "name": "Абай",
        "url": "https://kk.wikipedia.org/wiki/Абай",
        "namespace": {"identifier": 0},
        "date_modified": "2025-03-04T05:06:07Z",
        "license": [{"identifier": "CC-BY-SA-4.0"}],
        "article_body": {"html": HTML},
        **values,
    }


@pytest.mark.parametrize("tarred", [False, True])
def test_enterprise_dumps(tmp_path: Path, tarred: bool) -> None:
    lines = [
        article(),
        article(namespace={"identifier": 14}),
        article(templates=[{"name": "Үлгі:Айрық"}]),
        article(url="javascript:alert(1)"),
        article(article_body=None),
    ]
    content = b"\n".join([*(json.dumps(line).encode() for line in lines), b"{broken", b"[]"])
    path = tmp_path / ("kk.tar.gz" if tarred else "kk.ndjson")
    if tarred:
        info = tarfile.TarInfo("kk_0.ndjson")
        info.size = len(content)
        with tarfile.open(path, "w:gz") as archive:
            archive.addfile(info, io.BytesIO(content))
    else:
        path.write_bytes(content)
    items = read(path)
    assert rules(items) == [
        "namespace", "disambiguation", "no-address", "empty", "not-json", "not-json"
    ]  # fmt: skip
    (document,) = documents(items)
    assert document.facts.published_at == date(2025, 3, 4)
