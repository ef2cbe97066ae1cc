from __future__ import annotations

import hashlib
import itertools
import tomllib
from pathlib import Path

import pytest
from benchmarks.cleaning.language_doubt import doubts
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.language import (
    MODEL_FILE,
    MODEL_SHA256,
    LanguageModel,
    load_model,
)
from kaz_cleaning.language_labels import weigh
from kaz_cleaning.language_text import script_of
from kaz_cleaning.measure_language import (
    KAZAKH_LABELS,
    NEIGHBOURS,
    Row,
    figures,
    five_words,
    language_of,
    measured_rows,
)
from kaz_cleaning.training_text import read_rows
from kaz_cleaning.transliterate import to_arabic, to_latin
from kaz_datasets.errors import Corrupt, NotFound

KAZAKH = "Бүгін таңертең ауылға жаңа автобус келді, балалар мектепке сонымен барды."
RUSSIAN = "Сегодня утром в село приехал новый автобус, дети поехали на нём в школу."
FLOORS = Path(__file__).resolve().parents[2] / "benchmarks" / "cleaning" / "floors.toml"


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
        ("Бугiн ауылга жана автобус келдi, балалар мектепке барды", "kaz_Cyrl"),
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
        ("Аягымды таска урдым эм уьйге кайттым, аьли авылда ятаман.", "nog_Cyrl"),
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
        "🙂🙂",
        'print("сәлем")',
        "for i in range(10): total += i",
        '<div class="a">x</div>',
        "def f(x): return x",
        "Айгүл Серікқызы, Нұрлан Әлібеков, Жанар Тұрсынова, Ермек Құдайбергенов",
        "Ayğül Serikqyzy, Nūrlan Älıbekov, Janar Tūrsynova, Ermek Qūdaibergenov",
    ],
)
def test_what_is_no_language_is_unknown(model: LanguageModel, text: str) -> None:
    assert model.identify([text])[0].label == "und"


@pytest.mark.parametrize(
    "text",
    [
        "ҚАЗАҚСТАН РЕСПУБЛИКАСЫНЫҢ ТІЛДЕР ТУРАЛЫ ЖАҢА ЗАҢЫ ҚАБЫЛДАНДЫ",
        "Айгүл мен Нұрлан Алматыға барды, Жанар Астанада қалды.",
    ],
)
def test_names_within_sentences_and_headlines_are_kazakh(model: LanguageModel, text: str) -> None:
    assert model.identify([text])[0].label == "kaz_Cyrl"


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


def test_languages_that_alternate_within_a_sentence(model: LanguageModel) -> None:
    verdict = model.judge("Өте керемет, продавец очень вежливый и хороший, маған қатты ұнады")
    assert verdict.mixed
    assert verdict.kazakh_share == pytest.approx(0.5, abs=0.15)


def test_a_kazakh_document_with_a_short_quotation(model: LanguageModel) -> None:
    verdict = model.judge("\n\n".join([KAZAKH] * 19 + [RUSSIAN]))
    assert (verdict.label, verdict.script, verdict.mixed) == ("kaz_Cyrl", "Cyrl", False)
    assert verdict.kazakh_share == pytest.approx(0.95, abs=0.02)


def test_a_document_in_two_kazakh_scripts_is_kazakh(model: LanguageModel) -> None:
    verdict = model.judge(f"{KAZAKH}\n{to_arabic(KAZAKH)}\n{to_arabic(KAZAKH)}")
    assert (verdict.label, verdict.script, verdict.mixed) == ("kaz_Arab", "Arab", False)
    assert verdict.kazakh_share == 1


@pytest.mark.parametrize("text", ["", "\n\n", "12.05 — 3"])
def test_a_document_without_letters(model: LanguageModel, text: str) -> None:
    verdict = model.judge(text)
    assert (verdict.label, verdict.score, verdict.kazakh_share) == ("und", 0, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="аәбқүұ .!?\n\tabc'ىپ𐍈é-@:/1", max_size=120), max_size=4))
def test_any_text_gets_an_answer(model: LanguageModel, texts: list[str]) -> None:
    labels = model.identify(texts)
    assert len(labels) == len(texts)
    assert {label.label for label in labels} <= {*model.labels, "und"}
    for text in texts:
        verdict = model.judge(text)
        assert 0 <= verdict.kazakh_share <= 1 - verdict.unknown_share + 1e-9
        assert verdict == model.judge(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([KAZAKH, RUSSIAN, "сәлем", "\n", "12", "¶ ·"]), max_size=8))
def test_stretches_lie_in_order_and_hold_all_letters(
    model: LanguageModel, parts: list[str]
) -> None:
    text = " ".join(parts)
    stretches = model.stretches(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(stretches))
    assert sum(stretch.letters for stretch in stretches) == sum(map(str.isalpha, text))
    assert all(0 <= stretch.kazakh <= 1 for stretch in stretches)


