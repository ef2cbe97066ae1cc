"""The dataset card: the README.md of a release, rendered from its figures alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

import pyarrow as pa
from jinja2 import Environment, StrictUndefined, Template
from pydantic import TypeAdapter

from kaz_datasets.account import Account
from kaz_datasets.record import FIELDS, REJECTED_FIELDS
from kaz_datasets.release.citation import render_bibtex
from kaz_datasets.release.config import ReleaseConfig
from kaz_datasets.release.configurations import features_schema
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.licences import licence_link, licence_of_release
from kaz_datasets.release.removed_rows import REMOVED_FIELDS
from kaz_datasets.source_facts import SourceFacts
from kaz_datasets.takedown.request import Takedown

CARD_VERSION: Final = 5
"""Raised whenever the same figures would give another card: older ones are then not compared."""

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|#])")
_ADDRESS: Final = re.compile(r"https?://[^\s<>()\[\]|`\\]+\Z")
# https://huggingface.co/docs/hub/datasets-cards: the Hub's own classes, by powers of ten.
_SIZES: Final = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
)


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """What a card says that is not a figure of the data."""

    config: ReleaseConfig
    sources: tuple[SourceFacts, ...]
    crawl: Account | None = None
    """What became of every address the crawler knew; only the archive can prove it."""
    pipeline: Mapping[str, Any] = field(default_factory=dict)
    """The stages before the release: the version and the settings of each, as JSON."""
    takedowns: tuple[Takedown, ...] = ()
    """Removals that were asked for, as they may be shown."""

    def to_json(self) -> dict[str, Any]:
        """The facts as `release.json` holds them."""
        return {
            "config": self.config.to_json(),
            "sources": [_source_to_json(source) for source in self.sources],
            "crawl": self.crawl.to_json() if self.crawl is not None else None,
            "pipeline": dict(self.pipeline),
            "takedowns": [takedown.to_json() for takedown in self.takedowns],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> CardFacts:
        """Read what `to_json` wrote. Raises KeyError, TypeError, ValueError or KazcorpusError."""
        crawl = value["crawl"]
        return cls(
            config=ReleaseConfig.from_json(value["config"]),
            sources=_SOURCES.validate_python(value["sources"]),
            crawl=Account.from_json(crawl) if crawl is not None else None,
            pipeline=dict(value.get("pipeline", {})),
            takedowns=tuple(map(Takedown.from_json, value.get("takedowns", []))),
        )


_SOURCES: Final = TypeAdapter(tuple[SourceFacts, ...])


def _source_to_json(source: SourceFacts) -> dict[str, Any]:
    published = ("id", "name", "homepage", "kind", "basis", "licence")
    return {name: value for name, value in asdict(source).items() if name in published}


def render_card(facts: CardFacts, figures: Figures) -> str:
    """The whole README.md: the same facts and figures give the same bytes."""
    return f"---\n{_front_matter(facts.config, figures)}---\n{_body(facts, figures)}"


def size_category(documents: int) -> str:
    """The Hub's size class of a number of rows."""
    return next((name for limit, name in _SIZES if documents < limit), "n>1B")


def _front_matter(config: ReleaseConfig, figures: Figures) -> str:
    # Imported here: datasets takes seconds to load and reads the environment when it does.
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCardData

    # the Hub's loader refuses a configuration without rows
    splits = {name: split for name, split in figures.splits.items() if split.rows}
    card = DatasetCardData(
        pretty_name=config.pretty_name,
        language=["kk"],
        license=licence_of_release(config.licence).hub,
        task_categories=["text-generation", "fill-mask"],
        size_categories=[size_category(figures.total.documents)],
        tags=["kazakh", "web-corpus", "pretraining"],
    )
    MetadataConfigs(
        {
            name: {"data_files": [{"split": "train", "path": list(split.patterns)}]}
            for name, split in splits.items()
        }
    ).to_dataset_card_data(card)
    DatasetInfosDict({name: _info(name, figures) for name in splits}).to_dataset_card_data(card)
    return card.to_yaml() + "\n"


