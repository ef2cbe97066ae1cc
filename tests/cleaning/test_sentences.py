from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.sentences import split_sentences

AGREEMENT_FLOOR = 0.85


@pytest.mark.parametrize(
    "sentences",
    [
        ["Ол 1990 ж. Алматыда туған.", "Қазір сонда тұрады."],
        ["А. Байтұрсынұлы газет шығарды.", "Оны жұрт оқыды!"],
        ["Бағасы 3.5 млн. теңге.", "Қымбат па?", "Жоқ."],
        ["Ақын, жазушы т.б.", "Олар көп еді."],
        ["Енді не керегі бар? — деді ол.", "— Білмеймін."],
        ["Жағдайы жақсы.", "Енді не керек?"],
        ["Ол: «Келемін!» деді."],
        ["1. Жалпы ережелер."],
        ["Бірінші жол", "екінші жол"],
    ],
)
def test_sentences(sentences: list[str]) -> None:
    joint = "\n" if sentences[0] == "Бірінші жол" else " "
    assert split_sentences(joint.join(sentences)) == sentences


def test_nothing_gives_nothing() -> None:
    assert split_sentences(" \n ") == []


@given(st.text(alphabet="аӘ. !?»\n1т"))
def test_no_letter_is_lost(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


def test_agrees_with_published_rules(shared_data: Path) -> None:
    path = shared_data / "lists/sentence_split/pysbd_golden_rules_kk.jsonl"
    rules = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    agreed = sum(split_sentences(rule["text"]) == rule["sentences"] for rule in rules)
    assert agreed >= AGREEMENT_FLOOR * len(rules)


def test_a_forgotten_space_hides_no_end() -> None:
    assert split_sentences("Жағдайы жақсы.Енді не керек?") == ["Жағдайы жақсы.", "Енді не керек?"]
    assert split_sentences("Сайты tengri.kz деп аталады") == ["Сайты tengri.kz деп аталады"]
