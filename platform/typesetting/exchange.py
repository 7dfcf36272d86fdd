"""What the document of 情報提供等記録 prints; the other forms are in `data`."""

from typing import TypedDict

from typesetting.data import Printed


class ExchangeRecordLine(TypedDict):
    """One record: `side` 照会 or 提供, the other body, the kind of information. Times in words; `provided` says so where none was."""

    asked: str
    provided: str
    side: str
    party: str
    item: str


class ExchangeRecordsPage(TypedDict):
    """情報提供等記録 (番号法23条) of one person in a period, for the person.

    `held`: the term of keeping in words. `withheld`: why the other bodies are 不開示; blank where they are told.
    """

    number: str
    owner: str
    subject: str
    period: str
    counts: str
    held: str
    withheld: str
    lines: list[ExchangeRecordLine]


class ExchangeRecordsPages(TypedDict):
    sample: bool
    printed: Printed
    documents: list[ExchangeRecordsPage]
