"""What travels to a worker and back: a function by its name, and names of files, never the data.

Each machine may have the workspace in a place of its own: paths in it travel as what they are
below its root, and become paths there.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any, Final

from kaz_datasets.errors import WrongUse

LARGEST: Final = 32 << 20
"""Bytes of one envelope: a step that clusters a corpus of 30 million documents names some 10,000
shards of a kilobyte each. More than that is data, which has no business here."""
_ROOTED: Final = "workspace"


def pack(value: object, root: Path) -> bytes:
    """Pickle `value`; functions must be of a module. Raises WrongUse for what cannot travel."""
    stream = io.BytesIO()
    try:
        _Packer(stream, root).dump(value)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise WrongUse(f"{value!r} cannot be sent to a worker: {error}") from error
    if stream.tell() > LARGEST:
        raise WrongUse(
            f"{stream.tell():,} bytes are no reference to files but data: send the name of a file"
        )
    return stream.getvalue()


def unpack(data: bytes, root: Path) -> Any:
    """What `pack` was given, with its paths below this machine's `root`."""
    return _Unpacker(io.BytesIO(data), root).load()


class _Packer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, root: Path) -> None:
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._root = root

    def persistent_id(self, value: Any) -> tuple[str, str] | None:
        if isinstance(value, Path) and value.is_relative_to(self._root):
            return _ROOTED, value.relative_to(self._root).as_posix()
        return None


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, root: Path) -> None:
        super().__init__(stream)
        self._root = root

    def persistent_load(self, pid: Any) -> Path:
        if not isinstance(pid, tuple) or pid[0] != _ROOTED:
            raise pickle.UnpicklingError(f"{pid!r} is not ours")
        return self._root / str(pid[1])
