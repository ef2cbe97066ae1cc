"""Load a published release as any reader would: `python -m kaz_flows.load_back REPO REVISION`.

A process of its own, since Hugging Face's libraries read the Hub's address when imported.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kaz_datasets.errors import Unverified


def rows_loaded(repo: str, revision: str, *, endpoint: str, token: str, cache: Path) -> int:
    """How many rows `load_dataset(repo, revision=revision)` finds. Raises Unverified if none."""
    environment = {
        **os.environ,
        "HF_ENDPOINT": endpoint,
        "HF_TOKEN": token,
        "HF_HOME": str(cache),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
    }
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "kaz_flows.load_back", repo, revision],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unverified(f"{repo} {revision} cannot be loaded from {endpoint}: {last}")
    return int(done.stdout.strip().splitlines()[-1])


def _main(repo: str, revision: str) -> None:
    import datasets

    print(datasets.load_dataset(repo, revision=revision, split="train").num_rows)


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
