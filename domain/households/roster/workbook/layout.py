"""What a sheet looks like, as data: the reader, the generator of samples and the manual all go by it."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

EXAMPLE_MARK = "記入例"
"""In the column under EXAMPLE_HEADING: the row is the form's own example and is not taken."""
EXAMPLE_HEADING = "（印）"


class Kind(StrEnum):
    """How a column's cells are read."""

    IDENTIFIER = "番号"
    TEXT = "文字"
    NAME = "氏名"
    KANA = "かな"
    DATE = "日付"
    YEN = "金額(円)"
    INTEGER = "整数"
    DISTANCE = "距離(km)"
    FLAG = "有無"
    CHOICE = "選択"
    DIGITS = "桁数の決まった数字"
    PHONE = "電話番号"
    ACCOUNT_HOLDER = "口座名義カナ"


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed word. `value` is what the code works with; the first label is how it is printed."""

    value: str
    labels: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.labels[0]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `limit`: most characters (variation selectors not counted), or for DIGITS the exact count.

    `low`/`high`: smallest and largest INTEGER or YEN, or metres of a DISTANCE. `may_be_blank`: of a column that must be there,
    a cell may be empty where another one stands for it.
    """

    key: str
    name: str
    kind: Kind
    example: str
    note: str = ""
    required: bool = False
    limit: int = 40
    low: int = 0
    high: int = 999_999_999
    choices: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    may_be_blank: bool = False

    def choice_label(self, value: str) -> str:
        return next(choice.label for choice in self.choices if choice.value == value)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    name: str
    columns: tuple[Column, ...]
    note: str = ""
    by_heading: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        headings = {fold_heading(name): column for column in self.columns for name in (column.name, *column.aliases)}
        object.__setattr__(self, "by_heading", headings)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


def fold_heading(text: str) -> str:
    """A heading without width, spaces, line breaks, asterisks and what stands in brackets."""
    narrow = unicodedata.normalize("NFKC", text)
    return re.sub(r"\([^)]*\)|[\s*※]", "", narrow).replace("ひらがな", "かな")
