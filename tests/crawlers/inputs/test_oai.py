"""A journal is harvested to the end, politely, and only its Kazakh texts are taken."""

from __future__ import annotations

from datetime import date

import pytest

from kaz_crawlers.inputs.guarded_http import (
    AddressRefused,
    ClientOptions,
    GuardedClient,
    Unreachable,
)
from kaz_crawlers.inputs.oai import OaiOptions, harvest
from kaz_crawlers.inputs.oai_records import read_page
from kaz_crawlers.inputs.text_archive import Item, Skipped, TextDocument
from kaz_crawlers.warc_writer import Exchange
from kaz_datasets.errors import BadConfiguration, Corrupt, Failed
from oai_server import START, Journal, answer, record, serve

KAZAKH = record(
    "oai:1",
    ("title", "kk-KZ", "Тіл мәселесі"),
    ("title", "en-US", "The question of language"),
    ("description", "kk-KZ", "Мақалада қазақ тілінің\n бүгінгі жайы қаралады."),
    ("creator", "", "Ахметова А."),
    ("date", "", "2024-06-30"),
    ("language", "", "kaz"),
    ("rights", "", "Авторлық құқық"),
    ("rights", "", "https://creativecommons.org/licenses/by/4.0"),
    ("identifier", "", "https://j.example/article/view/7"),
    ("relation", "", "https://j.example/article/view/7/12"),
)
PLAIN = record(
    "oai:2",
    ("title", "", "Ғылым"),
    ("description", "", "Қысқаша мазмұны."),
    ("description", "", "An abstract in English."),
    ("language", "", "қазақша"),
)
RUSSIAN = record("oai:4", ("title", "", "Язык"), ("language", "", "rus"))
PAGES = {
    "": answer(KAZAKH, record("oai:3", deleted=True), token="a b&c"),
    "a b&c": answer(PLAIN, RUSSIAN, token="2"),
    "2": answer(record("oai:5", ("title", "", "?")), record("oai:6", ("language", "", "kk"))),
}


def client(journal: Journal, waits: list[float] | None = None) -> GuardedClient:
    slept = [] if waits is None else waits
    return GuardedClient(
        ClientOptions(
            user_agent="kazcorpus/0.1 (+mailto:t@t.example)",
            allowed=frozenset({journal.endpoint}),
            sleep=slept.append,
            deadline=5.0,
        )
    )


def take(journal: Journal, waits: list[float] | None = None) -> list[Item]:
    return list(harvest(journal.url, OaiOptions(), client(journal, waits)))


def test_a_journal_is_harvested_to_the_end() -> None:
    waits: list[float] = []
    with serve(Journal(PAGES, busy=2)) as journal:
        items = take(journal, waits)
    one, two = (item for item in items if isinstance(item, TextDocument))
    assert one.text == "Тіл мәселесі\nМақалада қазақ тілінің бүгінгі жайы қаралады."
    assert one.url == "https://j.example/article/view/7"
    assert one.full_texts == ("https://j.example/article/view/7/12",)
    facts = one.facts
    assert (facts.title, facts.author, facts.language) == ("Тіл мәселесі", "Ахметова А.", "kaz")
    assert (facts.published_at, facts.licence is not None) == (date(2024, 6, 30), True)
    assert two.text == "Ғылым\nҚысқаша мазмұны."
    assert two.url.endswith("?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai%3A2")
    rules = [item.rule for item in items if isinstance(item, Skipped)]
    assert rules == ["deleted", "not-kazakh-record", "no-language", "empty"]
    assert sum(isinstance(item, Exchange) for item in items) == 4  # robots.txt and three answers
    assert waits == [7.0, 7.0]
    assert journal.asked[-1] == "/oai?verb=ListRecords&resumptionToken=2"
    assert journal.agents == {"kazcorpus/0.1 (+mailto:t@t.example)"}


