"""One extractor over a file of pages; runs in the extractor's own environment.

`python extract_peer.py NAME PAGES.jsonl`: prints the seconds it took and the texts, as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def extractor(name: str) -> Callable[[str, str], str | None]:
    """The function from markup and address to text."""
    if name.startswith("trafilatura"):
        extract = import_module("trafilatura").extract
        options = {"fast": True} if name.endswith("fast") else {}
        return lambda html, url: extract(html, url=url or None, include_comments=False, **options)
    if name == "resiliparse":
        plain = import_module("resiliparse.extract.html2text").extract_plain_text
        return lambda html, url: plain(html, main_content=True, alt_texts=False)
    if name == "readability-lxml":
        parse = import_module("lxml.html").fromstring
        document = import_module("readability").Document
        return lambda html, url: "\n".join(
            parse(document(html).summary(html_partial=True)).itertext()
        )
    justext = import_module("justext")
    words = frozenset().union(*map(justext.get_stoplist, ("English", "Russian", "Kazakh")))
    return lambda html, url: "\n".join(
        paragraph.text for paragraph in justext.justext(html, words) if not paragraph.is_boilerplate
    )


def main() -> None:
    """Extract all pages, then report."""
    name, path = sys.argv[1:]
    run = extractor(name)
    pages = [json.loads(line) for line in Path(path).read_text().split("\n") if line]
    texts = []
    started = time.process_time()
    for page in pages:
        try:
            texts.append(run(page["html"], page["url"]) or "")
        except Exception:  # a page that an extractor fails on counts as empty
            texts.append("")
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "texts": texts}))


if __name__ == "__main__":
    main()
