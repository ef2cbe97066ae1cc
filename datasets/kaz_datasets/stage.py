"""Stages that are done once: a finished one is skipped, a half-finished one is done again.

A stage leaves `<name>.stage.json` beside its outputs, written last. It holds the digests of the
inputs, of the configuration and the code version, the outputs with size and digest, the account
and the times. While it is missing or says something else, the stage has not happened.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaz_datasets.account import Account
from kaz_datasets.errors import KazcorpusError
from kaz_datasets.files import sha256_of, write_json
from kaz_datasets.storage import LOCAL, Storage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """What a stage left behind."""

    outputs: Mapping[str, str]
    """SHA-256 of each output, by path relative to the stage's folder."""
    account: Account
    seconds: float
    skipped: bool
    """True when an earlier run had already done it."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One unit of work: a function from input files to output files.

    `inputs` are digests by name, `config` a frozen dataclass or a mapping, `version` the number
    that its author raises when the same input would now give another output.
    """

    name: str
    folder: Path
    inputs: Mapping[str, str]
    config: DataclassInstance | Mapping[str, Any]
    version: int
    storage: Storage = LOCAL
    """Where the files are kept; it decides no byte of them."""

    @property
    def record(self) -> Path:
        """Where the stage says that it is done."""
        return self.folder / f"{self.name}.stage.json"

    @property
    def key(self) -> str:
        """Digest of all that decides the outputs."""
        parts = [self.name, self.version, dict(sorted(self.inputs.items())), self._config_json()]
        encoded = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(encoded.encode()).hexdigest()

    def run(self, work: Callable[[], tuple[Account, Sequence[Path]]]) -> StageResult:
        """Do the work unless it is done; `work` returns its account and the files it wrote.

        The files must have been written atomically (`kaz_datasets.files`, `ShardWriter`).
        """
        done = self.finished()
        if done is not None:
            return done
        self.storage.drop_record(self.record)
        started, clock = datetime.now(UTC), time.perf_counter()
        account, paths = work()
        digests = {path: sha256_of(path) for path in sorted(paths)}
        outputs = {str(path.relative_to(self.folder)): digest for path, digest in digests.items()}
        self.storage.keep(digests)
        seconds = round(time.perf_counter() - clock, 3)
        self._write_record(account, outputs, started, seconds)
        return StageResult(outputs=outputs, account=account, seconds=seconds, skipped=False)

    def _config_json(self) -> dict[str, Any]:
        return dict(self.config) if isinstance(self.config, Mapping) else asdict(self.config)

    def finished(self) -> StageResult | None:
        """The result of an earlier run over the same inputs, or None if there is none."""
        try:
            record = json.loads(self.storage.read_record(self.record))
            if record["key"] != self.key or not self._outputs_stand(record["outputs"]):
                return None
            return StageResult(
                outputs={name: output["sha256"] for name, output in record["outputs"].items()},
                account=Account.from_json(record["account"]),
                seconds=record["seconds"],
                skipped=True,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, KazcorpusError):
            return None  # a record that cannot be read says nothing: the work is done again

    def _outputs_stand(self, outputs: Mapping[str, Mapping[str, Any]]) -> bool:
        return all(
            self.storage.size(self.folder / name) == output["bytes"]
            for name, output in outputs.items()
        )

    def _write_record(
        self, account: Account, outputs: Mapping[str, str], started: datetime, seconds: float
    ) -> None:
        sizes = {name: (self.folder / name).stat().st_size for name in outputs}
        write_json(
            self.record,
            {
                "stage": self.name,
                "key": self.key,
                "version": self.version,
                "inputs": dict(sorted(self.inputs.items())),
                "config": self._config_json(),
                "outputs": {
                    name: {"bytes": sizes[name], "sha256": digest}
                    for name, digest in outputs.items()
                },
                "account": account.to_json(),
                "started": started.isoformat(timespec="seconds"),
                "seconds": seconds,
            },
        )
        self.storage.keep_record(self.record)
