"""The list of schools, column by column; the same columns for a workbook, a CSV file and what is stated at onboarding."""

from domain.households.roster.words import DEPARTMENTS
from domain.households.roster.workbook.layout import Column, Kind, SheetLayout

CODE_LIMIT = 13
"""The nationwide 学校コード has 13 characters; a prefecture may use shorter ones of its own."""

LAYOUT_VERSION = "学校一覧様式 1"

SCHOOLS = SheetLayout(
    "学校",
    (
        Column(
            "code", "学校コード", Kind.IDENTIFIER, "S29901", "13文字まで。あとから変えられません", required=True,
            limit=CODE_LIMIT, aliases=("コード",),
        ),
        Column("name", "名称", Kind.TEXT, "見本支援学校", "正式な校名", required=True, limit=60, aliases=("学校名", "校名")),
        Column(
            "departments", "部", Kind.TEXT, "小学部・中学部",
            f"「・」で区切る（{'・'.join(choice.label for choice in DEPARTMENTS)}）", limit=60, aliases=("学部", "設置部"),
        ),
        Column("opened_on", "開始日", Kind.DATE, "令和7年4月1日", "分からないときは空欄"),
        Column("closed_on", "終了日", Kind.DATE, "", "閉校した学校だけ。学校としての最後の日"),
    ),
    "1行に1校。すでにある学校コードの行は、名称などを書き換えます。",
)  # fmt: skip
