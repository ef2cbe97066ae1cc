"""One contract for every language model, on tiny models that the tests train."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import pytest
from huggingface_hub import HfApi
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_cleaning.fasttext_model import HubModel, load_fasttext, load_from_hub
from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.language_kernel import classify
from kaz_cleaning.language_text import prepare, stretches_of
from kaz_cleaning.packed_model import parse
from kaz_cleaning.train_language import train_spans
from kaz_datasets.errors import Corrupt, NotFound, Unavailable, WrongUse
from kaz_datasets.files import sha256_of
from kaz_datasets.hub import RunningHub, serve

# huggingface_hub 2.4 hands httpx2 an upload by a name that httpx2 would rather not have
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

KAZAKH = "бүгін таңертең ауылға жаңа автобус келді балалар мектепке сонымен барды"
RUSSIAN = "сегодня утром в село приехал новый автобус дети поехали на нём в школу"
ENGLISH = "this morning a new bus came to the village and took the children to school"
TEXTS = {"kaz_Cyrl": KAZAKH, "rus_Cyrl": RUSSIAN, "eng_Latn": ENGLISH}
TOKENS: dict[str, Any] = {"may-write": "write"}


def spans() -> list[tuple[str, str]]:
    return [
        (label, " ".join(text.split()[start : start + 4]))
        for label, text in TEXTS.items()
        for start in range(9)
        for _ in range(12)
    ]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("examples") / "examples.txt"
    lines = [f"__label__{label} {words}" for label, words in spans()]
    file.write_text("\n".join(lines[::7] + lines[::5] + lines[::3] + lines) + "\n")
    return fasttext.train_supervised(
        input=str(file),
        dim=16,
        bucket=4096,
        minn=1,
        maxn=4,
        minCount=1_000_000,
        epoch=60,
        lr=0.5,
        thread=1,
        verbose=0,
    )


@pytest.fixture(scope="module")
def binary(classifier: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("binary") / "model.bin"
    classifier.save_model(str(path))
    return path


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with serve(tmp_path_factory.mktemp("hub"), tokens=TOKENS) as running:
        yield running


@pytest.fixture(scope="module")
def hub_model(hub: RunningHub, binary: Path) -> HubModel:
    api = HfApi(endpoint=hub.url, token="may-write")
    api.create_repo("local/lid", repo_type="dataset")
    api.upload_file(
        path_or_fileobj=binary, path_in_repo="model.bin", repo_id="local/lid", repo_type="dataset"
    )
    return HubModel(repo="local/lid", file="model.bin", prepare=prepare, repo_type="dataset")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trained") / "model.npz"
    train_spans(spans() * 4, path)
    return path


@pytest.fixture(scope="module", params=["own", "packed", "file", "hub"])
def model(
    request: pytest.FixtureRequest,
    classifier: Any,
    binary: Path,
    hub: RunningHub,
    hub_model: HubModel,
    tmp_path_factory: pytest.TempPathFactory,
) -> LanguageModel:
    folder = tmp_path_factory.mktemp("model")
    if request.param == "own":
        return load_model()
    if request.param == "packed":
        return load_model(request.getfixturevalue("trained"))
    if request.param == "file":
        return load_fasttext(binary)
    return load_from_hub(hub_model, sha256_of(binary), endpoint=hub.url, cache=folder)


def test_it_says_its_labels(model: LanguageModel) -> None:
    assert set(TEXTS) <= set(model.labels)


def test_it_answers_each_text_in_order(model: LanguageModel) -> None:
    found = model.identify([KAZAKH, "", RUSSIAN, "12", ENGLISH])
    assert [label.label for label in found] == ["kaz_Cyrl", "und", "rus_Cyrl", "und", "eng_Latn"]
    assert all(0 <= label.score <= 1 for label in found)
    assert model.identify([]) == []


def test_it_judges_documents(model: LanguageModel) -> None:
    verdict = model.judge(f"{KAZAKH}\n{RUSSIAN}\n")
    assert verdict.mixed
    assert verdict.kazakh_share == pytest.approx(0.5, abs=0.1)
    assert model.judge(KAZAKH).label == "kaz_Cyrl"
    assert model.judge("").label == "und"


def test_its_stretches_point_into_the_text(model: LanguageModel) -> None:
    text = f"{KAZAKH}.\n\n12\n{ENGLISH}"
    found = model.stretches(text)
    assert [stretch.label.label for stretch in found] == ["kaz_Cyrl", "eng_Latn"]
    assert [text[stretch.start : stretch.end].strip(" .\n12") for stretch in found] == [
        KAZAKH,
        ENGLISH,
    ]


def test_another_script_than_the_labels_is_unknown(model: LanguageModel) -> None:
    assert model.identify(["გამარჯობა მსოფლიო"])[0].label == "und"


WORDS = st.lists(st.text("абқіұabcйپ'-", min_size=1, max_size=70), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(WORDS)
def test_probabilities_are_what_the_formula_says(trained: Path, words: list[str]) -> None:
    packed = parse(trained.read_bytes(), "trained")
    cut = stretches_of([" ".join(words)], whole=True)
    script = int(cut.letters[0].argmax())
    first, last = packed.ranges[script]
    best, score = np.empty(1, np.int64), np.empty(1)
    classify(
        *(cut.words, cut.bounds, np.array([script]), packed.table, packed.output, packed.prior),
        *(
            packed.ranges,
            packed.shift,
            np.array([-1, -1, -1]),
            best,
            score,
            np.empty(1),
            np.empty(1),
        ),
    )
    rows = plain_rows(cut.words[: cut.bounds[0, 1]].tolist(), script, int(packed.shift))
    if not rows or first == last:
        assert best[0] == -1
        return
    mean = packed.embedding[rows].astype(np.float64).mean(axis=0)
    logits = (mean @ packed.output + packed.prior)[first:last]
    chances = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    assert score[0] == pytest.approx(chances.max(), abs=1e-4)
    assert chances[best[0] - first] == pytest.approx(chances.max(), abs=1e-4)


def plain_rows(units: list[int], script: int, shift: int) -> list[int]:
    """The rows of all n-grams, said slowly: 64-bit keys of up to four units, and of the word."""
    rows: list[int] = []
    for word in bytes_of(units).split(" ")[:-1]:
        cyrillic = any("\u0400" <= c < "\u0530" for c in word)
        arabic = any("\u0600" <= c < "\u0900" for c in word)
        if script != (1 if cyrillic else 3 if arabic else 2):
            continue
        letters = [ord("<"), *map(ord, word[:60]), ord(">")]
        for size in range(1, 5):
            for at in range(len(letters) - size + 1):
                gram = letters[at : at + size]
                if size > 1 or gram[0] not in (60, 62):
                    rows.append(hashed(sum(c << 16 * k for k, c in enumerate(gram[::-1])), shift))
        whole = 0xCBF29CE484222325
        for letter in letters[1:-1]:
            whole = ((whole ^ letter) * 0x100000001B3) % 2**64
        rows.append(hashed(whole, shift))
    return rows


def bytes_of(units: list[int]) -> str:
    return "".join(map(chr, units))


def hashed(key: int, shift: int) -> int:
    return (key * 0x9E3779B97F4A7C15) % 2**64 >> shift


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = train_spans(spans(), tmp_path / "first.npz")
    assert train_spans(spans(), tmp_path / "second.npz").sha256 == first.sha256
    assert (first.labels, first.spans) == (3, len(spans()))


@pytest.mark.parametrize("change", ["rows", "width", "order"])
def test_a_file_that_says_too_much_is_refused(tmp_path: Path, trained: Path, change: str) -> None:
    with np.load(trained) as parts:
        tables = dict(parts)
    if change == "rows":
        tables["embedding"] = tables["embedding"][:-1]
    elif change == "width":
        tables["embedding"] = tables["embedding"][:, :-1]
    else:
        tables["facts"] = np.frombuffer(
            json.dumps({"format": 4, "labels": sorted(TEXTS)}).encode(), np.uint8
        )
    np.savez(tmp_path / "cut.npz", **tables)
    with pytest.raises(Corrupt, match="no language model"):
        load_model(tmp_path / "cut.npz")


def test_another_file_than_the_pinned_one_is_refused(
    hub: RunningHub, hub_model: HubModel, tmp_path: Path
) -> None:
    with pytest.raises(Corrupt, match="not the one you pinned"):
        load_from_hub(hub_model, "0" * 64, endpoint=hub.url, cache=tmp_path)


def test_what_the_hub_lacks_is_named(hub: RunningHub, tmp_path: Path) -> None:
    absent = HubModel(repo="local/none", file="model.bin", prepare=prepare, repo_type="dataset")
    with pytest.raises(Unavailable, match="local/none"):
        load_from_hub(absent, "0" * 64, endpoint=hub.url, cache=tmp_path)
    with pytest.raises(WrongUse, match="glotlid"):
        load_from_hub("lid.176", "0" * 64)
    with pytest.raises(WrongUse, match="SHA-256"):
        load_from_hub("glotlid", "main")


def test_a_file_that_is_no_fasttext_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"none")
    with pytest.raises(Corrupt):
        load_fasttext(tmp_path / "model.bin")
    with pytest.raises(NotFound):
        load_fasttext(tmp_path / "absent.bin")
