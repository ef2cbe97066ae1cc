"""What a check says offline, in words that a contributor can act on."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaz_crawlers.recordings import (
    RecordedPage,
    Recording,
    page_of_text,
    read_recording,
    recording_file,
    recording_problems,
    write_recording,
)
from kaz_crawlers.source_check import check_file, check_source
from kaz_datasets.errors import Corrupt

from .conftest import make_source

TODAY = date(2026, 12, 1)
SITE = "https://sait.kz"


def whole(**tables: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A source about which nothing is doubtful, with `tables` changed."""
    values: dict[str, dict[str, Any]] = {
        "discover": {"listings": [f"{SITE}/kk/"], "follow": False},
        "urls": {
            "accept": [r"^https://sait\.kz/kk/\d+$"],
            "reject": ["/ru/"],
            "examples": [f"{SITE}/kk/1", f"{SITE}/kk/2"],
            "counterexamples": [f"{SITE}/ru/1"],
        },
    }
    for table, changes in tables.items():
        values[table] = {**values.get(table, {}), **changes}
    return values


def checked(
    tables: dict[str, dict[str, Any]] | None = None, *, homepage: str = f"{SITE}/kk/"
) -> list[str]:
    source = make_source(**whole(**tables or {})).model_copy(update={"homepage": homepage})
    return [str(item) for item in check_source(source, TODAY)]


def test_nothing_is_said_of_a_whole_source() -> None:
    assert checked() == []


ACCEPT = r"^https://sait\.kz/kk/\d+$"
FINDINGS: list[tuple[dict[str, dict[str, Any]], str]] = [
    ({"urls": {"accept": [ACCEPT, "^https://sait.kz/jana/"]}}, "error: urls.accept: '^https://sa"),
    ({"urls": {"accept": [r"/kk/\d+"]}}, "error: urls.accept: the patterns accept pages of any"),
    ({"urls": {"accept": [r"sait\.kz/kk/"]}}, "warning: urls.accept: the homepage itself"),
    (
        {"urls": {"accept": [r"^https://sait\.kz/(.*/)?\d+$"], "reject": ["/ru/"]}},
        "warning: urls.accept: if https://sait.kz/en/1 exists it is taken for Kazakh",
    ),
    ({"urls": {"reject": ["/en/"]}}, "warning: urls.reject: '/en/' fits no counterexample"),
    (
        {"urls": {"accept": [ACCEPT, r"^https://sait\.kz/ru/kk/"]}},
        r"error: urls.reject: '/ru/' rejects all that '^https://sait\.kz/ru/kk/' accepts",
    ),
    ({"urls": {"examples": [f"{SITE}/kk/1"] * 2}}, "error: urls.examples: an address is given"),
    ({"urls": {"counterexamples": []}}, "warning: urls.counterexamples: give an address"),
    (
        {"discover": {"sitemaps": ["https://other.kz/sitemap.xml"]}},
        "warning: discover.sitemaps: https://other.kz/sitemap.xml is on another host",
    ),
    ({"rights": {"licence": "CC BY 4.0"}}, "error: rights.licence: 'CC BY 4.0' is no SPDX"),
    ({"rights": {"basis": "unclear"}}, "warning: rights.basis: unclear"),
    ({"rights": {"basis": "public-domain", "evidence": ""}}, "warning: rights.evidence: say"),
    ({"rights": {"checked": "never"}}, "warning: rights.checked: never"),
    (
        {"rights": {"checked": "never", "note": "who owns it"}},
        "warning: rights.checked: never: look at the site and its terms, then write the day; until"
        " then it is crawled only with --unchecked (to find out: who owns it)",
    ),
    (
        {
            "urls": {"examples": [], "guesses": [f"{SITE}/kk/1", f"{SITE}/kk/2"]},
            "rights": {"checked": "never"},
        },
        "warning: urls.guesses: nobody has seen these",
    ),
    (
        {
            "urls": {"examples": [], "guesses": [f"{SITE}/kk/1"] * 2},
            "rights": {"checked": "never"},
        },
        "error: urls.guesses: an address is given twice",
    ),
    ({"rights": {"checked": "2026-12-02"}}, "error: rights.checked: 2026-12-02 is in the future"),
    ({"rights": {"checked": "2024-01-01"}}, "warning: rights.checked: 2024-01-01 is long ago"),
]


