"""What an origin says of the use of its pages, before any of them is fetched."""

from __future__ import annotations

from kaz_datasets.rights.ai_txt import AiTxt
from kaz_datasets.rights.judge import Verdict, judge
from kaz_datasets.rights.path_patterns import path_of
from kaz_datasets.rights.robots_statements import RobotsStatements
from kaz_datasets.rights.statement import PRODUCT_TOKEN
from kaz_datasets.rights.tdmrep import TdmFile


class OriginStatements:
    """The statements of robots.txt, /.well-known/tdmrep.json and ai.txt; None: no such file."""

    def __init__(
        self,
        robots: str | None,
        tdmrep: bytes | None,
        ai_txt: str | None,
        product_token: str = PRODUCT_TOKEN,
    ) -> None:
        self._files: list[RobotsStatements | TdmFile | AiTxt] = []
        if robots:
            self._files.append(RobotsStatements(robots, product_token))
        if tdmrep:
            self._files.append(TdmFile(tdmrep))
        if ai_txt:
            self._files.append(AiTxt(ai_txt, product_token))
        self.size = sum(file.size for file in self._files)
        """Characters that stay in memory, for a cache to count."""

    def verdict(self, url: str) -> Verdict:
        """What holds for the page at `url`."""
        path = path_of(url)
        return judge(statement for file in self._files for statement in file.for_path(path))
