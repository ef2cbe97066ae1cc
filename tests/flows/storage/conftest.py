from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from kaz_flows.storage import bucket as bucket_module
from kaz_flows.storage.bucket import Bucket
from s3_server import BUCKET, s3_server


@pytest.fixture(scope="module")
def store() -> Iterator[dict[str, str]]:
    """The environment in which an S3 server with an empty bucket is found."""
    with s3_server() as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            if name.startswith("AWS_"):
                patch.setenv(name, value)
        bucket_module._files.cache_clear()
        bucket_module._files().call_s3("create_bucket", Bucket=BUCKET)
        yield environment
        bucket_module._files.cache_clear()
        gc.collect()


@pytest.fixture
def bucket(store: dict[str, str], request: pytest.FixtureRequest) -> Bucket:
    """A place of its own for each test."""
    return Bucket.of(f"s3://{BUCKET}/{request.node.name}")
