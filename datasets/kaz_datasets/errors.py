"""What can go wrong, grouped by how the caller reacts.

- KazcorpusError: base of all; the message is one sentence that says what to do next
    - WrongUse: the caller's input is wrong (exit code 2)
        - BadConfiguration: a TOML file or an option holds a wrong key or value
        - NotFound: a named file, source or release does not exist
        - NotAWorkspace: a folder without `kazcorpus.toml`
    - Failed: the work could not be done (exit code 1)
        - DiskFull: no space left; nothing half-written is left behind
        - Corrupt: a file is not what its name or checksum says
        - AccountsDisagree: input is not kept + dropped; a defect, never ignored
        - Unverified: a release says something that its data does not
        - PublishFailed: the Hub did not take a release
            - Refused: the Hub refuses this caller; trying again will not help
            - Conflict: the repo has moved or holds something else
            - Unavailable: the Hub did not answer in time or is overloaded; try again later
"""

from __future__ import annotations


class KazcorpusError(Exception):
    """Base of every error that kazcorpus raises on purpose."""

    exit_code = 1


class WrongUse(KazcorpusError):
    """The caller's input is wrong; the same call will fail again."""

    exit_code = 2


class BadConfiguration(WrongUse):
    """A TOML file or an option holds a key or value that cannot be."""


class NotFound(WrongUse):
    """A named file, source or release does not exist."""


class NotAWorkspace(WrongUse):
    """A folder without `kazcorpus.toml`."""


class Failed(KazcorpusError):
    """The work could not be done, though it was asked for rightly."""


class DiskFull(Failed):
    """No space left on the device; whatever was half-written has been removed."""


class Corrupt(Failed):
    """A file is not what its name, header or checksum says."""


class AccountsDisagree(Failed):
    """Input is not kept plus dropped: rows were lost or counted twice."""


class Unverified(Failed):
    """A release says something that its data does not."""


class PublishFailed(Failed):
    """The Hub did not take a release."""


class Refused(PublishFailed):
    """The Hub refuses this caller: a wrong token, a missing right, a private repo."""


class Conflict(PublishFailed):
    """The repo moved meanwhile, or holds something else under the same tag."""


class Unavailable(PublishFailed):
    """The Hub did not answer in time, or said that it is overloaded."""
