"""Why a pupil's payment is not what the calculation before gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.payments.models import PupilPayment

LABELS = {
    "new": "新たに経費が出た児童生徒",
    "gone": "経費がなくなった児童生徒",
    "expenses": "使用経費の追加・変更",
    "status": "支弁区分・就学状況の変更",
    "carried": "ほかの支給回での支給",
    "pack": "年度定義の変更",
    "other": "計算方法の変更",
}
_PARTS = {"expenses": ("expenses",), "status": ("statuses",), "carried": ("carried", "paid_once")}


class Difference(NamedTuple):
    """`previous`: 円 of the last finished run, None when the pupil was not in it; `causes`: keys of `LABELS`."""

    previous: int | None
    causes: str


def difference(before: PupilPayment | None, receipt: Mapping[str, Any], total: int, finished_run: int) -> Difference:
    """Against the last finished run; `before` may also come from a run that was given up half way."""
    if before is None:
        return Difference(None, "new" if total else "")
    half_way = before.run > finished_run
    previous = before.previous if half_way else before.total
    if total == (previous or 0):
        return Difference(previous, "")
    causes = _causes(before.receipt, receipt)
    if half_way:
        causes |= {cause for cause in before.causes.split(",") if cause}
    if previous is None:
        causes = {"new"}
    return Difference(previous, ",".join(cause for cause in LABELS if cause in causes) or "other")


def in_words(causes: str) -> str:
    """使用経費の追加・変更、… of a stored list of causes."""
    return "、".join(LABELS[cause] for cause in causes.split(",") if cause)


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    found = {
        cause for cause, parts in _PARTS.items() if any(before["case"][part] != after["case"][part] for part in parts)
    }
    return found | ({"pack"} if before["pack"]["digest"] != after["pack"]["digest"] else set())
