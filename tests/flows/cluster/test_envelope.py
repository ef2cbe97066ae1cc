from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaz_datasets.errors import WrongUse
from kaz_datasets.workspace import Workspace
from kaz_flows.cluster.envelope import LARGEST, pack, unpack
from kaz_flows.cluster.unit import Sealed
from kaz_flows.steps import sign_documents

NAMES = st.lists(st.text("abcқө.-", min_size=1).filter(lambda name: name.strip(".")), min_size=0)


@given(NAMES)
def test_paths_of_the_workspace_follow_it_to_another_place(names: list[str]) -> None:
    here, there = Path("/srv/corpus"), Path("/mnt/other")
    value = {"inside": here.joinpath(*names), "outside": Path("/etc/hosts"), "n": 1}
    assert unpack(pack(value, here), there) == {
        "inside": there.joinpath(*names),
        "outside": Path("/etc/hosts"),
        "n": 1,
    }


def test_a_step_travels_by_its_name_and_with_its_workspace() -> None:
    root = Path("/srv/corpus")
    sent: Any = partial(sign_documents, workspace=Workspace(root=root))
    packed = pack(sent, root)
    assert len(packed) < 1_000
    assert unpack(packed, Path("/mnt/other")).keywords["workspace"].documents == Path(
        "/mnt/other/documents"
    )


def test_what_has_no_name_cannot_travel() -> None:
    with pytest.raises(WrongUse, match="cannot be sent to a worker"):
        pack(lambda: None, Path("/srv"))


def test_data_is_refused() -> None:
    with pytest.raises(WrongUse, match="no reference to files but data"):
        pack(bytes(LARGEST + 1), Path("/srv"))


def test_what_an_envelope_holds_is_in_no_log() -> None:
    assert "secret" not in repr(Sealed(data=pack("secret", Path("/srv"))))
