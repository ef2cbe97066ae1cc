"""`kazcorpus sources` as a contributor meets it, and the pages it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel

from demo_build import Demo
from kaz_crawlers.demosite.server import serve
from kaz_crawlers.recordings import read_recording, recording_file
from kaz_crawlers.source import Source, load_source
from kaz_crawlers.source_files import builtin_sources
from kaz_flows.cli.app import run
from kaz_flows.recording import only_examples
from kaz_flows.source_drafting import known_elsewhere
from kaz_flows.source_pages import pages, write_pages
from packs import install_pack

CHECKOUT = Path(__file__).resolve().parents[2]
TABLES = ("discover", "urls", "extract", "polite", "rights")
DEMO_FILES = sorted(builtin_sources().glob("demo-*.toml"))


@pytest.fixture
def proxy() -> Iterator[str]:
    with serve() as site:
        yield site.url


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run(["init", str(tmp_path / "try")]) == 0
    capsys.readouterr()
    return tmp_path / "try"


def own_source(workspace: Path, identifier: str, **replaced: str) -> Path:
    """The demo's law source under another id, with some of its text replaced."""
    text = (builtin_sources() / "demo-law.toml").read_text(encoding="utf-8")
    for old, new in {"demo-law": identifier, **replaced}.items():
        assert old in text
        text = text.replace(old, new)
    path = workspace / "sources" / f"{identifier}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["sources.md", "sources-format.md"])
def test_the_generated_pages_are_fresh(name: str, tmp_path: Path) -> None:
    stale = f"docs/{name} is stale: run `kazcorpus sources docs`"
    assert (CHECKOUT / "docs" / name).read_text(encoding="utf-8") == pages()[name], stale
    assert write_pages(tmp_path)


def test_the_page_of_keys_names_every_key() -> None:
    page = pages()["sources-format.md"]
    source = load_source(DEMO_FILES[0])
    models: list[type[BaseModel]] = [Source, *(type(getattr(source, table)) for table in TABLES)]
    for model in models:
        for key, field in model.model_fields.items():
            assert key in TABLES or f"| `{key}` |" in page
            assert field.description


