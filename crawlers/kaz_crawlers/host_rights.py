"""What an origin says of the use of its pages, before any is fetched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HostRights:
    """Statements of robots.txt, tdmrep.json and ai.txt."""

    @classmethod
    def parse(
        cls, robots: str | None, tdmrep: bytes | None, ai_txt: str | None, product_token: str
    ) -> HostRights:
        """Read the three files; None stands for a file that is not there."""
        return cls()

    def refusal(self, url: str) -> str | None:
        """The statement that refuses training on `url`."""
        return None

    def signals(self, url: str) -> tuple[str, ...]:
        """All statements that hold for `url`."""
        return ()
