"""Texts that others made plain become rows with what their makers knew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.language import load_model
from kaz_cleaning.page import clean_page
from kaz_cleaning.text_record import stated_licence
from kaz_datasets.record_facts import NO_FACTS, RecordFacts
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page

# written for this test
LINES = (
    "Жайлаудағы жылқышылар күн батар алдында құлындарды қораға айдап, желіні тексеріп шықты.",
    "Ауыл мектебінің оқушылары көктемде өзен бойына тал отырғызып, оны жаз бойы суарды.",
    "Кітапханаға түскен жаңа басылымдарды қызметкерлер бір апта ішінде сөрелерге қойып үлгерді.",
    "Нан пісіретін ұстаның айтуынша, қамырдың дәмі судың тазалығына тікелей байланысты екен.",
    "Қыстың күні ұзақ болғандықтан, әжелер кешке дейін жүн түтіп, балаларға ертегі айтады.",
)
REFUSAL = "robots.txt:content-signal=ai-train=no"
FACTS = SourceFacts(id="kitap", kind="culture", basis="open-licence", licence="CC0-1.0")
STATED = RecordFacts(
    title="Жайлау",
    published_at=date(2020, 2, 3),
    licence="https://creativecommons.org/licenses/by-sa/4.0/",
    author="А. Ахметова",
    language="kk",
    extractor="oai_dc",
)


def record(text: str, kind: str = "conversion", facts: RecordFacts = STATED, **page: str) -> Page:
    content_type = page.get("content_type", "text/plain; charset=utf-8")
    return Page(
        url="https://kitap.example/1",
        status=200,
        headers={"content-type": content_type},
        body=text.encode(),
        content_type=content_type.partition(";")[0],
        retrieved_at=datetime(2026, 1, 2, tzinfo=UTC),
        file="kitap-00000.warc.gz",
        offset=7,
        record_type=kind,
        facts=facts,
    )


def clean(page: Page) -> Kept | Dropped:
    return clean_page(page, FACTS, CleaningConfig(), load_model())


def test_what_its_maker_knew_becomes_the_row() -> None:
    outcome = clean(record("Жайлау\n\n  " + "\r\n".join(LINES).replace(" ", "  ") + "\n"))
    assert isinstance(outcome, Kept), outcome
    row = outcome.row
    assert row["text"] == "\n".join(LINES)
    assert (row["title"], row["author"]) == ("Жайлау", "А. Ахметова")
    assert (row["published_at"], row["licence"]) == (date(2020, 2, 3), "CC-BY-SA-4.0")
    assert (row["extractor"], row["url"]) == ("oai_dc", "https://kitap.example/1")


def test_a_text_without_facts_has_those_of_its_source() -> None:
    outcome = clean(record("\n".join(LINES), facts=NO_FACTS))
    assert isinstance(outcome, Kept), outcome
    row = outcome.row
    assert (row["title"], row["author"], row["published_at"]) == (None, None, None)
    assert (row["licence"], row["extractor"]) == ("CC0-1.0", "text")


def test_nobody_is_named_where_no_licence_asks_for_it() -> None:
    outcome = clean(record("\n".join(LINES), facts=RecordFacts(author="А. Ахметова")))
    assert isinstance(outcome, Kept)
    assert outcome.row["author"] is None


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        (record("\n".join(LINES), kind="response"), "not-html"),
        (record("\n".join(LINES), content_type="application/json"), "not-html"),
        (record(" \n "), "no-article"),
        (record("Жайлау\n"), "no-article"),
        (record("%PDF-1.7"), "not-html"),
        (record(LINES[0]), "words"),
        (record("\n".join(LINES), facts=RecordFacts(signals=(REFUSAL,))), "no-ai-training"),
    ],
)  # fmt: skip
def test_a_text_is_dropped_by_name(page: Page, rule: str) -> None:
    outcome = clean(page)
    assert isinstance(outcome, Dropped), outcome
    assert outcome.rule == rule


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        (None, None),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CC0-1.0", "CC0-1.0"),
        ("https://j.example/licence", "https://j.example/licence"),
        ("Барлық құқықтар қорғалған", None),
    ],
)
def test_licences_that_a_row_may_state(stated: str | None, licence: str | None) -> None:
    assert stated_licence(stated) == licence
