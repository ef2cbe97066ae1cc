"""Made-up personal data: every checksum is right and no living person can own the number.

Birth dates lie near the end of the 2000s, the bank code is unassigned, the card begins like the
acquirers' test numbers and the phones are runs of zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
PLACEHOLDERS = ("iin1", "iin2", "bin1", "iban1", "phone1", "phone2", "email1", "card1")


def personal_data(serial: int) -> Mapping[str, str]:
    """A value for each placeholder, different for each `serial` from 0 to 9."""
    return {
        "iin1": _with_check_digit(f"93041{serial}5", 1200 + serial),
        "iin2": _with_check_digit(f"95112{serial}6", 3400 + serial),
        "bin1": _with_check_digit("7505", 40_000_10 + serial),
        "iban1": iban("KZ", f"999A0000{serial:08d}"),
        "phone1": f"+7 700 000 00 {serial + 21}",
        "phone2": f"8 (700) 000-00-{serial + 51}",
        "email1": f"habar{serial}@kense.example",
        "card1": _grouped(with_luhn_digit(f"40000000000{serial:04d}")),
    }


def check_digit(eleven: str) -> int | None:
    """The twelfth digit of an IIN or BIN, by two rounds of weights modulo 11; None for no digit."""
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        rest = sum(int(digit) * weight for digit, weight in zip(eleven, weights, strict=True)) % 11
        if rest < 10:
            return rest
    return None


def iban(country: str, account: str) -> str:
    """ISO 13616: the account with its country and two check digits modulo 97."""
    number = "".join(str(int(letter, 36)) for letter in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


def with_luhn_digit(digits: str) -> str:
    """ISO/IEC 7812: a card number from all but its last digit."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return f"{digits}{-sum(value // 10 + value % 10 for value in doubled) % 10}"


def _with_check_digit(head: str, first_serial: int) -> str:
    width = 11 - len(head)
    for serial in range(first_serial, 10**width):
        eleven = f"{head}{serial:0{width}d}"
        if (digit := check_digit(eleven)) is not None:
            return f"{eleven}{digit}"
    raise ValueError(f"no number begins with {head}")


def _grouped(card: str) -> str:
    return " ".join(card[start : start + 4] for start in range(0, len(card), 4))
