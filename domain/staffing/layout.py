"""The workbook of a transfer, column by column. A person with two roles has two rows."""

from __future__ import annotations

from accounts.roles import TENANT_ROLES, Role
from domain.households.roster.workbook.layout import Choice, Column, Kind, SheetLayout

LAYOUT_VERSION = "人事異動様式 1"
STAYS, LEAVES = "stays", "leaves"
EVERY_SCHOOL_WORD = "全校"
SECTIONS_EXPLAINED = "係・担当に限る役割は、学校コードの代わりに係・担当のコード（@1 など。「係・担当」の画面にある）。"

STAFF = SheetLayout(
    "職員",
    (
        Column("username", "職員ID", Kind.TEXT, "nara-0123", "1人に1つ。共用しません", required=True, limit=40),
        Column("name", "氏名", Kind.NAME, "見本 花子", required=True, limit=80),
        Column("kana", "ふりがな", Kind.TEXT, "みほん はなこ", limit=120),
        Column("section", "所属", Kind.TEXT, "見本支援学校 事務部", limit=80),
        Column(
            "move", "異動区分", Kind.CHOICE, "在籍", "異動日から使う人は「在籍」、使わなくなる人は「転出」",
            required=True, choices=(Choice(STAYS, ("在籍", "転入", "異動", "新規")), Choice(LEAVES, ("転出", "退職"))),
        ),
        Column(
            "role", "役割", Kind.CHOICE, "学校事務担当", "転出の人は空欄でかまいません",
            choices=tuple(Choice(role.value, (role.label,)) for role in Role if role in TENANT_ROLES),
        ),
        Column(
            "school", "学校コード", Kind.TEXT, "S29901",
            f"学校の役割には必ず入力。{SECTIONS_EXPLAINED}すべての学校は「{EVERY_SCHOOL_WORD}」", limit=13,
        ),
        Column("training_on", "研修受講日", Kind.DATE, "", "個人番号取扱者だけ。異動日まで1年以内"),
    ),
    "1行に1人の1役割。役割が二つある人は2行に書きます。この表にいない人は変わりません。",
)  # fmt: skip
