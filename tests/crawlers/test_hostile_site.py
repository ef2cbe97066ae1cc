"""A crawl of a web that is out to hurt it: it ends by itself, small, and touches nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hostile_site import CANARY, SPELLINGS, HostileSite
from kaz_crawlers.archive import SOURCE_FILE
from kaz_crawlers.cdxj import read_cdxj
from kaz_crawlers.options import CrawlOptions
from kaz_crawlers.source import Source
from kaz_crawlers.url_states import host_traffic, url_states
from kaz_datasets.strict_toml import validate
from kaz_datasets.warc import Damage, Page, read_pages

CHILD = Path(__file__).parent.parent / "support" / "hostile_child.py"
MOST_MEMORY = 400
"""Megabytes (10⁶ bytes) of the crawling process at its peak."""
DEADLINE = 2.0
LONGEST = 200.0

End = tuple[str, str | None]
TOO_LARGE = ("failed", "too-large")
BROKEN = ("failed", "BrokenAnswer")
TOO_SLOW = ("failed", "DownloadTimeoutError")
DONE = ("done", None)
REFUSED = ("refused", "guard")


@dataclass(frozen=True, kw_only=True)
class Crawled:
    """What the crawl has left."""

    site: HostileSite
    folder: Path
    exit_code: int
    memory: float
    """Megabytes at the peak."""
    ends: dict[str, End]

    def end(self, path: str) -> End:
        return self.ends[f"{self.site.home}/{path}"]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("hostile")
    canary = folder / "canary.txt"
    canary.write_text(CANARY)
    site = HostileSite(str(certificate(folder)), str(canary))
    archive = folder / "archive"
    archive.mkdir()
    try:
        code, memory = run(site, archive)
    finally:
        site.close()
    print(f"peak memory of the crawl: {memory:.0f} MB; {sum(site.asked.values())} requests")
    ends: dict[str, End] = {end.url: (end.state, end.reason) for end in url_states(archive)}
    return Crawled(site=site, folder=archive, exit_code=code, memory=memory, ends=ends)


def run(site: HostileSite, folder: Path) -> tuple[int, float]:
    """Crawl four at a time, as a crawl of the web does; exit code and peak memory."""
    (folder / SOURCE_FILE).write_text(source(site).to_toml())
    allowed = (f"127.0.0.1:{site.port}", f"127.0.0.1:{site.tls_port}")
    options = CrawlOptions(allowed=allowed, delay=0.0, concurrency=4, deadline=DEADLINE)
    job = {"folder": str(folder), "options": asdict(options), "parent": os.getpid()}
    measured = folder / "peak"
    with (folder / "crawl.log").open("wb") as log:
        child = subprocess.run(
            [sys.executable, str(CHILD), str(measured)],
            input=json.dumps(job).encode(),
            stdout=subprocess.DEVNULL,
            stderr=log,
            timeout=LONGEST,
            check=False,
        )
    return child.returncode, int(measured.read_text()) * 1024 / 1e6


def source(site: HostileSite) -> Source:
    names = ("poisoned.xml", "laughs.xml", "entity.xml", "bomb.xml.gz", "endless.xml")
    values = {
        "id": "hostile",
        "name": "Жау",
        "homepage": f"{site.home}/",
        "kind": "news",
        "discover": {
            "sitemaps": [f"{site.home}/{name}" for name in names],
            "listings": [f"{site.home}/"],
            "follow": True,
        },
        "urls": {
            "accept": ["."],
            "reject": ["/no/"],
            "examples": [f"{site.home}/a", f"{site.home}/b"],
        },
        "polite": {"delay": 2.0, "max_pages": 1500, "depth": 20},
        "rights": {"basis": "text-and-data-mining", "checked": "2026-11-01"},
    }
    return validate(values, Source, "hostile.toml")


def certificate(folder: Path) -> Path:
    """A key and a certificate that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "evil.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("evil.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "evil.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(encoding))
    return path


def test_it_ends_by_itself_and_every_address_has_an_end(crawled: Crawled) -> None:
    assert crawled.exit_code == 0, (crawled.folder / "crawl.log").read_text()[-3000:]
    assert [url for url, (state, _) in crawled.ends.items() if state == "pending"] == []


def test_it_stays_small(crawled: Crawled) -> None:
    assert crawled.memory < MOST_MEMORY


def test_nothing_else_is_touched(crawled: Crawled) -> None:
    assert crawled.site.touched == []
    assert crawled.site.asked["evil.example/secret"] == 0


def test_every_spelling_of_an_inner_address_is_refused(crawled: Crawled) -> None:
    inner = {url: end for url, end in crawled.ends.items() if urlsplit(url).path == "/secret"}
    inner.pop(f"https://evil.example:{crawled.site.tls_port}/secret")
    assert set(inner.values()) == {REFUSED}
    assert len(inner) >= len(SPELLINGS) - 6  # some are spellings of the same address