def _info(name: str, figures: Figures) -> Any:
    from datasets import DatasetInfo, Features
    from datasets.splits import SplitDict, SplitInfo

    split = figures.splits[name]
    splits = SplitDict()
    splits.add(SplitInfo("train", num_bytes=split.uncompressed, num_examples=split.rows))
    return DatasetInfo(
        features=Features.from_arrow_schema(features_schema(name)),
        splits=splits,
        download_size=split.bytes,
        dataset_size=split.uncompressed,
    )


@cache
def _template() -> Template:
    # Markdown, not HTML: escaping is done by the filters, where a value is text of others.
    environment = Environment(  # noqa: S701
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(
        number=lambda value: f"{value:,}",
        share=_share,
        plain=_plain,
        code=_code,
        licence=_licence,
    )
    return environment.from_string(
        files("kaz_datasets.release").joinpath("card.md.jinja").read_text(encoding="utf-8")
    )


def _body(facts: CardFacts, figures: Figures) -> str:
    # a release of nothing still has one file, of kind "other"
    example_kind = next((kind for kind, _ in _largest_first(figures.kinds)), "other")
    return _template().render(
        config=facts.config,
        takedowns=facts.takedowns,
        pipeline=facts.pipeline,
        licence=licence_of_release(facts.config.licence),
        figures=figures,
        sources=_source_rows(facts.sources, figures),
        crawl=facts.crawl,
        fields=[(field, _type_name(field.type)) for field in FIELDS],
        rejected_fields=[(field, _type_name(field.type)) for field in REJECTED_FIELDS],
        kinds=_largest_first(figures.kinds),
        example_kind=example_kind,
        example_file=figures.splits[example_kind].first,
        source_totals=_largest_first(figures.sources),
        scripts=_largest_first(figures.scripts),
        bases=_largest_first(figures.bases),
        removed_fields=[(field, _type_name(field.type)) for field in REMOVED_FIELDS],
        settings=sorted(_flat("", facts.pipeline)),
        bibtex=render_bibtex(facts.config, figures),
    )


def _flat(prefix: str, settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Settings by their dotted names, values as JSON."""
    for name, value in settings.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Mapping):
            yield from _flat(path, value)
        else:
            yield path, json.dumps(value, ensure_ascii=False)


def _largest_first(totals: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(totals.items(), key=lambda item: (-item[1].documents, item[0]))


@dataclass(frozen=True, kw_only=True)
class _SourceRow:
    id: str
    name: str
    kind: str
    basis: str
    licence: str
    documents: int


def _source_rows(sources: Sequence[SourceFacts], figures: Figures) -> list[_SourceRow]:
    facts = {source.id: source for source in sources}
    return [
        _SourceRow(
            id=_code(rights.source),
            name=_linked(facts[rights.source]) if rights.source in facts else "",
            kind=rights.kind,
            basis=rights.basis,
            licence=rights.licence,
            documents=rights.documents,
        )
        for rights in figures.rights
    ]


def _linked(source: SourceFacts) -> str:
    name = _plain(source.name or source.id)
    return f"[{name}]({source.homepage})" if _ADDRESS.match(source.homepage) else name


def _licence(value: str) -> str:
    linked = licence_link(value)
    return linked if linked != value else _plain(value)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _plain(text: str) -> str:
    """Text of others as one line of Markdown that means nothing but itself."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """A name of others as a code span of a table cell."""
    return "`" + " ".join(re.sub(r"[`|]", "", text).split()) + "`"


def _type_name(kind: pa.DataType) -> str:
    """An Arrow type as a reader would say it."""
    if isinstance(kind, pa.ListType):
        return f"list of {_type_name(kind.value_type)}"
    if isinstance(kind, pa.StructType):
        members = (f"{member.name}: {_type_name(member.type)}" for member in kind)
        return "{" + ", ".join(members) + "}"
    return str(kind)
