"""The stage and its explanation decide alike, whatever the page and the settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.draft import Dropped
from kaz_cleaning.examine import examine
from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.language_decision import failed_check, language_checks
from kaz_cleaning.language_labels import Language
from kaz_cleaning.page import clean_page
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.warc import Page

# written for this test
PARAGRAPHS = (
    "Ауыл кітапханасы жаздан бері жөндеуде болған еді, енді оның есігі қайта ашылды.",
    "Жаңа оқу залына екі жүзден астам кітап әкелінді, олардың көбі балаларға арналған.",
    "Кітапханашы Әлия апай әр сенбіде оқушыларға арнап ертегі оқитынын айтып берді.",
    "Тұрғындар да үйлеріндегі артық кітаптарын әкеліп, сөрелерді толтыруға көмектесті.",
    "Энди кечки убакытта да келип, жылуу жана жарык бөлмөдө отуруп окууга болот экен.",
    "Сельская библиотека была на ремонте с самого лета, и теперь её двери снова открыты.",
    "В новый читальный зал привезли больше двухсот книг, в основном для детей и подростков.",
    "Жители тоже принесли из дома лишние книги и помогли заполнить все пустые полки.",
    "Кітапхана ашылды, двери снова открыты, балалар келді, все довольны, рақмет сіздерге.",
    "The village library has been closed for repairs since summer and is open again now.",
    "Кoмeк сұрaу үшін 87011234567 нөміріне немесе kitap@aul.kz мекенжайына жазыңыз, достар.",
    "Қысқа жол",
    "return [row for row in rows if row.text and len(row.text) > 10]",
)
LINK = '<p><a href="/{}">Ауылдағы кезекті жаңалық туралы мақала тақырыбы</a></p>'
URLS = ("https://a.example/1", "https://a.example/", "https://a.example/kk/", "")


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_model()


def response(body: bytes, url: str) -> Page:
    return Page(
        url=url, status=200, headers={}, body=body, content_type="text/html",
        retrieved_at=datetime(2024, 5, 17, tzinfo=UTC), file="", offset=0,
    )  # fmt: skip


@given(
    lines=st.lists(st.sampled_from(PARAGRAPHS), max_size=14),
    links=st.integers(0, 30),
    login=st.booleans(),
    title=st.sampled_from(("Кітапхана", "404", "Кіру")),
    url=st.sampled_from(URLS[:3]),
    codec=st.sampled_from(("utf-8", "kz1048")),
    gate=st.booleans(),
    foreign=st.sampled_from(("keep", "cut")),
    share=st.sampled_from((0.3, 0.7, 0.95)),
    most=st.sampled_from((0.05, 0.2, 0.5)),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_explanation_says_what_the_stage_decides(
    model: LanguageModel,
    lines: list[str],
    links: int,
    login: bool,
    title: str,
    url: str,
    codec: str,
    gate: bool,
    foreign: Literal["keep", "cut"],
    share: float,
    most: float,
) -> None:
    config = CleaningConfig(
        workers=0,
        language_gate=gate,
        foreign_paragraphs=foreign,
        min_kazakh_share=share,
        max_foreign_share=most,
    )
    form = '<form><input type="password"></form>' if login else ""
    text = "".join(f"<p>{line}</p>" for line in lines)
    listed = "".join(LINK.format(number) for number in range(links))
    markup = f"<html><head><title>{title}</title></head><body>{text}{form}{listed}</body></html>"
    body, facts = markup.encode(codec, "xmlcharrefreplace"), SourceFacts(id="t")
    staged = clean_page(response(body, url), facts, config, model)
    explained = examine(body, url=url, facts=facts, config=config, model=model, explained=True)
    drops = [step for step in explained.steps if step.decision == "drop"]
    if isinstance(staged, Dropped):
        assert not explained.kept
        assert explained.reason == (
            staged.rule if staged.value is None else f"{staged.rule}: {staged.value}"
        )
        assert (drops[0].step, drops[0].value) == (staged.rule, staged.value or "")
    else:
        assert explained.kept
        assert explained.reason is None
        assert not drops
        assert explained.text == staged.row["text"]


VERDICT = Language("kaz_Cyrl", 0.9, "Cyrl", 0.9, mixed=False, unknown_share=0.05)


@pytest.mark.parametrize(
    ("verdict", "rule"),
    [
        (VERDICT, None),
        (replace(VERDICT, kazakh_share=0.75), None),
        (replace(VERDICT, kazakh_share=0.7, unknown_share=0.0), "mixed-language"),
        (replace(VERDICT, label="rus_Cyrl", kazakh_share=0.4), "mixed-language"),
        (replace(VERDICT, label="rus_Cyrl", kazakh_share=0.1), "language"),
        (replace(VERDICT, label="und", kazakh_share=0.1, unknown_share=0.9), "language"),
        (replace(VERDICT, score=0.4), "language"),
        (replace(VERDICT, kazakh_share=0.6, unknown_share=0.4), "mixed-language"),
    ],
)
def test_a_document_is_dropped_by_the_first_check_that_fails(
    verdict: Language, rule: str | None
) -> None:
    failed = failed_check(verdict, CleaningConfig())
    assert (failed.rule if failed else None) == rule
    assert all(
        check.value and check.threshold for check in language_checks(verdict, CleaningConfig())
    )


def test_the_gate_repairs_and_what_a_page_cannot_show_are_named(model: LanguageModel) -> None:
    body = "".join(f"<p>{line}</p>" for line in (*PARAGRAPHS[:4], PARAGRAPHS[10])).encode()
    page = examine(
        body, url=URLS[0], facts=SourceFacts(id="t"), config=CleaningConfig(), model=model,
        explained=True,
    )  # fmt: skip
    steps = {step.step: step for step in page.steps}
    assert steps["language-gate"].decision == "pass"
    assert steps["language-gate"].threshold is not None
    assert steps["look-alikes"].value.startswith("3 ")
    assert "phone 1" in steps["personal-data"].value
    assert steps["foreign-paragraphs"].value == "kept by configuration"
    assert {"repeated-passages", "near-duplicates", "no-article", "mixed-language"} <= set(steps)


def test_a_page_that_the_gate_ends_is_shown_with_its_text(model: LanguageModel) -> None:
    body = "".join(f"<p>{line}</p>" for line in PARAGRAPHS[5:8] * 3).encode()
    page = examine(
        body, url=URLS[0], facts=SourceFacts(id="t"), config=CleaningConfig(), model=model
    )
    assert page.reason is not None
    assert page.reason.startswith("language-gate: rus_Cyrl")
    assert page.text is not None