def test_a_certificate_that_proves_nothing_is_not_believed(crawled: Crawled) -> None:
    # Not even robots.txt is asked for over such a connection, and without it nothing is.
    end = crawled.ends[f"https://evil.example:{crawled.site.tls_port}/secret"]
    assert end == ("refused", "robots-unreachable")
    assert "(UntrustedCertificate)" in (crawled.folder / "crawl.log").read_text()


def test_a_name_that_changes_its_answer_is_refused_at_connect(crawled: Crawled) -> None:
    port = crawled.site.port
    ends = {crawled.ends[f"{scheme}://rebind.example:{port}/"] for scheme in ("http", "https")}
    assert REFUSED in ends
    assert crawled.site.asked["rebind.example/"] <= 1


def test_no_file_of_this_machine_is_in_the_archive(crawled: Crawled) -> None:
    pages = list(read_all(crawled.folder))
    assert len(pages) > 50
    assert not [page.url for page in pages if CANARY.encode() in page.body]
    assert all(urlsplit(page.url).scheme in ("http", "https") for page in pages)


def read_all(folder: Path) -> list[Page]:
    found = [item for path in sorted(folder.glob("*.warc.gz")) for item in read_pages(path)]
    return [item for item in found if not isinstance(item, Damage)]


def test_what_cannot_be_unpacked_is_kept_and_what_is_given_up_is_counted(crawled: Crawled) -> None:
    indexed = [entry for path in crawled.folder.glob("*.cdxj") for entry in read_cdxj(path)]
    bombs = {"gzip", "gzip-gzip", "deflate", "br", "not-gzip"}
    assert bombs <= {entry.url.rpartition("/")[2] for entry in indexed}
    # The endless bodies are the most of it; nothing of them is archived.
    assert host_traffic(crawled.folder)["evil.example"].bytes > 10_000_000
    assert sum(path.stat().st_size for path in crawled.folder.glob("*.warc.gz")) < 5_000_000


def test_no_cookie_is_sent_back(crawled: Crawled) -> None:
    assert crawled.site.cookies == []


@pytest.mark.parametrize(
    ("path", "end"),
    [
        *((path, {TOO_LARGE}) for path in ("gzip", "gzip-gzip", "deflate", "br", "large")),
        ("zstd", {TOO_LARGE, DONE}),  # where no decoder is installed, it is kept as it came
        *((path, {BROKEN}) for path in ("long-header", "many-headers", "not-http", "negative")),
        ("two-lengths", {BROKEN}),
        ("bad-chunks", {("failed", "ResponseDataLossError"), BROKEN}),
        ("short", {("failed", "ResponseDataLossError")}),
        ("nothing", {("failed", "DownloadFailedError")}),
        *((path, {TOO_SLOW}) for path in ("slow-head", "slow-body", "silent")),
        ("continue", {TOO_SLOW, BROKEN}),
        ("endless", {TOO_LARGE, TOO_SLOW}),
        ("header-flood", {BROKEN, TOO_SLOW}),
        ("endless.xml", {TOO_LARGE, TOO_SLOW}),
        ("laughs.xml", {DONE, ("failed", "unreadable-sitemap")}),
        ("bomb.xml.gz", {("failed", "unreadable-sitemap"), TOO_LARGE}),
        ("entity.xml", {DONE}),
        ("poisoned.xml", {DONE}),
        *((path, {DONE}) for path in ("deep", "many-links", "odd-links", "base", "nul", "cookie")),
        *((path, {("failed", "BadGzipFile")}) for path in ("not-gzip", "many-encodings")),
        *((path, {DONE}) for path in ("charset", "long-link", "more-than-asked")),
        ("unasked-304", {("failed", "http-304")}),
        ("status-999", {("failed", "http-999"), BROKEN}),
        ("to-nowhere", {("failed", "bad-redirect")}),
        ("to-long", {("redirected", None)}),
        ("to-self", {("failed", "redirect-loop")}),
        ("hop/0", {("redirected", None)}),
        ("hop/10", {("failed", "redirect-loop")}),
        ("cal/0", {DONE}),
    ],
)
def test_each_attack_has_its_end(crawled: Crawled, path: str, end: set[End]) -> None:
    assert crawled.end(path) in end


def test_an_endless_calendar_ends(crawled: Crawled) -> None:
    months = {url: end for url, end in crawled.ends.items() if "/calendar/" in url}
    assert ("refused", "trap") in months.values()
    assert ("refused", "budget-depth") in crawled.ends.values()


@pytest.mark.parametrize(
    ("host", "end"),
    [
        ("robots10", ("refused", "robots")),
        ("robotsin", ("refused", "robots-unreachable")),
    ],
)
def test_hosts_with_hostile_rules(crawled: Crawled, host: str, end: End) -> None:
    assert crawled.ends[f"http://{host}.example:{crawled.site.port}/a"] == end


def test_a_file_that_breaks_its_reader_ends_one_host_only(crawled: Crawled) -> None:
    state, _ = crawled.ends[f"http://nested.example:{crawled.site.port}/a"]
    assert state in ("done", "failed", "refused")
