"""What the server of worker processes loads once, for all workers that are copied from it.

Only `killable` names it. One thread for linear algebra, which nothing here needs: others would
take memory, and a copied process has none of them.
"""

from __future__ import annotations

import gc
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from kaz_cleaning.killable import packaged_model
from kaz_cleaning.pool import clean_entries  # noqa: F401  and with it all parsers

packaged_model()
gc.freeze()  # so that a worker's collections do not copy the pages of all that was loaded
