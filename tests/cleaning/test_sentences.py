from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from benchmarks.cleaning.sentence_sets import (
    Paragraph,
    agreed,
    boundaries,
    published_cases,
    treebank,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.sentences import split_sentences

FLOORS = Path(__file__).resolve().parents[2] / "benchmarks" / "cleaning" / "floors.toml"


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


def test_the_floors_of_sentences_hold(shared_data: Path) -> None:
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["sentences"]
    paragraphs = treebank(shared_data)
    found = boundaries(paragraphs, [split_sentences(one.text) for one in paragraphs])
    assert found.f1 >= floors["treebank_f1"]
    for name, cases in published_cases(shared_data).items():
        answers = [split_sentences(case.text) for case in cases]
        assert agreed(cases, answers) >= floors[f"{name}_cases"]


def test_ends_are_compared_without_white_space() -> None:
    gold = [Paragraph(text="А б. В г. Д", sentences=("А б.", "В г.", "Д"))]
    assert boundaries(gold, [["Аб.", "В г.", "Д"]]).f1 == 1
    half = boundaries(gold, [["А б.", "В г. Д"]])
    assert (half.precision, half.recall) == (1, 0.5)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='аӘбт. !?…»)"1-–\n', max_size=60))
def test_splitting_a_sentence_again_changes_nothing(text: str) -> None:
    sentences = split_sentences(text)
    assert all(sentence == sentence.strip() != "" for sentence in sentences)
    assert split_sentences("\n".join(sentences)) == sentences


def test_a_forgotten_space_hides_no_end() -> None:
    assert split_sentences("Жағдайы жақсы.Енді не керек?") == ["Жағдайы жақсы.", "Енді не керек?"]
    assert split_sentences("Сайты tengri.kz деп аталады") == ["Сайты tengri.kz деп аталады"]
