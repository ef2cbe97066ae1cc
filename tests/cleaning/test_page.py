from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped, Kept
from kaz_cleaning.examine import Examined, examine, examine_files
from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.page import clean_page
from kaz_cleaning.rules import Range, RulesConfig
from kaz_datasets.columns import table_of
from kaz_datasets.identity import document_id
from kaz_datasets.record import SCHEMA
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page

FACTS = SourceFacts(id="test", kind="news", basis="open-licence", licence="CC-BY-4.0")
CONFIG = CleaningConfig()
URL = "https://a.example/kk/1-maqala"

# written for this test
KAZAKH = (
    "Ауыл кітапханасы жаздан бері жөндеуде болған еді, енді оның есігі қайта ашылды.",
    "Кітапханашының айтуынша, сөрелерді ауыл ұсталары қарағайдан өздері жасап шыққан екен.",
    "Балаларға арналған бөлмеде ертегілер мен суретті энциклопедиялар үшін бөлек бұрыш бар.",
    "Кешкі сағаттарда мұнда үлкендер де жиналып, жаңа кітаптарды талқылап отырады.",
    "Қыс түскенше аулаға орындық қойып, көлеңке беретін ағаш отырғызу жоспарланып отыр.",
)
RUSSIAN = (
    "Сельская библиотека снова открыта после долгого ремонта, который длился всё лето.",
    "Полки из сосны сделали местные мастера, а книги помогли перенести школьники.",
    "По вечерам здесь собираются взрослые и обсуждают новые книги за чашкой чая.",
    "Осенью во дворе посадят деревья и поставят удобные скамейки для читателей.",
    "В детской комнате отдельный угол отведён сказкам и большим энциклопедиям.",
)


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_model()


def html(paragraphs: tuple[str, ...] = KAZAKH, head: str = "") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><title>Кітапхана</title>{head}</head>"
        f"<body><article><h1>Кітапхана ашылды</h1>{body}</article></body></html>"
    ).encode()


def page(body: bytes | None = None, url: str = URL, status: int = 200, **headers: str) -> Page:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(
        url=url,
        status=status,
        headers=sent,
        body=html() if body is None else body,
        content_type=sent.get("content-type", "text/html").split(";")[0],
        retrieved_at=datetime(2026, 5, 17, 1, 2, 3, tzinfo=UTC),
        file="test-00001.warc.gz",
        offset=321,
    )


@pytest.fixture(scope="module")
def clean(model: LanguageModel) -> Callable[..., Kept | Dropped]:
    def call(page: Page, facts: SourceFacts = FACTS, config: CleaningConfig = CONFIG) -> (
        Kept | Dropped
    ):  # fmt: skip
        return clean_page(page, facts, config, model)

    return call


def row(outcome: Kept | Dropped) -> dict[str, object]:
    assert isinstance(outcome, Kept), outcome
    return outcome.row


def dropped(outcome: Kept | Dropped) -> tuple[str, str | None]:
    assert isinstance(outcome, Dropped), outcome
    return outcome.rule, outcome.value


def test_a_kazakh_page_becomes_a_whole_row(clean: Callable[..., Kept | Dropped]) -> None:
    head = '<meta property="article:published_time" content="2026-05-16">'
    signals = page(html(head=head), url=URL + "?utm_source=x", content_signal="search=yes")
    made = row(clean(signals))
    assert list(made) == SCHEMA.names
    assert table_of([made], SCHEMA).num_rows == 1
    assert made["text"] == "\n".join(KAZAKH)
    assert made["title"] == "Кітапхана ашылды"
    assert (made["url"], made["host"]) == (URL, "a.example")
    assert made["id"] == document_id(URL, "\n".join(KAZAKH))
    assert (made["source"], made["kind"], made["licence"]) == ("test", "news", "CC-BY-4.0")
    assert made["rights"] == {
        "basis": "open-licence",
        "signals": ["header:content-signal=search=yes"],
    }
    assert made["published_at"] == date(2026, 5, 16)
    assert made["script"] == "Cyrl"
    assert made["words"] == 54
    assert made["characters"] == len("\n".join(KAZAKH))
    assert (made["warc_file"], made["warc_offset"]) == ("test-00001.warc.gz", 321)
    assert made["quality"]["words"] == 54.0  # type: ignore[index]


@pytest.mark.parametrize(
    ("sent", "rule", "value"),
    [
        (page(status=404), "http-status", "404"),
        (page(status=301), "http-status", "301"),
        (page(content_type="application/pdf"), "not-html", "application/pdf"),
        (page(b"%PDF-1.7"), "not-html", "application/pdf by its content"),
        (page(x_robots_tag="noai"), "no-ai-training", "header:x-robots-tag=noai"),
        (page(html(head='<meta name="tdm-reservation" content="1">')),
         "no-ai-training", "meta:tdm-reservation=1"),
        (page(b"<div>" * 300 + html()), "unsafe-html", "elements nested more than 240 deep"),
        (page(b""), "no-article", "empty page"),
        (page(b"<html><body></body></html>"), "no-article", "no text"),
        (page(html(KAZAKH[:1])), "words", "12"),
        (page(url="ftp://a.example/x"), "not-a-web-address", "ftp://a.example/x"),
        (page(html(KAZAKH * 3)), "duplicate-lines", "0.444444"),
    ],
)  # fmt: skip
def test_a_page_is_dropped_by_name(
    clean: Callable[..., Kept | Dropped], sent: Page, rule: str, value: str
) -> None:
    assert dropped(clean(sent)) == (rule, value)


