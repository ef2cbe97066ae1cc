"""Questions to Prefect's server without its client, which takes 200 MB and seconds to load."""

from __future__ import annotations

import base64
import json
import os
import urllib.request
from typing import Any, Final

from kaz_flows.access import CLIENT_CREDENTIALS, client_credentials

PATIENCE: Final = 5.0


def request_of(url: str, question: dict[str, Any] | None = None) -> urllib.request.Request:
    """A request with the password that the environment states, if it states one."""
    data = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(url, data=data)  # noqa: S310 - our own server
    request.add_header("Content-Type", "application/json")
    stated = client_credentials(os.environ).get(CLIENT_CREDENTIALS, "")
    if stated:
        coded = base64.b64encode(stated.encode()).decode()
        request.add_header("Authorization", f"Basic {coded}")
    return request


def ask(api: str, path: str, question: dict[str, Any] | None = None) -> Any:
    """What the server at `api` answers. Raises OSError if it does not, ValueError for no JSON."""
    request = request_of(f"{api}/{path}", question)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        text = answer.read()
    return json.loads(text) if text else None