@pytest.mark.parametrize(("tables", "expected"), FINDINGS, ids=[text for _, text in FINDINGS])
def test_a_doubt_is_named(tables: dict[str, dict[str, Any]], expected: str) -> None:
    assert any(line.startswith(expected) for line in checked(tables)), checked(tables)


@pytest.mark.parametrize(
    ("homepage", "same"),
    [
        ("https://www.sait.kz/", True),
        ("https://kaz.sait.kz/", True),
        ("https://kz/", True),
        ("https://ait.kz/", False),
        ("https://sait.kz.other.kz/", False),
    ],
)
def test_one_source_is_one_site(homepage: str, same: bool) -> None:
    lines = checked(homepage=homepage)
    wrong = [line for line in lines if "another host than the homepage" in line]
    assert (wrong == []) is same


def test_nobody_to_ask_is_a_warning() -> None:
    changes = {"homepage": f"{SITE}/kk/", "maintainers": ()}
    source = make_source(**whole()).model_copy(update=changes)
    assert [item.key for item in check_source(source, TODAY)] == ["maintainers"]


@pytest.mark.parametrize(
    "licence", ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-SA-3.0", "ODC-By-1.0", "LicenseRef-akorda"]
)
def test_licences_of_texts_are_known(licence: str) -> None:
    assert checked({"rights": {"licence": licence}}) == []


@settings(max_examples=50, deadline=None)
@given(path=st.text(alphabet="kru/.-_(1)+*?", min_size=1, max_size=12))
def test_a_pattern_is_called_shadowed_only_if_it_accepts_nothing(path: str) -> None:
    url = f"{SITE}/kk/{path}"
    if "/ru/" in url:
        return
    lines = checked(
        {"urls": {"accept": [f"^{re.escape(url)}", ACCEPT], "examples": [f"{SITE}/kk/1", url]}}
    )
    assert not [line for line in lines if "rejects all" in line]


RECORDING = Recording(
    source="site",
    recorded=date(2026, 11, 30),
    pages=(
        page_of_text(f"{SITE}/kk/1", "Ауыл балалары мектепке жаяу барады екен деседі", 7),
        RecordedPage(url=f"{SITE}/kk/2", dropped="language: rus_Cyrl 0.99"),
    ),
)


def test_a_recording_holds_facts_and_no_text(tmp_path: Path) -> None:
    path = recording_file(tmp_path / "site.toml")
    write_recording(path, RECORDING)
    assert path == tmp_path / "recordings" / "site.json"
    assert read_recording(path) == RECORDING
    first, last = RECORDING.pages[0].first, RECORDING.pages[0].last
    assert first == ("Ауыл", "балалары", "мектепке", "жаяу", "барады")
    assert last == ("мектепке", "жаяу", "барады", "екен", "деседі")
    assert len(page_of_text(SITE, "а" * 5000, 1).first[0]) == 100


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["was dropped (language: rus_Cyrl 0.99)"]),
        ({"pages": RECORDING.pages[:1]}, ["is of other examples"]),
        ({"recorded": date(2024, 1, 1)}, ["long ago", "was dropped"]),
        ({"source": "other"}, ["is of other examples", "was dropped"]),
    ],
)
def test_a_recording_is_compared_with_its_source(changes: dict[str, Any], said: list[str]) -> None:
    found = recording_problems(make_source(**whole()), RECORDING.model_copy(update=changes), TODAY)
    assert [item.level for item in found] == ["warning"] * len(said)
    assert all(part in item.message for part, item in zip(said, found, strict=True))


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"source": 1}', "[" * 100_000, " " * (1 << 20) + "{}"]
)
def test_a_damaged_recording_is_an_error_of_the_file(content: str, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(make_source(**whole()).to_toml(), encoding="utf-8")
    recording_file(file).parent.mkdir()
    recording_file(file).write_text(content)
    with pytest.raises(Corrupt, match="is no recording"):
        read_recording(recording_file(file))
    problem = check_file(file, TODAY)[0]
    assert (problem.level, problem.key) == ("error", "recording")


def test_a_check_imports_nothing_that_is_slow(tmp_path: Path) -> None:
    """A check is for the moment of saving a file: Scrapy and Arrow would take longer than it."""
    program = (
        "import sys; from kaz_flows.cli.app import run; code = run(['sources', 'check']);"
        " slow = {'scrapy', 'twisted', 'pyarrow', 'numpy', 'prefect', 'lxml'} & set(sys.modules);"
        " sys.exit(code or ' '.join(sorted(slow)) or 0)"
    )
    command = [sys.executable, "-P", "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
