"""業務宛名番号 (our own number of a person towards 統合宛名): `A` + 都道府県 (2) + serial (8) + check digit.

The letter and eleven digits keep it apart from a 個人番号 (12 digits) at a glance and for every guard against those. The
check digit (Luhn over the ten digits before it) finds slips of the keyboard. The serial comes from a table whose rows are
never removed, so that a number is never given twice.
"""

from __future__ import annotations

from domain.households.models import AtenaSerial
from tenants.core.context import require_prefecture

_SERIAL_DIGITS = 8


def issue(count: int) -> list[str]:
    """New numbers for `count` people of the current prefecture, in ascending order."""
    region = require_prefecture().code[:2]
    serials = AtenaSerial.objects.bulk_create([AtenaSerial() for _ in range(count)], batch_size=2_000)
    return [compose(region, serial.pk) for serial in serials]


def compose(region: str, serial: int) -> str:
    """`region`: the first two digits of the 団体コード. Raises OverflowError past eight digits of serial."""
    if serial >= 10**_SERIAL_DIGITS:
        raise OverflowError("業務宛名番号の桁が足りません。")
    digits = f"{region}{serial:0{_SERIAL_DIGITS}d}"
    return f"A{digits}{_check_digit(digits)}"


def _check_digit(digits: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
