"""The contract of a source: what can be known of it without the network.

The tests of a pack call `check_source` as ours do; it gives an empty list for a source that is
whole, and takes milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import re2

from kaz_crawlers.address_languages import in_other_languages
from kaz_crawlers.problems import Problem, error, warning
from kaz_crawlers.recordings import read_recording, recording_file, recording_problems
from kaz_crawlers.site import site_of
from kaz_crawlers.source import Source, load_source, source_mistakes
from kaz_datasets.errors import BadConfiguration, Corrupt

LOOK_AGAIN: Final = timedelta(days=2 * 365)
"""Terms of use change: two years after the last look somebody should look again."""

ELSEWHERE: Final = "https://elsewhere.invalid"
"""A host that no source can have (RFC 6761, section 6.4)."""

# The licences of https://spdx.org/licenses/ that are given to texts, and SPDX's form for others.
_TEXT_LICENCE: Final = re.compile(
    r"CC0-1\.0|CC-PDDC|CC-PDM-1\.0|CC-BY(-NC)?(-SA|-ND)?-(1\.0|2\.0|2\.5|3\.0|4\.0)(-[A-Z]{2,3})?"
    r"|(ODC-By|ODbL|PDDL)-1\.0|OGL-UK-[123]\.0|GFDL-1\.[123](-only|-or-later)?"
    r"|LicenseRef-[A-Za-z0-9.-]+"
)
_LITERAL: Final = re.compile(r"(?:[^\\.^$*+?()\[\]{}|]|\\[^A-Za-z0-9])*")
_COUNT: Final = ("*", "?", "{", "+")


def check_source(source: Source, today: date | None = None) -> list[Problem]:
    """Everything that is doubtful about a source; errors first."""
    day = today or datetime.now(UTC).date()
    found = [
        *_hosts(source),
        *_patterns(source),
        *_languages(source),
        *_examples(source),
        *_rights(source, day),
        *_people(source),
        *_python(source),
    ]
    return sorted(found, key=lambda problem: problem.level)


def _hosts(source: Source) -> Iterator[Problem]:
    home = _host(source.homepage)
    for url in source.urls.shown:
        if not _same_site(_host(url), home):
            yield error(
                "urls.examples" if source.urls.examples else "urls.guesses",
                f"{url} is on another host than the homepage ({home}):"
                " one source is one site, so give the other host a file of its own",
            )
    discover = source.discover
    for key in ("sitemaps", "feeds", "listings"):
        for url in getattr(discover, key):
            if not _same_site(_host(url), home):
                yield warning(
                    f"discover.{key}", f"{url} is on another host than the homepage ({home})"
                )


def _same_site(host: str, home: str) -> bool:
    """Whether one host is the other, or under it: `kaz.site.kz` and `www.site.kz`."""
    return host == home or host.endswith(f".{home}") or home.endswith(f".{host}")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _patterns(source: Source) -> Iterator[Problem]:
    urls = source.urls
    for pattern in urls.accept:
        if not any(re2.search(pattern, url) for url in urls.shown):
            yield error("urls.accept", f"'{pattern}' fits no example: add one, or remove it")
        for reject in urls.reject:
            if _shadows(reject, pattern):
                yield error(
                    "urls.reject", f"'{reject}' rejects all that '{pattern}' accepts: narrow one"
                )
    for reject in urls.reject:
        if not any(re2.search(reject, url) for url in urls.counterexamples):
            yield warning("urls.reject", f"'{reject}' fits no counterexample: add one to prove it")
    if any(urls.accepts(_moved(url)) for url in urls.shown):
        yield error(
            "urls.accept",
            "the patterns accept pages of any other host too, whose rights are not these:"
            rf" begin them with '^https?://{re.escape(_host(source.homepage))}/'",
        )
    if urls.accepts(source.homepage):
        yield warning("urls.accept", "the homepage itself is accepted as a page: narrow a pattern")


def _languages(source: Source) -> Iterator[Problem]:
    if not source.discover.by_crawl:
        return
    others = (other for url in source.urls.shown for other in in_other_languages(url))
    if taken := next(filter(source.urls.accepts, others), None):
        yield warning(
            "urls.accept",
            f"if {taken} exists it is taken for Kazakh: begin with the folder of the Kazakh part,"
            r" or reject '^https?://[^/]+/(ru|en)/'",
        )


def _moved(url: str) -> str:
    parts = urlsplit(url)
    return f"{ELSEWHERE}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _shadows(reject: str, accept: str) -> bool:
    """Whether whatever begins as `accept` must is rejected; in doubt, no."""
    if reject == accept:
        return True
    # only the literal beginning of a pattern is certain to be in each address
    start = _beginning(accept)
    if not start or "$" in reject or ("^" in reject and not accept.startswith("^")):
        return False
    return bool(re2.search(reject, start))


def _beginning(pattern: str) -> str:
    if "|" in pattern:
        return ""
    body = pattern.removeprefix("^")
    match = _LITERAL.match(body)
    literal = match[0] if match else ""
    if body[len(literal) :].startswith(_COUNT):
        literal = literal[:-2] if literal[-2:-1] == "\\" else literal[:-1]
    return re.sub(r"\\(.)", r"\1", literal)


def _examples(source: Source) -> Iterator[Problem]:
    urls = source.urls
    if len(set(urls.shown)) < len(urls.shown):
        key = "urls.examples" if urls.examples else "urls.guesses"
        yield error(key, "an address is given twice: two different ones are needed")
    if urls.guesses:
        yield warning(
            "urls.guesses", "nobody has seen these: replace them by two pages as urls.examples"
        )
    if not urls.counterexamples:
        yield warning("urls.counterexamples", "give an address that must not be accepted")


def _rights(source: Source, today: date) -> Iterator[Problem]:
    rights = source.rights
    if rights.basis == "unclear":
        yield warning("rights.basis", "unclear: the source is listed but never crawled")
    if rights.licence is not None and not _TEXT_LICENCE.fullmatch(rights.licence):
        yield error(
            "rights.licence",
            f"{rights.licence!r} is no SPDX identifier of a licence for texts"
            " (such as CC-BY-4.0; for others LicenseRef-name)",
        )
    if rights.basis != "unclear" and not rights.evidence.strip():
        yield warning("rights.evidence", "say which page or law gives the basis")
    yield from _last_look(source, today)


def _last_look(source: Source, today: date) -> Iterator[Problem]:
    checked, note = source.rights.checked, source.rights.note
    if not isinstance(checked, date):
        yield warning(
            "rights.checked",
            "never: look at the site and its terms, then write the day; until then it is"
            f" crawled only with --unchecked{f' (to find out: {note})' if note else ''}",
        )
    elif checked > today:
        yield error("rights.checked", f"{checked} is in the future: write the day you looked")
    elif today - checked > LOOK_AGAIN:
        yield warning("rights.checked", f"{checked} is long ago: look at the terms again")


def _people(source: Source) -> Iterator[Problem]:
    if not source.maintainers:
        yield warning("maintainers", "nobody looks after this source: name yourself")


def _python(source: Source) -> Iterator[Problem]:
    try:
        site_of(source)
    except BadConfiguration as refusal:
        yield error("python", str(refusal))


def check_file(path: Path, today: date | None = None) -> list[Problem]:
    """What is doubtful about the source in `path`: the file, the source, its recording.

    Raises NotFound where there is no such file.
    """
    day = today or datetime.now(UTC).date()
    try:
        source = load_source(path)
    except BadConfiguration:
        return _mistakes(path)
    problems = check_source(source, day)
    try:
        return problems + recording_problems(source, read_recording(recording_file(path)), day)
    except Corrupt as refusal:
        return [error("recording", str(refusal)), *problems]


def _mistakes(path: Path) -> list[Problem]:
    """Why the file cannot be read: each mistake by its key where TOML itself was understood."""
    try:
        return [error(item.key or "file", item.message) for item in source_mistakes(path)]
    except BadConfiguration as refusal:
        return [error("file", str(refusal))]
