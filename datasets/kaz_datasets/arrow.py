"""Arrow's compute functions without their stubs, which know scalars but not columns of Any."""

from __future__ import annotations

from typing import Any, Final

import pyarrow.compute

compute: Final[Any] = pyarrow.compute
"""`pyarrow.compute`, as `pc` elsewhere."""
