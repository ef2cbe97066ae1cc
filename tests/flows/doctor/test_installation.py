from __future__ import annotations

from importlib import metadata

import pytest

from kaz_flows.doctor.installation import models, packages, single_fasttext, unmet

CLICK = metadata.version("click")


def test_this_installation_is_whole() -> None:
    assert [check().state for check in (packages, single_fasttext, models)] == ["ok"] * 3


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (f"click=={CLICK}", []),
        ("click<1", [f"click {CLICK} is not <1"]),
        ("no-such-package-of-ours>=1", ["no-such-package-of-ours is not installed"]),
        ("no-such-package-of-ours>=1; extra == 's3'", []),
        ("no-such-package-of-ours>=1; python_version < '3'", []),
    ],
)
def test_what_is_asked_for_and_not_there_is_named(stated: str, found: list[str]) -> None:
    assert list(unmet([stated])) == found