def test_other_languages_are_dropped_with_their_label(
    clean: Callable[..., Kept | Dropped],
) -> None:
    rule, value = dropped(clean(page(html(RUSSIAN))))
    assert rule == "language"
    assert value is not None
    assert value.startswith("rus_Cyrl ")


def test_half_and_half_is_mixed(clean: Callable[..., Kept | Dropped]) -> None:
    assert dropped(clean(page(html(KAZAKH + RUSSIAN))))[0] == "mixed-language"


def test_a_long_foreign_page_ends_before_extraction(clean: Callable[..., Kept | Dropped]) -> None:
    body = html(tuple(f"{line} {number}." for number in range(8) for line in RUSSIAN))
    rule, value = dropped(clean(page(body)))
    assert rule == "language-gate"
    assert value is not None
    assert value.startswith("rus_Cyrl, 0 of ")
    assert dropped(clean(page(body), config=replace(CONFIG, language_gate=False)))[0] == "language"


def test_foreign_paragraphs_may_be_cut(clean: Callable[..., Kept | Dropped]) -> None:
    cutting = replace(CONFIG, foreign_paragraphs="cut")
    made = row(clean(page(html(KAZAKH + RUSSIAN)), config=cutting))
    assert made["text"] == "\n".join(KAZAKH)
    assert made["repaired"] == {"foreign-paragraphs": sum(map(len, RUSSIAN))}


def test_refusal_comes_before_any_reading(clean: Callable[..., Kept | Dropped]) -> None:
    refused = page(html(RUSSIAN), content_usage="train-ai=n")
    assert dropped(clean(refused)) == ("no-ai-training", "header:content-usage=train-ai=n")


@pytest.mark.parametrize("codec", ["kz1048", "utf-16", "utf-8"])
def test_the_character_set_is_found_out(clean: Callable[..., Kept | Dropped], codec: str) -> None:
    body = html().decode().encode(codec)
    sent = page(body, content_type="text/html; charset=windows-1251")
    assert row(clean(sent))["text"] == "\n".join(KAZAKH)


def test_personal_data_is_masked_in_text_and_title(clean: Callable[..., Kept | Dropped]) -> None:
    contact = "Сұрақтар бойынша маған хабарласыңыз: aigul.test@example.kz мекенжайына жазыңыз."
    body = html((*KAZAKH, contact)).replace("Кітапхана ашылды".encode(), b"a@example.kz")
    made = row(clean(page(body)))
    assert "@" not in str(made["text"])
    assert "@" not in str(made["title"])
    assert made["masked"] == {"email": 1}


def test_look_alikes_are_repaired_and_counted(clean: Callable[..., Kept | Dropped]) -> None:
    spoiled = (KAZAKH[0].replace("а", "a", 2), *KAZAKH[1:])
    made = row(clean(page(html(spoiled))))
    assert made["text"] == "\n".join(KAZAKH)
    assert made["repaired"]


def test_a_date_after_the_fetch_is_none(clean: Callable[..., Kept | Dropped]) -> None:
    head = '<meta property="article:published_time" content="2031-01-01">'
    assert row(clean(page(html(head=head))))["published_at"] is None


def test_ranges_of_the_configuration_decide(clean: Callable[..., Kept | Dropped]) -> None:
    strict = replace(CONFIG, rules=RulesConfig(ranges={"words": Range(least=55)}))
    assert dropped(clean(page(), config=strict)) == ("words", "54")
    sure = replace(CONFIG, min_language_score=1.1)
    assert dropped(clean(page(), config=sure))[0] == "language"


def test_examining_shows_the_text_of_a_dropped_page_too(model: LanguageModel) -> None:
    shown = examine(html(RUSSIAN), facts=FACTS, config=CONFIG, model=model)
    assert (shown.kept, shown.language) == (False, "rus_Cyrl")
    assert shown.reason is not None
    assert shown.reason.startswith("language: rus_Cyrl")
    assert shown.text == "\n".join(RUSSIAN)
    unread = examine(b"%PDF-1.4", facts=FACTS, config=CONFIG, model=model)
    assert unread == Examined(
        kept=False, reason="not-html: application/pdf by its content", text=None, title=None,
        date=None, language=None, script=None, score=None,
    )  # fmt: skip


def test_what_examining_shows_is_masked_also_when_dropped(model: LanguageModel) -> None:
    short = html(("Сұрақтар бойынша aigul.test@example.kz мекенжайына жазыңыз, жауап береміз.",))
    shown = examine(short, facts=FACTS, config=CONFIG, model=model)
    assert shown.reason is not None
    assert shown.reason.startswith("words: ")
    assert "@" not in str(shown.text)


def test_files_are_examined_in_order(model: LanguageModel) -> None:
    alone = examine(html(), facts=SourceFacts(id="file"), config=CONFIG, model=model)
    results = list(examine_files([html(RUSSIAN), html()]))
    assert [result["kept"] for result in results] == [False, True]
    assert results[1] == asdict(alone)
