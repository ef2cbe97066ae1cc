"""What comes over the wire is archived as it came, and the request beside it as it went."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from kaz_crawlers.crawl import crawl
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.url_states import url_states
from kaz_datasets.warc import Page, read_pages

from .conftest import make_source

ZIPPED = gzip.compress(b"<p>\xd2\x9b\xd0\xb0\xd0\xb7\xd0\xb0\xd2\x9b</p>", mtime=0)
CHUNKED = b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (
    *(9, ZIPPED[:9]),
    *(len(ZIPPED) - 9, ZIPPED[9:]),
)
FRONT = b'<a href="/kk/chunked">a</a><a href="/kk/old">b</a><a href="/kk/204">c</a>'
ANSWERS = {
    "/robots.txt": b"HTTP/1.1 404 Joq\r\nContent-Length: 0\r\n\r\n",
    "/": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Type: text/html\r\n\r\n%b"
    % (len(FRONT), FRONT),
    "/kk/chunked": b"HTTP/1.1 200 Jaraidy\r\nx-ODD-case:  two  spaces\r\n"
    b"Transfer-Encoding: chunked\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n"
    b"Content-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n" + CHUNKED,
    "/kk/old": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>until the end",
    "/kk/204": b"HTTP/1.1 204 No Content\r\n\r\n",
}


class RawSite:
    """Sends prepared bytes, one answer a connection; keeps the requests."""

    def __init__(self) -> None:
        self.requests: dict[str, bytes] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                received = b""
                while b"\r\n\r\n" not in received and (piece := connection.recv(65536)):
                    received += piece
                if received:
                    path = received.split(b" ")[1].decode()
                    self.requests[path] = received
                    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    connection.sendall(ANSWERS.get(path, missing))


@pytest.fixture(scope="module")
def site() -> Iterator[RawSite]:
    site = RawSite()
    yield site
    site.close()


@pytest.fixture(scope="module")
def folder(site: RawSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a crawl of the site."""
    folder = tmp_path_factory.mktemp("raw")
    home = f"http://{site.endpoint}"
    source = make_source(
        discover={"listings": [f"{home}/"]},
        urls={
            "accept": ["/kk/"],
            "examples": [f"{home}/kk/1", f"{home}/kk/2"],
            "counterexamples": [],
        },
    )
    options = CrawlOptions(allowed=(site.endpoint,), delay=0.0, contact="mailto:me@site.example")
    crawl(source, folder, options)
    return folder


def blocks(folder: Path, kind: WarcRecordType) -> dict[str, tuple[dict[str, str], bytes]]:
    """Headers and block of the records of a kind, by path."""
    [archive] = folder.glob("*.warc.gz")
    found = {}
    with archive.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=kind, parse_http=False):
            headers = dict(record.headers.items())
            path = "/" + headers.get("WARC-Target-URI", "///").split("/", 3)[3]
            found[path] = (headers, record.reader.read())
    return found


def test_every_address_is_done(folder: Path) -> None:
    ends = {(end.state, end.reason) for end in url_states(folder)}
    assert ends == {("done", None)}


def test_head_and_body_are_as_they_came(folder: Path) -> None:
    headers, block = blocks(folder, WarcRecordType.response)["/kk/chunked"]
    head, _, body = block.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 200 Jaraidy",
        b"x-ODD-case: two  spaces",
        b"X-Crawler-Transfer-Encoding: chunked",  # it is undone, so it is not said
        b"Set-Cookie: a=1",
        b"set-cookie: b=2",
        b"Content-Encoding: gzip",
        b"Content-Type: text/html",
    ]
    assert body == ZIPPED
    assert headers["WARC-IP-Address"] == "127.0.0.1"
    _, old = blocks(folder, WarcRecordType.response)["/kk/old"]
    assert old == ANSWERS["/kk/old"]


def test_the_request_is_archived_as_it_went(site: RawSite, folder: Path) -> None:
    requests = blocks(folder, WarcRecordType.request)
    responses = blocks(folder, WarcRecordType.response)
    assert set(requests) == set(responses)
    for path, (headers, block) in requests.items():
        assert block == site.requests[path]
        answered = responses[path][0]["WARC-Record-ID"]
        assert headers["WARC-Concurrent-To"] == answered
    assert b"\r\nUser-Agent: kazcorpus/0.1 (+mailto:me@site.example; " in requests["/"][1]


def test_robots_txt_is_kept(folder: Path) -> None:
    _, block = blocks(folder, WarcRecordType.response)["/robots.txt"]
    assert block == ANSWERS["/robots.txt"]


def test_the_first_record_names_operator_and_configuration(folder: Path) -> None:
    [(_, block)] = blocks(folder, WarcRecordType.warcinfo).values()
    configuration = sha256((folder / "source.toml").read_bytes()).hexdigest()
    assert b"operator: mailto:me@site.example\r\n" in block
    assert f"configuration sha256:{configuration}\r\n".encode() in block
    assert block.startswith(b"software: kazcorpus/")


def test_the_pages_read_back(folder: Path) -> None:
    [archive] = folder.glob("*.warc.gz")
    bodies = {
        page.url.rpartition("/")[2]: page.body
        for page in read_pages(archive)
        if isinstance(page, Page)
    }
    assert bodies["chunked"] == gzip.decompress(ZIPPED)
    assert bodies["old"] == b"<p>until the end"
