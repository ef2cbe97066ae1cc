"""One extractor over a file of pages; runs in the extractor's own environment.

`python extract_peer.py NAME PAGES.jsonl`: prints the seconds it took and the texts, as JSON.
"""

import json
import sys
import time
from pathlib import Path


def extractor(name):
    """The function from markup and address to text."""
    if name.startswith("trafilatura"):
        from trafilatura import extract

        options = {"trafilatura": {}, "trafilatura fast": {"fast": True}}[name]
        return lambda html, url: extract(html, url=url or None, include_comments=False, **options)
    if name == "resiliparse":
        from resiliparse.extract.html2text import extract_plain_text

        return lambda html, url: extract_plain_text(html, main_content=True, alt_texts=False)
    if name == "readability-lxml":
        from lxml.html import fromstring
        from readability import Document

        return lambda html, url: "\n".join(
            fromstring(Document(html).summary(html_partial=True)).itertext()
        )
    from justext import get_stoplist, justext

    words = get_stoplist("English") | get_stoplist("Russian") | get_stoplist("Kazakh")
    return lambda html, url: "\n".join(
        paragraph.text for paragraph in justext(html, words) if not paragraph.is_boilerplate
    )


def main():
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
