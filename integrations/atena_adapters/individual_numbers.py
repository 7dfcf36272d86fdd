"""個人番号 (individual number): its check digit, and numbers for samples.

Check digit: 平成26年総務省令第85号 第5条.  It catches about 98 % of slips and says nothing about *whose* number it is.

Sample numbers.  No officially reserved test range of 個人番号 is known, so none can be called safe by law.  The rule
here is ours: `0000` + two digits of seed + five digits of running number + check digit.  The four leading zeros make a
sample recognisable at a glance and to `is_sample`; they do not make it impossible that somebody bears that number
(about one well-formed number in 800 belongs to a person, whatever its first digits).  Sample numbers therefore go to
the simulator only and must never be sent to a real system.
"""

from __future__ import annotations

SAMPLE_PREFIX = "0000"
LENGTH = 12
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_MAX_SEED = 99
_MAX_RUNNING = 99_999


def check_digit(leading: str) -> str:
    """The twelfth digit for eleven leading ASCII digits."""
    if len(leading) != LENGTH - 1 or not _ascii_digits(leading):
        raise ValueError("個人番号の検査用数字は、先頭11桁の半角数字から計算します。")
    remainder = sum(int(digit) * weight for digit, weight in zip(leading, _WEIGHTS, strict=True)) % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def is_valid(number: str) -> bool:
    """Twelve ASCII digits with a right check digit, and not one digit repeated (000000000000 passes the sum)."""
    if len(number) != LENGTH or not _ascii_digits(number) or len(set(number)) == 1:
        return False
    return check_digit(number[:-1]) == number[-1]


def sample_number(seed: int, n: int) -> str:
    """The n-th (1 to 99,999) fictitious number of a seed (0 to 99); see the module text for the rule."""
    if not 0 <= seed <= _MAX_SEED or not 1 <= n <= _MAX_RUNNING:
        raise ValueError("サンプル番号の系列は0から99、通し番号は1から99999です。")
    leading = f"{SAMPLE_PREFIX}{seed:02d}{n:05d}"
    return leading + check_digit(leading)


def is_sample(number: str) -> bool:
    """Whether a valid number follows the sample rule."""
    return is_valid(number) and number.startswith(SAMPLE_PREFIX)


def _ascii_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
