"""Why a pupil's payment is not what the calculation before gave."""

from __future__ import annotations

from typing import Any, NamedTuple

from domain.payments.models import PupilPayment
from domain.payments.outside import NO_NUMBER_OF_OURS

LABELS = {
    "new": "新たに経費が出た児童生徒",
    "gone": "経費がなくなった児童生徒",
    "expenses": "使用経費の追加・変更",
    "status": "支弁区分・就学状況の変更",
    "carried": "ほかの支給回での支給",
    "outside": "管理外学校支給額の登録・取消し",
    "pack": "年度定義の変更",
    "other": "計算方法の変更",
}
_PARTS = {"expenses": "expenses", "status": "statuses"}


class Difference(NamedTuple):
    """`previous`: 円 of the last finished run, None when the pupil was not in it; `causes`: keys of `LABELS`."""

    previous: int | None
    causes: str


def difference(before: PupilPayment | None, now: PupilPayment, finished_run: int) -> Difference:
    """Against the last finished run; `before` may also come from a run that was given up half way."""
    if before is None:
        return Difference(None, "new" if now.total else "")
    half_way = before.run > finished_run
    previous = before.previous if half_way else before.total
    if now.total == (previous or 0):
        return Difference(previous, "")
    causes = _causes(before, now)
    if half_way:
        causes |= {cause for cause in before.causes.split(",") if cause}
    if previous is None:
        causes = {"new"}
    return Difference(previous, ",".join(cause for cause in LABELS if cause in causes) or "other")


def in_words(causes: str) -> str:
    """使用経費の追加・変更、… of a stored list of causes."""
    return "、".join(LABELS[cause] for cause in causes.split(",") if cause)


def _causes(before: PupilPayment, after: PupilPayment) -> set[str]:
    old, new = before.receipt, after.receipt
    found = {cause for cause, part in _PARTS.items() if old["case"][part] != new["case"][part]}
    if before.outside != after.outside:
        found.add("outside")
    if _of_other_rounds(before) != _of_other_rounds(after):
        found.add("carried")
    return found | ({"pack"} if old["pack"]["digest"] != new["pack"]["digest"] else set())


def _of_other_rounds(payment: PupilPayment) -> tuple[dict[str, tuple[int, int]], list[Any]]:
    """What other rounds used up of caps and journeys: what the case carries without what was brought along."""
    case, brought = payment.receipt["case"], payment.outside.get("amounts", {})
    amounts = {}
    for each in case["carried"]:
        expense, paid = brought.get(each["item"], (0, 0))
        amounts[each["item"]] = (each["expense"] - expense, each["paid"] - paid)
    ours = [each for each in case["paid_once"] if each["count_no"] != NO_NUMBER_OF_OURS]
    return {item: used for item, used in amounts.items() if any(used)}, ours
