"""A crawl that is killed again and again ends as if nobody had touched it.

The whole campaign, 2,000 pages and ten kills, is `make campaign-crawl`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kill_campaign import MOST_WORK, campaign

SEED = 20261124


@pytest.mark.parametrize("torn", [False, True], ids=["untouched", "torn"])
def test_nothing_is_lost_or_doubled_by_kills(tmp_path: Path, torn: bool) -> None:
    found = campaign(tmp_path, pages=400, kills=3, seed=SEED + torn, torn=torn)
    print(found.summary)
    assert found.lost == []
    assert found.ends == found.expected
    assert found.doubled == []
    assert found.faults == []
    assert found.work <= MOST_WORK
