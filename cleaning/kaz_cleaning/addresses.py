"""Postal addresses, as far as patterns go: a street and a house, in Kazakh or Russian.

A name before or after a word for street, then a number; between a city and a telephone the word
may be missing. A street without a house is nobody's address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kaz_cleaning.suspicious_lines import OFFICE, STREET

_UPPER: Final = "А-ЯЁӘҒҚҢӨҰҮҺІ"
_WORD: Final = rf"[{_UPPER}][\w.’'-]*"
_MORE: Final = (
    rf"(?:[ .](?:[а-яәғқңөұүһі]{{1,5}} )?(?:{_WORD}|[0-9]{{1,3}})"
    r"| (?:хан|би|батыр|жыл|лет|жолы|ата|ана))"
)
_NAME: Final = rf"(?:[0-9]{{1,3}} (?:лет |жыл )?)?{_WORD}{_MORE}{{0,3}}"
"""Сатпаев, Жибек Жолы, Д. Кунаева, 50 лет КазССР."""
_HOUSE: Final = (
    r"(?:(?:д|дом|үй)\.? ?)?№? ?[0-9]{1,4}(?: ?/ ?[0-9]{1,4})?(?:[ -]?[абвгАБВГ](?!\w))?"
    r"(?:[ -]?үй)?(?!\w|[.,:/-][0-9]|[-–](?:бап|тарм|ші|шы|ге|ға|і|ы)"
    r"| ?(?:жыл|адам|теңге|тг|км|м\b))"
)
_FLAT: Final = (
    r"(?:, ?(?:кв|пәтер|п|каб|офис|оф|кеңсе)\.? ?[0-9]{1,4}"
    r"|, ?[0-9]{1,4}[ -]?(?:пәтер|каб|кеңсе)\.?)?"
)
_BEFORE: Final = (
    r"(?<!\w)(?:ул|пр|просп|пер|пл|мкр)\. ?"
    r"|(?<!\w)(?:улица|проспект|пр-т|переулок|площадь|бульвар) "
)
_AFTER: Final = (
    r"(?:көшесі|к-сі|к\.(?=,)|даңғылы|д-лы|алаңы|ықшамауданы|шағын ауданы|мөлтек ауданы|тұйығы"
    r"|өткелі|бульвары)"
)
_STREET_FIRST: Final = re.compile(rf"(?:{_BEFORE}){_NAME},? ?{_HOUSE}{_FLAT}")
_NAME_FIRST: Final = re.compile(rf"(?<!\w){_NAME} {_AFTER},? ?{_HOUSE}{_FLAT}")
_HOUSE_BETWEEN: Final = re.compile(rf"(?<!\w){_NAME}, ?[0-9]{{1,4}} көшесі(?!\w)")
_CITIES: Final = (
    "Алматы|Астана|Шымкент|Қарағанды|Караганда|Ақтөбе|Актобе|Тараз|Павлодар|Өскемен|Семей|Атырау"
    "|Қостанай|Костанай|Қызылорда|Кызылорда|Орал|Петропавл|Ақтау|Актау|Көкшетау|Талдықорған|Түркістан"
)
_AFTER_CITY: Final = re.compile(
    rf"(?:{_CITIES})(?: (?:қ\.|қаласы))?, (?P<address>{_NAME}, ?[0-9]{{1,4}}(?: ?[а-г](?!\w))?)"
    r"(?=[,;]? (?:тел|факс|каб|кеңсе|офис|пәтер|<PHONE))"
)


def find_addresses(line: str, signs: int) -> Iterator[tuple[int, int]]:
    """Places of addresses in one line; they may overlap.

    `signs` are those that `suspicious_lines` saw in the line.
    """
    if signs & STREET:
        for pattern in (_STREET_FIRST, _NAME_FIRST, _HOUSE_BETWEEN):
            yield from (match.span() for match in pattern.finditer(line))
    if signs & OFFICE:
        yield from (match.span("address") for match in _AFTER_CITY.finditer(line))
