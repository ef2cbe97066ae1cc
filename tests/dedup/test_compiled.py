from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from kaz_dedup.compiled import compiled


def test_a_function_that_cannot_be_cached_is_compiled_all_the_same() -> None:
    namespace: dict[str, Any] = {}
    exec("def twice(number): return number * 2", namespace)  # no file to cache it beside
    assert compiled(namespace["twice"])(21) == 42


def test_cached_code_goes_out_of_date_with_the_functions_that_it_calls(tmp_path: Path) -> None:
    head = "from kaz_datasets.compiled import compiled\n"
    called, caller = tmp_path / "called.py", tmp_path / "caller.py"
    caller.write_text(
        f"{head}from called import add\n@compiled\ndef twice(number):\n    return 2 * add(number)\n"
        "print(twice(20))\n"
    )
    for summand, expected in (("1", "42"), ("20", "80")):
        called.write_text(f"{head}@compiled\ndef add(number):\n    return number + {summand}\n")
        done = subprocess.run(
            [sys.executable, caller], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert done.stdout.strip() == expected
