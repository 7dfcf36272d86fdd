"""explain_payment(): a receipt of a payment in words; every yen that is paid stands on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.rules.explained import SAMPLE, UNCONFIRMED, ExplainedLine, Explanation, Part, basis_text
from domain.rules.payment.groups import Component
from domain.rules.payment.plain import plain
from domain.rules.payment.wording import PURPOSES, Step, how_paid, roman, status_text
from domain.rules.payment_cases import Attendance, Department
from domain.rules.standing import Standing

Receipt = Mapping[str, Any]
Days = Callable[[date], str]
"""A day in words, ending with its month and day: 令和7年6月1日."""

_DECLINES = {"partial": "一部辞退", "full": "完全辞退"}
_FLAGS = {
    "physical_multiple": "肢体重複",
    "home_visit": "訪問生",
    "welfare": "要保護",
    "institution_aid": "措置費受給",
}
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}) ?")
_KEY = re.compile(r"使用経費「([^」]*)」")
PREMISES = "計算の前提"
WAITING = "計算できず、支給していない使用経費"
TOLD_ELSEWHERE = frozenset({Component.RATE.value, Component.ONCE.value, Component.TRIAL.value})
"""Rows whose value the line above them says, or that have none."""


def western(day: date) -> str:
    """2025年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Words:
    """What a receipt's codes are called: items and ledgers by the receipt itself, `names` of expenses as the caller has them."""

    items: Mapping[str, str]
    ledgers: Mapping[str, str]
    names: Mapping[str, str]
    days: Days

    def item(self, code: str) -> str:
        return self.items.get(code, code)

    def month(self, text: str) -> str:
        """ "2025-06" → 2025年6月."""
        return self.days(date.fromisoformat(f"{text}-01")).removesuffix("1日")

    def day(self, text: str) -> str:
        return self.days(date.fromisoformat(text))

    def message(self, text: str) -> str:
        """A message of the rules with days and expenses as people know them."""
        named = _KEY.sub(lambda found: f"使用経費「{self.names.get(found[1], found[1])}」", text)
        return _ISO_DAY.sub(lambda found: self.day(found[1]), named)


def explain_payment(receipt: Receipt, names: Mapping[str, str] | None = None, days: Days = western) -> Explanation:
    """Explanation of a receipt of kind `payment` or `refused`; `names`: key of an expense → what to call it.

    KeyError for other mappings.
    """
    if receipt["kind"] == "refused":
        return _refused(receipt, Words({}, {}, names or {}, days))
    settled, result, words = receipt.get("settlement", ()), receipt["result"], words_of(receipt, names, days)
    total = result["paid"] + sum(each["total"] for each in settled)
    parts = [
        Part(PREMISES, tuple(premises(receipt["case"], words))),
        *_by_item(receipt, words),
        Part("追給・戻入", tuple(_settled(each, words) for each in settled)),
        Part("会計区分ごとの支給額", tuple(_ledgers(result["ledgers"], settled, words))),
        Part(WAITING, tuple(stopped(result, words))),
    ]
    return Explanation(
        f"支給額の計算書　{receipt['pack']['title']}({receipt['case']['fiscal_year']}年度)",
        _sentence(total, result, settled),
        tuple(part for part in parts if part.lines),
        tuple(plain(receipt, total, words)),
        tuple(_notes(receipt)),
        total,
    )


def words_of(receipt: Receipt, names: Mapping[str, str] | None = None, days: Days = western) -> Words:
    """Words of a receipt of kind `payment`."""
    items = {**receipt["items"], **{each["item"]: each["title"] for each in receipt.get("settlement", ())}}
    return Words(items, {each["name"]: each["title"] for each in receipt["ledgers"]}, names or {}, days)


def _refused(receipt: Receipt, words: Words) -> Explanation:
    """Facts that contradict each other: nothing is paid."""
    told = words.message(receipt["error"])
    plainly = "今回の支給額は、まだ計算できていません。学校または教育委員会が、登録された内容を確かめています。"
    title = f"支給額の計算書　{receipt['pack']['name']}({receipt['case']['fiscal_year']}年度)"
    return Explanation(title, f"支給額を計算できません。{told}", (), (plainly,), (), 0)


def _sentence(total: int, result: Mapping[str, Any], settled: Sequence[Step]) -> str:
    parts = f"（使用経費の分 {result['paid']:,}円、追給・戻入 {signed(total - result['paid'])}円）" if settled else ""
    held = f"計算できない使用経費が{held_count(result)}件あり、支給していません。" if result["stopped"] else ""
    return f"支給額は{total:,}円です{parts}。{held}"


def held_count(result: Mapping[str, Any]) -> int:
    """Expenses that wait for an absent row or fact, each once."""
    return len({key for each in result["stopped"] for key in each["expenses"]})


def signed(amount: int) -> str:
    """＋1,200, －1,200, 0."""
    sign = "＋" if amount > 0 else "－" if amount < 0 else ""
    return f"{sign}{abs(amount):,}"


