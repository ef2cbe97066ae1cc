"""What `huggingface_hub` and `datasets` read when they are imported, set before any test is."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="kazcorpus-hf-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update(
    HF_HOME=_HOME,
    HF_HUB_DISABLE_XET="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_UPDATE_DOWNLOAD_COUNTS="0",
)
os.environ.pop("HF_TOKEN", None)
os.environ.pop("HF_ENDPOINT", None)
