"""What the server of worker processes loads once, for all workers that are copied from it.

Only `killable` names it. One thread for linear algebra, which nothing here needs: others would
take memory, and a copied process has none of them.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from kaz_cleaning.killable import packaged_model
from kaz_cleaning.pool import clean_entries  # noqa: F401  and with it all parsers
from kaz_cleaning.quality.measures import compiled_measures
from kaz_datasets.compiled import is_kept

COMPILE = "from kaz_cleaning.killable import packaged_model; packaged_model()"

if not is_kept(compiled_measures):
    # a process that has compiled holds a hundred megabytes more, and all workers would with it
    subprocess.run([sys.executable, "-c", COMPILE], check=False)  # noqa: S603 - our own
packaged_model()
gc.freeze()  # so that a worker's collections do not copy the pages of all that was loaded
