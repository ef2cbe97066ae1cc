"""One contract for files here, on a web server and in a bucket; whole files in stretches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from kaz_crawlers.inputs.downloads import PART, download, name_of
from kaz_crawlers.inputs.guarded_http import AddressRefused, ClientOptions, GuardedClient
from kaz_crawlers.inputs.ranges import AnyRanges, LocalRanges, Ranges
from kaz_datasets.errors import BadConfiguration, Failed, NotFound
from range_server import Files, serve

CONTENT = bytes(range(256)) * 40
BUCKET = "kazcorpus-test"


@pytest.fixture(scope="module")
def files() -> Iterator[Files]:
    with serve(Files({"a/b.warc.gz": CONTENT})) as served:
        yield served


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, object]]:
    """Options for s3fs; the bucket holds the same file."""
    import s3fs

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options: dict[str, object] = {
        "key": "k",
        "secret": "s",
        "client_kwargs": {"endpoint_url": f"http://{host}:{port}"},
    }
    s3 = s3fs.S3FileSystem(**options)
    s3.call_s3("create_bucket", Bucket=BUCKET)
    s3.pipe(f"{BUCKET}/a/b.warc.gz", CONTENT)
    yield options
    server.stop()


def client(files: Files) -> GuardedClient:
    return GuardedClient(ClientOptions(user_agent="kazcorpus/0.1", allowed={files.endpoint}))  # type: ignore[arg-type]


@pytest.fixture(params=["local", "http", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Ranges, str]:
    """A reader, and the folder that holds the file."""
    if request.param == "local":
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "b.warc.gz").write_bytes(CONTENT)
        return LocalRanges(), f"{tmp_path}/"
    files = request.getfixturevalue("files")
    if request.param == "http":
        return AnyRanges(lambda: client(files)), files.url
    return AnyRanges(lambda: client(files), request.getfixturevalue("bucket")), f"s3://{BUCKET}/"


@pytest.mark.parametrize(
    ("start", "length"), [(0, 1), (0, 10_240), (255, 2), (10_239, 1), (10_000, 9_999), (5, 0)]
)
def test_a_stretch_is_read(place: tuple[Ranges, str], start: int, length: int) -> None:
    ranges, root = place
    assert ranges.read(f"{root}a/b.warc.gz", start, length) == CONTENT[start : start + length]


def test_size_and_end(place: tuple[Ranges, str]) -> None:
    ranges, root = place
    assert ranges.size(f"{root}a/b.warc.gz") == len(CONTENT)
    assert ranges.read(f"{root}a/b.warc.gz", len(CONTENT), 5) == b""


def test_what_is_not_there_is_named(place: tuple[Ranges, str]) -> None:
    ranges, root = place
    for ask in (lambda: ranges.size(f"{root}gone"), lambda: ranges.read(f"{root}gone", 0, 5)):
        with pytest.raises(NotFound, match="gone"):
            ask()


def test_a_file_is_fetched_in_stretches(place: tuple[Ranges, str], tmp_path: Path) -> None:
    ranges, root = place
    path = download(f"{root}a/b.warc.gz", tmp_path / "out", ranges, stretch=3_000)
    assert path == tmp_path / "out" / "b.warc.gz"
    assert path.read_bytes() == CONTENT
    assert [each.name for each in path.parent.iterdir()] == ["b.warc.gz"]


def test_a_download_goes_on_where_it_broke_off(files: Files, tmp_path: Path) -> None:
    (tmp_path / f"b.warc.gz{PART}").write_bytes(CONTENT[:4_000])
    files.asked.clear()
    path = download(f"{files.url}a/b.warc.gz", tmp_path, AnyRanges(lambda: client(files)))
    assert path.read_bytes() == CONTENT
    assert [stated for _, stated in files.asked] == ["bytes=0-0", "bytes=4000-10239"]
    files.asked.clear()
    assert download(f"{files.url}a/b.warc.gz", tmp_path, AnyRanges(lambda: client(files))) == path
    assert files.asked == []


def test_a_longer_leftover_of_another_file_is_thrown_away(files: Files, tmp_path: Path) -> None:
    (tmp_path / f"b.warc.gz{PART}").write_bytes(b"x" * 20_000)
    path = download(f"{files.url}a/b.warc.gz", tmp_path, AnyRanges(lambda: client(files)))
    assert path.read_bytes() == CONTENT


def test_a_server_without_ranges_is_named(tmp_path: Path) -> None:
    with (
        serve(Files({"a.warc": CONTENT}, whole=True)) as files,
        pytest.raises(Failed, match="does not answer range requests"),
    ):
        AnyRanges(lambda: client(files)).read(f"{files.url}a.warc", 5, 5)


def test_private_addresses_are_not_asked(files: Files) -> None:
    stranger = GuardedClient(ClientOptions(user_agent="kazcorpus/0.1"))
    with pytest.raises(AddressRefused):
        AnyRanges(lambda: stranger).size(f"{files.url}a/b.warc.gz")


@pytest.mark.parametrize("address", ["https://a.example/", "https://a.example/..", "s3://b/%2e%2e"])
def test_an_address_names_a_file(address: str) -> None:
    with pytest.raises(BadConfiguration, match="names no file"):
        name_of(address)
