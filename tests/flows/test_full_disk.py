"""A device that is full: one sentence, nothing half-written, and the same command goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kaz_datasets.workspace import Workspace
from kaz_flows.configuration import make_workspace

# A mount of our own, seen by this command alone: full before the build, roomy after it.
SCRIPT = """
set -eu
cp -r "$1/." "$2.copy"
mount -t tmpfs -o size=4m kazcorpus "$2"
cp -r "$2.copy/." "$2"
dd if=/dev/zero of="$2/ballast" bs=4k 2>/dev/null || true
set +e
"$3" -c 'from kaz_flows.cli import main; main()' build --workspace "$2"; echo "first $?"
find "$2" -name '*.partial' -o -name '*.parquet' -size 0
rm "$2/ballast"
mount -o remount,size=400m "$2"
"$3" -c 'from kaz_flows.cli import main; main()' build --workspace "$2" >/dev/null; echo "second $?"
"""

NAMESPACE = ["unshare", "--mount", "--map-root-user", "sh", "-c"]


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="this system lets nobody make a mount namespace")
def test_a_full_disk_is_one_sentence_and_the_build_goes_on_after_it(
    crawled: Workspace, tmp_path: Path
) -> None:
    small = make_workspace(tmp_path / "small")
    shutil.copytree(crawled.archive / "demo-health", small.archive / "demo-health")
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    (tmp_path / "mounted.copy").mkdir()
    done = subprocess.run(
        [*NAMESPACE, SCRIPT, "sh", str(small.root), str(mounted), sys.executable],
        capture_output=True,
        text=True,
        check=False,
        # numba keeps compiled code where there is room
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.stdout.split("\n") == ["first 1", "second 0", ""], done.stderr
    complaint = [line for line in done.stderr.splitlines() if line.startswith("kazcorpus: ")]
    assert len(complaint) == 1
    assert "no space left" in complaint[0]
    assert "Traceback" not in done.stderr
