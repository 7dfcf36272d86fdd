"""The rules' own words as people read them: days as 令和, our row ids as 証憑番号."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from domain.payments.models import Expense
from web.dates import to_wareki

_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}) ?")
_OUR_KEY = re.compile(r"使用経費「(\d+)」")


def plain(text: str, expenses: Iterable[Expense]) -> str:
    """`expenses`: those the text may be about."""
    evidence = {str(expense.pk): expense.evidence for expense in expenses}
    named = _OUR_KEY.sub(lambda found: f"使用経費「{evidence.get(found[1], found[1])}」", text)
    return _ISO_DAY.sub(lambda found: to_wareki(datetime.date.fromisoformat(found[1])), named)
