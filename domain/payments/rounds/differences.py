"""追給・戻入のみの支給回: opened only where there is something to pay, and where not, with what was looked at."""

from __future__ import annotations

from domain.payments.calculation.searching import Looked, look
from domain.payments.errors import RoundRefused
from domain.payments.models import PaymentRound
from domain.rules import Pack
from web.dates import fiscal_year_label


def require_differences(round_: PaymentRound, pack: Pack) -> None:
    """Raises RoundRefused where no child of the year's approved rounds is due anything."""
    found = look(round_, pack)
    if not found.payable:
        raise RoundRefused("", _nothing(round_, found))


def _nothing(round_: PaymentRound, found: Looked) -> str:
    year = fiscal_year_label(round_.fiscal_year)
    if not found.rounds:
        return f"{year}には承認済みの支給回がないため、追給・戻入はありません。使用経費は、対象期間のある支給回で支給します。"
    looked = (
        f"{year}の承認済みの支給回{len(found.rounds)}件（{'、'.join(each.title for each in found.rounds)}）と児童生徒"
        f"{found.children:,}人（承認後に使用経費を追加・変更した{found.late:,}人を含む）を、今の就学状況・支弁区分、使用経費、"
        "管理外学校支給額、年度定義で計算し直して比べました。"
    )
    if not found.to_return:
        return f"追給・戻入にするものはありません。{looked}"
    return (
        f"支給するものはありません。{looked}戻入になる児童生徒が{found.to_return:,}人（計{found.too_much:,}円）いますが、"
        "差し引く支給がこの支給回にないため、対象期間のある支給回で差引きを決めるか、この支給回の外で返還の手続きをしてください。"
    )
