"""Numbers that prove themselves: identification numbers, bank accounts, cards, addresses.

Each function answers whether the number could have been issued, so that a sum or a law's number
of the same length is left alone.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from typing import Final, Literal

_IIN_LENGTH: Final = 12
_WEIGHTS: Final = (tuple(range(1, 12)), (*range(3, 12), 1, 2))
_CENTURIES: Final = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
_FOREIGNER: Final = "0"
"""Seventh digit of a person without a stated century: any leap year may be meant."""
_BIN_TYPES: Final = "456"
_BIN_ATTRIBUTES: Final = "0123"
_ASCII_DIGITS: Final = re.compile("[0-9]+")

_IBAN: Final = re.compile("KZ[0-9]{5}[0-9A-Z]{13}")
_CARD_LENGTH: Final = 16
_CARD_ISSUERS: Final = re.compile(
    "4|5[1-5]|2(?:2[2-9]|[3-6][0-9]|7[01])|220[0-4]|3(?:5[2-8])|6(?:011|2|5)"
)
"""Visa, Mastercard (both ranges), Mir, JCB, UnionPay and Discover (ISO/IEC 7812 registry)."""
_FEWEST_DISTINCT_DIGITS: Final = 2

_DOCUMENTATION: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


def identification_kind(number: str) -> Literal["iin", "bin"] | None:
    """`iin` for a person's number, `bin` for an organisation's, None for neither.

    Layout and control digit as in Government Resolutions P030000565 and P070000406
    (adilet.zan.kz): birth date and century, or year and month of registration with a type.
    """
    if len(number) != _IIN_LENGTH or not _ASCII_DIGITS.fullmatch(number):
        return None
    if _control_digit(number) != int(number[-1]):
        return None
    if _is_birth(number):
        return "iin"
    is_month = 1 <= int(number[2:4]) <= 12
    if is_month and number[4] in _BIN_TYPES and number[5] in _BIN_ATTRIBUTES:
        return "bin"
    return None


def _control_digit(number: str) -> int:
    """The weighted sum modulo 11, with other weights where that gives 10; 10 is never issued."""
    control = 10
    for weights in _WEIGHTS:
        control = sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11
        if control < 10:
            break
    return control


def _is_birth(number: str) -> bool:
    if number[6] == _FOREIGNER:
        years = (1900, 2000)
    elif number[6] in _CENTURIES:
        years = (_CENTURIES[number[6]],) * 2
    else:
        return False
    return any(_is_date(year + int(number[:2]), number[2:4], number[4:6]) for year in years)


def _is_date(year: int, month: str, day: str) -> bool:
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True


def is_kazakh_iban(account: str) -> bool:
    """True for `KZ` + 18 characters without spaces, remainder 1 modulo 97 (ISO 13616)."""
    account = account.upper()
    if not _IBAN.fullmatch(account):
        return False
    turned = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_card(number: str) -> bool:
    """True for 16 digits of a known issuer that pass Luhn's check (ISO/IEC 7812-1)."""
    if len(number) != _CARD_LENGTH or not _ASCII_DIGITS.fullmatch(number):
        return False
    if not _CARD_ISSUERS.match(number) or len(set(number)) < _FEWEST_DISTINCT_DIGITS:
        return False
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def is_public_address(address: str) -> bool:
    """True for an IPv4 or IPv6 address that could be somebody's; not for local and reserved ones.

    Addresses set aside for documentation (RFC 5737, RFC 3849) count: they stand for public ones.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    is_somebodys = parsed.is_global and not parsed.is_multicast
    return is_somebodys or any(parsed in network for network in _DOCUMENTATION)
