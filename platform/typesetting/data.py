"""What each form prints. Amounts are whole 円 (None prints –); dates and periods come as the text to print (令和8年4月1日).

The shapes are those of the forms listed in the field's own manuals: 支弁区分決定通知書, 個人別支給台帳, 支給明細書 and
収入額・需要額調書 (別記第1号様式). Lists may be of any length; a form that grows goes on to further pages.
"""

from typing import Literal, NotRequired, TypedDict

Category = Literal["Ⅰ", "Ⅱ", "Ⅲ"]


class Printed(TypedDict):
    """Foot of every page: 作成日時 and 作成者."""

    at: str
    by: str


class NoticePupil(TypedDict):
    name: str
    grade: str
    category: Category | None
    note: NotRequired[str]


class NoticeChange(TypedDict):
    """What a 変更決定通知書 says beside a 決定通知書: the category until the change, and why it was judged again."""

    before: Category | None
    until: str
    reason: str


class DeterminationNotice(TypedDict):
    """支弁区分決定通知書, one household. `income` and `need`: 年額.

    `change` makes it a 変更決定通知書. `household_category` None: no category (完全辞退). `standing`: what is not confirmed
    ("" when all is settled).
    """

    number: str
    issued_on: str
    issuer: str
    school: str
    guardian: str
    address: NotRequired[list[str]]
    fiscal_year: str
    change: NotRequired[NoticeChange]
    household_category: Category | None
    valid_for: str
    pupils: list[NoticePupil]
    income: int | None
    need: int | None
    reason: str
    article: str
    standing: str
    instruction: list[str]
    contact: list[str]
    seal: NotRequired[str]


class DeterminationNotices(TypedDict):
    sample: bool
    printed: Printed
    documents: list[DeterminationNotice]


class CalculationLine(TypedDict):
    """One step: what it is about, its value with unit, how it came to be, what it rests on."""

    title: str
    value: str
    how: str
    source: str


class CalculationPart(TypedDict):
    title: str
    lines: list[CalculationLine]


class Calculation(TypedDict):
    """決定の計算書 of one household's decision. `plain`: sentences for the guardian; `notes` must not be overlooked."""

    number: str
    issued_on: str
    issuer: str
    school: str
    guardian: str
    fiscal_year: str
    decision: str
    household_category: Category | None
    valid_for: str
    pupils: list[NoticePupil]
    plain: list[str]
    parts: list[CalculationPart]
    sources: list[str]
    notes: list[str]
    rule_pack: str
    digest: str
    contact: list[str]


class Calculations(TypedDict):
    sample: bool
    printed: Printed
    documents: list[Calculation]


class PaidRow(TypedDict):
    """One item's month, or one 追給・戻入 (`used` None), of a payment; `ledgers` in the order of the page.

    `how`: one sentence for the guardian.
    """

    item: str
    month: str
    used: int | None
    how: str
    ledgers: list[int]
    paid: int


class PaymentCalculation(TypedDict):
    """支給額の計算書 of one pupil in one 支給回: the `paid` of `rows` add up to `total`, their ledgers to `ledger_totals`.

    `parts`: every row again with its receipts and what it rests on. `category` as of `paid_on`.
    """

    number: str
    issued_on: str
    issuer: str
    school: str
    guardian: str
    pupil: str
    grade: str
    fiscal_year: str
    round: str
    paid_on: str
    category: Category | None
    total: int
    plain: list[str]
    ledgers: list[str]
    rows: list[PaidRow]
    ledger_totals: list[int]
    parts: list[CalculationPart]
    sources: list[str]
    notes: list[str]
    rule_pack: str
    digest: str
    contact: list[str]


class PaymentCalculations(TypedDict):
    sample: bool
    printed: Printed
    documents: list[PaymentCalculation]


class LedgerItem(TypedDict):
    """One 経費項目. Each list has twelve amounts, April to March; `paid` (累計) counts all ledgers from the year's start.

    `ledgers`: one list for each 会計区分 of the page, in its order. A month in which all are None stays blank.
    """

    item: str
    cap: NotRequired[str]
    used: list[int | None]
    ledgers: list[list[int | None]]
    paid: list[int | None]
    used_total: int
    ledger_totals: list[int]
    paid_total: int


class LedgerStatus(TypedDict):
    since: str
    school: str
    grade: str
    status: str
    category: Category | None


class PupilLedgerPage(TypedDict):
    """個人別支給台帳 of one pupil. `ledgers`: titles of the 会計区分, `ledger_totals` of the year, in the same order.

    `elsewhere`: 管理外学校支給額 brought along by a transfer (None: none).
    """

    number: str
    fiscal_year: str
    school: str
    pupil: str
    kana: str
    born_on: str
    guardian: str
    history: list[LedgerStatus]
    items: list[LedgerItem]
    ledgers: list[str]
    used_total: int
    ledger_totals: list[int]
    paid_total: int
    elsewhere: NotRequired[int | None]
    notes: NotRequired[list[str]]


class PupilLedgers(TypedDict):
    sample: bool
    printed: Printed
    documents: list[PupilLedgerPage]


class SlipItem(TypedDict):
    """One paid item; `how` says in one line how the amount came to be."""

    item: str
    ledger: str
    used: int | None
    paid: int
    how: str


class PaymentSlip(TypedDict):
    """支給明細書 of one pupil in one 支給回. `category` as of `paid_on`; `account` already masked."""

    number: str
    paid_on: str
    issuer: str
    school: str
    guardian: str
    pupil: str
    grade: str
    fiscal_year: str
    round: str
    category: Category | None
    items: list[SlipItem]
    total: int
    paid_before: int
    account: str
    notes: list[str]
    contact: list[str]


class PaymentSlips(TypedDict):
    sample: bool
    printed: Printed
    documents: list[PaymentSlip]


class StatementMember(TypedDict):
    name: str
    kana: str
    relation: str
    born_on: str
    age: int
    school: str
    income: int | None
    deductions: int | None
    source: str


class StatementFigure(TypedDict):
    """One figure of the statement; `symbol` A, B, C, D or m, `how` its formula in words."""

    symbol: str
    label: str
    value: int | None
    how: str


class ReceiptStep(TypedDict):
    label: str
    how: str
    value: int | None
    source: str


class Statement(TypedDict):
    """収入額・需要額調書 of one household, with the household's category. `ratio` is the text of D/m."""

    number: str
    fiscal_year: str
    school: str
    guardian: str
    address: str
    legal_day: str
    winter_zone: str
    living_cost_grade: str
    members: list[StatementMember]
    figures: list[StatementFigure]
    ratio: str
    household_category: Category | None
    standing: str
    rule_pack: str
    steps: list[ReceiptStep]
    notes: list[str]


class Statements(TypedDict):
    sample: bool
    printed: Printed
    documents: list[Statement]
