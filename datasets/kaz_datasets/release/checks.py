"""What a verification finds: one check for each thing that a release says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from kaz_datasets.errors import Unverified

ABSENT: Final = "(absent)"
_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Check:
    """One statement of a release: what was expected and what was found."""

    name: str
    passed: bool
    expected: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """All checks of one release, in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def require(self) -> None:
        """Raise Unverified, naming the first failure, unless every check passed."""
        if self.failed:
            first = self.failed[0]
            raise Unverified(
                f"{len(self.failed)} of {len(self.checks)} checks failed, first {first.name}"
                f" (expected {first.expected}, found {first.found}): do not use this release"
            )


def compare(name: str, expected: object, found: object) -> Check:
    """A check that two values are the same."""
    return Check(
        name=name, passed=expected == found, expected=shortened(expected), found=shortened(found)
    )


def failure(name: str, expected: object, found: object) -> Check:
    """A check that did not pass."""
    return Check(name=name, passed=False, expected=shortened(expected), found=shortened(found))


def compare_texts(name: str, expected: str, found: str) -> Check:
    """A check that two texts are the same; a failure names the first line that differs."""
    if expected == found:
        return compare(name, "as rendered", "as rendered")
    lines = zip_longest(expected.split("\n"), found.split("\n"), fillvalue=ABSENT)
    for number, (left, right) in enumerate(lines, start=1):
        if left != right:
            return failure(f"{name} line {number}", left, right)
    raise AssertionError("texts that differ have a line that differs")


def compare_trees(name: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[Check]:
    """A check for each key of two JSON objects; a failure names the value that differs."""
    checks: list[Check] = []
    for key in [*expected, *(key for key in found if key not in expected)]:
        left, right = expected.get(key, ABSENT), found.get(key, ABSENT)
        if _same(left, right):
            checks.append(compare(f"{name}.{key}", "recomputed", "recomputed"))
        else:
            checks.extend(
                failure(path, one, other)
                for path, one, other in _differences(f"{name}.{key}", left, right)
            )
    return checks


def _same(left: object, right: object) -> bool:
    return not any(True for _ in _differences("", left, right))


def _differences(path: str, left: object, right: object) -> Iterator[tuple[str, object, object]]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in [*left, *(key for key in right if key not in left)]:
            yield from _differences(f"{path}.{key}", left.get(key, ABSENT), right.get(key, ABSENT))
    elif isinstance(left, list) and isinstance(right, list):
        for number, (one, other) in enumerate(zip_longest(left, right, fillvalue=ABSENT)):
            yield from _differences(f"{path}[{number}]", one, other)
    elif type(left) is not type(right) or left != right:  # 1 is not true, nor 1.0
        yield path, left, right


def shortened(value: object) -> str:
    """A value on one short line: what a release says may be of any length."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
