"""Refusals of this room. Each has a stable id and a Japanese message: what, where, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from web.dates import fiscal_year_label


class PaymentError(Exception):
    """An act on expenses or rounds that cannot be done. The message is shown to the person."""

    identifier: ClassVar[str] = "payments.refused"


class FieldRefused(PaymentError):
    """What was entered cannot stand; `field` names the entry it is about ("" = all of it), `also` what else is wrong."""

    identifier = "payments.entry-refused"

    def __init__(self, field: str, message: str, also: Sequence[FieldRefused] = ()) -> None:
        super().__init__(message)
        self.field, self.also = field, also


class ExpenseRefused(FieldRefused):
    """`payments.expense-refused`: a 使用経費 that cannot be taken."""

    identifier = "payments.expense-refused"


class RoundRefused(FieldRefused):
    """`payments.round-refused`: a 支給回 that breaks a rule of its dates, number or 年度定義."""

    identifier = "payments.round-refused"


class PackUnknown(PaymentError):
    """`payments.pack-unknown`: no 年度定義 of this year ships with this version."""

    identifier = "payments.pack-unknown"

    def __init__(self, fiscal_year: int) -> None:
        super().__init__(
            f"{fiscal_year_label(fiscal_year)}の年度定義がこの版にありません。運用者に年度定義の追加を依頼してください。"
        )


class ExpensesLost(PaymentError):
    """`payments.file-lost`: the stored workbook is missing or not the one that was handed in."""

    identifier = "payments.file-lost"

    def __init__(self) -> None:
        super().__init__(
            "保存した経費のファイルが見つからないか、受け取ったものと違います。もう一度取り込んでください。"
        )


class RoundClosed(PaymentError):
    """`payments.round-closed`: the round is approved; nothing of it changes any more."""

    identifier = "payments.round-closed"

    def __init__(self, title: str) -> None:
        super().__init__(
            f"「{title}」は承認済みのため、計算し直せません。直すことがあれば、教育委員会に申し出てください。"
        )


class RecoveryRefused(PaymentError):
    """`payments.recovery-refused`: a 戻入 cannot be accepted now, or not like this."""

    identifier = "payments.recovery-refused"


class PackChanged(PaymentError):
    """`payments.pack-changed`: the 年度定義 is not the one the run was begun with (a new version was installed)."""

    identifier = "payments.pack-changed"

    def __init__(self) -> None:
        super().__init__("計算の途中で年度定義が変わったため、計算を止めました。もう一度「計算する」を押してください。")


class NotCalculated(PaymentError):
    """`payments.not-calculated`: there is no finished calculation to approve."""

    identifier = "payments.not-calculated"

    def __init__(self, state: str) -> None:
        super().__init__(f"この支給回は「{state}」のため承認できません。計算が終わってから、画面を開き直してください。")


class NotApproved(PaymentError):
    """`payments.not-approved`: only an approved round can be released."""

    identifier = "payments.not-approved"

    def __init__(self, state: str) -> None:
        super().__init__(f"この支給回は「{state}」のため支給を確定できません。承認の後に行ってください。")


class TotalsDiffer(PaymentError):
    """`payments.totals-differ`: count or total as typed are not those computed. The computed ones are not repeated."""

    identifier = "payments.totals-differ"

    def __init__(self, fields: Sequence[str]) -> None:
        names = {"count": "件数", "total": "合計"}
        self.fields = tuple(fields)
        wrong = "と".join(names[field] for field in fields)
        super().__init__(
            f"入力した{wrong}が計算結果と違うため、承認していません。決裁書類の件数と合計を見て、入力し直してください。"
            "書類の方が違うときは、承認せずに計算した職員に確かめてください。"
        )


class FactsChanged(PaymentError):
    """`payments.facts-changed`: expenses, statuses or other rounds changed after the calculation."""

    identifier = "payments.facts-changed"

    def __init__(self) -> None:
        super().__init__(
            "計算の後に、使用経費・状況履歴・辞退状況か、ほかの支給回の承認が変わったため、承認していません。"
            "もう一度計算してから承認してください。"
        )


class AccountsChangedAgain(PaymentError):
    """`payments.accounts-changed`: the accounts are not those that were shown to the approver."""

    identifier = "payments.accounts-changed"

    def __init__(self) -> None:
        super().__init__(
            "表示した後に振込先がまた変わったため、承認していません。いまの一覧を確かめて、もう一度承認してください。"
        )


class SumsDisagree(PaymentError):
    """`payments.sums-disagree`: totals by pupil, by line or by transfer do not agree. Nothing is paid then."""

    identifier = "payments.sums-disagree"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}が一致しないため、処理を止めました。支払わずに、運用者に連絡してください。")


class PayerMissing(PaymentError):
    """`payments.payer-missing`: whose account the transfers are taken from is not registered."""

    identifier = "payments.payer-missing"

    def __init__(self) -> None:
        super().__init__("依頼人口座が登録されていないため、振込データを作れません。「依頼人口座」で登録してください。")


class TransfersRefused(PaymentError):
    """`payments.transfers-refused`: the transfer file cannot carry some of the entries; each is named by 世帯番号."""

    identifier = "payments.transfers-refused"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        shown = " / ".join(self.problems[:5])
        more = f" ほか{len(self.problems) - 5}件" if len(self.problems) > 5 else ""
        super().__init__(f"振込データを作れません。{shown}{more}")
