"""All tables of dedup, one after another."""

from __future__ import annotations

import subprocess
import sys

TABLES = ("signatures", "estimates", "quality", "scripts", "whole_job", "releases")


def main() -> None:
    """Run each; end with an error if one does."""
    failed = [
        table
        for table in TABLES
        if subprocess.run(
            [sys.executable, "-m", f"benchmarks.dedup.{table}"], check=False
        ).returncode
    ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
