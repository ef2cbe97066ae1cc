"""Coverage-guided bytes against what reads untrusted input: no crash, no hang, idempotent.

`python -m benchmarks.cleaning.fuzz [SECONDS [TARGET …]]` (60 a target by default). atheris is no
dependency of the project: an environment of its own holds it beside the checkout's packages. What
it finds is left as `crash-*` under `.bench/fuzz/<target>`, to become a test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from typing import Any

from benchmarks.environments import CACHE, CHECKOUT, peer_python

TARGETS = ("charset", "extraction", "normaliser", "rules", "masks")
LONGEST = 4096
"""Bytes of one input: guards of size have tests of their own."""
SECONDS_A_INPUT = 5
COMPILED = ("language", "text_signs", "suspicious_lines", "visible_text", "quality.measures")
"""Modules with machine code; what they call of others is imported with them."""
SEEDS = {
    "charset": [
        "Қазақстан".encode(),
        "Қазақстан".encode("kz1048"),
        '<meta charset="windows-1251">әң'.encode("ptcp154"),
        "\ufeffҚазақ".encode("utf-16"),
    ],
    "extraction": [
        b"<html><body><article><p>%s</p></article></body></html>" % ("Ауыл, қала. " * 30).encode(),
        b"<table><tr><td>a<td>b</table><ul><li>x<li>y</ul><!--",
        b'<script type="application/ld+json">{"author":[{"name":"A"}]}</script><h1>T</h1>',
    ],
    "rules": [
        "Ауыл, қала. Ауыл, қала.\n\n• тізім\n{ } \\n … 12%".encode(),
        "ﻗﺎﺯﺎﻗ қaзaқ \U0001f600 \u0301\u0301".encode(),
    ],
    "masks": [
        "ЖСН 680212183131, тел.: 8 (7172) 00-00-00, 00-00-01, a@example.kz, 203.0.113.7".encode(),
        "KZ86 125K ZT50 0410 0100 4111 1111 1111 1111 123 ABC 01 Абай көшесі, 5".encode(),
        "жеке куәлік № 012345678 +7 701 000 00 00 <PHONE> 12-34-56 2001:db8::1".encode(),
    ],
    "normaliser": ["Қaзaқ бiз мем-\nлекет ќазаќ\u00ad \u200c".encode(), "ﻗﺎﺯﺎﻗ y\u0306".encode()],
}


def main() -> None:
    """Run every target in a process of its own; ends with the first failure's code."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    python = peer_python("atheris", ["atheris==2.3.0"])
    packages = [path for path in sys.path if path.endswith("site-packages")]
    floors = [str(CHECKOUT / name) for name in ("cleaning", "datasets", ".")]
    for target in sys.argv[2:] or TARGETS:
        corpus = CACHE / "fuzz" / target
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(SEEDS[target]):
            (corpus / f"seed-{number}").write_bytes(seed)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*floors, *packages])}
        command = [str(python), "-m", "benchmarks.cleaning.fuzz", "--target", target]
        limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-print_final_stats=1"]
        done = subprocess.run(
            [*command, *limits, f"-timeout={SECONDS_A_INPUT}", str(corpus)],
            cwd=corpus,
            env=environment,
            check=False,
        )
        if done.returncode:
            sys.exit(done.returncode)


def fuzz(target: str, arguments: list[str]) -> None:
    """Feed one target until the time is up; atheris ends the process itself."""
    atheris = import_module("atheris")
    for compiled in COMPILED:  # numba compiles them, and cannot compile instruments
        import_module(f"kaz_cleaning.{compiled}")
    with atheris.instrument_imports(include=["kaz_cleaning"]):
        check = {
            "charset": _charset,
            "extraction": _extraction,
            "normaliser": _normaliser,
            "rules": _rules,
            "masks": _masks,
        }[target]()
    check(SEEDS[target][0])  # compiles what has to be: no input's fault, and not in its time
    atheris.Setup([sys.argv[0], *arguments], check)
    atheris.Fuzz()


def _charset() -> Any:
    decode = import_module("kaz_cleaning.charset").decode

    def check(body: bytes) -> None:
        label = body[:12].decode("latin-1")
        for declared in (None, label, f"text/html; charset={label}"):
            decoded = decode(body, declared)
            decoded.text.encode()
            assert decoded.reason

    return check


def _extraction() -> Any:
    decode = import_module("kaz_cleaning.charset").decode
    html_tree = import_module("kaz_cleaning.html_tree")
    extract = import_module("kaz_cleaning.extraction").extract
    facts = import_module("kaz_datasets.source_facts").SourceFacts(id="fuzz")

    def check(body: bytes) -> None:
        if html_tree.sniff_binary(body) is not None:
            return
        try:
            extracted = extract(decode(body, None).text, "https://fuzz.example/1", facts)
        except html_tree.UnsafePage:
            return
        assert extracted is None or extracted.text.strip()

    return check


def _normaliser() -> Any:
    normalise = import_module("kaz_cleaning.normalise").normalise
    undo = import_module("kaz_cleaning.normalise").undo_look_alikes

    def check(body: bytes) -> None:
        text = body.decode("utf-8", "replace")
        once = normalise(text)
        assert normalise(once.text).text == once.text
        assert normalise(undo(once)).text == once.text

    return check


def _rules() -> Any:
    measure_texts = import_module("kaz_cleaning.quality.measures").measure_texts

    def check(body: bytes) -> None:
        text = body.decode("utf-8", "surrogateescape")
        alone, twice = measure_texts([text]), measure_texts([text, "", text])
        assert (alone[0] == twice[0]).all()
        assert (alone[0] == twice[2]).all()

    return check


def _masks() -> Any:
    masks = import_module("kaz_cleaning.masks")
    configs = (masks.MaskConfig(), masks.MaskConfig(key="құпия"))

    def check(body: bytes) -> None:
        text = body.decode("utf-8", "replace")
        for config in configs:
            once = masks.mask(text, "news", config)
            assert masks.mask(once.text, "news", config) == masks.Masked(once.text, {})
            assert once.text.count("\n") == text.count("\n")

    return check


if __name__ == "__main__":
    if sys.argv[1:2] == ["--target"]:
        fuzz(sys.argv[2], sys.argv[3:])
    else:
        main()
