"""全銀 files: exact bytes, round trips, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.bank_transfer import (
    AccountType,
    Sender,
    Transfer,
    TransferFileError,
    build_file,
    parse,
    refused_characters,
    to_bank_kana,
)
from integrations.bank_transfer.kana import LEGAL
from integrations.bank_transfer.layout import FORMS, RECORD_BYTES

SENDER = Sender(
    "1234567890",
    "サンプルケン キョウイクイインカイ",
    "0001",
    "001",
    AccountType.CHECKING,
    "7654321",
    "サンプル",
    "ホンテン",
)
TRANSFER = Transfer("0009", "123", AccountType.ORDINARY, "1234567", "サンプル　ハナコ", 12_345, "ミホン", "ヒガシ")
PAY_DATE = date(2026, 7, 31)

names = st.text(sorted(LEGAL - {" "}), min_size=1, max_size=15)
digits = st.text("0123456789", min_size=1, max_size=3)
transfers = st.builds(
    Transfer,
    bank_code=digits,
    branch_code=digits,
    account_type=st.sampled_from(AccountType),
    account_number=digits,
    payee=names,
    amount=st.integers(1, 9_999_999_999),
    bank_name=names,
    branch_name=names,
    customer_code_1=st.sampled_from(["", "1", "0000000012"]),
    by_wire=st.sampled_from([True, False, None]),
)


def test_the_four_records_are_byte_exact() -> None:
    header, data, trailer, end = build_file(SENDER, [TRANSFER], PAY_DATE).split(b"\r\n")[:4]
    assert header == (
        b"12101234567890" + "ｻﾝﾌﾟﾙｹﾝ ｷﾖｳｲｸｲｲﾝｶｲ".encode("cp932").ljust(40) + b"0731" + b"0001"
        + "ｻﾝﾌﾟﾙ".encode("cp932").ljust(15) + b"001" + "ﾎﾝﾃﾝ".encode("cp932").ljust(15) + b"27654321" + b" " * 17
    )  # fmt: skip
    assert data == (
        b"20009" + "ﾐﾎﾝ".encode("cp932").ljust(15) + b"123" + "ﾋｶﾞｼ".encode("cp932").ljust(15) + b"0000" + b"1"
        + b"1234567" + "ｻﾝﾌﾟﾙ ﾊﾅｺ".encode("cp932").ljust(30) + b"0000012345" + b"0" + b" " * 20 + b"7" + b" " * 8
    )  # fmt: skip
    assert trailer == b"8000001000000012345" + b" " * 101
    assert end == b"9" + b" " * 119


@pytest.mark.parametrize("form", FORMS.values())
def test_every_form_is_120_bytes(form: tuple[object, ...]) -> None:
    assert sum(item.width for item in form) == RECORD_BYTES  # type: ignore[attr-defined]


@given(st.lists(transfers, min_size=1, max_size=5), st.booleans())
def test_what_is_written_reads_back(items: list[Transfer], newline: bool) -> None:
    data = build_file(SENDER, items, PAY_DATE, newline=newline)
    width = RECORD_BYTES + 2 * newline
    assert len(data) == width * (len(items) + 3)
    file = parse(data)
    assert (file.pay_month, file.pay_day, file.total) == (7, 31, sum(item.amount for item in items))
    assert build_file(file.sender, file.transfers, PAY_DATE, newline=newline) == data
    assert [one.amount for one in file.transfers] == [item.amount for item in items]
    assert [one.payee for one in file.transfers] == [item.payee for item in items]


@given(st.text(max_size=20))
def test_conversion_settles_at_once(text: str) -> None:
    once = to_bank_kana(text)
    assert to_bank_kana(once) == once


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("がぎパピ", "ｶﾞｷﾞﾊﾟﾋﾟ"),
        ("ヴァイオレット", "ｳﾞｱｲｵﾚﾂﾄ"),
        ("シャッキョー", "ｼﾔﾂｷﾖ-"),
        ("ヲノ　タロウ", "ｵﾉ ﾀﾛｳ"),
        ("（カ）ａｂｃ－１２", "(ｶ)ABC-12"),
        ("ジョン・スミス", "ｼﾞﾖﾝ.ｽﾐｽ"),
        ("か\u3099", "ｶﾞ"),
    ],
)
def test_names_become_bank_kana(written: str, expected: str) -> None:
    assert to_bank_kana(written) == expected
    assert not refused_characters(expected)


def test_a_refused_character_is_named_with_its_place() -> None:
    with pytest.raises(TransferFileError, match=r"2件目の受取人名.*「山」") as caught:
        build_file(SENDER, [TRANSFER, replace(TRANSFER, payee="山ダ ハナコ")], PAY_DATE)
    assert caught.value.problems[0].line == 2


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"amount": 0}, "振込金額"),
        ({"amount": -1}, "振込金額"),
        ({"amount": 10_000_000_000}, "振込金額"),
        ({"payee": "ア" * 31}, "受取人名"),
        ({"payee": " "}, "受取人名"),
        ({"account_number": "12345678"}, "口座番号"),
        ({"bank_code": "１"}, "被仕向銀行番号"),
        ({"customer_code_1": "A"}, "顧客コード"),
        ({"customer_code_1": "1", "edi": "X"}, "EDI情報"),
    ],
)
def test_impossible_values_are_refused(change: dict[str, object], item: str) -> None:
    with pytest.raises(TransferFileError) as caught:
        build_file(SENDER, [replace(TRANSFER, **change)], PAY_DATE)  # type: ignore[arg-type]
    assert item in {problem.item for problem in caught.value.problems}


def test_all_problems_come_at_once_and_an_empty_file_is_refused() -> None:
    with pytest.raises(TransferFileError, match="ほか1件") as caught:
        build_file(SENDER, [replace(TRANSFER, payee="山"), replace(TRANSFER, amount=0)], PAY_DATE)
    assert [problem.line for problem in caught.value.problems] == [1, 2]
    with pytest.raises(TransferFileError, match="明細がありません"):
        build_file(SENDER, [], PAY_DATE)


def test_edi_information_marks_the_record() -> None:
    data = build_file(SENDER, [replace(TRANSFER, edi="シエン 12")], PAY_DATE, newline=False)
    assert data[120:240][112:113] == b"Y"
    assert parse(data).transfers[0].edi == "ｼｴﾝ 12"


WHOLE = build_file(SENDER, [TRANSFER, TRANSFER], PAY_DATE)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        WHOLE[:-30],
        WHOLE[122:],
        WHOLE[:122] + WHOLE[244:],
        WHOLE.replace(b"0000012345", b"0000012346", 1),
        WHOLE.replace(b"\r\n", b"\n"),
        WHOLE[:120] + b"XX" + WHOLE[122:],
        WHOLE.replace(b"0731", b"1332", 1),
        WHOLE.replace(b"0009", b"00 9", 1),
        WHOLE.replace("ﾊﾅｺ".encode("cp932"), "花a".encode("cp932"), 1),
        WHOLE.replace(b"1210", b"1110", 1),
    ],
)
def test_damaged_files_are_refused(damaged: bytes) -> None:
    with pytest.raises(TransferFileError):
        parse(damaged)


def test_an_end_of_file_mark_is_tolerated() -> None:
    assert parse(WHOLE + b"\x1a").total == 24_690
