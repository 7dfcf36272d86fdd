"""Fictitious values with which the examples of docs/pages.md are rendered."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator

from web.components import Bar, Cell, Chip, Column, Pair, Place, ReceiptLine, YearStep
from web.states import Tone


class ForwardForm(forms.Form):
    reason = forms.CharField(label="進達の理由", required=False)


class StatementForm(forms.Form):
    born_on = forms.CharField(label="生年月日", help_text="和暦でも西暦でも入力できます。")
    income = forms.CharField(label="収入額", widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}))
    route = forms.ChoiceField(label="通学の方法", choices=[("bus", "バス"), ("rail", "鉄道")], widget=forms.RadioSelect)


@dataclass(frozen=True)
class Job:
    id: str = "5b1f"
    title: str = "名簿の取り込み"
    state: str = "running"
    step: str = "世帯を照合しています"
    done: int = 1200
    total: int | None = 2000
    counts: dict[str, int] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class NamedThing:
    name: str


def statement_rows() -> list[dict[str, Any]]:
    names = ["見本　花子", "試験　太郎", "髙橋　サンプル", "辻\U000e0100　例子", "架空" + "長" * 56 + "子"]
    states = ["決定", "審査中", "未提出", "要確認", "差し戻し"]
    return [
        {
            "name": names[number % len(names)],
            "url": f"/statements/{number}/",
            "state": states[number % len(states)],
            "category": number % 3 + 1,
            "income": 1_234_000 + number * 7_011,
            "difference": (number % 3 - 1) * 1_200,
            "due": date(2026, 6, 30),
        }
        for number in range(95)
    ]


def wrong_form() -> StatementForm:
    form = StatementForm({"born_on": "昭和64年1月8日", "income": "千円", "reason": ""})
    form.full_clean()
    form.add_error("born_on", "昭和64年1月8日はありません。その日は平成元年1月8日です。")
    form.add_error("income", "金額として読めません。円単位の整数で入力してください（例: 1,200）。")
    return form


def values() -> dict[str, Any]:
    """Everything the examples name."""
    rows = statement_rows()
    return {
        "prefecture": NamedThing("サンプル県教育委員会"),
        "fiscal_year": 2026,
        "is_sample": True,
        "nav": [
            Place("ホーム", "/"),
            Place("調書", "/statements/", 18),
            Place("照会結果", "/inquiries/", 4),
            Place("支給", "/payments/", 0),
            Place("通知書", "/notices/"),
        ],
        "pack_digest": "sha256:" + "0123456789abcdef" * 4,
        "last_login": datetime(2026, 6, 8, 0, 5, tzinfo=UTC),
        "amount": 1_234_000,
        "difference": -1_200,
        "total": sum(row["income"] for row in rows),
        "category": "II",
        "day": date(2026, 4, 1),
        "form": ForwardForm(),
        "wrong_form": wrong_form(),
        "page": Paginator(rows, 30).page(2),
        "columns": [
            Column("世帯", "kana"),
            Column("状態", "state"),
            Column("区分"),
            Column("収入額", "income", "円", number=True),
            Column("前年との差", unit="円", number=True),
            Column("締切", "due"),
        ],
        "chips": [
            Chip("すべて", "?", 95),
            Chip("要確認", "?state=attention", 19, chosen=True),
            Chip("未提出", "?state=empty", 19),
        ],
        "year_steps": [
            YearStep("名簿", Tone.DONE),
            YearStep("調書受付", Tone.HALF, 142, 160, url="/statements/", current=True),
            YearStep("照会", Tone.HALF, 131),
            YearStep("算定", Tone.EMPTY),
            YearStep("進達", Tone.EMPTY),
            YearStep("決定", Tone.EMPTY),
            YearStep("支給1期", Tone.EMPTY),
        ],
        "pairs": [Pair("負担金", 1_200, 900), Pair("補助金", 0, 40)],
        "matrix_places": ["Ⅰ", "Ⅱ"],
        "matrix_cells": [Cell("Ⅰ", "Ⅰ", 8, "same"), Cell("Ⅰ", "Ⅱ", 2, "less", "/movers/")],
        "bars": [Bar("Ⅰ", 812, "?category=1"), Bar("Ⅱ", 431), Bar("Ⅲ", 357), Bar("未決定", 0)],
        "receipt_lines": [
            ReceiptLine("A 所得計", 3_000_000, "父 2,000,000 ＋ 母 1,000,000", "課税証明"),
            ReceiptLine("需要額", 2_100_000, "", "年額", parts=[ReceiptLine("生活扶助 第1類", 1_200_000, "3人分")]),
            ReceiptLine("収入額は需要額の1.5倍未満なので区分Ⅰ"),
        ],
        "facts": [("保護者", "見本　太郎"), ("学校", "サンプル支援学校"), ("続柄", "父")],
        "job": Job(),
        "finished_job": Job(id="77aa", state="succeeded", counts={"新規": 1200, "変更": 31}),
    }
