"""From a reference to a folder: a release on this machine, or `owner/name@revision` on the Hub."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from kaz_datasets.errors import NotFound, Unavailable

_REFERENCE: Final = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)@(?P<revision>[\w./-]+)\Z", re.ASCII)


def locate_release(
    reference: str,
    *,
    endpoint: str | None = None,
    token: str | None = None,
    cache: Path | None = None,
    timeout: float = 60.0,
) -> Path:
    """The folder of a release; one on the Hub is downloaded, except for files that are here.

    A repo is public or `token` may read it. `cache` is where downloads stay, by default the one
    that Hugging Face's libraries share. Raises NotFound for what is no release, and Unavailable
    where the Hub does not answer.
    """
    folder = Path(reference)
    if folder.is_dir():
        return folder
    found = _REFERENCE.match(reference)
    if found is None:
        raise NotFound(
            f"{reference} is neither a folder nor a revision on the Hub (owner/name@v1.0.0)"
        )
    return _download(found["repo"], found["revision"], endpoint, token, cache, timeout)


def _download(
    repo: str,
    revision: str,
    endpoint: str | None,
    token: str | None,
    cache: Path | None,
    timeout: float,
) -> Path:
    # huggingface_hub reads the environment when it is imported, which is the caller's to prepare
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    from kaz_datasets.publishing.client import impatient

    problem: NotFound | Unavailable
    try:
        with impatient(timeout):
            folder = snapshot_download(
                repo,
                repo_type="dataset",
                revision=revision,
                endpoint=endpoint,
                token=token or False,
                cache_dir=cache,
            )
        return Path(folder)
    except HfHubHTTPError as error:
        status = error.response.status_code
        problem = NotFound(
            f"the Hub does not show {repo}@{revision} ({status}):"
            " look at its name, or set HF_TOKEN to a token that may read it"
        )
    except (LocalEntryNotFoundError, ConnectionError, Unavailable):
        problem = Unavailable(f"the Hub did not give {repo}@{revision}: try again later")
    raise problem  # outside of the handler: no chain leads to a request with the token in it
