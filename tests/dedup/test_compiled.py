from __future__ import annotations

from typing import Any

from kaz_dedup.compiled import compiled


def test_a_function_that_cannot_be_cached_is_compiled_all_the_same() -> None:
    namespace: dict[str, Any] = {}
    exec("def twice(number): return number * 2", namespace)  # no file to cache it beside
    assert compiled(namespace["twice"])(21) == 42
