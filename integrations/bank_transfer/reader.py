"""Reading and checking a transfer file, byte by byte."""

from __future__ import annotations

from datetime import date

from integrations.bank_transfer.errors import TransferFileError, TransferProblem
from integrations.bank_transfer.kana import refused_characters
from integrations.bank_transfer.layout import ENCODING, FORMS, RECORD_BYTES, Item
from integrations.bank_transfer.records import AccountType, Sender, Transfer, TransferFile

_FEWEST = 3
_LEAP_YEAR = 2024
_EOF = b"\x1a"


def parse(data: bytes) -> TransferFile:
    """The content of a file with or without CRLF.  Raises `TransferFileError` unless order, widths, characters and
    totals are all right.
    """
    records = _split(data)
    kinds = b"".join(record[:1] for record in records)
    middle = kinds[1:-2]
    if len(records) < _FEWEST or kinds[:1] != b"1" or kinds[-2:] != b"89" or middle.strip(b"2"):
        raise _problem(0, "並び", "ヘッダー、明細、トレーラー、エンドの順になっていません。")
    values = [_items(record, number) for number, record in enumerate(records, start=1)]
    header, transfers, trailer = values[0], tuple(map(_transfer, values[1:-2])), values[-2]
    if header["purpose"] != "21" or header["code_set"] != "0":
        raise _problem(1, "種別コード", "総合振込(21)のJISのファイルではありません。")
    month, day = _month_and_day(header["pay_date"])
    file = TransferFile(_sender(header), month, day, transfers)
    if int(trailer["count"]) != len(transfers):
        raise _problem(len(records) - 1, "合計件数", "明細の件数と合いません。")
    if int(trailer["total"]) != file.total:
        raise _problem(len(records) - 1, "合計金額", "明細の合計と合いません。")
    return file


def _split(data: bytes) -> list[bytes]:
    body = data.removesuffix(_EOF)
    step = RECORD_BYTES + 2 if body[RECORD_BYTES : RECORD_BYTES + 2] == b"\r\n" else RECORD_BYTES
    if not body or len(body) % step:
        raise _problem(0, "長さ", "1件120バイトで区切れません。途中で切れているか、別の書式です。")
    chunks = [body[start : start + step] for start in range(0, len(body), step)]
    for number, chunk in enumerate(chunks, start=1):
        if step > RECORD_BYTES and chunk[RECORD_BYTES:] != b"\r\n":
            raise _problem(number, "改行", "改行(CRLF)が120バイトの後にありません。")
    return [chunk[:RECORD_BYTES] for chunk in chunks]


def _items(record: bytes, number: int) -> dict[str, str]:
    values, at = {}, 0
    for item in FORMS[record[:1].decode()]:
        values[item.name] = _item(item, record[at : at + item.width], number)
        at += item.width
    return values


def _item(item: Item, raw: bytes, number: int) -> str:
    try:
        text = raw.decode(ENCODING)
    except UnicodeDecodeError:
        raise _problem(number, item.title, "半角として読めない文字があります。") from None
    if item.kind == "N":
        if not raw.isdigit():
            raise _problem(number, item.title, "数字でない文字があります。")
        return text
    if len(text) != item.width or refused_characters(text):
        raise _problem(number, item.title, "振込データに使えない文字があります。")
    return text.rstrip()


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = int(text[:2]), int(text[2:])
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        raise _problem(1, "振込指定日", "実在しない月日です。") from None
    return month, day


def _sender(values: dict[str, str]) -> Sender:
    return Sender(
        code=values["sender_code"],
        name=values["sender_name"],
        bank_code=values["bank_code"],
        branch_code=values["branch_code"],
        account_type=_account_type(values),
        account_number=values["account_number"],
        bank_name=values["bank_name"],
        branch_name=values["branch_name"],
    )


def _transfer(values: dict[str, str]) -> Transfer:
    edi = values["edi_mark"] == "Y"
    reference = "" if edi else values["reference"]
    return Transfer(
        bank_code=values["bank_code"],
        branch_code=values["branch_code"],
        account_type=_account_type(values),
        account_number=values["account_number"],
        payee=values["payee"],
        amount=int(values["amount"]),
        bank_name=values["bank_name"],
        branch_name=values["branch_name"],
        customer_code_1=reference[:10],
        customer_code_2=reference[10:],
        edi=values["reference"] if edi else "",
        by_wire={"7": True, "8": False}.get(values["designation"]),
        new_code=values["new_code"],
    )


def _account_type(values: dict[str, str]) -> AccountType:
    if values["account_type"] not in set(AccountType):
        raise _problem(0, "預金種目", "1、2、4、9のどれでもない値があります。")
    return AccountType(values["account_type"])


def _problem(line: int, item: str, message: str) -> TransferFileError:
    return TransferFileError([TransferProblem(line, item, message)])
