"""The sheet of expenses, column by column."""

from collections.abc import Collection

from domain.households.roster.workbook.layout import Choice, Column, Kind, SheetLayout

FACTS = {
    "car_metres": "car",
    "car_days": "car",
    "car_legs": "car",
    "received": "received",
    "before_entry": "before_entry",
}
"""Columns that only some items have → the fact a rule of the year asks for."""

LAYOUT_VERSION = "使用経費様式 2"

PURPOSES = (
    Choice("", ("",)),
    Choice("accompanying", ("付添中",)),
    Choice("fetching", ("付添いのため", "付添のため")),
)
"""Rate lines of an attendant's fares: travelling with the pupil, or alone to fetch."""

EXPENSES = SheetLayout(
    "使用経費",
    (
        Column(
            "voucher_number",
            "証憑番号",
            Kind.IDENTIFIER,
            "R-00012",
            "領収書などに付けた番号。学校と年度の中で一意（同じ領収書を二度取り込まないため）",
            required=True,
            limit=40,
            aliases=("領収書番号", "整理番号"),
        ),
        Column("pupil_number", "学籍番号", Kind.IDENTIFIER, "S29001-0012", required=True, limit=20),
        Column(
            "item",
            "経費項目",
            Kind.TEXT,
            "学校給食費",
            "算定の年度定義にある経費項目の名前",
            required=True,
            limit=40,
            aliases=("経費区分",),
        ),
        Column("used_on", "使用日", Kind.DATE, "令和7年4月30日", required=True, aliases=("使用年月日", "経費使用日")),
        Column(
            "amount",
            "金額",
            Kind.YEN,
            "4,950",
            "円。保護者等が負担した額（自家用車のときだけ空欄）",
            required=True,
            low=1,
            high=9_999_999,
            may_be_blank=True,
        ),
        Column("times", "回数", Kind.INTEGER, "15", "食数、乗車回数など。分かるときだけ", low=1, high=999),
        Column(
            "trip_number",
            "何回目",
            Kind.INTEGER,
            "",
            "帰省費は年度の何往復目か（1行に1往復）、修学旅行費は何回目か",
            low=1,
            high=99,
        ),
        Column(
            "purpose",
            "付添の別",
            Kind.CHOICE,
            "",
            "付添人の通学費・帰省費だけ。児童生徒と一緒なら付添中、迎えの行き帰りなら付添いのため",
            choices=PURPOSES,
        ),
        Column("note", "備考", Kind.TEXT, "", limit=100),
        Column(
            "car_metres",
            "自家用車の片道の距離",
            Kind.DISTANCE,
            "",
            "km（12.3 など）。年度定義に1km当たりの単価のある経費項目だけ。金額は空欄にする（単価から計算）",
            low=1,
            high=999_000,
        ),
        Column("car_days", "自家用車の日数", Kind.INTEGER, "", "その月に自家用車で通った日数", low=1, high=31),
        Column(
            "car_legs",
            "自家用車の1日の片道の回数",
            Kind.INTEGER,
            "",
            "1日の片道の数。本人の分と付添人だけの分を合わせる（送り迎えで往復ずつなら4）",
            low=1,
            high=8,
        ),
        Column(
            "received",
            "他の制度の支給額",
            Kind.YEN,
            "",
            "円。この領収書に他の制度（教育扶助など）から支給された額。年度定義に差引きの決まりのある経費項目だけ",
            low=1,
            high=9_999_999,
        ),
        Column(
            "before_entry",
            "就学前の購入",
            Kind.FLAG,
            "",
            "入学・転入学の前に買ったもの（前の年度も可）。年度定義に就学前支給の決まりのある経費項目だけ",
        ),
    ),
    "1行に領収書1枚。",
)


def form_for(facts: Collection[str]) -> SheetLayout:
    """The form to fill of a year whose rules ask for these `FACTS`; columns of the others are left away."""
    columns = (each for each in EXPENSES.columns if FACTS.get(each.key) is None or FACTS[each.key] in facts)
    return SheetLayout(EXPENSES.name, tuple(columns), EXPENSES.note)
