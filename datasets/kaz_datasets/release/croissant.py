"""`croissant.json`: the release described for machines that load datasets.

Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html), an extension of
schema.org. Each file is listed with its digest, so that a reader need not trust the transport.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from kaz_datasets.record import FIELDS, REJECTED_FIELDS, Field
from kaz_datasets.release.config import ReleaseConfig
from kaz_datasets.release.configurations import REJECTED, REMOVED
from kaz_datasets.release.figures import Figures
from kaz_datasets.release.licences import licence_of_release
from kaz_datasets.release.removed_rows import REMOVED_FIELDS

CROISSANT: Final = "croissant.json"
_PARQUET: Final = "application/x-parquet"
_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def render_croissant(
    config: ReleaseConfig, figures: Figures, citation: str, digests: Mapping[str, str]
) -> str:
    """The JSON-LD of a release; its file sets are the configurations of the card.

    `digests` is the SHA-256 of each Parquet file, by path.
    """
    splits = {name: split for name, split in figures.splits.items() if split.rows}
    metadata = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": config.repo.partition("/")[2],
        "description": f"{config.pretty_name}: {figures.total.documents} documents.",
        "license": licence_of_release(config.licence).url,
        "url": f"https://huggingface.co/datasets/{config.repo}",
        "version": config.version,
        "datePublished": figures.last_retrieved[:10],
        "inLanguage": "kk",
        "creator": {"@type": "sc:Organization", "name": config.authors},
        "citeAs": citation,
        "isLiveDataset": False,
        "distribution": [
            *(_file_object(path, digests[path]) for path in sorted(digests)),
            *(_file_set(name, split.patterns) for name, split in splits.items()),
        ],
        "recordSet": [_record_set(name, split.rows) for name, split in splits.items()],
    }
    if metadata["datePublished"] == "unknown":
        del metadata["datePublished"]
    return json.dumps(metadata, ensure_ascii=False, indent=1) + "\n"


def _file_object(path: str, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "encodingFormat": _PARQUET,
        "sha256": sha256,
    }


def _file_set(name: str, patterns: Sequence[str]) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"files-{name}",
        "name": f"files-{name}",
        "encodingFormat": _PARQUET,
        "includes": list(patterns) if len(patterns) > 1 else patterns[0],
    }


def _record_set(name: str, rows: int) -> dict[str, Any]:
    fields = {REJECTED: REJECTED_FIELDS, REMOVED: REMOVED_FIELDS}.get(name, FIELDS)
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{rows} rows.",
        "field": list(_fields(name, fields)),
    }


def _fields(name: str, fields: Iterable[Field]) -> Iterable[dict[str, Any]]:
    """The columns; one of lists or structures is left to Parquet's own schema."""
    for field in fields:
        if isinstance(field.type, pa.ListType | pa.StructType):
            continue
        yield {
            "@type": "cr:Field",
            "@id": f"{name}/{field.name}",
            "name": field.name,
            "description": field.doc,
            "dataType": _data_type(field.type),
            "source": {
                "fileSet": {"@id": f"files-{name}"},
                "extract": {"column": field.name},
            },
        }


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:Date" if pa.types.is_temporal(kind) else "sc:Text"
