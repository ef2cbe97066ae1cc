"""Can a release be published: does the Hub answer, does its clock agree, who is the token?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from huggingface_hub import get_session

from kaz_datasets.errors import Unavailable
from kaz_datasets.publishing.client import impatient
from kaz_flows.doctor.finding import Finding

if TYPE_CHECKING:
    import httpx2

HUB: Final = "https://huggingface.co"
TIMEOUT: Final = 10.0
SKEW: Final = 60.0
"""Seconds. Signed upload addresses live for minutes: a clock off by more makes them refused."""


@dataclass(frozen=True, kw_only=True)
class HubAccess:
    """The Hub to ask and the token to ask with. The token is kept out of every representation."""

    endpoint: str = HUB
    token: str | None = field(default=None, repr=False)
    repo: str = ""
    timeout: float = TIMEOUT


def hub_findings(access: HubAccess) -> Iterator[Finding]:
    """Whether the Hub answers, and if so what it says of the clock and the token."""
    headers = {"Authorization": f"Bearer {access.token}"} if access.token else {}
    try:
        with impatient(access.timeout):
            answer = get_session().get(f"{access.endpoint}/api/whoami-v2", headers=headers)
    except Unavailable as error:
        yield Finding(
            check="Hub",
            state="doubt",
            found=f"{access.endpoint} {error}",
            advice="crawl and build need no Hub; to publish, check the network or --endpoint",
        )
        return
    yield Finding(check="Hub", state="ok", found=f"{access.endpoint} answers")
    yield from _skew(answer)
    yield _token(answer, access)


def _skew(answer: httpx2.Response) -> Iterator[Finding]:
    try:
        there = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return
    apart = abs(time.time() - there)
    if apart > SKEW:
        yield Finding(
            check="Hub's clock",
            state="wrong",
            found=f"this machine's clock and the Hub's are {apart:.0f} s apart",
            advice="set the clock: uploads are signed for minutes only",
        )


def _token(answer: httpx2.Response, access: HubAccess) -> Finding:
    if not access.token:
        return Finding(
            check="token",
            state="doubt",
            found="none",
            advice="to publish, set HF_TOKEN or log in with `hf auth login`",
        )
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return Finding(
            check="token",
            state="wrong",
            found="the Hub does not know it, or it has expired",
            advice="make a fine-grained token that may write to the one repo",
        )
    if answer.status_code != HTTPStatus.OK:
        found = f"the Hub answered {answer.status_code}"
        return Finding(check="token", state="doubt", found=found, advice="try again later")
    return _rights(answer, access)


def _rights(answer: httpx2.Response, access: HubAccess) -> Finding:
    try:
        who = answer.json()
        token = who["auth"]["accessToken"]
        name, role = str(who["name"]), str(token["role"])
    except (ValueError, KeyError, TypeError):
        return Finding(check="token", state="doubt", found="the Hub's answer says no role")
    if role == "read":
        return Finding(
            check="token",
            state="wrong",
            found=f"{name}'s token may only read",
            advice=f"make one that may write to {access.repo or 'the repo'}",
        )
    return Finding(check="token", state="ok", found=f"{name}, role {role}")
