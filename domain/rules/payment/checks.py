"""Refuses payment cases whose facts contradict themselves, in Japanese, naming the line."""

from __future__ import annotations

from datetime import date

from domain.rules.errors import CaseError
from domain.rules.payment_cases import ExpenseLine, PaymentCase
from domain.rules.yearpack.model import Pack


def check_case(pack: Pack, case: PaymentCase) -> None:
    """CaseError for a wrong year, days outside it, negative amounts, doubled keys, grades that do not exist."""
    if case.fiscal_year != pack.fiscal_year:
        raise CaseError(f"年度が合いません: 支給は{case.fiscal_year}年度、年度定義は{pack.fiscal_year}年度です。")
    keys = set()
    for line in case.expenses:
        _check_line(case, line)
        if line.key in keys:
            raise CaseError(f"使用経費の識別子が重複しています: {line.key}")
        keys.add(line.key)
    for status in case.statuses:
        if not 1 <= status.grade <= status.department.years:
            raise CaseError(
                f"{status.department.label}に{status.grade}年はありません({status.starts_on} からの状況履歴)。"
            )
    for carried in case.carried:
        if carried.item not in pack.items or carried.expense < 0 or carried.paid < 0:
            raise CaseError(f"既支給額が正しくありません: {carried.item}")


def _check_line(case: PaymentCase, line: ExpenseLine) -> None:
    first, last = date(case.fiscal_year, 4, 1), date(case.fiscal_year + 1, 3, 31)
    if line.before_entry:
        first = date(case.fiscal_year - 1, 4, 1)
    if not first <= line.used_on <= last:
        raise CaseError(f"使用経費「{line.key}」の使用日が{case.fiscal_year}年度の外です: {line.used_on}")
    if line.amount < 0 or (line.count_no is not None and line.count_no < 1):
        raise CaseError(f"使用経費「{line.key}」の金額は0以上、回数は1以上にしてください。")
    if line.received < 0 or (line.times is not None and line.times < 0):
        raise CaseError(f"使用経費「{line.key}」の他制度の支給額と食数は0以上にしてください。")
    if line.car is not None and (line.amount or min(line.car.metres, line.car.days, line.car.legs) < 0):
        raise CaseError(
            f"使用経費「{line.key}」の自家用車の距離・日数・回数は0以上に、金額は0にしてください(金額は単価から計算します)。"
        )
