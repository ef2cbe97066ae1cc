"""Evaluation sets as hashes, and the documents that hold their passages."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from kaz_datasets.errors import BadConfiguration, Corrupt, NotFound
from kaz_datasets.hub import serve
from kaz_datasets.record import SCHEMA
from kaz_datasets.release.manifest import read_manifest
from kaz_datasets.shards import read_shard, write_shard
from kaz_flows.cli.app import run
from kaz_flows.decontamination import (
    OVERLAP,
    WORDS,
    EvaluationSet,
    barred_by,
    hash_set,
    overlaps,
)
from made_pages import page, text
from wrap_pages import wrap

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
    for number, content in enumerate(texts):
        row: dict[str, Any] = {field.name: None for field in SCHEMA}
        row |= {
            "id": f"{number:032x}",
            "text": content,
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


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_a_known_set_is_fetched_from_the_hub(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("HF_TOKEN", "made-up")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    assert run(["init", str(tmp_path / "w")]) == 0
    capsys.readouterr()
    words = " ".join(f"сөз{number}" for number in range(20))
    table = io.BytesIO()
    pq.write_table(pa.table({"question": [PASSAGE], "n": [1], "choices": [["а", words]]}), table)
    files = {
        "data/kaz_Cyrl.jsonl": json.dumps({"passage": PASSAGE}).encode(),
        "data/rus_Cyrl.jsonl": json.dumps({"passage": words}).encode(),
        "data/test.tsv": f"index\ttext\n1\t{words}\n".encode(),
        "data/test.parquet": table.getvalue(),
    }
    with serve(tmp_path / "hub", tokens={"made-up": "write"}) as hub:
        api = HfApi(endpoint=hub.url, token="made-up")
        for repo in ("facebook/belebele", "owner/exam"):
            api.create_repo(repo, repo_type="dataset")
            added = [CommitOperationAdd(path, content) for path, content in files.items()]
            api.create_commit(repo, added, commit_message="x", repo_type="dataset")
        where = ["--endpoint", hub.url, "--workspace", str(tmp_path / "w")]
        counts = {}
        for name, more in (
            ("Belebele", []),
            ("table", ["hf://owner/exam", "--files", "*.tsv"]),
            ("exam", ["hf://owner/exam", "--files", "*.parquet"]),
        ):
            assert run(["decontaminate", "add", name, *more, *where, "--json"]) == 0
            counts[name] = json.loads(capsys.readouterr().out)["ngrams"]
        own, other = len(PASSAGE.split()) - WORDS + 1, 20 - WORDS + 1
        assert counts == {"Belebele": own, "table": other, "exam": own + other}
        none = ["hf://owner/exam", "--files", "*.xml"]
        assert run(["decontaminate", "add", "none", *none, *where]) == 2
        assert "--files" in capsys.readouterr().err
        assert run(["decontaminate", "add", "SIB-200", *where]) == 2
        assert "Davlan/sib200" in capsys.readouterr().err
    assert run(["decontaminate", "add", "unheard", *where]) == 2
    assert "KazMMLU" in capsys.readouterr().err


def test_a_build_reports_drops_or_flags_what_overlaps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "w"

    def command(*arguments: str) -> dict[str, Any]:
        code = run([*arguments, "--json", "--workspace", str(root)])
        captured = capsys.readouterr()
        assert code == 0, captured.err
        return dict(json.loads(captured.out))

    def release(mode: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        toml = root / "kazcorpus.toml"
        toml.write_text(re.sub(r'mode = "\w+"', f'mode = "{mode}"', toml.read_text("utf-8")))
        built = command("release")
        assert read_manifest(Path(built["release"])).facts.pipeline["decontamination"] == {
            "mode": mode,
            "words": WORDS,
            "sets": ["quiz"],
        }
        said = {"drop": "were left out: `quiz`", "flag": "`benchmark-overlap` in `quality`"}
        card = (Path(built["release"]) / "README.md").read_text("utf-8")
        assert said.get(mode, "were not left out: `quiz`") in card
        checked = ["verify", built["release"], "--benchmarks", str(root / "benchmarks")]
        assert run(checked) == 0, capsys.readouterr().err
        capsys.readouterr()
        paths = Path(built["release"]).glob("data/*/*/*.parquet")
        return built, [row for path in paths for row in read_shard(path).to_pylist()]

    assert run(["init", str(root)]) == 0
    # of fewer pages a removed one would be so large a share that a major is proposed
    pages = [page(f"https://a.example/{number}", text(number)) for number in range(6)]
    wrap(pages, tmp_path / "a.warc.gz")
    capsys.readouterr()
    rights = ["--rights", "open-licence", "--licence", "CC-BY-4.0", "--source", "given"]
    command("ingest", "warc", str(tmp_path / "a.warc.gz"), *rights)
    quiz = write_set(tmp_path / "quiz", {"context": "\n".join(text(1)[:3])})
    command("decontaminate", "add", "quiz", str(quiz))

    built, rows = release("report")
    assert (built["version"], len(rows)) == ("1.0.0", 6)
    built, rows = release("drop")
    assert built["version"] == "1.1.0"
    assert built["stages"]["release"]["dropped"] == {"benchmark-overlap": 1}
    removed = read_shard(Path(built["release"]) / "changes/1.1.0/removed.parquet").to_pylist()
    assert [row["reason"] for row in removed] == ["release: benchmark-overlap"]
    built, rows = release("flag")
    assert built["version"] == "2.0.0"  # what was removed returns
    flags = {
        row["url"]: [each["value"] for each in row["quality"] if each["rule"] == OVERLAP]
        for row in rows
    }
    assert flags["https://a.example/0"] == []
    assert flags["https://a.example/1"][0] > 10
    # a number that cannot follow is refused before any work
    for number in ("1.5.0", "9.0.0"):
        assert run(["build", "--version", number, "--workspace", str(root)]) == 2
        assert f"{number} does not follow 2.0.0" in capsys.readouterr().err


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
