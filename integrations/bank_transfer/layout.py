"""The four record forms, byte by byte (120 each).

N: digits, right-aligned, filled with zeros.  C: half-width text, left-aligned, filled with spaces.
Header and data follow published bank sheets; the widths of trailer and end are the customary ones (confirm with the bank).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

RECORD_BYTES: Final = 120
ENCODING: Final = "cp932"
"""JIS X 0201 half-width kana are the single bytes A1-DF of CP932."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a record."""

    name: str
    title: str
    kind: Literal["N", "C"]
    width: int


HEADER: Final = (
    Item("record", "データ区分", "N", 1),
    Item("purpose", "種別コード", "N", 2),
    Item("code_set", "コード区分", "N", 1),
    Item("sender_code", "依頼人コード", "N", 10),
    Item("sender_name", "依頼人名", "C", 40),
    Item("pay_date", "振込指定日", "N", 4),
    Item("bank_code", "仕向銀行番号", "N", 4),
    Item("bank_name", "仕向銀行名", "C", 15),
    Item("branch_code", "仕向支店番号", "N", 3),
    Item("branch_name", "仕向支店名", "C", 15),
    Item("account_type", "預金種目", "N", 1),
    Item("account_number", "口座番号", "N", 7),
    Item("spare", "ダミー", "C", 17),
)
DATA: Final = (
    Item("record", "データ区分", "N", 1),
    Item("bank_code", "被仕向銀行番号", "N", 4),
    Item("bank_name", "被仕向銀行名", "C", 15),
    Item("branch_code", "被仕向支店番号", "N", 3),
    Item("branch_name", "被仕向支店名", "C", 15),
    Item("clearing", "手形交換所番号", "N", 4),
    Item("account_type", "預金種目", "N", 1),
    Item("account_number", "口座番号", "N", 7),
    Item("payee", "受取人名", "C", 30),
    Item("amount", "振込金額", "N", 10),
    Item("new_code", "新規コード", "N", 1),
    Item("reference", "顧客コード・EDI情報", "C", 20),
    Item("designation", "振込指定区分", "C", 1),
    Item("edi_mark", "識別表示", "C", 1),
    Item("spare", "ダミー", "C", 7),
)
TRAILER: Final = (
    Item("record", "データ区分", "N", 1),
    Item("count", "合計件数", "N", 6),
    Item("total", "合計金額", "N", 12),
    Item("spare", "ダミー", "C", 101),
)
END: Final = (
    Item("record", "データ区分", "N", 1),
    Item("spare", "ダミー", "C", 119),
)
FORMS: Final = {"1": HEADER, "2": DATA, "8": TRAILER, "9": END}
