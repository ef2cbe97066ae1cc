from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaz_datasets.errors import Failed
from kaz_datasets.workspace import Workspace
from kaz_flows.lock import crawling, exclusive, holders, publishing, taking_in, writing

HOLDER = """
import sys
from pathlib import Path
from kaz_datasets.workspace import Workspace
from kaz_flows.lock import exclusive
with exclusive(Workspace(root=Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_by_name_and_let_in_after_a_kill(tmp_path: Path) -> None:
    workspace = Workspace(root=tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(Failed, match=rf"process {holder.pid} is building in"),
            exclusive(workspace),
        ):
            pass
        holder.kill()
        holder.wait()
        with exclusive(workspace, "taking texts down"):
            (found,) = holders(workspace)
            assert found.process == os.getpid()
            assert found.doing.startswith("taking texts down")
        assert holders(workspace) == []


def test_who_may_work_beside_whom(tmp_path: Path) -> None:
    workspace = Workspace(root=tmp_path)
    release = workspace.releases / "1.0.0"
    with taking_in(workspace, "a"), taking_in(workspace, "b"), crawling(workspace, "c"):
        with pytest.raises(Failed, match="is taking in"), exclusive(workspace):
            pass
        for source in ("a", "b", "c"):
            with pytest.raises(Failed, match=f" {source}: "), crawling(workspace, source):
                pass
    with exclusive(workspace), crawling(workspace, "c"), publishing(release):
        with pytest.raises(Failed, match="is building"), taking_in(workspace, "a"):
            pass
        with pytest.raises(Failed, match=r"is publishing 1\.0\.0"), writing(release, "writing"):
            pass
        with pytest.raises(Failed, match="is publishing"), publishing(workspace.releases / "1.1.0"):
            pass
        with writing(workspace.releases / "1.1.0", "writing"):
            pass
