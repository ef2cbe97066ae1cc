"""What can go wrong in deduplication, beyond the errors of the ground floor.

- Corrupt (exit code 1)
    - InvalidText: a text column holds bytes that are not UTF-8
- WrongUse (exit code 2)
    - RepeatedId: two rows of the tool's inputs carry the same id
"""

from __future__ import annotations

from kaz_datasets.errors import Corrupt, WrongUse


class InvalidText(Corrupt):
    """A text column holds bytes that are not UTF-8."""


class RepeatedId(WrongUse):
    """Two rows carry the same id where every row must have its own."""
