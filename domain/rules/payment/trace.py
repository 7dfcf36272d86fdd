"""Receipt of a payment: every group with its rows, cap, rate and ledgers."""

from __future__ import annotations

from domain.rules.assessment.receipts import FORMAT, missing_json, pack_json
from domain.rules.payment.groups import PaymentGroup, UsedRow
from domain.rules.payment.paying import PaymentResult
from domain.rules.payment.wire import payment_case_to_json
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
        "case": payment_case_to_json(result.case),
        "result": payment_result_json(result),
        "steps": [group_json(group) for group in result.groups],
    }


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


def _row_json(used: UsedRow) -> dict[str, str]:
    return {
        "component": used.component.value,
        "row": used.row,
        "value": used.value,
        "source": used.origin.source,
        "standing": used.origin.standing.value,
        "article": used.origin.article,
    }
