"""The made-up web is what its truth file says, byte for byte the same each time."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import combinations
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest

from kaz_crawlers.demosite.articles import Article, load_articles, parse_article
from kaz_crawlers.demosite.hosts import HOSTS, TAN
from kaz_crawlers.demosite.personal import (
    PLACEHOLDERS,
    check_digit,
    iban,
    personal_data,
    with_luhn_digit,
)
from kaz_crawlers.demosite.postings import Posting, postings
from kaz_crawlers.demosite.server import RunningSite, serve
from kaz_crawlers.demosite.site import POISON, DemoSite, build_site
from kaz_crawlers.demosite.slugs import slug_of
from kaz_crawlers.demosite.truth import Expected, load_truth
from kaz_crawlers.demosite.variants import edited, with_lookalikes
from kaz_datasets.errors import Corrupt

ARTICLES = load_articles()
PLAN = {posting.url: posting for posting in postings(ARTICLES)}
TRUTH = load_truth()
ORIGINALS = [article for article in ARTICLES.values() if article.folder != "special"]
CLUSTERS = sorted({page.cluster for page in TRUTH if page.cluster})
TEXTS = [page for page in TRUTH if page.starts]
KAZAKH_LETTERS = set("әғқңөұүһі")
SERBIAN_LETTERS = set("ћќѓљњђ")


@pytest.fixture(scope="module")
def site() -> DemoSite:
    return build_site()


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSite]:
    with serve() as running:
        yield running


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + 5]) for start in range(len(words) - 4)}


def jaccard(one: str, other: str) -> float:
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second)


def decoded(site: DemoSite, url: str) -> str:
    codec = PLAN[url].encoding.codec if url in PLAN else "utf-8"
    return site.respond(url).body.decode(codec)


def charset_of(content_type: str) -> str | None:
    _, found, label = content_type.partition("charset=")
    return label if found else None


def test_there_are_enough_originals_of_the_right_length() -> None:
    lengths = [len(article.text.split()) for article in ORIGINALS]
    assert len(lengths) >= 40
    assert min(lengths) >= 120
    assert max(lengths) <= 400


def test_no_two_originals_share_their_sentences() -> None:
    kazakh = [article for article in ARTICLES.values() if article.slug != "spam"]
    sets = [(article.key, shingles(article.text)) for article in kazakh]
    for (one, first), (other, second) in combinations(sets, 2):
        assert len(first & second) <= 0.1 * len(first | second), (one, other)


def test_front_matter_must_be_whole() -> None:
    with pytest.raises(Corrupt, match=r"news/x\.md"):
        parse_article("no front matter", "news", "x")


def test_marks_become_blocks() -> None:
    front = '+++\ntitle="t"\ndate=2025-01-02\nsection="s"\nlanguage="kaz"\nscript="Cyrl"\n+++\n'
    article = parse_article(f"{front}Бір\n\n## Екі\n- үш\n- төрт\n\nа | б\nв | г\n", "news", "x")
    assert [block.kind for block in article.blocks] == ["paragraph", "heading", "list", "table"]
    assert article.blocks[2].lines == (("үш",), ("төрт",))
    assert article.blocks[3].lines == (("а", "б"), ("в", "г"))
    assert article.facts == ()
    boxed = parse_article(f"{front}а | б\n\nБір\n", "encyclopedia", "x")
    assert (boxed.facts, boxed.text) == ((("а", "б"),), "Бір")


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Ауыл шаруашылығы", "auyl-sharuashylygy"),
        ("Bılım", "bilim"),
        ("ونەر", "oner"),
        ("Қаракөл (түсінік)", "qarakol-tusinik"),
        ("бір екі үш төрт бес алты", "bir-eki-ush-tort-bes"),
    ],
)
def test_headings_become_addresses(heading: str, slug: str) -> None:
    assert slug_of(heading) == slug


def test_the_site_is_the_same_each_time(site: DemoSite) -> None:
    assert build_site().pages == site.pages


def test_every_host_has_another_look(site: DemoSite) -> None:
    frames = set()
    for host in HOSTS:
        posting = next(posting for posting in PLAN.values() if posting.host == host)
        tree = lxml.html.fromstring(decoded(site, posting.url))
        frames.add(frozenset(f"{item.tag}.{item.get('class')}" for item in tree.iter()))
    assert len(frames) == len(HOSTS)


@pytest.mark.parametrize("page", TRUTH, ids=lambda page: page.url)
def test_every_address_answers_as_the_truth_says(page: Expected, site: DemoSite) -> None:
    assert page.why.endswith(".")
    status = site.respond(page.url).status
    if page.rule in ("http-404", "http-status"):
        assert status == 404
    elif page.fate == "redirected":
        assert status == 301
        assert site.respond(site.respond(page.url).headers["Location"]).status == 200
    else:
        assert status == (502 if page.url == POISON else 200)


def test_the_truth_names_every_page_once(site: DemoSite) -> None:
    named = [page.url for page in TRUTH]
    assert named == sorted(set(named))
    assert set(site.pages) <= set(named)


def test_the_truth_names_every_link_that_a_crawl_meets(site: DemoSite) -> None:
    named = {page.url for page in TRUTH}
    for url, page in site.pages.items():
        if page.content_type.startswith("text/html"):
            tree = lxml.html.fromstring(decoded(site, url))
            for link in tree.xpath("//a/@href"):
                target = urljoin(url, link).partition("#")[0]
                own_page = urlsplit(target).hostname == urlsplit(url).hostname
                assert not own_page or target in named, (url, target)


def test_sitemaps_and_feed_name_only_what_the_truth_knows(site: DemoSite) -> None:
    named = {page.url for page in TRUTH}
    for host in HOSTS:
        if host.sitemap:
            body = site.respond(host.url("/sitemap.xml")).body.decode()
            listed = [unescape(url) for url in re.findall("<loc>(.*?)</loc>", body)]
            assert len(listed) == len(set(listed)) > 5
            assert set(listed) <= named
    feed = site.respond(TAN.url("/feed.xml")).body.decode()
    assert set(re.findall("<guid>(.*?)</guid>", feed)) <= named
    assert POISON in site.respond(TAN.url("/sitemap.xml")).body.decode()


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.url)
def test_texts_start_and_end_as_the_truth_says(page: Expected, site: DemoSite) -> None:
    article = PLAN[page.url].article
    text = ARTICLES[article.key].text if page.repaired else article.text
    assert text.startswith(page.starts)
    assert text.endswith(page.ends)
    if not page.repaired:
        assert page.starts in unescape(decoded(site, page.url))


def test_what_is_kept_is_kazakh_and_declared_so() -> None:
    for page in TEXTS:
        article = PLAN[page.url].article
        assert article.language == "kaz"
        assert article.script == page.script
    assert Counter(page.script for page in TEXTS).keys() == {"Cyrl", "Latn", "Arab"}


def test_stages_and_fates_belong_together() -> None:
    stages = {
        "kept": {""},
        "dropped": {"clean", "dedup"},
        "refused": {"crawl"},
        "redirected": {"crawl"},
        "failed": {"crawl"},
        "not-crawled": {""},
    }
    for page in TRUTH:
        assert page.stage in stages[page.fate]
        assert bool(page.rule) == (page.fate != "kept")
        assert bool(page.starts) == (page.fate == "kept" or page.stage == "dedup")


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_copies_are_as_like_as_their_rule_says(cluster: str) -> None:
    members = [page for page in TRUTH if page.cluster == cluster]
    original = next(page for page in members if page.fate == "kept")
    copies = [page for page in members if page is not original]
    assert copies
    for copy in copies:
        likeness = jaccard(PLAN[original.url].article.text, PLAN[copy.url].article.text)
        assert likeness == 1 if copy.rule == "exact-duplicate" else 0.85 <= likeness < 1


def test_there_are_enough_copies_of_each_kind() -> None:
    copies = Counter(page.rule for page in TRUTH if page.stage == "dedup")
    assert copies["near-duplicate"] >= 3
    assert copies["exact-duplicate"] >= 3 + 2 + 2


@pytest.mark.parametrize("serial", range(10))
def test_personal_data_is_valid_and_nobody_s(serial: int) -> None:
    values = personal_data(serial)
    assert tuple(values) == PLACEHOLDERS
    for name in ("iin1", "iin2", "bin1"):
        assert check_digit(values[name][:11]) == int(values[name][11])
    for name in ("iin1", "iin2"):
        assert re.fullmatch(r"9\d(0[1-9]|1[0-2])([0-2]\d)[56]\d{5}", values[name])
    assert re.fullmatch(r"75(0[1-9]|1[0-2])[456][0-3]\d{6}", values["bin1"])
    assert re.fullmatch(r"KZ\d{5}[A-Z0-9]{13}", values["iban1"])
    assert values["iban1"] == iban("KZ", values["iban1"][4:])
    card = values["card1"].replace(" ", "")
    assert len(card) == 16
    assert with_luhn_digit(card[:-1]) == card
    assert "000 00" in values["phone1"]


def test_check_digits_agree_with_known_examples() -> None:
    # The well-known examples of Luhn's and the IBAN's formula; the IIN by hand
    assert with_luhn_digit("7992739871") == "79927398713"
    assert iban("GB", "WEST12345698765432") == "GB82WEST12345698765432"
    assert check_digit("10000000000") == 1
    # The first weights leave 10, so the second ones decide
    assert check_digit("00000000010") == 1


def test_placeholders_are_all_filled(site: DemoSite) -> None:
    masked = [page for page in TRUTH if page.masked]
    assert len(masked) == 3
    for page in masked:
        assert "{" not in PLAN[page.url].article.text
        source = ARTICLES[PLAN[page.url].article.key].text
        found = Counter(re.findall(r"\{([a-z]+)\d\}", source))
        assert page.masked == found
        assert sum(found.values()) >= 3


ODD_ENCODINGS = [posting for posting in PLAN.values() if posting.encoding.codec != "utf-8"]


def test_each_trap_of_encodings_is_there() -> None:
    kinds = {(posting.encoding.codec, posting.encoding.header) for posting in PLAN.values()}
    assert kinds == {
        ("utf-8", "utf-8"),
        ("utf-8", "windows-1251"),
        ("kz1048", "KZ-1048"),
        ("kz1048", "windows-1251"),
        ("kz1048", None),
        ("windows-1251", "windows-1251"),
    }


@pytest.mark.parametrize("posting", PLAN.values(), ids=lambda posting: posting.url)
def test_bytes_are_in_the_encoding_of_the_plan(posting: Posting, site: DemoSite) -> None:
    page = site.respond(posting.url)
    assert charset_of(page.content_type) == posting.encoding.header
    html = page.body.decode(posting.encoding.codec)
    assert posting.article.blocks[0].text[:20] in unescape(html)
    declared = re.search('<meta charset="(.*?)">', html)
    assert (declared[1] if declared else None) == posting.encoding.meta


@pytest.mark.parametrize("posting", ODD_ENCODINGS, ids=lambda posting: posting.url)
def test_old_bytes_are_no_utf_8_and_garbled_if_misread(posting: Posting, site: DemoSite) -> None:
    body = site.respond(posting.url).body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    misread = set(body.decode("windows-1251", errors="replace").lower())
    assert bool(misread & SERBIAN_LETTERS) == (posting.encoding.codec == "kz1048")


def test_lookalikes_hide_in_about_two_words_of_five() -> None:
    article = ARTICLES["special/homoglyph"]
    disguised = with_lookalikes(article)
    words = list(zip(article.text.split(), disguised.text.split(), strict=True))
    changed = [new for old, new in words if old != new]
    assert 0.25 <= len(changed) / len(words) <= 0.5
    for word in changed:
        assert re.search("[a-z]", word)
        assert re.search("[а-яәғқңөұүһі]", word)


def test_an_edit_must_find_its_words() -> None:
    with pytest.raises(ValueError, match="exactly once"):
        edited(ARTICLES["health/su-ishu"], {"жоқ сөз": "бар сөз"})


def test_training_is_refused_in_every_way_on_one_page(site: DemoSite) -> None:
    refusing = [url for url, page in site.pages.items() if "Content-Usage" in page.headers]
    assert [page.url for page in TRUTH if page.rule == "no-ai-training"] == refusing
    assert site.respond(refusing[0]).headers["X-Robots-Tag"].startswith("noai")
    assert '<meta name="robots" content="noai' in decoded(site, refusing[0])


def test_about_pages_state_the_licence(site: DemoSite) -> None:
    for host in HOSTS:
        tree = lxml.html.fromstring(decoded(site, host.url("/about")))
        assert tree.xpath('//link[@rel="license"]/@href') == [
            "https://creativecommons.org/publicdomain/zero/1.0/"
        ]


@pytest.mark.parametrize(("year", "month", "after"), [(2025, 11, "2025/12"), (9998, 12, "9999/1")])
def test_the_calendar_never_ends(site: DemoSite, year: int, month: int, after: str) -> None:
    page = site.respond(TAN.url(f"/kk/kuntizbe/{year}/{month}"))
    assert page.status == 200
    assert f'href="/kk/kuntizbe/{after}"' in page.body.decode()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://tan.example/kk/kuntizbe/2025/13", 404),
        ("http://zan.example/kk/kuntizbe/2025/11", 404),
        ("http://tan.example/nothing", 404),
        ("http://real.site/", 502),
        ("https://tan.example/", 502),
        ("file:///etc/passwd", 502),
        ("http://[", 400),
    ],
)
def test_what_is_not_there_is_said_to_be_missing(site: DemoSite, url: str, status: int) -> None:
    assert site.respond(url).status == status


def test_tracking_queries_change_nothing(site: DemoSite) -> None:
    campaigns = [page.url for page in TRUTH if "utm_" in page.url]
    assert len(campaigns) >= 2
    for url in campaigns:
        assert site.respond(url) == site.pages[url.partition("?")[0]]


def fetched(running: RunningSite, url: str) -> tuple[int, Mapping[str, str], bytes]:
    proxy = urllib.request.ProxyHandler({"http": running.url})
    try:
        with urllib.request.build_opener(proxy).open(url, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_the_server_is_a_proxy_to_the_made_up_web(running: RunningSite, site: DemoSite) -> None:
    for url in ("http://tan.example/", "http://mura.example/kk/qoloner/kestening-tili"):
        status, headers, body = fetched(running, url)
        assert (status, body) == (200, site.pages[url].body)
        assert headers.items() >= site.pages[url].headers.items()
    assert fetched(running, "http://real.site/")[0] == 502
    assert fetched(running, "http://tan.example/nothing")[0] == 404


def test_a_browser_finds_the_list_of_hosts(running: RunningSite) -> None:
    with urllib.request.urlopen(running.url, timeout=10) as answer:
        listed = answer.read().decode()
    assert all(host.url("/") in listed for host in HOSTS)
    assert f"--proxy-server={running.url}" in listed


def test_one_connection_serves_many_requests(running: RunningSite) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        connection.request("HEAD", "http://tan.example/")
        head = connection.getresponse()
        assert (head.status, head.read()) == (200, b"")
        first_socket = connection.sock
        connection.request("GET", "/", headers={"Host": "tan.example"})
        answer = connection.getresponse()
        assert len(answer.read()) == int(head.headers["Content-Length"])
        assert connection.sock is first_socket
        connection.putrequest("GET", "http://[", skip_host=True)
        connection.endheaders()
        refused = connection.getresponse()
        assert (refused.status, refused.read()) == (400, b"no address\n")
        connection.request("POST", "http://tan.example/kk/kiru", body=b"email=x")
        assert connection.getresponse().status == 405
    finally:
        connection.close()


def test_articles_are_written_in_the_letters_they_declare() -> None:
    def lettered(article: Article, letters: str) -> bool:
        found = re.findall(r"[^\W\d_]", article.text)
        return sum(bool(re.match(letters, letter)) for letter in found) > 0.9 * len(found)

    letters = {
        "Cyrl": "[\u0400-\u04ff]",
        "Latn": "[a-zA-Z\u00c0-\u024f]",
        "Arab": "[\u0600-\u06ff]",
    }
    for article in ARTICLES.values():
        assert lettered(article, letters[article.script]), article.key
        if (article.language, article.script) == ("kaz", "Cyrl"):
            assert len(KAZAKH_LETTERS & set(article.text.lower())) >= 5, article.key
