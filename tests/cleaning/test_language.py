from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kaz_cleaning.language import MODEL_FILE, MODEL_SHA256, LanguageModel, load_model
from kaz_cleaning.language_text import prepare, script_of
from kaz_cleaning.measure_language import UNSEEN, figures, unseen
from kaz_cleaning.train_language import main
from kaz_cleaning.training_text import (
    cyrillic_karakalpak,
    is_held_out,
    read_rows,
)
from kaz_cleaning.transliterate import to_arabic, to_latin
from kaz_datasets.errors import Corrupt, NotFound, WrongUse

KAZAKH = "Бүгін таңертең ауылға жаңа автобус келді, балалар мектепке сонымен барды."
RUSSIAN = "Сегодня утром в село приехал новый автобус, дети поехали на нём в школу."
FLOOR = 98.5  # per cent


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_model()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (KAZAKH, "kaz_Cyrl"),
        (to_latin(KAZAKH, "2018"), "kaz_Latn"),
        (to_latin(KAZAKH, "2021"), "kaz_Latn"),
        (to_arabic(KAZAKH), "kaz_Arab"),
        ("Бугiн ауылга жана автобус келдi", "kaz_Cyrl"),
        (RUSSIAN, "rus_Cyrl"),
        (
            "Бүгүн эртең менен айылга жаңы автобус келди, балдар мектепке ошону менен барды.",
            "kir_Cyrl",
        ),
        ("Бүген иртән авылга яңа автобус килде, балалар мәктәпкә шуның белән барды.", "tat_Cyrl"),
        ("Бөгөн иртән ауылға яңы автобус килде, балалар мәктәпкә шуның менән барҙы.", "bak_Cyrl"),
        (
            "Bugun ertalab qishloqqa yangi avtobus keldi, bolalar maktabga u bilan bordi.",
            "uzn_Latn",
        ),
        ("This morning a new bus came to the village and took the children to school.", "eng_Latn"),
        ("Qaraqalpaqstan xalqı óz tilin, ádebiyatın hám mádeniyatın qádirleydi.", "kaa_Latn"),
    ],
)
def test_neighbours_are_told_apart(model: LanguageModel, text: str, label: str) -> None:
    assert model.identify([text])[0].label == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2024 — 17.05",
        "https://example.kz/a",
        "გამარჯობა მსოფლიო",
        "你好世界",
        'print("сәлем")',
        "for i in range(10): total += i",
        '<div class="a">x</div>',
        "def f(x): return x",
    ],
)
def test_what_is_no_language_is_unknown(model: LanguageModel, text: str) -> None:
    assert model.identify([text])[0].label == "und"


def test_one_label_a_text_in_order(model: LanguageModel) -> None:
    assert model.identify([]) == []
    labels = model.identify([KAZAKH, "", "екі\nжол", RUSSIAN])
    assert len(labels) == 4
    assert (labels[0].label, labels[1].label, labels[3].label) == ("kaz_Cyrl", "und", "rus_Cyrl")
    assert all(0 <= label.score <= 1 for label in labels)


def test_a_document_of_two_languages_is_mixed(model: LanguageModel) -> None:
    verdict = model.judge(f"{KAZAKH}\n{RUSSIAN}")
    assert verdict.mixed
    assert verdict.kazakh_share == pytest.approx(0.5, abs=0.1)


def test_a_kazakh_document_with_a_short_quotation(model: LanguageModel) -> None:
    verdict = model.judge("\n\n".join([KAZAKH] * 9 + [RUSSIAN]))
    assert (verdict.label, verdict.script, verdict.mixed) == ("kaz_Cyrl", "Cyrl", False)
    assert verdict.kazakh_share == pytest.approx(0.9, abs=0.03)


def test_a_document_in_two_kazakh_scripts_is_kazakh(model: LanguageModel) -> None:
    verdict = model.judge(f"{KAZAKH}\n{to_arabic(KAZAKH)}\n{to_arabic(KAZAKH)}")
    assert (verdict.label, verdict.script, verdict.mixed) == ("kaz_Arab", "Arab", False)
    assert verdict.kazakh_share == 1


@pytest.mark.parametrize("text", ["", "\n\n", "12.05 — 3"])
def test_a_document_without_letters(model: LanguageModel, text: str) -> None:
    verdict = model.judge(text)
    assert (verdict.label, verdict.score, verdict.kazakh_share) == ("und", 0, 0)


def test_script_is_the_majority() -> None:
    assert script_of("Facebook желісінде жазылды") == "Cyrl"
    assert script_of("123") == "Zyyy"


def test_prepared_words_are_one_line() -> None:
    assert prepare("Қазақ\nТІЛІ: 12 https://example.kz/x?y a@b.kz") == "қазақ тілі"


def test_the_packaged_model_is_the_pinned_one() -> None:
    assert hashlib.sha256(MODEL_FILE.read_bytes()).hexdigest() == MODEL_SHA256
    card = MODEL_FILE.with_name("language-model-card.md").read_text(encoding="utf-8")
    assert MODEL_SHA256 in card


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.ftz").write_bytes(b"no model")
    with pytest.raises(Corrupt, match="train_language"):
        load_model(tmp_path / "model.ftz")
    with pytest.raises(NotFound):
        load_model(tmp_path / "absent.ftz")


def test_training_says_what_it_misses(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="model card"):
        main([str(tmp_path), str(tmp_path / "out.ftz")])
    with pytest.raises(WrongUse, match="two paths"):
        main([])


def test_kazakh_precision_and_recall_on_unseen_sentences(
    model: LanguageModel, shared_data: Path
) -> None:
    truth, texts = zip(*unseen(shared_data / UNSEEN["X-WMT"]), strict=True)
    found = [answer.label for answer in model.identify(texts)]
    kazakh = figures(list(truth), found, "kaz_Cyrl")
    assert kazakh.lines > 500
    assert min(kazakh.precision, kazakh.recall) >= FLOOR


@pytest.mark.parametrize(("label", "floor"), [("kaz_Latn", 0.95), ("kaz_Arab", 0.98)])
def test_kazakh_in_other_scripts_is_found(
    model: LanguageModel, shared_data: Path, label: str, floor: float
) -> None:
    rows = read_rows(shared_data / UNSEEN["MediaWiki messages"])
    texts = [row["text"] for row in rows if f"{row['lang']}_{row['script']}" == label]
    found = [answer.label for answer in model.identify(texts)]
    assert found.count(label) >= floor * len(texts)


def test_the_held_out_part_is_a_tenth() -> None:
    assert sum(is_held_out(str(number)) for number in range(5000)) == pytest.approx(500, abs=100)


def test_karakalpak_by_table() -> None:
    assert cyrillic_karakalpak("qaraqalpaq tili ha'm a'debiyatı") == "қарақалпақ тили ҳәм әдебияты"


def test_figures_count_what_was_right() -> None:
    truth, found = ["a", "a", "b", "c"], ["a", "b", "a", "a"]
    assert figures(truth, found, "a").recall == 50
    assert figures(truth, found, "a").precision == pytest.approx(100 / 3)
    assert figures(truth, found, "a", frozenset("ab")).precision == 50
