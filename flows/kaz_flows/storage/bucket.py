"""A place in an S3-compatible store: whole objects in and out, conditional writes, listings.

Endpoint, region and keys are what AWS's own tools read: AWS_ENDPOINT_URL, AWS_REGION,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE or the machine's role. They are never asked
for, kept or shown here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from kaz_datasets.errors import BadConfiguration, Failed, NotFound, WrongUse
from kaz_datasets.files import atomic_path

SCHEME: Final = "s3"
INSTALL: Final = "pip install 'kazcorpus[s3]'"


class ConditionFailed(Failed):
    """Somebody else wrote the object first."""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Everything below `s3://name/prefix`."""

    name: str
    prefix: str

    @classmethod
    def of(cls, url: str) -> Bucket:
        """The place that an address names. Raises BadConfiguration."""
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise BadConfiguration(
                "the address of a bucket holds no keys: set AWS_ACCESS_KEY_ID and"
                " AWS_SECRET_ACCESS_KEY in the environment"
            )
        if parts.scheme != SCHEME or not parts.netloc or parts.query or parts.fragment:
            raise BadConfiguration(f"{url!r} is no workspace: give a folder or s3://BUCKET/NAME")
        return cls(name=parts.netloc, prefix=parts.path.strip("/"))

    @property
    def url(self) -> str:
        """As people write it."""
        return f"{SCHEME}://{self._path('')}".rstrip("/")

    def read(self, key: str) -> bytes:
        """An object's bytes. Raises FileNotFoundError, Failed."""
        with self._asked():
            return bytes(_files().cat_file(self._path(key)))

    def size(self, key: str) -> int | None:
        """Bytes of an object, None where there is none. Raises Failed."""
        try:
            with self._asked():
                return int(_files().info(self._path(key), refresh=True)["size"])
        except FileNotFoundError:
            return None

    def fetch(self, key: str, path: Path) -> None:
        """An object to a file, whole or not at all. Raises FileNotFoundError, Failed, DiskFull."""
        with atomic_path(path) as temporary, self._asked():
            _files().get_file(self._path(key), str(temporary))

    def send(self, path: Path, key: str) -> None:
        """A file to an object, which appears whole. Raises Failed."""
        with self._asked():
            _files().put_file(str(path), self._path(key))

    def remove(self, key: str) -> None:
        """Remove an object, if it is there. Raises Failed."""
        try:
            with self._asked():
                _files().rm_file(self._path(key))
        except FileNotFoundError:
            return

    def keys(self, below: str) -> list[str]:
        """Every key below a folder, sorted. Raises Failed."""
        with self._asked():
            found = _files().find(self._path(below))
        cut = len(self._path("").rstrip("/")) + 1
        return sorted(str(path)[cut:] for path in found)

    def write(self, key: str, data: bytes, **condition: str) -> str:
        """Write a small object if `condition` (IfNoneMatch, IfMatch) holds; returns its ETag.

        Raises ConditionFailed, Failed.
        """
        bucket, _, name = self._path(key).partition("/")
        try:
            with self._asked():
                answer = _files().call_s3(
                    "put_object", Bucket=bucket, Key=name, Body=data, **condition
                )
        except Failed as error:
            if _code(error.__cause__) in (
                "PreconditionFailed",
                "412",
                "ConditionalRequestConflict",
            ):
                raise ConditionFailed(f"{self.url}/{key} was written by another") from error
            raise
        return str(answer["ETag"])

    def etag(self, key: str) -> str | None:
        """The ETag of an object, None where there is none."""
        try:
            with self._asked():
                return str(_files().info(self._path(key), refresh=True)["ETag"])
        except FileNotFoundError:
            return None

    def _path(self, key: str) -> str:
        return "/".join(part for part in (self.name, self.prefix, key) if part)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Turn what the store or its library says into one sentence."""
        try:
            yield
        except FileNotFoundError as error:
            if _code(error.__cause__) == "NoSuchBucket":
                raise NotFound(f"there is no bucket {self.name}: make it first") from error
            raise
        except PermissionError as error:
            raise Failed(
                f"{self.url} refuses this caller: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
                " and what they may do"
            ) from error
        except Exception as error:
            if type(error).__module__.partition(".")[0] not in ("botocore", "builtins", "aiohttp"):
                raise
            raise Failed(
                f"{self.url} did not answer as it should ({type(error).__name__}): check"
                " AWS_ENDPOINT_URL and the network, then give the same command again"
            ) from error


@cache
def _files() -> Any:
    try:
        s3fs = import_module("s3fs")
    except ImportError as error:
        raise WrongUse(f"a workspace in a bucket needs `{INSTALL}`") from error
    # others write here too: what a listing said a minute ago counts for nothing
    return s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)


def _code(error: BaseException | None) -> str:
    """The store's own name of an error."""
    while error is not None:
        answer = getattr(error, "response", None)
        if isinstance(answer, dict):
            return str(answer.get("Error", {}).get("Code", ""))
        error = error.__cause__
    return ""
