"""A small Hub on loopback: what the real `huggingface_hub` and `datasets` clients need of one.

It speaks the part of the Hugging Face Hub's HTTP interface that publishing and loading a dataset
use, with Git LFS uploads (clients must have `HF_HUB_DISABLE_XET=1`). It keeps its state in a
folder, trusts nobody without a token, and can be told to fail, so that what a publisher does about
a lost answer or a refused token is tested against a server and not against a mock.
"""

from __future__ import annotations

from kaz_datasets.hub.app import create_app
from kaz_datasets.hub.faults import Fault, Faults
from kaz_datasets.hub.server import RunningHub, serve

__all__ = ["Fault", "Faults", "RunningHub", "create_app", "serve"]
