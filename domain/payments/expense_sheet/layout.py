"""The sheet of expenses, column by column."""

from domain.households.roster.workbook.layout import Choice, Column, Kind, SheetLayout

LAYOUT_VERSION = "使用経費様式 1"

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
        Column("amount", "金額", Kind.YEN, "4,950", "円。保護者等が負担した額", required=True, low=1, high=9_999_999),
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
    ),
    "1行に領収書1枚。",
)
