"""The folder `datasets/` must never hide Hugging Face's library of that name."""

from __future__ import annotations

from pathlib import Path

import datasets
import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
STAGES = ["crawlers", "cleaning", "dedup", "datasets", "flows"]


def test_datasets_is_hugging_faces_library() -> None:
    assert datasets.Dataset.from_list([{"text": "сөз"}]).num_rows == 1


@pytest.mark.parametrize("folder", STAGES)
def test_each_stage_folder_holds_one_package_and_is_none_itself(folder: str) -> None:
    assert (CHECKOUT / folder / f"kaz_{folder}" / "__init__.py").is_file()
    assert (CHECKOUT / folder / f"kaz_{folder}" / "py.typed").is_file()
    assert not (CHECKOUT / folder / "__init__.py").exists()


@pytest.mark.parametrize("folder", STAGES)
def test_each_stage_folder_has_a_readme_of_one_screen(folder: str) -> None:
    assert (
        5 <= len((CHECKOUT / folder / "README.md").read_text(encoding="utf-8").splitlines()) <= 60
    )
