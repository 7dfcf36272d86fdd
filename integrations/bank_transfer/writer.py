"""Writing a transfer file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from integrations.bank_transfer.errors import TransferFileError, TransferProblem
from integrations.bank_transfer.kana import refused_characters, to_bank_kana
from integrations.bank_transfer.layout import DATA, ENCODING, END, HEADER, TRAILER, Item
from integrations.bank_transfer.records import Sender, Transfer

_SHORTENED = frozenset({"bank_name", "branch_name"})
_PURPOSE_TRANSFER = "21"
_REFERENCE_HALF = 10


def build_file(sender: Sender, transfers: Sequence[Transfer], pay_date: date, *, newline: bool = True) -> bytes:
    """The file: header, one record per transfer, trailer, end; each 120 bytes, with CRLF after each unless told not to.

    Raises `TransferFileError` with every problem found.  The same input gives the same bytes.
    """
    problems: list[TransferProblem] = [] if transfers else [TransferProblem(0, "明細", "振込の明細がありません。")]
    records = [_record(HEADER, _header(sender, pay_date), 0, problems)]
    for number, transfer in enumerate(transfers, start=1):
        problems.extend(_sense(transfer, number))
        records.append(_record(DATA, _data(transfer), number, problems))
    total = {"record": "8", "count": str(len(transfers)), "total": str(sum(one.amount for one in transfers))}
    records.append(_record(TRAILER, total, 0, problems))
    records.append(_record(END, {"record": "9"}, 0, problems))
    if problems:
        raise TransferFileError(problems)
    ending = "\r\n" if newline else ""
    return "".join(record + ending for record in records).encode(ENCODING)


def _header(sender: Sender, pay_date: date) -> dict[str, str]:
    return {
        "record": "1",
        "purpose": _PURPOSE_TRANSFER,
        "code_set": "0",
        "sender_code": sender.code,
        "sender_name": sender.name,
        "pay_date": f"{pay_date:%m%d}",
        "bank_code": sender.bank_code,
        "bank_name": sender.bank_name,
        "branch_code": sender.branch_code,
        "branch_name": sender.branch_name,
        "account_type": sender.account_type.value,
        "account_number": sender.account_number,
    }


def _data(transfer: Transfer) -> dict[str, str]:
    return {
        "record": "2",
        "bank_code": transfer.bank_code,
        "bank_name": transfer.bank_name,
        "branch_code": transfer.branch_code,
        "branch_name": transfer.branch_name,
        "clearing": "0",
        "account_type": transfer.account_type.value,
        "account_number": transfer.account_number,
        "payee": transfer.payee,
        "amount": str(transfer.amount),
        "new_code": transfer.new_code,
        "reference": transfer.edi or _customer_codes(transfer),
        "designation": {True: "7", False: "8", None: ""}[transfer.by_wire],
        "edi_mark": "Y" if transfer.edi else "",
    }


def _customer_codes(transfer: Transfer) -> str:
    """Two N10 items; both blank when there is none."""
    codes = (transfer.customer_code_1, transfer.customer_code_2)
    return "".join(code.rjust(_REFERENCE_HALF, "0") for code in codes) if any(codes) else ""


def _sense(transfer: Transfer, number: int) -> list[TransferProblem]:
    found = []
    if transfer.amount <= 0:
        found.append(TransferProblem(number, "振込金額", "1円以上にしてください。"))
    if not transfer.payee.strip():
        found.append(TransferProblem(number, "受取人名", "口座名義のカナを入れてください。"))
    codes = (transfer.customer_code_1, transfer.customer_code_2)
    if any(code and not _fits(code, _REFERENCE_HALF) for code in codes):
        found.append(TransferProblem(number, "顧客コード", "10桁までの半角数字にしてください。"))
    if transfer.edi and any(codes):
        found.append(TransferProblem(number, "EDI情報", "顧客コードと同時には使えません。"))
    return found


def _record(items: Sequence[Item], values: Mapping[str, str], number: int, problems: list[TransferProblem]) -> str:
    return "".join(_item(item, values.get(item.name, ""), number, problems) for item in items)


def _item(item: Item, value: str, number: int, problems: list[TransferProblem]) -> str:
    if item.kind == "N":
        if not _fits(value, item.width):
            problems.append(TransferProblem(number, item.title, f"{item.width}桁までの半角数字にしてください。"))
        return value.rjust(item.width, "0")
    text = to_bank_kana(value).strip()
    if refused := refused_characters(text):
        problems.append(TransferProblem(number, item.title, f"振込データに使えない文字があります: {_named(refused)}"))
    if item.name in _SHORTENED:
        text = text[: item.width]
    if len(text) > item.width:
        problems.append(
            TransferProblem(number, item.title, f"長すぎます(半角{item.width}文字まで、今は{len(text)}文字)。")
        )
    return text.ljust(item.width)


def _named(characters: Sequence[str]) -> str:
    return "、".join(f"「{character}」(U+{ord(character):04X})" for character in characters)


def _fits(value: str, width: int) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= width
