"""Train the translation model that the package ships: `make train-translated`.

Only the `train` part of texts whose licences allow it with attribution; see the model card.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final

from benchmarks.cleaning.quality_corpus import BAD, GOOD, TRAIN, documents
from benchmarks.environments import CHECKOUT

from kaz_cleaning.quality.train_translated import train

NATURAL: Final = (
    "kaznerd_sentences",
    "abai_wikisource_lines",
    "classics_wikisource_lines",
    "kkwiki_filtered_sentences",
    "kazqad_validation_contexts",
    "kazsandra_reviews",
)
MOST_OF_A_KIND: Final = 160
WEIGHTS: Final = CHECKOUT / "cleaning" / "kaz_cleaning" / "models" / "translated.i8.gz"


def main(path: Path = WEIGHTS) -> None:
    """Train and write the weights."""
    chosen = documents(TRAIN)
    natural = [
        text
        for kind in GOOD
        for text in [
            document.text
            for document in chosen
            if document.kind == kind and (document.source in NATURAL or kind == "law")
        ][:MOST_OF_A_KIND]
    ]
    translated = [document.text for document in chosen if document.kind == BAD[0]]
    weights = train(translated, natural)
    path.write_bytes(gzip.compress(weights.tobytes(), mtime=0))
    print(f"{len(translated)} translated and {len(natural)} natural documents; wrote {path}")


if __name__ == "__main__":
    main()
