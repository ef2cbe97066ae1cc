from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaz_datasets.errors import Failed
from kaz_datasets.workspace import Workspace
from kaz_flows.lock import exclusive

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
        with pytest.raises(Failed, match=rf"process {holder.pid} is working"), exclusive(workspace):
            pass
        holder.kill()
        holder.wait()
        with exclusive(workspace):
            assert (tmp_path / ".lock").read_text(encoding="ascii") == f"{os.getpid()}\n"
