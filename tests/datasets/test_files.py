from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path

import pytest

from kaz_datasets.errors import DiskFull
from kaz_datasets.files import (
    TEMPORARY_SUFFIX,
    atomic_path,
    no_space_named,
    remove_temporaries,
    sha256_of,
    write_json,
    write_text,
)


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep/er/file.txt"
    with atomic_path(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
        assert temporary.parent == target.parent
        assert temporary.name.startswith(".")
    assert target.read_text() == "half"
    assert list(target.parent.iterdir()) == [target]


def fail_halfway(target: Path, error: Exception) -> None:
    with atomic_path(target) as temporary:
        temporary.write_text("half")
        raise error


def test_an_error_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("before")
    with pytest.raises(RuntimeError):
        fail_halfway(target, RuntimeError())
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named(tmp_path: Path, code: int) -> None:
    target = tmp_path / "file.txt"
    with pytest.raises(DiskFull, match=r"no space left to write .*file\.txt"):
        fail_halfway(target, OSError(code, "no space"))
    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_the_system_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), no_space_named(tmp_path):
        raise PermissionError(errno.EACCES, "no")


def test_json_is_for_people(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"б": "ә", "a": [1]})
    text = (tmp_path / "a.json").read_text("utf-8")
    assert text == '{\n "б": "ә",\n "a": [\n  1\n ]\n}\n'
    assert json.loads(text) == {"б": "ә", "a": [1]}


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, (1 << 20) + 1])
def test_digests(tmp_path: Path, size: int) -> None:
    content = b"q" * size
    (tmp_path / "a").write_bytes(content)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(content).hexdigest()


def test_what_a_killed_writer_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    write_text(tmp_path / "deep/kept.txt", "ә")
    leftover = tmp_path / f"deep/.kept.txt.123{TEMPORARY_SUFFIX}"
    leftover.write_text("half")
    named_so = tmp_path / f"visible{TEMPORARY_SUFFIX}"
    named_so.write_text("mine")
    remove_temporaries(tmp_path)
    assert not leftover.exists()
    assert named_so.exists()
    assert (tmp_path / "deep/kept.txt").read_text("utf-8") == "ә"
