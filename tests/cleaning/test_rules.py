from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_cleaning.rules import Range, RulesConfig, judge, rules_of

# written for this test
PROSE = """\
Ауылдың шетіндегі ескі диірменде қазір ешкім тұрмайды, бірақ оның тас дөңгелегі әлі орнында.
Атам бала кезінде осы жерге астық тартуға келіп, кезек күткен кісілерге құлақ түретін.
Ол заманда күзгі жолдар батпақ болатын, сондықтан арбалар түн ортасында ғана үйге жететін.
Былтыр жастар жиналып, диірменнің төбесін жауып, ішіне шағын мұражай ашуды ұсынды.
Енді жазда келген қонақтар ұнның қалай жасалғанын өз көзімен көріп, тасты айналдырады."""

BASE = RulesConfig()


def failed(text: str, script: str = "Cyrl", config: RulesConfig = BASE) -> str | None:
    return judge(text, script, config).failed


def test_prose_is_kept_and_every_value_recorded() -> None:
    verdict = judge(PROSE, "Cyrl", BASE)
    assert verdict.kept
    assert list(verdict.values) == [rule.name for rule in rules_of(BASE)]
    assert verdict.values["words"] == 62
    assert verdict.values["line-punctuation"] == 1


def with_line(line: str, times: int) -> str:
    return "\n".join([PROSE, *[line] * times])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Қысқа хабар.", "words"),
        ("", "words"),
        ("сөз " * 500_001, "words"),
        (" ".join(["а б"] * 60), "mean-word-length"),
        (PROSE.replace(" ", ""), "words"),
        (PROSE + " " + " ".join(str(1000 + n) for n in range(60)), "alphabetic-words"),
        (PROSE + " # # # # # # # # # #", "symbols-per-word"),
        ("\n".join("- " + line for line in PROSE.splitlines()), "bullet-lines"),
        (PROSE.replace(".", "…"), "ellipsis-lines"),
        (with_line("Бөлісу", 5), "duplicate-lines"),
        (with_line("Бүгін қала көшелерінде үлкен мереке өтіп жатыр", 2) + " иә", None),
        (PROSE + " " + "казино онлайн " * 20, "top-2-gram"),
        (PROSE + " ".join(f" казино сөз{n}" for n in range(30)), "most-frequent-word"),
        ("\n".join([PROSE] * 2), "duplicate-lines"),
        (" ".join([PROSE.replace("\n", " ")] * 2), "duplicate-5-grams"),
    ],
)  # fmt: skip
def test_each_rule_drops_what_it_is_for(text: str, rule: str | None) -> None:
    assert failed(text) == rule


def test_text_without_kazakh_grammar_is_dropped_in_cyrillic_only() -> None:
    russian = " ".join(f"Старая мельница номер{n} стоит возле глубокого озера." for n in range(12))
    config = replace(BASE, duplicate_5_grams=Range(), top_2_gram=Range(), top_3_gram=Range(),
                     top_4_gram=Range(), most_frequent_word=Range())  # fmt: skip
    assert failed(russian, config=config) == "function-words"
    verdict = judge(russian, "Arab", config)
    assert verdict.failed is None
    assert "function-words" not in verdict.values


def test_verse_and_headings_without_punctuation_are_not_dropped_for_it() -> None:
    assert failed(PROSE.replace(".", "").replace(",", "\n")) is None


def test_punctuation_is_no_word() -> None:
    spaced = PROSE.replace(",", " ,").replace(".", " .") + " — — — — — : : : : ( ) ( )" * 5
    assert judge(spaced, "Cyrl", BASE).values["alphabetic-words"] == 1


@pytest.mark.parametrize("name", [field.name for field in fields(RulesConfig)])
def test_every_range_decides(name: str) -> None:
    strict = replace(BASE, **{name: Range(least=10**9)})
    assert failed(PROSE, config=strict) == name.replace("_", "-")


@given(text=st.text(alphabet="аәбв 1.#-\n…", max_size=400))
def test_any_text_has_a_verdict(text: str) -> None:
    verdict = judge(text, "Cyrl", BASE)
    shares = {k: v for k, v in verdict.values.items() if k.endswith(("lines", "gram", "grams"))}
    assert all(0 <= value <= 1 for value in shares.values()), shares
    assert verdict.kept == all(
        rule.range.holds(verdict.values[rule.name]) for rule in rules_of(BASE)
    )
