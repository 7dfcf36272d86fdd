"""Why a pupil's payment is not what the calculation before gave."""

from __future__ import annotations

from typing import Any, NamedTuple

from domain.payments.causes import Cause, in_order
from domain.payments.models import PupilPayment

_PARTS = {Cause.EXPENSES: "expenses", Cause.STATUS: "statuses"}


class Difference(NamedTuple):
    """`previous`: 円 of the last finished run, None when the pupil was not in it; `causes` none where they agree."""

    previous: int | None
    causes: list[Cause]


def difference(before: PupilPayment | None, now: PupilPayment, finished_run: int) -> Difference:
    """Against the last finished run; `before` may also come from a run that was given up half way."""
    if before is None:
        return Difference(None, [Cause.NEW] if now.total else [])
    half_way = before.run > finished_run
    previous = before.previous if half_way else before.total
    if now.total == (previous or 0):
        return Difference(previous, [])
    causes = _causes(before, now)
    if half_way:
        causes |= {Cause(cause) for cause in before.causes}
    if previous is None:
        causes = {Cause.NEW}
    return Difference(previous, in_order(causes))


def _causes(before: PupilPayment, after: PupilPayment) -> set[Cause]:
    old, new = before.receipt, after.receipt
    found = {cause for cause, part in _PARTS.items() if old["case"][part] != new["case"][part]}
    if before.outside != after.outside:
        found.add(Cause.OUTSIDE)
    if _of_other_rounds(before) != _of_other_rounds(after):
        found.add(Cause.CARRIED)
    return found | ({Cause.PACK} if old["pack"]["digest"] != new["pack"]["digest"] else set())


def _of_other_rounds(payment: PupilPayment) -> tuple[dict[str, tuple[int, int]], list[Any]]:
    """What other rounds used up of caps and journeys: what the case carries without what was brought along."""
    case, brought = payment.receipt["case"], payment.outside.get("amounts", {})
    amounts = {}
    for each in case["carried"]:
        expense, paid = brought.get(each["item"], (0, 0))
        amounts[each["item"]] = (each["expense"] - expense, each["paid"] - paid)
    ours = [each for each in case["paid_once"] if not each["outside"]]
    return {item: used for item, used in amounts.items() if any(used)}, ours