def test_the_packaged_model_is_the_pinned_one() -> None:
    assert hashlib.sha256(MODEL_FILE.read_bytes()).hexdigest() == MODEL_SHA256
    assert MODEL_FILE.stat().st_size < 5_000_000
    card = MODEL_FILE.with_name("language-model-card.md").read_text(encoding="utf-8")
    assert MODEL_SHA256 in card


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(b"no model")
    with pytest.raises(Corrupt, match="language train"):
        load_model(tmp_path / "model.npz")
    with pytest.raises(NotFound):
        load_model(tmp_path / "absent.npz")


def test_figures_count_what_was_right() -> None:
    truth, found = ["a", "a", "b", "c"], ["a", "b", "a", "a"]
    assert figures(truth, found, "a").recall == 50
    assert figures(truth, found, "a").precision == pytest.approx(100 / 3)


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[Row]:
    """Every fourth test row of a neighbour or a rare language, and all Kazakh ones."""
    return [
        row
        for number, row in enumerate(measured_rows(shared_data))
        if number % 4 == 0 or row.label in KAZAKH_LABELS
    ]


def test_the_floors_of_kazakh_hold(model: LanguageModel, rows: list[Row]) -> None:
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["language"]
    truth = [row.label for row in rows]
    found = [answer.label for answer in model.identify([row.text for row in rows])]
    for label in KAZAKH_LABELS:
        one = figures(truth, found, label)
        assert one.rows > 300
        assert one.recall >= floors["recall"][label], label
    spoken, heard = ([language_of(label) for label in side] for side in (truth, found))
    one = figures(spoken, heard, "kaz")
    assert one.precision >= floors["precision"]["kaz"]
    short = [answer.label for answer in model.identify(five_words(rows))]
    assert 100 * short.count("kaz_Cyrl") / len(short) >= floors["recall"]["five_words"]


def test_the_floors_without_doubtful_rows_hold(model: LanguageModel, shared_data: Path) -> None:
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["language"]
    rows = measured_rows(shared_data)
    doubtful = doubts(rows)
    found = [answer.label for answer in model.identify([row.text for row in rows])]
    pairs = [(row.label, found[n]) for n, row in enumerate(rows) if n not in doubtful]
    one = figures([language_of(a) for a, _ in pairs], [language_of(b) for _, b in pairs], "kaz")
    assert one.precision >= floors["without_doubtful"]["precision"]
    assert one.recall >= floors["without_doubtful"]["recall"]
    truth = [row.label for row in rows]
    for label, least in floors["label_precision"].items():
        assert figures(truth, found, label).precision >= least, label
    for label, least in floors["label_recall"].items():
        assert figures(truth, found, label).recall >= least, label


def test_no_language_is_no_label(model: LanguageModel) -> None:
    assert not [label for label in model.labels if label.startswith("und")]


@pytest.mark.parametrize("language", NEIGHBOURS)
def test_the_floors_of_the_neighbours_hold(
    model: LanguageModel, rows: list[Row], language: str
) -> None:
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["language"]["neighbours"]
    texts = [row.text for row in rows if language_of(row.label) == language]
    found = [language_of(answer.label) for answer in model.identify(texts)]
    assert len(texts) > 100
    assert 100 * found.count(language) / len(found) >= floors[language]


def test_the_floors_of_code_switching_hold(model: LanguageModel, shared_data: Path) -> None:
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["language"]["code_switch"]
    rows = list(read_rows(shared_data / "lid/kaz_rus_codeswitch_dev.jsonl.zst"))
    verdicts = [model.judge(row["text"]) for row in rows]
    pairs = list(zip([row["lang"] for row in rows], verdicts, strict=True))
    errors = [abs(found.kazakh_share - (a == "kaz")) for a, found in pairs if a != "mixed"]
    assert sum(errors) / len(errors) <= floors["largest_mean_error"]
    right = sum(a == "mixed" and found.mixed for a, found in pairs)
    marked = sum(found.mixed for _, found in pairs) + sum(a == "mixed" for a, _ in pairs)
    assert 2 * right / marked >= floors["mixed_f1"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from([KAZAKH, RUSSIAN, "сәлем", "\n", "Ал сен", to_latin(KAZAKH), "f(x);"]),
            max_size=6,
        ),
        max_size=3,
    )
)
def test_all_documents_at_once_are_judged_as_each_alone(
    model: LanguageModel, documents: list[list[str]]
) -> None:
    texts = [" ".join(parts) for parts in documents]
    for text, verdict in zip(texts, model.judge_all(texts), strict=True):
        assert verdict == model.judge(text)
        slowly = weigh(model.stretches(text), script_of(text))
        assert verdict.label == slowly.label
        assert verdict.kazakh_share == pytest.approx(slowly.kazakh_share)
        assert (verdict.mixed, verdict.script) == (slowly.mixed, slowly.script)
