"""Other people's fastText models behind the same interface: GlotLID, OpenLID, or one on disk.

They know many more languages, none of them Kazakh in Latin script; their probabilities are their
own. Both are GPL or Apache licensed by their makers and far over 100 MB: none is shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kaz_cleaning.language_labels import (
    KAZAKH,
    THRESHOLD,
    UNKNOWN,
    Label,
    Language,
    Stretch,
    Tally,
    tally,
    weigh,
)
from kaz_cleaning.language_text import compose, majority, prepare, stretches_of
from kaz_datasets.errors import Corrupt, NotFound, Unavailable, WrongUse
from kaz_datasets.files import sha256_of

_PREFIX: Final = "__label__"
_MAGIC: Final = (793_712_314).to_bytes(4, "little")
_DIGEST_LENGTH: Final = 64
Preparation = Callable[[str], str]


def one_line(text: str) -> str:
    """The text as it is, on one line: what GlotLID was trained on."""
    return " ".join(text.split())


@dataclass(frozen=True, kw_only=True)
class HubModel:
    """Where a model lies on the Hub and how its text is prepared."""

    repo: str
    file: str
    prepare: Preparation
    repo_type: str = "model"


KNOWN_MODELS: Final = {
    "glotlid": HubModel(repo="cis-lmu/glotlid", file="model_v3.bin", prepare=one_line),
    "openlid": HubModel(repo="laurievb/OpenLID-v2", file="model.bin", prepare=prepare),
}
"""By name. OpenLID's own cleaning lowers and drops digits and punctuation, as `prepare` does."""


class FastTextModel:
    """A fastText classifier with labels in ISO 639-3 and ISO 15924, such as `kaz_Cyrl`."""

    def __init__(self, classifier: Any, preparation: Preparation = prepare) -> None:
        self._classifier = classifier
        self._prepare = preparation

    @property
    def labels(self) -> Sequence[str]:
        """All that it may answer, but for `und`."""
        return tuple(label.removeprefix(_PREFIX) for label in self._classifier.get_labels())

    def identify(self, texts: Sequence[str]) -> list[Label]:
        """One label a text, in order; `und` below one half, and for another script's label."""
        lines = [self._prepare(text) for text in texts]
        labels, scores = self._classifier.predict(lines) if lines else ([], [])
        scripts = stretches_of(list(texts), whole=True)
        return [
            _gated(label[0].removeprefix(_PREFIX), float(score[0]), scripts.script(row))
            if line and len(label)
            else Label(UNKNOWN, 0.0)
            for row, (line, label, score) in enumerate(zip(lines, labels, scores, strict=True))
        ]

    def stretches(self, text: str) -> list[Stretch]:
        """The stretches of a document, in order; offsets are those of the composed text."""
        text = compose(text)
        cut = stretches_of([text], whole=False)
        bounds = [(int(start), int(end)) for start, end in cut.bounds[:, 2:]]
        labels = self.identify([text[start:end] for start, end in bounds])
        return [
            Stretch(start, end, int(letters.sum()), label, float(label.label.startswith(KAZAKH)))
            for (start, end), letters, label in zip(bounds, cut.letters, labels, strict=True)
        ]

    def judge(self, text: str) -> Language:
        """The document's verdict, by its stretches' labels and letters."""
        letters = stretches_of([compose(text)], whole=True).letters
        return weigh(self.stretches(text), majority(letters.sum(axis=0)))

    def judge_all(self, texts: Sequence[str]) -> list[Language]:
        """The verdict of each document, in order."""
        return [self.judge(text) for text in texts]

    def tally_all(self, texts: Sequence[str]) -> list[Tally]:
        """The letters of each text by language, in order."""
        return [tally(self.stretches(text)) for text in texts]


def _gated(label: str, score: float, script: str) -> Label:
    if score >= THRESHOLD and label.endswith(script):
        return Label(label, min(score, 1.0))
    return Label(UNKNOWN, min(score, 1.0))


def load_fasttext(path: Path, preparation: Preparation = prepare) -> FastTextModel:
    """Load a `.bin` or `.ftz` file. Raises NotFound, and Corrupt for what is none.

    fastText trusts what it reads: load only a file whose digest you know.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(len(_MAGIC))
    except OSError as error:
        raise NotFound(f"no fastText model {path}: name a .bin or .ftz file") from error
    if magic != _MAGIC:
        raise Corrupt(f"{path} is no fastText model: name a .bin or .ftz file")
    import fasttext

    return FastTextModel(fasttext.load_model(str(path)), preparation)


def load_from_hub(
    model: HubModel | str,
    sha256: str,
    *,
    revision: str = "main",
    endpoint: str | None = None,
    cache: Path | None = None,
) -> FastTextModel:
    """Fetch a model once and load it, if its digest is the one that the caller pins.

    `sha256` is what the Hub shows on the file's page (its LFS object id). Raises WrongUse for a
    name that is not known or no digest, Unavailable where the Hub does not hand it out, Corrupt
    where the file is another one.
    """
    chosen = _known(model) if isinstance(model, str) else model
    path = fetch_from_hub(chosen, sha256, revision=revision, endpoint=endpoint, cache=cache)
    return load_fasttext(path, chosen.prepare)


def fetch_from_hub(
    model: HubModel | str,
    sha256: str,
    *,
    revision: str = "main",
    endpoint: str | None = None,
    cache: Path | None = None,
) -> Path:
    """The model's file in the local cache, fetched once and checked. Raises as `load_from_hub`."""
    chosen = _known(model) if isinstance(model, str) else model
    if len(sha256) != _DIGEST_LENGTH or not set(sha256) <= set("0123456789abcdef"):
        raise WrongUse("give the file's SHA-256, 64 hexadecimal digits, as the Hub shows it")
    from huggingface_hub import hf_hub_download

    try:
        path = Path(
            hf_hub_download(
                chosen.repo,
                chosen.file,
                repo_type=chosen.repo_type,
                revision=revision,
                endpoint=endpoint,
                cache_dir=cache,
            )
        )
    except Exception as error:  # its errors share no base: HTTP, file system, "not in cache"
        raise Unavailable(
            f"{chosen.repo}/{chosen.file} cannot be fetched ({type(error).__name__}):"
            " check name, revision and network, or download it and name the file"
        ) from error
    found = sha256_of(path)
    if found != sha256:
        raise Corrupt(f"{chosen.repo}/{chosen.file} has SHA-256 {found}, not the one you pinned")
    return path


def _known(name: str) -> HubModel:
    if name not in KNOWN_MODELS:
        raise WrongUse(f"no model {name!r}: use one of {', '.join(KNOWN_MODELS)}, or a HubModel")
    return KNOWN_MODELS[name]