def premises(case: Mapping[str, Any], words: Words) -> Iterator[ExplainedLine]:
    """状況履歴, and what the year had used before."""
    for status in case["statuses"]:
        until = f"{words.day(status['ends_on'])}まで" if status["ends_on"] else ""
        category = f"区分{roman(status['category'])}" if status["category"] else "区分未決定"
        yield ExplainedLine(f"{words.day(status['starts_on'])}から{until}", category, _status(status))
    if case["entered_on"]:
        yield ExplainedLine("就学した日", words.day(case["entered_on"]))
    if case["paid_on"]:
        yield ExplainedLine("支給日", words.day(case["paid_on"]))
    for carried in case["carried"]:
        title = f"これまでの支給　{words.item(carried['item'])}"
        used = f"限度額に数える額 {carried['expense']:,}円（前の支給回と、ほかの学校の支給）"
        yield ExplainedLine(title, f"{carried['paid']:,}円", used)
    for once in case["paid_once"]:
        where = f"{Department(once['department']).label}で支給済み"
        year = f"{once['fiscal_year']}年度" + ("、ほかの学校" if once["outside"] else f"、{once['count_no']}回目")
        yield ExplainedLine(f"部ごとに1回　{words.item(once['item'])}", where, year)


def _status(status: Mapping[str, Any]) -> str:
    told = [f"{Department(status['department']).label}{status['grade']}年", Attendance(status["attendance"]).label]
    told += [label for name, label in _FLAGS.items() if status[name]]
    told += [] if status["article22_3"] else ["令22条の3に非該当"]
    told += [_DECLINES[status["decline"]]] if status["decline"] in _DECLINES else []
    return "・".join(told)


def _by_item(receipt: Receipt, words: Words) -> Iterator[Part]:
    """A part for each item, in the order of the steps; its months below it."""
    expenses = {each["key"]: each for each in receipt["case"]["expenses"]}
    by_item: dict[str, list[Step]] = {}
    for step in receipt["steps"]:
        by_item.setdefault(step["item"], []).append(step)
    for item, steps in by_item.items():
        lines = [line for step in steps for line in _step(step, expenses, words)]
        yield Part(f"{words.item(item)}　{sum(step['paid'] for step in steps):,}円", tuple(lines))


def _step(step: Step, expenses: Mapping[str, Mapping[str, Any]], words: Words) -> Iterator[ExplainedLine]:
    """The month with what it pays, its receipts, and each row it rests on."""
    yield ExplainedLine(
        step_title(step, words),
        f"{step['paid']:,}円",
        "。".join(how_paid(step, words.item, words.ledgers)),
        "",
        step["paid"],
    )
    if not step["rolled_from"]:
        yield ExplainedLine("使用経費", "", "、".join(expense_text(expenses[key], words) for key in step["expenses"]))
    for row in step["rows"]:
        yield ExplainedLine(f"根拠　{Component(row['component']).label}", "", row_value(row), basis_text(row))


def step_title(step: Step, words: Words) -> str:
    """2025年6月　付添中　小学部3年・区分Ⅱ."""
    told = (words.month(step["month"]), PURPOSES.get(step["purpose"], step["purpose"]), status_text(step))
    return "　".join(part for part in told if part)


def row_value(row: Mapping[str, Any]) -> str:
    """The row's own value, without the key of an expense before it; "" where the line above says it."""
    return "" if row["component"] in TOLD_ELSEWHERE else str(row["value"]).rpartition(": ")[2]


def expense_text(line: Mapping[str, Any], words: Words) -> str:
    """E-1 2025年6月5日 1,001円."""
    day = words.day(line["used_on"])
    name = words.names.get(line["key"], line["key"])
    if line["car"]:
        return f"{name} {day} 自家用車"
    count = f"（{line['count_no']}回目）" if line["count_no"] else ""
    return f"{name} {day}{count} {line['amount']:,}円"


def _settled(line: Mapping[str, Any], words: Words) -> ExplainedLine:
    ledgers = [f"{words.ledgers.get(name, name)} {signed(yen)}円" for name, yen in line["ledgers"].items() if yen]
    what = settled_kind(line)
    mark = "　【未確認】" if line["standing"] == Standing.UNCONFIRMED.value else ""
    title = f"{what}　{words.month(line['month'])}　{line['title']}{mark}"
    how = f"{line['cause']}。{'、'.join(ledgers)}"
    return ExplainedLine(title, f"{signed(line['total'])}円", how, "", line["total"])


def settled_kind(line: Mapping[str, Any]) -> str:
    """追給 or 戻入; of 0 円 only the ledger changes."""
    return "戻入" if line["total"] < 0 else "追給" if line["total"] else "会計区分の変更"


def _ledgers(paid: Mapping[str, int], settled: Sequence[Step], words: Words) -> Iterator[ExplainedLine]:
    for name, title in words.ledgers.items():
        more = sum(each["ledgers"].get(name, 0) for each in settled)
        how = f"使用経費の分 {paid[name]:,}円、追給・戻入 {signed(more)}円" if settled else ""
        yield ExplainedLine(title, f"{paid[name] + more:,}円", how)


def stopped(result: Mapping[str, Any], words: Words) -> Iterator[ExplainedLine]:
    """Expenses that could not be computed, with the reason."""
    reasons = {each["name"]: each["message"] for each in result["missing"]}
    for each in result["stopped"]:
        names = "、".join(words.names.get(key, key) for key in each["expenses"])
        why = words.message(reasons.get(each["row"], each["row"]))
        yield ExplainedLine(f"{words.item(each['item'])}　{words.month(each['month'])}", f"使用経費 {names}", why)


def _notes(receipt: Receipt) -> Iterator[str]:
    if receipt["pack"]["sample"]:
        yield SAMPLE
    rows = [row for step in receipt["steps"] for row in step["rows"]]
    if any(each["standing"] == Standing.UNCONFIRMED.value for each in (*rows, *receipt.get("settlement", ()))):
        yield UNCONFIRMED
    if receipt["result"]["stopped"]:
        yield f"計算できない使用経費が{held_count(receipt['result'])}件あります。その分は、この額に入っていません。"
