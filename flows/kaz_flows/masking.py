"""`[personal_data]` of `kazcorpus.toml`: what stays, and where the key of pseudonyms lies.

The key itself stands in no file of the workspace: whoever has it can try numbers against the
pseudonyms of a release.
"""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from kaz_cleaning.masks import MaskConfig
from kaz_datasets.errors import BadConfiguration
from kaz_datasets.strict_toml import StrictModel

FEWEST_CHARACTERS: Final = 16
"""Of a key; a shorter one can be guessed together with the numbers."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

Kind = Literal["iban", "card", "iin", "bin", "id", "email", "plate", "ip", "phone", "address"]


def _official() -> dict[str, tuple[Kind, ...]]:
    """The numbers of state bodies in official acts are public."""
    return {"law": ("bin",), "government": ("bin",)}


class PersonalData(StrictModel):
    """What is masked, and by what."""

    key_variable: Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    """Name of the environment variable that holds the key; empty: placeholders."""
    key_file: str = ""
    """Or a file that only its owner may read, outside the workspace."""
    keep: dict[str, tuple[Kind, ...]] = Field(default_factory=_official)
    """Types that stay in documents of a kind."""

    @model_validator(mode="after")
    def _one_key(self) -> PersonalData:
        if self.key_variable and self.key_file:
            raise ValueError("the key has one place: give key_variable or key_file")
        return self

    @property
    def has_key(self) -> bool:
        """Whether pseudonyms are asked for."""
        return bool(self.key_variable or self.key_file)

    def without_key(self) -> MaskConfig:
        """What the stage is told and the release's manifest may say."""
        return MaskConfig(keep=dict(self.keep))

    def config(self, workspace: Path | None, environment: Mapping[str, str]) -> MaskConfig:
        """The same for the stage, the key read. Raises BadConfiguration."""
        return MaskConfig(key=self._key(workspace, environment), keep=dict(self.keep))

    def _key(self, workspace: Path | None, environment: Mapping[str, str]) -> str:
        if self.key_variable:
            key = environment.get(self.key_variable, "")
            where = f"the environment variable {self.key_variable}"
        elif self.key_file:
            key, where = _read(Path(self.key_file).expanduser(), workspace), self.key_file
        else:
            return ""
        if len(key) < FEWEST_CHARACTERS:
            raise BadConfiguration(
                f"[personal_data] {where} holds {len(key)} characters of a key: give at least"
                f" {FEWEST_CHARACTERS}, as `openssl rand -hex 32` prints"
            )
        return key


def _read(path: Path, workspace: Path | None) -> str:
    if not path.is_absolute():
        raise BadConfiguration(f"[personal_data] key_file {path} must be an absolute path")
    if workspace is not None and path.resolve().is_relative_to(workspace.resolve()):
        raise BadConfiguration(
            f"[personal_data] key_file {path} lies in the workspace, which is shared and published"
            " in parts: keep it elsewhere"
        )
    try:
        if path.stat().st_mode & _OTHERS:
            raise BadConfiguration(
                f"[personal_data] key_file {path} may be read by others: `chmod 600 {path}`"
            )
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            f"[personal_data] key_file {path} cannot be read: {error}"
        ) from error


def fingerprint(key: str) -> str:
    """What a stage's record says of a key: another key is another result, and tells nothing."""
    if not key:
        return ""
    return hmac.digest(key.encode(), b"kazcorpus: which key", "sha256").hex()[:16]


def environment() -> Mapping[str, str]:
    """The variables of this process, read where a configuration is turned into work."""
    return os.environ
