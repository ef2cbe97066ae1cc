"""Runs that are killed end as if nobody had touched them.

The whole campaign, twenty kills, is `make campaign-operators`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from operators_campaign import campaign

SEED = 20261125


@pytest.mark.timeout(600)
def test_killed_runs_lose_nothing_and_are_soon_known_to_be_dead(tmp_path: Path) -> None:
    found = campaign(tmp_path, kills=3, seed=SEED)
    print(found.table())
    assert found.lost == []
    assert found.differing == []
    assert found.slow == []
    assert found.builds > 0
    assert len(found.kills) == 3
