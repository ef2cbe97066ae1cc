"""Evaluation sets as hashes, and the documents that hold their passages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kaz_datasets.errors import BadConfiguration, Corrupt, NotFound
from kaz_datasets.record import SCHEMA
from kaz_datasets.shards import write_shard
from kaz_flows.cli.app import run
from kaz_flows.decontamination import WORDS, EvaluationSet, barred_by, hash_set, overlaps

PASSAGE = (
    "Қыс ұзақ болған жылы ауыл адамдары малды аман алып қалу үшін шөпті бірге тасып,"
    " кешке қарай үлкен үйге жиналып, ертеңгі жұмысты ақылдасатын еді."
)


def write_set(folder: Path, *values: Any) -> Path:
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
    (folder / "test.jsonl").write_text(lines, encoding="utf-8")
    return folder


def shard(path: Path, texts: list[str]) -> Path:
    rows = []
    for number, text in enumerate(texts):
        row: dict[str, Any] = {field.name: None for field in SCHEMA}
        row |= {
            "id": f"{number:032x}",
            "text": text,
            "url": f"https://a.kz/{number}",
            "host": "a.kz",
        }
        row |= {"source": "a", "kind": "news", "rights": {"basis": "public-domain", "signals": []}}
        row |= {
            "retrieved_at": datetime.fromtimestamp(0, UTC),
            "script": "Cyrl",
            "language_score": 1.0,
            "words": 1,
        }
        row |= {"characters": 1, "quality": [], "masked": [], "repaired": []}
        rows.append(row | {"warc_file": "x", "warc_offset": 0, "extractor": "x"})
    write_shard(path, rows)
    return path


def test_a_document_that_quotes_a_passage_is_found(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "set", {"question": "Қашан?", "context": {"text": PASSAGE}})
    made = hash_set("quiz", [folder / "test.jsonl"])
    words = PASSAGE.split()
    texts = [
        f"Алғы сөз. {PASSAGE} Соңғы сөз.",
        f"Мұнда {' '.join(words[:WORDS])} ғана бар.",
        f"Мұнда {' '.join(words[: WORDS - 2])} одан аз ғана сөз келтірілген екен дейді.",
        "Мүлде басқа нәрсе туралы жазылған мәтін, оқиғамен де, сұрақпен де байланысы жоқ еді.",
    ]
    found = list(overlaps([shard(tmp_path / "a.parquet", texts)], [made]))
    assert [int(overlap.id, 16) for overlap in found] == [0, 1]
    assert found[0].ngrams == len(words) - WORDS + 1
    barred = barred_by(found)
    assert barred.ids[found[0].id] == ("benchmark-overlap", "quiz")
    assert not barred.erased


def test_only_hashes_are_kept_and_the_same_bytes_every_time(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "set", {"text": PASSAGE}, ["x", {"y": PASSAGE.lower()}])
    for name in ("a", "b"):
        hash_set("quiz", [folder / "test.jsonl"]).write(tmp_path / f"{name}.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    assert content == (tmp_path / "b.parquet").read_bytes()
    assert "ауыл".encode() not in content
    again = EvaluationSet.read(tmp_path / "a.parquet")
    assert again.name == "quiz"
    assert sorted(again.hashes.tolist()) == again.hashes.tolist()


def test_what_is_no_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="no text of 13 words"):
        hash_set("short", [write_set(tmp_path / "s", {"q": "Неге?"}) / "test.jsonl"])
    with pytest.raises(NotFound):
        hash_set("none", [tmp_path / "none.jsonl"])
    (tmp_path / "bad.jsonl").write_text("{")
    with pytest.raises(BadConfiguration, match="line 1"):
        hash_set("bad", [tmp_path / "bad.jsonl"])
    with pytest.raises(Corrupt, match="holds no n-grams"):
        EvaluationSet.read(shard(tmp_path / "x.parquet", [PASSAGE]))


def test_the_command_adds_a_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "w")]) == 0
    capsys.readouterr()
    folder = write_set(tmp_path / "set", {"text": PASSAGE})
    where = ["--workspace", str(tmp_path / "w"), "--json"]
    assert run(["decontaminate", "add", "quiz", str(folder), *where]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ngrams"] == len(PASSAGE.split()) - WORDS + 1
    release = tmp_path / "release/data/news/train"
    release.mkdir(parents=True)
    shard(release / "base-1-cyrl-00000.parquet", [PASSAGE, "Басқа мәтін."])
    assert run(["decontaminate", "report", str(tmp_path / "release"), *where]) == 0
    assert json.loads(capsys.readouterr().out)["sets"] == {"quiz": 1}


def test_the_kazqad_questions_are_found_in_their_own_contexts(
    shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "kk_text" / "kazqad_validation_contexts.jsonl.zst"
    made = hash_set("KazQAD", [path])
    assert len(made.hashes) > 10_000
    quoted = shard(tmp_path / "a.parquet", [PASSAGE])
    assert list(overlaps([quoted], [made])) == []
