from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.foreign import cut_foreign
from kaz_cleaning.language import LanguageModel, load_model

KAZAKH = "Бүгін таңертең ауылға жаңа автобус келді, балалар мектепке сонымен барды."
RUSSIAN = "Сегодня утром в село приехал новый автобус, дети поехали на нём в школу."
CODE = "for i in range(10): total += values[i]; print(total)"


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_model()


def test_whole_paragraphs_go_and_are_counted(model: LanguageModel) -> None:
    cut = cut_foreign(f"{KAZAKH}\n\n{RUSSIAN}\n\n{CODE}\nМосква\n{KAZAKH}", model)
    assert cut.text == f"{KAZAKH}\n\n{CODE}\nМосква\n{KAZAKH}"
    assert cut.repaired == {"foreign-paragraphs": len(RUSSIAN)}


def test_a_quotation_inside_a_paragraph_stays(model: LanguageModel) -> None:
    text = f"{KAZAKH} «{RUSSIAN}» {KAZAKH}"
    assert cut_foreign(text, model).text == text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([KAZAKH, RUSSIAN, CODE, "", "12"]), max_size=8))
def test_cutting_twice_changes_nothing(model: LanguageModel, lines: list[str]) -> None:
    once = cut_foreign("\n".join(lines), model)
    again = cut_foreign(once.text, model)
    assert (again.text, again.repaired) == (once.text, {})
    assert KAZAKH not in lines or KAZAKH in once.text
