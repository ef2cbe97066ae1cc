from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kaz_cleaning.config import CleaningConfig
from kaz_cleaning.examine import Examined, examine
from kaz_cleaning.language import LanguageModel, load_model
from kaz_datasets.source_facts import SourceFacts

# written for this test
PROSE = (
    "Ауыл кітапханасы жаздан бері жөндеуде болған еді, енді оның есігі қайта ашылды.",
    "Жаңа оқу залына екі жүзден астам кітап әкелінді, олардың көбі балаларға арналған.",
    "Кітапханашы Әлия апай әр сенбіде оқушыларға арнап ертегі оқитынын айтып берді.",
    "Тұрғындар да үйлеріндегі артық кітаптарын әкеліп, сөрелерді толтыруға көмектесті.",
    "Енді кешкі уақытта да келіп, жылы әрі жарық бөлмеде отырып оқуға болады екен.",
)


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_model()


def examined(paragraphs: tuple[str, ...], model: LanguageModel) -> Examined:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = f"<html><head><title>Кітапхана ашылды</title></head><body>{body}</body></html>"
    return examine(
        html.encode("kz1048"),
        url="https://a.example/1",
        facts=SourceFacts(id="t"),
        config=CleaningConfig(),
        model=model,
        explained=True,
    )


def test_each_step_names_its_decision_and_its_value(model: LanguageModel) -> None:
    page = examined(PROSE, model)
    assert page.kept
    steps = {step.step: step for step in page.steps}
    assert steps["charset"].value.startswith("kz1048")
    assert steps["language"].decision == "pass"
    assert steps["language"].threshold is not None
    assert steps["link-share"].value == "0"
    assert "characters of prose" in steps["extraction"].value
    assert {step.decision for step in page.steps} <= {"pass", "note"}
    assert all(step.value for step in page.steps)


def test_the_step_that_drops_a_page_is_marked_and_agrees_with_the_reason(
    model: LanguageModel,
) -> None:
    page = examined(PROSE[:1] * 2, model)
    assert not page.kept
    assert page.reason is not None
    rule, _, value = page.reason.partition(": ")
    dropped = [step for step in page.steps if step.decision == "drop"]
    assert (rule, value) in [(step.step, step.value) for step in dropped]


def test_a_page_without_text_is_explained_as_far_as_it_went(model: LanguageModel) -> None:
    page = examined(("",), model)
    assert page.steps[-1].step == "no-article"
    assert page.steps[-1].decision == "drop"


def test_dates_of_now_are_not_in_the_explanation(model: LanguageModel) -> None:
    today = datetime.now(UTC).date().isoformat()
    assert not any(today in step.value for step in examined(PROSE, model).steps)
