"""Every case names the section it comes from: robots.txt, tdmrep.json, ai.txt, headers, meta."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import html

from kaz_cleaning.rights import read_rights
from kaz_crawlers.robots_rules import RobotsRules
from kaz_datasets.rights.origin import OriginStatements
from kaz_datasets.rights.statement import PRODUCT_TOKEN

PAGE = "https://a.example/kk/1?b=2"

CRAWLING = [
    # section of RFC 9309, status, robots.txt, path, whether it may be fetched
    ("2.2.1 first matching group", 200, "User-agent: kazcorpus\nDisallow: /", "/a", False),
    ("2.2.1 case-insensitive token", 200, "user-agent: KazCorpus\nDisallow: /", "/a", False),
    ("2.2.1 groups merge", 200,
     "User-agent: kazcorpus\nDisallow: /b\n\nUser-agent: kazcorpus\nDisallow: /a", "/a", False),
    ("2.2.1 own group, not *", 200,
     "User-agent: kazcorpus\nDisallow: /b\n\nUser-agent: *\nDisallow: /", "/a", True),
    ("2.2.1 no group for us", 200, "User-agent: other\nDisallow: /", "/a", True),
    ("2.2.1 token, not its beginning", 200, "User-agent: kaz\nDisallow: /", "/a", True),
    ("2.2.2 longest match, allow", 200, "User-agent: *\nDisallow: /\nAllow: /a", "/a/b", True),
    ("2.2.2 longest match, disallow", 200,
     "User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b", False),
    ("2.2.2 equal rules, allow", 200, "User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    ("2.2.2 paths are case-sensitive", 200, "User-agent: *\nDisallow: /A", "/a", True),
    ("2.2.2 no rule fits", 200, "User-agent: *\nDisallow: /b", "/a", True),
    ("2.2.2 octets of UTF-8", 200, "User-agent: *\nDisallow: /жабық",
     "/%D0%B6%D0%B0%D0%B1%D1%8B%D2%9B/1",
     False),
    ("2.2.2 unreserved octets", 200, "User-agent: *\nDisallow: /%61", "/a", False),
    ("2.2.2 empty disallow", 200, "User-agent: *\nDisallow:", "/a", True),
    ("2.2.3 comment", 200, "User-agent: * # all\nDisallow: /a # no", "/a", False),
    ("2.2.3 star", 200, "User-agent: *\nDisallow: /*/print", "/kk/1/print", False),
    ("2.2.3 dollar, end", 200, "User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
    ("2.2.3 dollar, more follows", 200, "User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
    ("2.2.4 sitemap ends no group", 200,
     "User-agent: *\nSitemap: https://a.example/s.xml\nDisallow: /a", "/a", False),
    ("2.3.1.1 success", 204, "", "/a", True),
    ("2.3.1.3 unavailable, 404", 404, "User-agent: *\nDisallow: /", "/a", True),
    ("2.3.1.3 unavailable, 403", 403, "", "/a", True),
    ("2.3.1.4 unreachable, 503", 503, "", "/a", False),
    ("2.3.1.4 unreachable, 500", 500, "User-agent: *\nAllow: /", "/a", False),
    ("2.3.1.4 no answer", 0, "", "/a", False),
    ("2.5 the first 500 KiB", 200,
     "User-agent: *\n" + "# \n" * 180_000 + "Disallow: /", "/a", True),
]  # fmt: skip

ATTACH, VOCAB = "draft-ietf-aipref-attach", "draft-ietf-aipref-vocab"
SIGNALS, TDM, AI_TXT = "contentsignals.org", "TDMRep", "Spawning ai.txt"
TDM_FILE = f"{TDM}, TDM File on the Origin Server"
ROBOTS = "robots"

ORIGINS: list[tuple[str, str, Any, str, str | None]] = [
    # section, file, its content, path, the statement that refuses
    (f"{ATTACH} 3.5 example, any crawler", ROBOTS,
     "User-Agent: *\nAllow: /\nDisallow: /never/\nContent-Usage: / train-ai=n\n"
     "Content-Usage: /ai-ok/ train-ai=y\n\nUser-Agent: ExampleBot\nContent-Usage: / train-ai=y",
     "/test", "robots.txt:content-usage=train-ai=n"),
    (f"{ATTACH} 3.5 example, longer path", ROBOTS,
     "User-Agent: *\nContent-Usage: / train-ai=n\nContent-Usage: /ai-ok/ train-ai=y",
     "/ai-ok/test", None),
    (f"{ATTACH} 3.5 example, own group", ROBOTS,
     "User-Agent: *\nContent-Usage: / train-ai=n\n\nUser-Agent: kazcorpus\n"
     "Content-Usage: / train-ai=y", "/test", None),
    (f"{ATTACH} 3.1 identical paths count together", ROBOTS,
     "User-Agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a train-ai=n", "/a",
     "robots.txt:content-usage=train-ai=n"),
    (f"{ATTACH} 3.1 order has no meaning", ROBOTS,
     "User-Agent: *\nContent-Usage: /a/b train-ai=n\nContent-Usage: /a train-ai=y", "/a/b/c",
     "robots.txt:content-usage=train-ai=n"),
    (f"{ATTACH} 3.1 length in octets of the encoded path", ROBOTS,
     "User-Agent: *\nContent-Usage: /ж train-ai=n\nContent-Usage: /*abcd train-ai=y", "/жabcd",
     "robots.txt:content-usage=train-ai=n"),
    (f"{ATTACH} 3.2 spaces around label and colon", ROBOTS,
     "User-Agent: *\n \tContent-Usage \t:  /a\ttrain-ai=n # no", "/a",
     "robots.txt:content-usage=train-ai=n"),
    (f"{ATTACH} 3 a rule ends the agent lines", ROBOTS,
     "User-Agent: kazcorpus\nContent-Usage: / train-ai=y\nUser-Agent: *\n"
     "Content-Usage: / train-ai=n", "/a", None),
    ("draft-ietf-aipref-attach-00, path left out", ROBOTS,
     "User-Agent: *\nContent-Usage: train-ai=n", "/a", "robots.txt:content-usage=train-ai=n"),
    ("our own: before the first group", ROBOTS,
     "Content-Usage: / train-ai=n\nUser-Agent: *\nDisallow:", "/a",
     "robots.txt:content-usage=train-ai=n"),
    (f"{VOCAB} 4.3 search is not training", ROBOTS,
     "User-Agent: *\nContent-Usage: / search=n", "/a", None),
    (f"{SIGNALS}, ai-train", ROBOTS,
     "User-Agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /", "/a",
     "robots.txt:content-signal=search=yes,ai-train=no"),
    (f"{SIGNALS}, ai-input only", ROBOTS, "User-Agent: *\nContent-Signal: ai-input=no", "/a", None),
    (f"{SIGNALS}, with a path", ROBOTS,
     "User-Agent: *\nContent-Signal: /kk/ ai-train=no", "/ru/1", None),
    (f"{SIGNALS}, for another crawler", ROBOTS,
     "User-Agent: other\nContent-Signal: ai-train=no", "/a", None),
    (f"{SIGNALS}; RFC 9309 2.2.4 ends no group", ROBOTS,
     "User-Agent: kazcorpus\nContent-Signal: ai-train=no\nUser-Agent: b\nDisallow: /b", "/a",
     "robots.txt:content-signal=ai-train=no"),
    ("RSL 1.0, License refuses nothing", ROBOTS, "License: https://a.example/l.xml", "/a", None),
    (f"{TDM_FILE}, all", "tdm", [{"location": "/", "tdm-reservation": 1}], "/a",
     "tdmrep.json:tdm-reservation=1"),
    (f"{TDM_FILE}, example, second rule", "tdm",
     [{"location": "/directory-a/", "tdm-reservation": 1},
      {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": "https://p.example/"}],
     "/directory-b/html/1", "tdmrep.json:tdm-reservation=1"),
    (f"{TDM_FILE}, example, not reserved", "tdm",
     [{"location": "/directory-b/images/*.jpg", "tdm-reservation": 0}], "/directory-b/images/1.jpg",
     None),
    (f"{TDM_FILE}, first in sequence", "tdm",
     [{"location": "/a/", "tdm-reservation": 1}, {"location": "/a/b", "tdm-reservation": 0}],
     "/a/b", "tdmrep.json:tdm-reservation=1"),
    (f"{TDM_FILE}, most specific", "tdm",
     [{"location": "/", "tdm-reservation": 0}, {"location": "/a/b", "tdm-reservation": 1}],
     "/a/b", "tdmrep.json:tdm-reservation=1"),
    (f"{TDM_FILE}, no match is unset", "tdm", [{"location": "/b", "tdm-reservation": 1}], "/a",
     None),
    (f"{TDM}, tdm-reservation, other values are unset", "tdm",
     [{"location": "/", "tdm-reservation": 2}], "/a", None),
    (f"{TDM}, Use of regular expressions, dollar", "tdm",
     [{"location": "/a$", "tdm-reservation": 1}], "/a/b", None),
    (f"{TDM}, Use of regular expressions, verbatim", "tdm",
     [{"location": "/path/foo-%24", "tdm-reservation": 1}], "/path/foo-$",
     "tdmrep.json:tdm-reservation=1"),
    (f"{AI_TXT}, everything", "ai", "User-Agent: *\nDisallow: /\nDisallow: *", "/a",
     "ai.txt:disallow=/"),
    (f"{AI_TXT}, kind of file", "ai", "User-Agent: *\nDisallow: *.html\nAllow: /", "/kk/1",
     "ai.txt:disallow=*.html"),
    (f"{AI_TXT}, pictures only", "ai", "User-Agent: *\nDisallow: *.jpg\nAllow: /", "/kk/1", None),
    (f"{AI_TXT}, path", "ai", "User-Agent: *\nAllow: /\nDisallow: /blog/", "/blog/1",
     "ai.txt:disallow=/blog/"),
    (f"{AI_TXT}, text allowed", "ai", "User-Agent: *\nDisallow: /\nAllow: *.html", "/blog/1", None),
    (f"{AI_TXT}; RFC 9309 2.2.1 own group", "ai",
     "User-Agent: *\nDisallow: /\n\nUser-Agent: kazcorpus\nAllow: /", "/a", None),
]  # fmt: skip

FIELDS = "RFC 9651"
TAGS = "X-Robots-Tag"
HEADERS: list[tuple[str, dict[str, str], str | None]] = [
    # section, headers, the statement that refuses
    (f"{ATTACH} 2 example", {"content-usage": "train-ai=n"}, "header:content-usage=train-ai=n"),
    (f"{VOCAB} 6 example", {"content-usage": "train-ai=y, search=n"}, None),
    (f"{VOCAB} 6.5 unknown labels are ignored", {"content-usage": "x=n, train-ai=y"}, None),
    (f"{VOCAB} 6.5.2 parameters are ignored", {"content-usage": "train-ai=n;why=rights"},
     "header:content-usage=train-ai=n;why=rights"),
    (f"{VOCAB} 6.5.2 parameters of another value",
     {"content-usage": "train-ai;allow=n, train-ai=y"},
     None),
    (f"{VOCAB} 6.5.1 the last value applies", {"content-usage": "train-ai=n, train-ai=y"}, None),
    (f"{VOCAB} 6.5.1 the last value is no token",
     {"content-usage": 'train-ai=y, train-ai, search=n, search="n"'}, None),
    (f"{VOCAB} 6.5 a string is no token", {"content-usage": 'train-ai="n"'}, None),
    (f"{FIELDS} 3.2 no value is true", {"content-usage": "train-ai"}, None),
    (f"{FIELDS} 3.2 optional tab", {"content-usage": "search=y,\ttrain-ai=n"},
     "header:content-usage=search=y, train-ai=n"),
    (f"{FIELDS} 4.2.2 trailing comma fails, no stays no", {"content-usage": "train-ai=n,"},
     "header:content-usage=train-ai=n,"),
    (f"{FIELDS} 4.2.2 space before =, no stays no", {"content-usage": "train-ai = n"},
     "header:content-usage=train-ai = n"),
    (f"{FIELDS} 4.2.2 what fails permits nothing", {"content-usage": "Train-AI=y"}, None),
    (f"{FIELDS} 3.1.1 inner list", {"content-usage": "a=(1 2);q=1, train-ai=n"},
     "header:content-usage=a=(1 2);q=1, train-ai=n"),
    ("draft-ietf-aipref-vocab-02, train-genai", {"content-usage": "train-genai=n"},
     "header:content-usage=train-genai=n"),
    ("draft-ietf-aipref-vocab-03, parent", {"content-usage": "bots=n"},
     "header:content-usage=bots=n"),
    ("draft-ietf-aipref-vocab-03, child before parent", {"content-usage": "bots=n, train-ai=y"},
     None),
    (f"{SIGNALS}, header", {"content-signal": "ai-train=no, search=yes, ai-input=yes"},
     "header:content-signal=ai-train=no, search=yes, ai-input=yes"),
    (f"{SIGNALS}, absent word", {"content-signal": "search=no"}, None),
    (f"{TDM}, TDM Header Field", {"tdm-reservation": "1"}, "header:tdm-reservation=1"),
    (f"{TDM}, not reserved", {"tdm-reservation": "0"}, None),
    (f"{TDM}, protocol error is unset", {"tdm-reservation": "yes"}, None),
    (f"{TDM}, header twice", {"tdm-reservation": "1, 1"}, "header:tdm-reservation=1, 1"),
    (f"{TDM}, tdm-policy alone", {"tdm-policy": "https://p.example/"}, None),
    (f"{TAGS}, for all", {"x-robots-tag": "noindex, NoAI"}, "header:x-robots-tag=noai"),
    (f"{TAGS}, for us", {"x-robots-tag": "kazcorpus: noai"}, "header:x-robots-tag=noai"),
    (f"{TAGS}, for another", {"x-robots-tag": "googlebot: noai"}, None),
    (f"{TAGS}, repeated header after another's", {"x-robots-tag": "googlebot: noindex, noai"},
     "header:x-robots-tag=noai"),
    (f"{TAGS}, a date has colons",
     {"x-robots-tag": "unavailable_after: 25 Jun 2030 15:00:00 PST, noai"},
     "header:x-robots-tag=noai"),
    (f"{TAGS}, pictures", {"x-robots-tag": "noimageai"}, None),
]  # fmt: skip

META: list[tuple[str, dict[str, str], list[str], str, str | None]] = [
    # section, headers, statements of the origin kept in the archive, head, refusing statement
    ("meta robots, noai", {}, [], '<meta name="ROBOTS" content="index,NOAI">', "meta:robots=noai"),
    ("meta robots, pictures", {}, [], '<meta name="robots" content="noimageai">', None),
    ("meta robots, another crawler", {}, [], '<meta name="googlebot" content="noai">', None),
    ("meta robots, us", {}, [], '<meta name="kazcorpus" content="noai">', "meta:kazcorpus=noai"),
    (f"{TDM}, TDM Metadata in HTML Content", {}, [],
     '<meta name="tdm-reservation" content="1">', "meta:tdm-reservation=1"),
    (f"{TDM}, Processing priority: meta over header", {"tdm-reservation": "1"}, [],
     '<meta name="tdm-reservation" content="0">', None),
    (f"{TDM}, Processing priority: header over file", {"tdm-reservation": "0"},
     ["tdmrep.json:tdm-reservation=1"], "", None),
    (f"{TDM}, Processing priority: a later no", {"tdm-reservation": "0"}, [],
     '<meta name="tdm-reservation" content="1">', "meta:tdm-reservation=1"),
    (f"{TDM}, Processing priority: unset supersedes nothing", {"tdm-reservation": "1"}, [],
     '<meta name="tdm-reservation" content="maybe">', "header:tdm-reservation=1"),
    (f"{TDM}, Processing priority is TDMRep's only", {"tdm-reservation": "0"},
     ["robots.txt:content-signal=ai-train=no"], "", "robots.txt:content-signal=ai-train=no"),
    (f"{VOCAB} 5.1 any no wins", {"content-usage": "train-ai=y"},
     ["robots.txt:content-usage=train-ai=n"], "", "robots.txt:content-usage=train-ai=n"),
    (f"{VOCAB} 5.1 a no of the page wins", {"content-usage": "train-ai=n"},
     ["robots.txt:content-usage=train-ai=y"], "", "header:content-usage=train-ai=n"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "status", "robots", "path", "allowed"), CRAWLING)
def test_rfc_9309(section: str, status: int, robots: str, path: str, allowed: bool) -> None:
    rules = RobotsRules.from_answer(status, robots.encode(), PRODUCT_TOKEN)
    assert (rules.refusal(f"https://a.example{path}") is None) is allowed


@pytest.mark.parametrize(("section", "file", "content", "path", "refusal"), ORIGINS)
def test_an_origins_files(
    section: str, file: str, content: Any, path: str, refusal: str | None
) -> None:
    statements = OriginStatements(
        content if file == ROBOTS else None,
        json.dumps(content).encode() if file == "tdm" else None,
        content if file == "ai" else None,
    )
    verdict = statements.verdict(f"https://a.example{path}")
    assert verdict.refusal == refusal
    assert refusal is None or refusal in verdict.signals


@pytest.mark.parametrize(("section", "headers", "refusal"), HEADERS)
def test_headers(section: str, headers: dict[str, str], refusal: str | None) -> None:
    assert read_rights(headers, None).refusal == refusal


@pytest.mark.parametrize(("section", "headers", "recorded", "head", "refusal"), META)
def test_markup_and_what_stands_beside_it(
    section: str, headers: dict[str, str], recorded: list[str], head: str, refusal: str | None
) -> None:
    tree = html.document_fromstring(f"<html><head>{head}</head><body>x</body></html>")
    assert read_rights(headers, tree, recorded).refusal == refusal


def test_there_are_at_least_sixty_cases() -> None:
    sections = [case[0] for table in (CRAWLING, ORIGINS, HEADERS, META) for case in table]
    assert len(set(sections)) == len(sections) >= 60
