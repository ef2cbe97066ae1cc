from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.normalise import normalise, undo_look_alikes

CLEAN = (
    "Қазақстан Республикасының Үкіметі қаулы етеді: 1-тармақ, «Ә» әрпі — 2024 ж.\n\n"
    "Бұл сөйлемде түзететін ештеңе жоқ; Facebook-те жазылған."
)
PIECES = [
    *("Қaзақстан", "бiз", "Facebook-те", "мем-", "лекет", "и\u0306", "y\u0306", "ќазаќ", "ўлы"),
    *(" ", "\n", "\t", "\r", "-", "\u00a0", "\u00ad", "\u200b", "\u200c", "ی", "\ue000", "і", "қ"),
]


@pytest.mark.parametrize(
    ("dirty", "clean", "step"),
    [
        ("и\u0306од", "йод", "composed"),
        ("сә\u00adлем\u200b, \ufeffдүние", "сәлем, дүние", "invisible"),
        ("бір\u00a0екі\u2009үш", "бір екі үш", "spaces"),
        ("ақ\u2010қара", "ақ-қара", "hyphens"),
        ("бір  екі\tүш \nтөрт", "бір екі үш\nтөрт", "white-space"),
        ("бір\n\n\n\nекі", "бір\n\nекі", "white-space"),
        ("мем-\nлекеттік", "мемлекеттік", "line-breaks"),
        ("Қaзaқcтaн Pecпубликacы", "Қазақстан Республикасы", "look-alikes"),
        ("бiз кeлдiк", "біз келдік", "look-alikes"),
        ("hақында əлемдік Yкімет", "һақында әлемдік Үкімет", "look-alikes"),
        ("Cәлем достар", "Сәлем достар", "look-alikes"),
        ("«Қaзақ», «Aбай»", "«Қазақ», «Абай»", "look-alikes"),
        ("Жјне бірлесіп жўмыс істеуге келісті", "Және бірлесіп жұмыс істеуге келісті", "mojibake"),
        ("болашаќта сыйлыєын алу", "болашақта сыйлығын алу", "mojibake"),
        ("\ufed7\ufe8e\ufeaf\ufe8e\ufed7", "قازاق", "presentation-forms"),
        ("Ќазаќстан Республикасыныѕ єылымы", "Қазақстан Республикасының ғылымы", "mojibake"),
    ],
)
def test_each_step_repairs_and_is_counted(dirty: str, clean: str, step: str) -> None:
    result = normalise(dirty)
    assert result.text == clean
    assert result.repaired[step] > 0


def test_look_alikes_are_counted_by_letter() -> None:
    assert normalise("Қaзaқстан").repaired == {"look-alikes": 2}


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "",
        "Facebook-те қазақша жазба",
        "Facebookте қазақша жазба",
        "TCPға қосылған XXғасыр құралы",
        "COVID пен CO2 туралы қазақша мақала",
        "Ал-\nМаты",
        "می\u200cخواهم",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert normalise(text).text == text
    assert normalise(text).repaired == {}


@pytest.mark.parametrize(
    "foreign",
    [
        "қарақалпақстан ўлкемиз ҳәм тиллepи",  # Karakalpak
        "Ўзбекистон Республикаси ҳуқуқи ҳaқида",  # Uzbek
        "Башҡортостан Республикаһы ҙур xалыҡ",  # Bashkir
        "Мәктәптә укыйлаp, җырлыйлар",  # Tatar
        "Кыргыз Республикасынын өкмөтү кыcкача",  # Kyrgyz
        "Правительствo Российской Федерации",  # Russian
        "Беларусь мае ўсе ўмовы для развіцця, ў тым ліку ўласныя",
        "Україна має свій герб і гімн, її прапор",
        "Ќе дојде ли ноќта во Македонија",
        "ћерка и кућа, још јуче",
        "Ўзбек тили ва ўлка",
        "Калганчы солынтыларда салганын јажырар",  # Altai
        "БМТ Баш Ассамблејасы",  # Azerbaijani
        "къадардилай виниз экъечIнавай",  # Lezgian, Latin I for the palochka
        "Вiн зовсiм не дивиться телевiзор",  # Ukrainian, Latin i
    ],
)
def test_other_languages_are_left_alone(foreign: str) -> None:
    assert normalise(foreign).text == foreign


@given(st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=20))
def test_twice_is_once(pieces: list[str]) -> None:
    once = normalise("".join(pieces)).text
    assert normalise(once).text == once
    assert normalise(once).repaired == {}


@given(st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=20))
def test_one_line_stays_one_line(pieces: list[str]) -> None:
    line = "".join(pieces).replace("\n", " ")
    assert "\n" not in normalise(line).text


@given(st.lists(st.sampled_from([*PIECES, "бiз", "Қaзaқ", "ұлы"]), max_size=20))
def test_the_log_undoes_the_repair_of_look_alikes(pieces: list[str]) -> None:
    found = normalise("".join(pieces))
    undone = undo_look_alikes(found)
    again = normalise(undone)
    assert again.text == found.text
    assert bool(found.look_alikes) == (undone != found.text)
    if set(found.repaired) <= {"look-alikes"}:
        assert undone == "".join(pieces)


def test_a_word_joined_after_its_repair_keeps_its_number_in_the_log() -> None:
    found = normalise("Қ\ufffdaм-\x1c\x0b\nл-ет")  # found by fuzzing
    assert normalise(undo_look_alikes(found)).text == found.text


@pytest.mark.parametrize("dirty", ["Қaзaқстан, бiз", "«Қaзaқ» бiз\nбiз  келдiк"])
def test_undoing_gives_the_words_as_they_were_found(dirty: str) -> None:
    found = normalise(dirty)
    assert undo_look_alikes(found).split() == dirty.split()


def test_a_line_of_another_alphabet_leaves_the_others_their_repair() -> None:
    kazakh = "Қазақ т\u0069лі — түркі тілдерінің бірі, қазақтардың ана тілі."  # a Latin i
    uzbek = "Ўзбекистон шаҳарлари ҳақида ўқувчиларга ҳикоя қилиб беришди, ўша ҳикоя ҳали ҳам ёдда."
    found = normalise(f"{kazakh}\n" + f"{uzbek}\n" * 6)
    assert found.text.startswith("Қазақ тілі")
    assert found.text.count(uzbek) == 6
