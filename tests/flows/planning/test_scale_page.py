from __future__ import annotations

import re
from pathlib import Path

from kaz_flows.planning.rates import measured
from kaz_flows.planning.scale_page import page

CHECKOUT = Path(__file__).resolve().parents[3]


def test_the_page_is_what_the_code_computes() -> None:
    """`python -m kaz_flows.planning.scale_page > docs/scale.md` writes it anew."""
    assert (CHECKOUT / "docs" / "scale.md").read_text(encoding="utf-8") == page()


def test_the_commands_of_the_figures_exist() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    rates = measured()
    for name in rates.__dataclass_fields__:
        target = getattr(rates, name).command.split()[1]
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
