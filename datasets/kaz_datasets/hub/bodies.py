"""Request bodies, which come from anybody."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from kaz_datasets.hub.errors import HubError


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty body is an empty one. Raises HubError."""
    try:
        read = json.loads(body) if body else {}
    except ValueError as error:
        raise HubError(400, "the body is not JSON") from error
    if not isinstance(read, dict):
        raise HubError(400, "the body is not a JSON object")
    return read


def read_form(body: bytes) -> dict[str, list[str]]:
    """Form fields, each with all its values. Raises HubError."""
    try:
        return parse_qs(body.decode("utf-8"))
    except ValueError as error:
        raise HubError(400, "the body is not a form") from error
