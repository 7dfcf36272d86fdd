"""No individual number (個人番号) may ever enter the trail, a job's arguments or any other record kept for years."""

import re
from collections.abc import Mapping, Sequence

from web.text import digits_like_number

# Our own identifiers: a UUID or a hexadecimal digest may hold twelve digits in a row by chance.
_OWN_IDENTIFIER = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[0-9]*[a-f])[0-9a-f]{16,}\b", re.IGNORECASE
)
_FEWEST = 12


class NumberInTrail(ValueError):
    """`trail.number-refused`: something like an individual number was about to be written. It is not repeated here."""

    identifier = "trail.number-refused"

    def __init__(self, where: str) -> None:
        super().__init__(
            f"記録の「{where}」に個人番号らしい12桁の数字があるため、書き込みませんでした。"
            "番号の代わりに対象の管理番号を渡してください。"
        )


def refuse_numbers(value: object, where: str) -> None:
    """Raise NumberInTrail when a text, key or integer anywhere in ``value`` looks like an individual number."""
    match value:
        case str():
            if len(value) < _FEWEST:
                return  # twelve digits do not fit; most ids and words end here
            if digits_like_number(_OWN_IDENTIFIER.sub(" ", value)):
                raise NumberInTrail(where)
        case bool() | None:
            return
        case int():
            refuse_numbers(str(value), where)
        case Mapping():
            for key, item in value.items():
                refuse_numbers(str(key), f"{where} の項目名")
                refuse_numbers(item, f"{where}.{key}")
        case Sequence():
            for item in value:
                refuse_numbers(item, where)
        case _:
            raise TypeError(f"{where}: {type(value).__name__} cannot be written into the trail")