def test_only_some_records_are_asked_for() -> None:
    options = OaiOptions(records_from="2026-01-31", part="j:ART")
    with serve(Journal({"": answer()})) as journal:
        list(harvest(journal.url, options, client(journal)))
    expected = "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=j%3AART&from=2026-01-31"
    assert journal.asked[-1] == expected
    with pytest.raises(BadConfiguration, match="is no date"):
        OaiOptions(until="31.01.2026")


@pytest.mark.parametrize(
    ("journal", "message"),
    [
        (Journal({"": answer(KAZAKH, token="x"), "x": answer(token="x")}), "the same resumption"),
        (Journal(PAGES, robots=(200, b"User-agent: *\nDisallow: /oai")), r"\(robots\)"),
        (Journal(PAGES, robots=(500, b"")), "robots-unreachable"),
        (Journal({"": (START + '<error code="badArgument"/></OAI-PMH>').encode()}), "badArgument"),
        (Journal({"": b"<html></html>"}), "does not speak OAI-PMH"),
        (Journal({"": b"<html>"}), "does not answer in XML"),
        (Journal(PAGES, busy=99), "answers 503"),
        (Journal(PAGES, location="http://169.254.169.254/"), "not public"),
        (Journal(PAGES, location="http://127.0.0.2:1/"), "not public"),
        (Journal(PAGES, location="http://[::ffff:127.0.0.1]:22/"), "not public"),
        (Journal(PAGES, location="file:///etc/passwd"), "no address of the web"),
    ],
    ids=range(11),
)
def test_misbehaviour_is_named(journal: Journal, message: str) -> None:
    with serve(journal), pytest.raises(Failed, match=message):
        take(journal)


def test_an_empty_answer_is_no_error() -> None:
    nothing = (START + '<error code="noRecordsMatch"/></OAI-PMH>').encode()
    with serve(Journal({"": nothing})) as journal:
        assert all(isinstance(item, Exchange) for item in take(journal))


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><OAI-PMH>&x;</OAI-PMH>',
        b'<!DOCTYPE a [<!ENTITY x "y">]><OAI-PMH/>',
        b"<a>" * 10_000,
        b"",
    ],
)
def test_hostile_xml_is_refused(body: bytes) -> None:
    with pytest.raises(Corrupt, match="https://j"):
        read_page(body, "https://j.example/oai")


def test_control_characters_out_of_a_pdf_are_spaces() -> None:
    page = read_page(answer(record("i", ("title", "", "а\x0cб"))), "u")
    assert page.records[0].texts("title") == ["а б"]


@pytest.mark.parametrize("url", ["http://localhost:1/", "http://2130706433/", "ftp://a.example/"])
def test_the_client_asks_public_addresses_only(url: str) -> None:
    with pytest.raises(AddressRefused):
        GuardedClient(ClientOptions(user_agent="t")).get(url)


def test_sizes_and_waits_are_bounded() -> None:
    with serve(Journal({"": b"x" * 4096})) as journal:
        with pytest.raises(Unreachable, match="larger than 1000 bytes"):
            client(journal).get(journal.url, largest=1000)
        assert client(journal).get(journal.url, largest=4096).body == b"x" * 4096
    with pytest.raises(BadConfiguration, match="at least 2 seconds"):
        ClientOptions(user_agent="t", delay=0.5)
    with pytest.raises(BadConfiguration, match="loopback"):
        ClientOptions(user_agent="t", allowed=frozenset({("93.184.216.34", 80)}))


def test_a_body_that_drips_is_cut_at_the_deadline() -> None:
    import socket
    import threading
    import time

    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while not stop.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    endpoint = listener.getsockname()
    options = ClientOptions(user_agent="t", allowed=frozenset({endpoint}), deadline=0.5)
    started = time.monotonic()
    with (
        pytest.raises(Unreachable, match=r"within 0\.5 s"),
        GuardedClient(options).open(f"http://127.0.0.1:{endpoint[1]}/") as answered,
    ):
        list(answered.chunks(1 << 20))
    assert time.monotonic() - started < 3
    stop.set()
    thread.join()
    listener.close()
