"""A run that ended badly says why, and how to go on, where an operator looks first."""

from __future__ import annotations

import traceback
from typing import Any

from prefect.artifacts import create_markdown_artifact

from kaz_datasets.errors import KazcorpusError, WrongUse

MOST_LINES = 12


def show_failure(flow: Any, run: Any, state: Any) -> None:
    """Leave the reason and the next step as an artifact of the run (a hook of Prefect's)."""
    error = state.result(raise_on_failure=False)
    parameters = getattr(run, "parameters", {}) or {}
    text = failure_text(flow.name, str(parameters.get("workspace", ".")), error)
    create_markdown_artifact(key="failure", markdown=text, description="Why, and how to go on")


def failure_text(flow: str, workspace: str, error: object) -> str:
    """The reason, whether the same again can help, and the command for it, as Markdown."""
    lines = [f"# `{flow}` has not been done", "", f"**{' '.join(str(error).split())}**", ""]
    if isinstance(error, WrongUse):
        lines.append("The same again fails again: change what the sentence names first.")
    else:
        lines.append("**Retry** on this page goes on where it stopped; what is finished is kept.")
    if command := _command(flow, workspace):
        lines += ["On the command line:", "", "```sh", command, "```"]
    if isinstance(error, BaseException) and not isinstance(error, KazcorpusError):
        # not foreseen: whoever mends it needs to see where
        where = traceback.format_tb(error.__traceback__)[-3:]
        lines += ["", "```", *"".join(where).splitlines()[-MOST_LINES:], "```"]
    return "\n".join(lines)


def _command(flow: str, workspace: str) -> str | None:
    commands = {
        "crawl": "kazcorpus crawl SOURCE",
        "build": "kazcorpus build",
        "release": "kazcorpus release",
        "renew": "kazcorpus release",
        "publish": "kazcorpus publish",
    }
    return f"{commands[flow]} --workspace {workspace}" if flow in commands else None
