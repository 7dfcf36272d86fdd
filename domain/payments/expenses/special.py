"""Facts that only some items have, and only in years whose rules ask for them: 自家用車, 他の制度の支給額, 就学前の購入."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Protocol

from domain.payments.expense_sheet.layout import FACTS
from domain.payments.items import Items
from web.dates import fiscal_year_label, fiscal_year_of, to_wareki

LABELS = {"car": "自家用車", "received": "他の制度の支給額", "before_entry": "就学前の購入"}
Said = tuple[str, str, str]
"""Field, stable id, Japanese words."""


class Special(Protocol):
    """What is looked at of `ExpenseFacts`."""

    @property
    def item(self) -> str: ...
    @property
    def used_on(self) -> datetime.date: ...
    @property
    def amount(self) -> int: ...
    @property
    def car_metres(self) -> int | None: ...
    @property
    def car_days(self) -> int | None: ...
    @property
    def car_legs(self) -> int | None: ...
    @property
    def received(self) -> int: ...
    @property
    def before_entry(self) -> bool: ...


def special_faults(facts: Special, entered_on: datetime.date, items: Items) -> Iterator[Said]:
    """What speaks against these facts. `entered_on`: the pupil's first day at the school."""
    title = items.title(facts.item)
    for field, fact in FACTS.items():
        if getattr(facts, field) and facts.item not in items.wanted.get(fact, ()):
            text = f"{title}の「{LABELS[fact]}」の決まりは、この年度の年度定義にありません。空欄にしてください。"
            yield field, "expenses.fact-not-wanted", text
            return
    yield from _car_faults(facts)
    if facts.received > facts.amount:
        text = "他の制度の支給額が金額を超えています。領収書と支給の通知を確かめてください。"
        yield "received", "expenses.received-too-much", text
    if facts.before_entry:
        yield from _before_entry_faults(facts, entered_on, items.fiscal_year)


def _car_faults(facts: Special) -> Iterator[Said]:
    factors = {"car_metres": facts.car_metres, "car_days": facts.car_days, "car_legs": facts.car_legs}
    lacking = [field for field, value in factors.items() if not value]
    if len(lacking) == len(factors):
        if not facts.amount:
            yield "amount", "expenses.amount-needed", "金額がありません。1円以上で入力してください。"
    elif lacking:
        text = "自家用車の通学は、片道の距離・日数・1日の片道の回数の3つとも必要です。"
        yield lacking[0], "expenses.car-incomplete", text
    elif facts.amount:
        text = "自家用車のときは、金額を空欄にしてください。距離・日数・回数と年度定義の単価から計算します。"
        yield "amount", "expenses.car-with-amount", text


def _before_entry_faults(facts: Special, entered_on: datetime.date, fiscal_year: int) -> Iterator[Said]:
    first = datetime.date(fiscal_year - 1, 4, 1)
    if fiscal_year_of(entered_on) != fiscal_year:
        text = f"就学前の購入は、{fiscal_year_label(fiscal_year)}に入学・転入学した児童生徒の経費だけです。"
        yield "before_entry", "expenses.not-entered-this-year", text
    elif not first <= facts.used_on < entered_on:
        text = (
            f"就学前の購入の使用日は、{to_wareki(first)}から入学・転入学の前日"
            f"（{to_wareki(entered_on - datetime.timedelta(days=1))}）までです。日付を確かめてください。"
        )
        yield "used_on", "expenses.not-before-entry", text