def test_list_is_for_people_and_programs(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_source(workspace, "own-law")
    place = ["--workspace", str(workspace)]
    assert run(["sources", "list", *place]) == 0
    shown = capsys.readouterr().out
    assert "own-law" in shown
    assert "demo-health" in shown
    assert run(["sources", "list", "--kind", "law", "--json", *place]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["sources"]}
    assert rows["own-law"]["origin"] == "workspace"
    assert rows["demo-law"]["host"] == "zan.example"
    assert "demo-health" not in rows


def test_list_shows_what_is_broken(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "sources").mkdir()
    (workspace / "sources" / "bad.toml").write_text("id = 7\n")
    packs = workspace / "site-packages"
    install_pack(packs, "kazcorpus-gone", {}, {"kazcorpus.sources": {"gone": "gone_module"}})
    monkeypatch.syspath_prepend(str(packs))
    assert run(["sources", "list", "--workspace", str(workspace)]) == 0
    complaints = capsys.readouterr().err
    assert "bad cannot be used: " in complaints
    assert "the pack kazcorpus-gone:gone cannot be used: " in complaints


def test_check_answers_with_its_exit_code(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = own_source(workspace, "own-law")
    assert run(["sources", "check", str(sound)]) == 0
    assert "own-law: warning: urls.examples: nobody has recorded" in capsys.readouterr().out
    own_source(workspace, "own-bad", **{'"CC0-1.0"': '"CC zero"'})
    place = ["--workspace", str(workspace)]
    assert run(["sources", "check", "own-law", "own-bad", "--json", *place]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["own-bad"][0]["key"] == "rights.licence"
    assert captured.err == (
        "kazcorpus: errors in own-bad: mend the keys that are named, then check again\n"
    )
    assert run(["sources", "check", *place]) == 1
    counted = capsys.readouterr().out
    assert counted.startswith("own-bad: error: rights.licence: 'CC zero' is no SPDX identifier")
    assert " sources: 1 with errors, " in counted
    assert run(["sources", "check", "no-such", *place]) == 2
    assert run(["sources", "check", "no-such.toml", *place]) == 2


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("try/sources/own-law", "did you mean try/sources/own-law.toml?"),
        ("try/sources", "try/sources is no source file (.toml), and an id holds no slash"),
        ("own-law", "that of a workspace is found with --workspace"),
        ("egemen", "did you mean 'egemen-kz'?"),
    ],
)
def test_a_source_that_is_not_found_gets_a_hint(
    target: str,
    answer: str,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own_source(workspace, "own-law")
    monkeypatch.chdir(workspace.parent)
    assert run(["sources", "check", target]) == 2
    assert answer in capsys.readouterr().err


@pytest.mark.parametrize("command", [["new", "https://sait.kz/"], ["record", "demo-law"]])
def test_whoever_asks_a_site_says_who_it_is(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sources", *command]) == 2
    assert "give --contact mailto:you@sait.kz" in capsys.readouterr().err


def test_record_says_why_no_page_is_kept(
    workspace: Path, proxy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = {"su-paidalanu-buiryq": "no-such-page", "kk/erezhe/ara-omartasy": "ru/no-such-page"}
    path = own_source(workspace, "own-law", **gone)
    place = ["--proxy", proxy, "--workspace", str(workspace)]
    assert run(["sources", "record", "own-law", "--json", *place]) == 1
    captured = capsys.readouterr()
    pages = json.loads(captured.out)["pages"]
    assert [page["dropped"] for page in pages] == ["http-status: 404"] * 2
    assert "mend [urls] or [extract]" in captured.err
    assert run(["sources", "check", str(path)]) == 0
    assert "was dropped (http-status: 404) when recorded" in capsys.readouterr().out


def test_new_refuses_a_file_that_is_there(
    workspace: Path, proxy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--proxy", proxy, "--workspace", str(workspace)]
    own_source(workspace, "zan-example")
    before = (workspace / "sources" / "zan-example.toml").read_bytes()
    assert run(["sources", "new", "http://zan.example/", *place]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (workspace / "sources" / "zan-example.toml").read_bytes() == before


def test_a_draft_is_compared_with_what_is_known(tmp_path: Path) -> None:
    known = builtin_sources() / "egemen-kz.toml"
    found = known_elsewhere("egemen-kz", tmp_path / "egemen-kz.toml")
    assert found == f"egemen-kz is known to kazcorpus ({known}): compare the two"
    assert known_elsewhere("egemen-kz", known) is None
    assert known_elsewhere("sait-kz", tmp_path / "sait-kz.toml") is None


@pytest.mark.parametrize("proxy", ["http://192.0.2.1:80", "http://site.example:80", "ftp://x"])
def test_a_proxy_is_on_this_machine(proxy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sources", "record", "demo-law", "--proxy", proxy]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_site_nobody_has_looked_at_is_not_crawled(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_source(workspace, "own-law", **{"2026-11-01": '"never"'})
    place = ["--workspace", str(workspace)]
    assert run(["crawl", "own-law", *place]) == 2
    assert "--unchecked" in capsys.readouterr().err
    # no contact is stated, so that it goes no further than the next refusal
    assert run(["crawl", "own-law", "--unchecked", *place]) == 2
    assert "crawl.contact" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("egemen-kz", "nobody has compared egemen-kz with the live website yet"),
        ("ertegiler-kz", "the rights of ertegiler-kz are unclear"),
        ("kk-wikipedia", "`kazcorpus ingest wikimedia FILE --source kk-wikipedia`"),
        ("enu-kz", "enu-kz is not crawled: `kazcorpus ingest oai enu-kz`"),
    ],
)
def test_a_listed_source_says_why_it_is_not_crawled(
    source: str, refusal: str, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(workspace)]
    assert run(["crawl", source, *place]) == 2
    assert refusal in capsys.readouterr().err
    # no contact is stated, so that --unchecked goes no further than the next refusal
    assert run(["crawl", source, "--unchecked", *place]) == 2
    unchecked = capsys.readouterr().err
    assert refusal in unchecked or "crawl.contact" in unchecked


def test_guesses_are_not_recorded(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sources", "record", "egemen-kz", "--workspace", str(workspace)]) == 2
    assert "put two of its pages into urls.examples" in capsys.readouterr().err


def test_recording_wants_nothing_but_the_examples() -> None:
    source = load_source(builtin_sources() / "demo-news.toml")
    narrow = only_examples(source)
    assert all(narrow.urls.accepts(url) for url in source.urls.examples)
    assert not narrow.urls.accepts(f"{source.urls.examples[0]}-2")
    assert not narrow.urls.accepts(f"{source.homepage}x?u={source.urls.examples[0]}")
    assert narrow.polite.max_pages < 20
    assert narrow.rights == source.rights


@pytest.mark.parametrize("path", DEMO_FILES, ids=lambda path: path.stem)
def test_recorded_facts_are_those_of_the_pipeline(path: Path, demo: Demo) -> None:
    """The recordings of the demo are true of what a build makes of the same pages."""
    recording = read_recording(recording_file(path))
    assert recording is not None
    texts = {
        row["url"]: row["text"]
        for shard in (demo.workspace.documents / path.stem).glob("*/*.parquet")
        for row in pq.ParquetFile(shard).read(columns=["url", "text"]).to_pylist()
    }
    assert len(recording.pages) == 2
    for page in recording.pages:
        assert page.sha256 == sha256(texts[page.url].encode()).hexdigest()
