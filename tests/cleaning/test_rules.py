from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.quality.measures import NAMES
from kaz_cleaning.rules import Range, RulesConfig, judge, presets, rules_of
from kaz_datasets.errors import BadConfiguration

# written for this test
PROSE = """\
Ауылдың шетіндегі ескі диірменде қазір ешкім тұрмайды, бірақ оның тас дөңгелегі әлі орнында.
Атам бала кезінде осы жерге астық тартуға келіп, кезек күткен кісілерге құлақ түретін.
Ол заманда күзгі жолдар батпақ болатын, сондықтан арбалар түн ортасында ғана үйге жететін.
Былтыр жастар жиналып, диірменнің төбесін жауып, ішіне шағын мұражай ашуды ұсынды.
Енді жазда келген қонақтар ұнның қалай жасалғанын өз көзімен көріп, тасты айналдырады."""
LAW = """\
Осы Ереженің 3-тармағында көзделген өтініш № 5 нысан бойынша беріледі.
Басқарма 2024 жылғы 17 мамырдағы № 350 бұйрыққа сәйкес бес жұмыс күні ішінде жауап береді.
4. Мынадай құжаттар қоса беріледі:
1) жеке басты куәландыратын құжаттың көшірмесі;
2) № 2 қосымшаға сәйкес толтырылған сауалнама;
3) тұрғылықты жері туралы анықтама.
5. Құжаттар толық болмаған жағдайда басқарма өтінішті екі жұмыс күні ішінде қайтарады.
6. Осы Ереже алғашқы ресми жарияланған күнінен кейін күнтізбелік он күн өткен соң қолданысқа
енгізіледі."""
BASE = RulesConfig()


def failed(text: str, script: str = "Cyrl", config: RulesConfig = BASE) -> str | None:
    return judge(text, script, config).failed


@pytest.mark.parametrize("text", [PROSE, LAW])
def test_prose_and_law_are_kept_and_every_value_recorded(text: str) -> None:
    verdict = judge(text, "Cyrl", BASE)
    assert verdict.kept, verdict.failed
    assert tuple(verdict.values) == NAMES


STUB = "Ауылдың аты {} {}, ал оның тұрғындары қазір {} шаруа.\n"
WORDS = PROSE.split()


@pytest.mark.parametrize(
    ("fault", "text", "rule"),
    [
        ("short", "Қысқа хабар.", "words"),
        ("empty", "", "words"),
        ("tables of letters", " ".join(["а б"] * 60), "mean-word-length"),
        ("glued", " ".join(word * 3 for word in WORDS), "mean-word-length"),
        ("numbers", PROSE + " 1000 2000 3000 4000 5000 60 7" * 8, "alphabetic-words"),
        ("hashtags", PROSE + " #тег" * 9, "hashes-per-word"),
        ("teasers", PROSE.replace(".", "…"), "ellipses-per-word"),
        ("literal line breaks", PROSE.replace(" ", "\\n ", 9), "literal-escapes"),
        ("entities", PROSE.replace(" ", " &quot;", 9), "literal-escapes"),
        ("boxes", PROSE + "│─┤" * 9, "odd-characters"),
        ("spaced out", PROSE + " " + " ".join("қазақстан" * 2), "one-letter-words"),
        ("misread", PROSE.replace("о", "0").replace("е", "e"), "mixed-words"),
        ("glued sentences", PROSE.title().replace(" ", "", 30).replace("\n", ""), "words"),
        ("keywords", ", ".join(f"диван{n} кресло{n}" for n in range(40)), "mixed-words"),
        ("names", " ".join(["Асан Қайрат, Болат Дәурен, Марат Серік."] * 9), "function-words"),
        ("no punctuation", " ".join(WORDS).replace(",", "").replace(".", ""), "words-per-break"),
        ("and small", " ".join(w.strip(".,").lower() for w in WORDS), "words-per-break"),
        ("rule-based translation", PROSE.replace(" к", " *к"), "translator-marks"),
        ("casino", PROSE + " Онлайн казино, букмекер 1xbet, фриспин және джекпот!", "spam-words"),
        ("adult", PROSE + " Порно видео, секс чат, эротика тегін.", "adult-words"),
        ("shares", "\n".join([PROSE] * 2), "duplicate-lines"),
        ("stubs", "".join(STUB.format(*WORDS[n:]) for n in range(50)), "repeated-line-starts"),
        ("twice", " ".join([PROSE.replace("\n", " ")] * 2), "duplicate-10-grams"),
        ("stuffed", PROSE + "".join(f" диірмен {w}." for w in WORDS[:30]), "most-frequent-word"),
        ("phrase", PROSE + " үлкен базар," * 20, "top-2-gram"),
    ],
)  # fmt: skip
def test_each_fault_is_dropped_by_its_rule(fault: str, text: str, rule: str) -> None:
    assert failed(text) == rule


def test_eighty_is_not_an_adult_word() -> None:
    assert judge("сексен сексенінші Секс секстің", "Cyrl", BASE).values["adult-words"] == 0.5


def test_rules_about_cyrillic_are_not_asked_of_other_scripts() -> None:
    text = PROSE.translate(str.maketrans("әғқңөұүһі", "агкноуухи"))
    assert failed(text) == "kazakh-letters"
    assert failed(text, script="Arab") is None


def test_verse_without_punctuation_is_kept() -> None:
    assert failed(PROSE.replace(".", "").replace(", ", "\n")) is None


@pytest.mark.parametrize("preset", sorted(presets()))
def test_every_range_of_every_preset_decides(preset: str) -> None:
    for rule in rules_of(RulesConfig(preset=preset)):
        assert rule.name in NAMES
        assert rule.why
        assert math.isfinite(rule.range.least) or math.isfinite(rule.range.most)
        nothing = {known.name: Range() for known in rules_of(RulesConfig(preset=preset))}
        strict = RulesConfig(preset=preset, ranges={**nothing, rule.name: Range(least=10**9)})
        assert failed(PROSE, config=strict) == rule.name


def test_published_presets_say_what_their_authors_do() -> None:
    assert {"gopher", "c4", "fineweb", "fineweb2", "kazakh"} == set(presets())
    assert failed(PROSE, config=RulesConfig(preset="gopher")) == "gopher-stop-words"
    assert failed(PROSE, config=RulesConfig(preset="c4")) is None
    assert failed(PROSE, config=RulesConfig(preset="fineweb")) is None


def test_a_measure_that_the_preset_does_not_ask_can_be_asked() -> None:
    config = RulesConfig(ranges={"capital-letters": Range(least=0.5)})
    assert failed(PROSE, config=config) == "capital-letters"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (RulesConfig(preset="kazak"), "did you mean 'kazakh'"),
        (RulesConfig(ranges={"word": Range()}), "did you mean 'words'"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(config: RulesConfig, message: str) -> None:
    with pytest.raises(BadConfiguration, match=message):
        rules_of(config)


@settings(deadline=None)
@given(text=st.text(max_size=200), script=st.sampled_from(["Cyrl", "Latn", "Arab", "Zyyy"]))
def test_any_text_has_a_verdict(text: str, script: str) -> None:
    verdict = judge(text, script, BASE)
    assert all(map(math.isfinite, verdict.values.values()))
    assert verdict.kept == all(
        rule.range.holds(verdict.values[rule.name])
        for rule in rules_of(BASE)
        if not rule.scripts or script in rule.scripts
    )
