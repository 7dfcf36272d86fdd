"""Rows of a pack in words: for whom a row is, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from domain.rules import Attendance, Cap, Category, Department, Pack, Rate
from domain.rules.payment.groups import Component
from domain.rules.standing import Standing
from domain.rules.yearpack.conditions import Question
from domain.rules.yearpack.model import SpecialAction, SpecialRule
from domain.rules.yearpack.payment_rules import (
    BeforeEntry,
    EnrolledInApril,
    NetOf,
    NetPer,
    OwnCar,
    ProrateCap,
    RollExcess,
    Rule,
)

NO_ROW = "欠（行がない）"
ON = {"expense": "経費に対して", "payment": "支給額に対して"}
PURPOSES = {"accompanying": "付添中", "fetching": "付添いのため"}
YES_NO: dict[object, str] = {True: "該当", False: "非該当"}
ACTIONS = {"category": "区分を定める", "no_payment": "支給しない", "judge": "所得で判定する"}


def categories_text(categories: Iterable[int]) -> str:
    """Ⅰ〜Ⅲ, or those named."""
    found = sorted(set(categories))
    return "Ⅰ〜Ⅲ" if len(found) == len(Category) else "・".join("ⅠⅡⅢ"[each - 1] for each in found)


def subset_text(part: Sequence[Question], whole: Sequence[Question]) -> str:
    """Which of the questions `part` are, by the keys in which it has fewer values than `whole`; "" when in none."""
    words = []
    for title, value, label in _KEYS:
        some, every = {value(each) for each in part}, {value(each) for each in whole}
        if some != every:
            words.append(f"{title} {'・'.join(label(each) for each in sorted(some, key=str))}")
    return "、".join(words)


_KEYS: tuple[tuple[str, Callable[[Question], object], Callable[[object], str]], ...] = (
    ("付添の別", lambda asked: asked.purpose, lambda value: PURPOSES.get(str(value), str(value))),
    ("学年", lambda asked: asked.grade, str),
    ("就学状況", lambda asked: asked.attendance, lambda value: Attendance(str(value)).label),
    ("肢体不自由の重複", lambda asked: asked.physical_multiple, lambda value: YES_NO[value]),
    ("令22条の3", lambda asked: asked.article22_3, lambda value: YES_NO[value]),
    ("訪問教育", lambda asked: asked.home_visit, lambda value: YES_NO[value]),
    ("回数", lambda asked: asked.count_no, lambda value: f"{value}回目から"),
)


def departments_text(departments: Iterable[Department]) -> str:
    """Names of the 部; すべての部 for all."""
    given = set(departments)
    found = [each for each in Department if each in given]
    return "すべての部" if len(found) == len(Department) else "・".join(each.label for each in found)


def key_text(key: Mapping[str, Any]) -> str:
    """For whom a row of rates or caps is: 部 and conditions, in words."""
    words = [departments_text(Department(each) for each in key.get("departments", Department))]
    if "purpose" in key:
        words.append(f"付添の別 {PURPOSES.get(key['purpose'], key['purpose'])}")
    if "grades" in key:
        words.append(f"学年 {'・'.join(map(str, key['grades']))}")
    if "attendance" in key:
        words.append(f"就学状況 {'・'.join(Attendance(each).label for each in key['attendance'])}")
    for name, title in (
        ("physical_multiple", "肢体不自由の重複"),
        ("article22_3", "令22条の3"),
        ("home_visit", "訪問教育"),
    ):
        if name in key:
            words.append(f"{title} {YES_NO[key[name]]}")
    if "counts" in key:
        words.append(f"回数 {key['counts'][0]}〜{key['counts'][1]}回目")
    return "　".join(words)


def rate_text(pack: Pack, rate: Rate | None) -> str:
    """負担金 1/2・補助金 1/2."""
    if rate is None:
        return NO_ROW
    if not rate.covered:
        return "対象外"
    titles = {ledger.name: ledger.title for ledger in pack.ledgers}
    return "・".join(f"{titles[name]} {share}" for name, share in rate.shares)


def cap_text(cap: Cap | None) -> str:
    """限度額 51,500円（経費に対して）."""
    if cap is None:
        return NO_ROW
    return "限度額なし" if cap.annual is None else f"年額 {cap.annual:,}円（{ON[cap.basis.value]}）"


def special_text(rule: SpecialRule | None) -> str:
    """区分Ⅰとする."""
    if rule is None:
        return NO_ROW
    if rule.action is SpecialAction.CATEGORY and rule.category is not None:
        return f"区分{rule.category.label}とする"
    return ACTIONS[rule.action.value]


def state_text(filled: int, accepted: int, lacking: int, unconfirmed: int) -> str:
    """How far a revision is, each number with what it means for the computation."""
    own = [f"入力した値 {filled:,}件"] * bool(filled) + [f"採用した未確認の値 {accepted:,}件"] * bool(accepted)
    told = [f"この版で{'、'.join(own)}。" if own else "この版には、まだ何も入力していません。"]
    told.append(
        f"値のないところが{lacking:,}件あり、そこにあてはまる計算は止まります。"
        if lacking
        else "計算に要る値はすべてそろっています。"
    )
    if unconfirmed:
        told.append(f"未確認の値が{unconfirmed:,}件あり、使った結果に「未確認」と表示されます。")
    return "".join(told)


SCHEMES = {"welfare_pay": "教育扶助を受ける児童生徒", "institution_pay": "措置費を受ける児童生徒（施設生）"}
"""Whom the rows of a section are about: whether an item is paid beside the other scheme."""


def pays_text(pays: bool | None) -> str:
    """Whether an item is paid beside another scheme."""
    return NO_ROW if pays is None else "支給する" if pays else "支給しない"


def with_standing(text: str, standing: Standing | None) -> str:
    """The value with how firm it is."""
    return text if standing is None else f"{text}（{standing.label}）"


def pay_rule_title(pack: Pack, rule: Rule) -> str:
    """限度額の月割　学用品・通学用品購入費."""
    items = [item.title for code, item in pack.items.items() if code in rule.scope.items]
    words = [_PAY_RULES[type(rule)].label, "・".join(items)]
    if rule.scope.departments is not None:
        words.append(departments_text(rule.scope.departments))
    return "　".join(words)


def pay_rule_text(rule: Rule) -> str:
    """Whether it is used, and the 円 of those that have one."""
    if not rule.scope.enabled:
        return "使わない"
    if isinstance(rule, OwnCar):
        return f"1kmにつき{rule.price}円"
    if isinstance(rule, NetOf) and rule.grant is not None:
        return f"1{'食' if rule.per is NetPer.MEAL else 'か月'}につき{rule.grant:,}円を差し引く"
    return "使う"


_PAY_RULES: dict[type[Rule], Component] = {
    ProrateCap: Component.PRORATE_CAP,
    RollExcess: Component.ROLL_EXCESS,
    EnrolledInApril: Component.ENROLLED_IN_APRIL,
    BeforeEntry: Component.BEFORE_ENTRY,
    NetOf: Component.NET_OF,
    OwnCar: Component.OWN_CAR,
}
