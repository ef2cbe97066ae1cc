"""The licence gate: what states no right stays out, and the account says so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_datasets.errors import BadConfiguration
from kaz_datasets.release import verify_release
from kaz_datasets.release.gate import OPEN_LICENCES, Gate
from kaz_datasets.vocabulary import RIGHTS_BASES


@pytest.mark.parametrize(
    ("basis", "licence", "rule"),
    [
        ("public-domain", None, None),
        ("open-licence", "CC-BY-SA-4.0", None),
        ("permission", None, None),
        ("permission", "LicenseRef-letter", None),
        ("text-and-data-mining", None, None),
        ("unclear", None, "no-stated-right"),
        ("unclear", "CC0-1.0", "no-stated-right"),
        ("open-licence", None, "no-stated-right"),
        ("open-licence", "  ", "no-stated-right"),
        ("permission", "NONE STATED: measurement only", "no-stated-right"),
        ("open-licence", "CC-BY-NC-4.0", "licence-not-allowed"),
        ("open-licence", "CC-BY-ND-4.0", "licence-not-allowed"),
        ("open-licence", "https://example.org/terms", "licence-not-allowed"),
    ],
)
def test_what_a_release_holds_by_default(basis: str, licence: str | None, rule: str | None) -> None:
    refusal = Gate().refusal(basis, licence)
    assert (refusal and refusal[0]) == rule


def test_more_can_be_allowed_and_less() -> None:
    wide = Gate(licences=(*OPEN_LICENCES, "https://gov.example/*", "CC-BY-NC-*"))
    assert wide.refusal("open-licence", "https://gov.example/terms") is None
    assert wide.refusal("open-licence", "CC-BY-NC-4.0") is None
    narrow = Gate(bases=("public-domain",))
    assert narrow.refusal("permission", None) == ("basis-not-allowed", "permission")


def test_no_configuration_lets_the_unclear_in() -> None:
    with pytest.raises(BadConfiguration, match="never let in"):
        Gate(bases=("unclear",))
    with pytest.raises(BadConfiguration, match="is no basis"):
        Gate(bases=("because",))


@given(
    bases=st.sets(st.sampled_from([basis for basis in RIGHTS_BASES if basis != "unclear"])),
    licences=st.lists(st.text(max_size=12), max_size=4),
    licence=st.none() | st.text(max_size=12),
)
def test_the_unclear_is_refused_by_every_gate(
    bases: set[str], licences: list[str], licence: str | None
) -> None:
    gate = Gate(bases=tuple(bases), licences=tuple(licences))
    assert gate.refusal("unclear", licence) is not None


def test_rows_are_kept_out_with_an_account_and_named(corpus: Any, tmp_path: Path) -> None:
    unclear = {"basis": "unclear", "signals": []}
    rows = [
        {**row, "rights": unclear} if row["source"] == "zan" else row for row in corpus.rows[:-2]
    ]
    rows += [{**row, "licence": "CC-BY-NC-4.0"} for row in corpus.rows[-2:]]
    summary = replace(corpus, rows=tuple(rows)).release(tmp_path / "out")
    account = dict(summary.figures.funnel)["release"]
    assert (account.entered, account.kept) == (57, 43)
    assert account.dropped == {"licence-not-allowed": 2, "no-stated-right": 12}
    rejected = [
        row
        for path in (tmp_path / "out/rejected").iterdir()
        for row in pq.read_table(path).to_pylist()
        if row["stage"] == "release"
    ]
    assert {(row["id"], row["url"]) for row in rejected} == {
        (row["id"], row["url"]) for row in [*rows[40:52], *rows[-2:]]
    }
    assert {row["value"] for row in rejected} == {"unclear", "CC-BY-NC-4.0"}
    assert verify_release(tmp_path / "out").failed == ()


def test_a_gate_that_closes_removes_what_was_published(corpus: Any, tmp_path: Path) -> None:
    corpus.release(tmp_path / "1.0.0")
    narrow = replace(corpus.config, version="1.1.0", gate=Gate(licences=OPEN_LICENCES))
    summary = replace(corpus, config=narrow).release(
        tmp_path / "1.1.0", previous=tmp_path / "1.0.0"
    )
    assert summary.figures.removed == {"1.1.0": {"release: licence-not-allowed": 5}}
    assert "sauly" not in summary.figures.sources
    assert verify_release(tmp_path / "1.1.0", previous=tmp_path / "1.0.0").failed == ()


def test_no_row_of_files_without_a_licence_is_released(
    corpus: Any, shared_data: Path, tmp_path: Path
) -> None:
    """Every entry of a SOURCES.md that says NONE STATED, with the very words as its licence."""
    stated = []
    for page in sorted(shared_data.glob("*/SOURCES.md")):
        stated += re.findall(r"licence: (NONE STATED.*)", page.read_text(encoding="utf-8"))
    assert len(stated) >= 10
    # whatever basis is claimed for them
    rows = [
        {
            **corpus.rows[number],
            "licence": licence,
            "rights": {"basis": RIGHTS_BASES[number % len(RIGHTS_BASES)], "signals": []},
        }
        for number, licence in enumerate(stated)
    ]
    wide = Gate(licences=("*",))
    config = replace(corpus.config, gate=wide)
    summary = replace(corpus, rows=tuple(rows), config=config).release(tmp_path / "out")
    account = dict(summary.figures.funnel)["release"]
    assert account.dropped == {"no-stated-right": len(stated)}
    assert (account.entered, account.kept) == (len(stated), 0)
    assert summary.figures.total.documents == 0
    assert verify_release(tmp_path / "out").failed == ()
