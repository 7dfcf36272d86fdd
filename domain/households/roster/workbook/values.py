"""One cell to one value, by the kind of its column. Dates, money and codes come out in one form whatever was typed."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.layout import Column, Kind
from web.dates import DateError, parse_japanese_date
from web.names import Fault, WordsRefused, require_name, require_words
from web.text import YenError, km_text, normalise_digits, parse_km, parse_yen

Value = str | int | bool | date | None

_WIDE_OR_COMMA = re.compile(r"[０-９，,]")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_IDENTIFIER = re.compile(r"[\w-]+")
_PHONE = re.compile(r"0[0-9]{1,4}-?[0-9]{1,4}-?[0-9]{3,4}")
_KANA = re.compile(r"[ァ-ヿぁ-ゟ･-ﾟ゛゜・A-Za-zＡ-Ｚａ-ｚ'’ 　.．-]+")
_ACCOUNT_HOLDER = re.compile(r"[ァ-ヶーA-Z0-9()./\-「」,¥\\ ]+")
_TRUE = frozenset({"○", "◯", "〇", "●", "有", "あり", "有り", "1", "はい", "該当", "TRUE", "YES", "Y", "レ", "✓"})
_FALSE = frozenset({"", "×", "無", "なし", "無し", "0", "いいえ", "非該当", "FALSE", "NO", "N", "-", "ー"})

_LONGEST_WORD = 32
"""What is kept of typed words is short: whole sentences in a wrong column are not remembered."""

_SERIAL_EPOCH = date(1899, 12, 30)
_OFFSET_1904 = timedelta(days=1462)
_SERIAL_DAYS = range(10_000, 80_000)
"""1927 to 2119: five-digit numbers that a date cell without its date format shows."""
_EARLIEST = date(1900, 1, 1)
_LATEST = date(2100, 3, 31)


class ValueProblem(Exception):
    """`detail` and `remedy` as `problems.in_words` takes them."""

    def __init__(self, code: Code, detail: str = "", remedy: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.remedy = remedy


def convert(column: Column, raw: object, *, calendar_1904: bool = False) -> Value:
    """The cell's value in the column's kind; None for a blank cell (False for a blank FLAG, "" for blank text).

    Raises ValueProblem.
    """
    if isinstance(raw, str):
        raw = _outer_space_off(raw)
        if raw.startswith("#") and raw.endswith(("!", "?", "A")) and raw.isascii() and len(raw) < 14:
            raise ValueProblem(Code.CELL_ERROR)
    if raw == "" and column.kind is not Kind.FLAG:
        return _blank(column)
    if column.kind is Kind.DATE:
        return _date(raw, calendar_1904)
    if column.kind is Kind.DIGITS and isinstance(raw, float | int) and not isinstance(raw, bool):
        raw = _as_text(raw).zfill(column.limit)  # Excel dropped the leading zeros of a code typed as a number
    return _CONVERTERS[column.kind](column, _as_text(raw))


def was_normalised(column: Column, raw: object) -> bool:
    """True when the cell was taken in another form than typed, so that the report shows how it was understood."""
    if column.kind in (Kind.TEXT, Kind.NAME, Kind.KANA, Kind.ACCOUNT_HOLDER, Kind.CHOICE, Kind.FLAG):
        return False
    if isinstance(raw, float | int):
        return column.kind is Kind.DATE or (column.kind is Kind.DIGITS and len(_as_text(raw)) < column.limit)
    return isinstance(raw, str) and _WIDE_OR_COMMA.search(raw) is not None


def length_of(text: str) -> int:
    """Characters as people count them: a variation selector (IVS) is part of the character before it."""
    return len(_SELECTORS.sub("", text))


def _blank(column: Column) -> Value:
    if column.required and not column.may_be_blank:
        raise ValueProblem(Code.EMPTY)
    if column.kind in (Kind.DATE, Kind.YEN, Kind.INTEGER, Kind.DISTANCE):
        return None
    if column.kind is Kind.CHOICE:
        return next((choice.value for choice in column.choices if "" in choice.labels), "")
    return ""


def _as_text(raw: object) -> str:
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return f"{raw:.0f}" if raw.is_integer() else repr(raw)
    if isinstance(raw, datetime | date | timedelta):
        raise ValueProblem(
            Code.BAD_SHAPE, "日付の書式になっています。セルの書式を「文字列」にして入力し直してください。"
        )
    return str(raw)


def _outer_space_off(text: str) -> str:
    return text.strip(" \t\r\n　\u00a0\u200b\ufeff")


def _text(column: Column, text: str) -> str:
    if length_of(text) > column.limit:
        raise ValueProblem(Code.TOO_LONG, f"{length_of(text)}文字あります。{column.limit}文字までです。")
    _in_words(require_words, text, lines=True)
    return text


def _name(column: Column, text: str) -> str:
    _in_words(require_name, text)
    return _text(column, text)


_FAULTS = {
    Fault.CHARACTER: Code.BAD_CHARACTER,
    Fault.TWELVE_DIGITS: Code.TWELVE_DIGITS,
    Fault.DIGITS_ALONE: Code.BAD_SHAPE,
}


def _in_words(require: Callable[..., None], text: str, **options: bool) -> None:
    """The rule on words of the forms, in the problems of a workbook."""
    try:
        require(text, **options)
    except WordsRefused as refused:
        detail = "" if refused.fault is Fault.TWELVE_DIGITS else str(refused)
        raise ValueProblem(_FAULTS[refused.fault], detail) from None


def _kana(column: Column, text: str) -> str:
    if not _KANA.fullmatch(text):
        raise ValueProblem(Code.BAD_SHAPE, "ひらがなかカタカナで入力してください。")
    return _text(column, text)


def _account_holder(column: Column, text: str) -> str:
    narrow = unicodedata.normalize("NFKC", text).upper()
    if not _ACCOUNT_HOLDER.fullmatch(narrow):
        raise ValueProblem(Code.BAD_SHAPE, "通帳の名義のとおりカタカナで入力してください。")
    return _text(column, text)


def _identifier(column: Column, text: str) -> str:
    plain = normalise_digits(text)
    if not _IDENTIFIER.fullmatch(plain):
        raise ValueProblem(Code.BAD_SHAPE, "文字と数字と「-」だけで入力してください（空白や記号は使えません）。")
    return _text(column, plain)


def _digits(column: Column, text: str) -> str:
    plain = normalise_digits(text).replace("-", "").replace("〒", "").strip()
    if not re.fullmatch(r"[0-9]+", plain) or len(plain) != column.limit:
        raise ValueProblem(Code.BAD_SHAPE, f"{column.limit}桁の数字で入力してください。")
    return plain


def _phone(column: Column, text: str) -> str:
    plain = normalise_digits(text).replace("(", "-").replace(")", "-").replace(" ", "").strip("-")
    if not _PHONE.fullmatch(plain):
        raise ValueProblem(Code.BAD_SHAPE, "市外局番から入力してください（例: 0742-00-0000）。")
    return _text(column, plain)


def _yen(column: Column, text: str) -> int:
    try:
        amount = parse_yen(text)
    except YenError as error:
        raise ValueProblem(Code.BAD_AMOUNT, str(error), remedy="") from None
    return _in_range(column, amount, Code.BAD_AMOUNT)


def _integer(column: Column, text: str) -> int:
    plain = normalise_digits(text).replace(",", "")
    if not re.fullmatch(r"-?[0-9]{1,9}", plain):
        raise ValueProblem(Code.BAD_INTEGER, remedy="数字だけで入力してください。")
    return _in_range(column, int(plain), Code.BAD_INTEGER)


def _distance(column: Column, text: str) -> int:
    """Metres."""
    try:
        metres = parse_km(text)
    except ValueError as error:
        raise ValueProblem(Code.BAD_INTEGER, str(error), remedy="") from None
    if not column.low <= metres <= column.high:
        detail = f"{km_text(column.low)}kmから{km_text(column.high)}kmまでの範囲の外です。"
        raise ValueProblem(Code.BAD_INTEGER, detail, remedy="")
    return metres


def _in_range(column: Column, number: int, code: Code) -> int:
    if not column.low <= number <= column.high:
        detail = f"{column.low:,}から{column.high:,}までの範囲の外です。"
        raise ValueProblem(code, detail, remedy="この範囲の整数で入力してください。")
    return number


def _flag(_column: Column, text: str) -> bool:
    word = unicodedata.normalize("NFKC", text).upper()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueProblem(Code.BAD_CHOICE, "「○」または空欄で入力してください。")


def _choice(column: Column, text: str) -> str:
    word = _choice_word(text)
    for choice in column.choices:
        if any(_choice_word(label) == word for label in choice.labels):
            return choice.value
    words = "・".join(choice.label for choice in column.choices if choice.label)
    raise ValueProblem(Code.BAD_CHOICE, f"「{words}」のどれかを入力してください。")


def _choice_word(text: str) -> str:
    return _word(text) if len(text) <= _LONGEST_WORD else _word.__wrapped__(text)


@lru_cache(maxsize=1_024)  # a column of choices holds the same few words thousands of times
def _word(text: str) -> str:
    return re.sub(r"[\s]", "", unicodedata.normalize("NFKC", text)).upper()


def _date(raw: object, calendar_1904: bool) -> date:
    day = _date_of_cell(raw, calendar_1904)
    if not _EARLIEST <= day <= _LATEST:
        raise ValueProblem(Code.DATE_OUT_OF_RANGE, f"{day.year}年の日付です。")
    return day


def _date_of_cell(raw: object, calendar_1904: bool) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, float | int) and not isinstance(raw, bool) and float(raw).is_integer():
        if int(raw) in _SERIAL_DAYS:
            return _SERIAL_EPOCH + timedelta(days=int(raw)) + (_OFFSET_1904 if calendar_1904 else timedelta())
        raw = str(int(raw))
    if not isinstance(raw, str):
        raise ValueProblem(
            Code.BAD_DATE, "日付として読めません。「令和6年4月1日」や「2024/4/1」の形で入力してください。"
        )
    try:
        return parse_japanese_date(raw)
    except DateError as error:
        raise ValueProblem(Code.BAD_DATE, str(error)) from None


_CONVERTERS: Mapping[Kind, Callable[[Column, str], Value]] = {
    Kind.IDENTIFIER: _identifier,
    Kind.TEXT: _text,
    Kind.NAME: _name,
    Kind.KANA: _kana,
    Kind.YEN: _yen,
    Kind.INTEGER: _integer,
    Kind.DISTANCE: _distance,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.DIGITS: _digits,
    Kind.PHONE: _phone,
    Kind.ACCOUNT_HOLDER: _account_holder,
}
