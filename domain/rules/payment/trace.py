"""Receipt of a payment: every group with its rows, cap, rate and ledgers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.rules.assessment.receipts import FORMAT, missing_json, pack_json
from domain.rules.canonical import sealed
from domain.rules.payment.groups import PaymentGroup, UsedRow
from domain.rules.payment.paying import PaymentResult
from domain.rules.payment.wire import payment_case_to_json
from domain.rules.standing import Standing
from domain.rules.yearpack.model import Cap, Rate

ENGINE = "pay/2"
"""Version of the payment arithmetic: a receipt made by another one may rightly differ."""


def payment_receipt(result: PaymentResult) -> dict[str, object]:
    """The receipt without its digest."""
    return {
        "format": FORMAT,
        "kind": "payment",
        "engine": ENGINE,
        "pack": pack_json(result.pack),
        "items": _titles(result),
        "ledgers": [{"name": each.name, "title": each.title} for each in result.pack.ledgers],
        "case": payment_case_to_json(result.case),
        "result": payment_result_json(result),
        "steps": [group_json(group) for group in result.groups],
    }


def _titles(result: PaymentResult) -> dict[str, str]:
    """Names of the items that the receipt speaks of: it can be read when the pack is no longer on hand."""
    case = result.case
    told: list[Iterable[str]] = [
        (each.item for each in case.expenses),
        (each.item for each in case.carried),
        (each.item for each in case.paid_once),
        (each.item for each in result.groups),
        (each.item for each in result.stopped),
    ]
    codes = {code for each in told for code in each}
    return {code: result.pack.items[code].title for code in sorted(codes) if code in result.pack.items}


@dataclass(frozen=True, slots=True)
class SettledMonth:
    """追給 (above 0) or 戻入 (below 0) of an item's month that a payment carries, 円.

    `spent`: 使用額 that no earlier receipt shows; `cause`: Japanese, why the earlier payment was not right.
    """

    item: str
    title: str
    month: date
    spent: int
    ledgers: Mapping[str, int]
    cause: str
    standing: Standing


def with_settlement(receipt: Mapping[str, object], lines: Iterable[SettledMonth]) -> dict[str, object]:
    """The receipt of a payment that carries 追給・戻入 too, sealed anew: what is paid is `result.paid` and these."""
    told = [
        {
            "item": each.item,
            "title": each.title,
            "month": f"{each.month:%Y-%m}",
            "spent": each.spent,
            "ledgers": dict(each.ledgers),
            "total": sum(each.ledgers.values()),
            "cause": each.cause,
            "standing": each.standing.value,
        }
        for each in lines
    ]
    return sealed({**{name: part for name, part in receipt.items() if name != "digest"}, "settlement": told})


def told_by(receipt: Mapping[str, Any]) -> dict[str, int]:
    """円 by ledger that a receipt pays, its 追給・戻入 included; nothing where its facts were refused."""
    if receipt["kind"] == "refused":
        return {}
    paid = dict(receipt["result"]["ledgers"])
    for line in receipt.get("settlement", ()):
        for name, amount in line["ledgers"].items():
            paid[name] = paid.get(name, 0) + amount
    return paid


def payment_result_json(result: PaymentResult) -> dict[str, object]:
    """Totals, standing and what stopped."""
    return {
        "paid": result.paid,
        "ledgers": result.ledgers,
        "by_item": result.by_item,
        "standing": result.standing.value,
        "missing": missing_json(result.missing),
        "stopped": [
            {
                "item": each.item,
                "month": f"{each.month:%Y-%m}",
                "expenses": list(each.expense_keys),
                "rolled_from": each.rolled_from,
                "row": each.missing.name,
            }
            for each in result.stopped
        ],
    }


def group_json(group: PaymentGroup) -> dict[str, object]:
    """One step: from the expenses to the ledgers, with the rows used."""
    return {
        "item": group.item,
        "purpose": group.purpose,
        "month": f"{group.month:%Y-%m}",
        "department": group.department.value if group.department else None,
        "grade": group.grade,
        "category": None if group.category is None else int(group.category),
        "expenses": list(group.expense_keys),
        "rolled_from": group.rolled_from,
        "expense": group.expense,
        "deducted": group.deducted,
        "used_before": group.used_before,
        "cap": _cap_json(group.cap),
        "eligible": group.eligible,
        "rolled": group.rolled,
        "rate": _rate_json(group.rate),
        "ledgers": dict(group.ledgers),
        "paid": group.paid,
        "unpaid": group.unpaid.value if group.unpaid else None,
        "standing": group.standing.value,
        "rows": [_row_json(used) for used in group.rows],
    }


def _cap_json(cap: Cap | None) -> dict[str, object] | None:
    if cap is None:
        return None
    return {"annual": cap.annual, "none": cap.annual is None, "on": cap.basis.value, "row": cap.row}


def _rate_json(rate: Rate | None) -> dict[str, object] | None:
    return None if rate is None else {"row": rate.row, **{name: str(share) for name, share in rate.shares}}


def _row_json(used: UsedRow) -> dict[str, object]:
    row: dict[str, object] = {
        "component": used.component.value,
        "row": used.row,
        "value": used.value,
        "source": used.origin.source,
        "standing": used.origin.standing.value,
        "article": used.origin.article,
    }
    accepted = used.origin.accepted
    return row if accepted is None else {**row, "accepted": accepted.to_json()}
