from __future__ import annotations

from pathlib import Path

import pytest

from kaz_datasets.errors import BadConfiguration, Corrupt, NotFound
from kaz_datasets.files import sha256_of
from kaz_flows.storage.bucket import Bucket, ConditionFailed
from kaz_flows.storage.mirror import Mirror


@pytest.mark.parametrize(
    "url", ["s3:///name", "gs://bucket/name", "s3://bucket/name?x=1", "s3://key:secret@bucket/name"]
)
def test_what_is_no_place_is_refused_without_repeating_keys(url: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        Bucket.of(url)
    assert "secret" not in str(refused.value).lower().replace("aws_secret_access_key", "")


def test_objects_go_in_and_out_whole(bucket: Bucket, tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "deep" / "b"
    source.write_bytes(b"\0" * 300_000)
    bucket.send(source, "x/y")
    bucket.fetch("x/y", target)
    assert target.read_bytes() == source.read_bytes()
    assert (bucket.size("x/y"), bucket.size("x/z")) == (300_000, None)
    assert bucket.keys("x") == ["x/y"]
    bucket.remove("x/y")
    bucket.remove("x/y")
    assert bucket.keys("x") == []
    with pytest.raises(FileNotFoundError):
        bucket.read("x/y")


def test_conditional_writes_have_one_winner(bucket: Bucket) -> None:
    etag = bucket.write("lease", b"one", IfNoneMatch="*")
    with pytest.raises(ConditionFailed):
        bucket.write("lease", b"two", IfNoneMatch="*")
    assert bucket.etag("lease") == etag
    bucket.write("lease", b"three", IfMatch=etag)
    with pytest.raises(ConditionFailed):
        bucket.write("lease", b"four", IfMatch=etag)
    assert bucket.read("lease") == b"three"


def test_a_bucket_that_is_not_there_is_named(store: dict[str, str]) -> None:
    with pytest.raises(NotFound, match="there is no bucket nowhere: make it first"):
        Bucket.of("s3://nowhere/x").write("a", b"")


def test_a_changed_object_is_corrupt_and_not_left_in_the_mirror(
    bucket: Bucket, tmp_path: Path
) -> None:
    mirror = Mirror(tmp_path / "mirror")
    path = tmp_path / "a"
    path.write_bytes(b"right")
    digest = sha256_of(path)
    bucket.write("a", b"wrong")
    here = tmp_path / "mirror" / "a"
    with (
        pytest.raises(Corrupt, match="is not what its record says"),
        mirror.having(bucket, {here: digest}),
    ):
        pass
    assert not here.exists()


def test_a_mirror_lets_go_of_what_nobody_uses(bucket: Bucket, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "mirror")
    mirror.most = 250
    files = {}
    for number in range(4):
        path = tmp_path / f"{number}"
        path.write_bytes(bytes([number]) * 100)
        bucket.send(path, path.name)
        files[mirror.root / path.name] = sha256_of(path)
    with mirror.having(bucket, files):
        assert all(path.is_file() for path in files)
    assert [path.name for path in files if path.exists()] == ["2", "3"]
    with mirror.having(bucket, files):
        assert all(sha256_of(path) == digest for path, digest in files.items())
