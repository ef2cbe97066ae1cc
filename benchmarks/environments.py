"""Peers in environments of their own: their packages must not meet the project's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
CACHE = CHECKOUT / ".bench"
"""Environments, composed corpora, results; safe to delete."""


def peer_python(name: str, requirements: Sequence[str], python: str = "3.11") -> Path:
    """The interpreter of an environment that holds exactly `requirements`, made once."""
    stamp = hashlib.sha256("\n".join([python, *requirements]).encode()).hexdigest()[:12]
    folder = CACHE / "environments" / f"{name}-{stamp}"
    interpreter = folder / "bin" / "python"
    if not (folder / "complete").exists():
        uv = _uv()
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", python, folder], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(interpreter)]
        subprocess.run([*install, *requirements], check=True)
        (folder / "complete").touch()
    return interpreter


def _uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=str(CHECKOUT / ".tools" / "bin"))
    if found is None:
        sys.exit("uv is needed to install the peers: run `make check` once, which fetches it")
    return found


def shared_data() -> Path:
    """The folder of real data beside the checkout; ends the program where there is none."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        sys.exit("real data is not part of the repository: ../shared/data is absent")
    return folder
