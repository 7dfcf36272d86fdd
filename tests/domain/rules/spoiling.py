"""A sound household and a sound pack as texts, and ways of spoiling them: seeded, so that a failure comes again."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

TOKENS = [
    *(
        "-1",
        "0",
        "1",
        "1.5",
        "1e5",
        "true",
        "false",
        "null",
        '""',
        '"x"',
        '"１"',
        '"\\ud800"',
        "[]",
        "{}",
        "[1]",
        "[[]]",
    ),
    *("99999999999999999999999999", "9" * 5000, "nan", "inf", "NaN", "Infinity", "2025-01-01", '"2025-02-30"', '"1/0"'),
    *(
        '"9-1"',
        '"0-"',
        '"*"',
        '"+"',
        '"-"',
        '"' + "9" * 40 + '"',
        "[" * 2000,
        '"1-1"',
        '"VI"',
        '"../x"',
        "\x00",
        "\ufeff",
        '"',
    ),
]

CASE = """{"pack": "R07-former-standard", "overlays": ["sample-operator"], "living_cost_grade": "1-1", "winter_zone": "VI",
 "single_parent": true, "household_status": "ordinary", "fiscal_year": 2025, "housing_area": "奈良県",
 "members": [{"age": 35, "key": "a", "guardian": true, "total_income": 3000000, "retirement_income": 0,
 "forestry_income": 1, "social_insurance": 450000, "life_insurance": 1, "earthquake_insurance": 2,
 "single_parent_deduction": 300000}, {"birth_date": "2015-04-02", "school": "elementary", "special_needs": true,
 "disability": "grade_3", "materials_cost": 5000, "commuting_cost": 7000, "institution": false, "income_state": "none"}]}"""

PACK = """
[pack]
title = "試験"
fiscal_year = 2025
[sources]
s = "出典"
[as_of]
on = "2024-12-31"
source = "s"
standing = "operator"
[tables.flat]
title = "表"
keys = ["level"]
[[tables.flat.rows]]
cells = { "*" = 1000 }
source = "s"
standing = "operator"
[[tables.flat.rows]]
from = "2024-04-01"
cells = { "1" = 1200, "2" = 1100 }
source = "s"
standing = "unconfirmed"
[tables.people]
title = "人"
keys = ["grade", "age"]
[[tables.people.rows]]
grade = "1-1"
cells = { "0-17" = 500, "18-" = 900 }
source = "s"
standing = "operator"
[tables.rate]
title = "率"
keys = ["size"]
parts = 100
[[tables.rate.rows]]
cells = { "1" = 100, "2-" = 87 }
source = "s"
standing = "operator"
[tables.months]
title = "月"
keys = ["zone"]
[[tables.months.rows]]
cells = { "1-6" = 5 }
source = "s"
standing = "operator"
[tables.parents]
title = "母子"
keys = ["level", "children"]
[[tables.parents.rows]]
level = "1"
cells = { "1" = 100, "+" = 20 }
source = "s"
standing = "operator"
[need]
title = "式"
monthly_rounding = { mode = "half_up", unit = 1 }
single_parent_by_deduction = { source = "s", standing = "operator" }
source = "s"
standing = "operator"
[[need.components]]
id = "people"
title = "人"
kind = "per_member"
table = "people"
times_a_year = 12
reduction = "rate"
multiplier = "1/3"
rounding = { mode = "ceil", unit = 10 }
[[need.components]]
id = "flat"
title = "表"
kind = "per_household"
table = "flat"
months = "months"
[[need.components]]
id = "parents"
title = "母子"
kind = "per_children"
table = "parents"
times_a_year = 12
ages = "0-17"
only_single_parent = true
[[need.components]]
id = "materials"
title = "教材代"
kind = "per_member_fact"
fact = "materials_cost"
times_a_year = 1
stages = ["elementary"]
source = "s"
standing = "operator"
[[need.exclusions]]
id = "x"
components = ["flat", "parents"]
source = "s"
standing = "operator"
[[switches]]
name = "materials"
on = true
source = "s"
standing = "operator"
[income]
adds = ["total"]
deducts = ["social_insurance"]
floor = { per = "member", source = "s", standing = "operator" }
assumed_none = { under_age = 16, source = "s", standing = "operator" }
source = "s"
standing = "operator"
[ages]
on = "base_date"
source = "s"
standing = "operator"
[[category]]
category = 1
income_below = "3/2"
source = "s"
standing = "statute"
[[category]]
category = 3
source = "s"
standing = "statute"
[[special]]
case = "welfare"
action = "category"
category = 1
source = "s"
standing = "operator"
[[municipalities]]
code = "99201"
name = "市"
grade = "1-1"
zone = "VI"
from = "2000-01-01"
until = "2020-03-31"
successor = "99202"
source = "s"
standing = "operator"
[[municipalities]]
code = "99202"
name = "市"
grade = "1-1"
zone = "VI"
from = "2020-04-01"
source = "s"
standing = "operator"
[[legal_basis]]
id = "x"
text = "法"
from = "2020-04-01"
source = "s"
standing = "operator"
[[ledgers]]
name = "statutory"
title = "負担金"
[payment]
rounding = { mode = "floor", unit = 1 }
once_per_department = { source = "s", standing = "operator" }
source = "s"
standing = "operator"
[[items]]
code = "school_lunch"
order = 2
title = "学校給食費"
unit = "円"
evidence = "領収書"
[[rates]]
items = ["school_lunch"]
departments = ["elementary"]
statutory = ["1", "1/2", "0"]
source = "s"
standing = "operator"
[[caps]]
items = ["school_lunch"]
annual = 700
on = "expense"
source = "s"
standing = "operator"
[[welfare_pay]]
items = ["school_lunch"]
pays = false
source = "s"
standing = "operator"
"""
OVERLAY = """
[pack]
title = "重ね"
fiscal_year = 2025
extends = ["base"]
[sources]
b = "団体"
[[accepted]]
row = "flat/1@2024-04-01"
reason = "決裁"
by = "サンプル"
on = "2025-05-01"
"""


def spoiled(text: str, draw: random.Random) -> str:
    """The text with one to three random changes of characters, tokens or lines."""
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(text))
        match draw.randrange(7):
            case 0:
                text = text[:at] + text[at + draw.randint(1, 9) :]
            case 1:
                text = text[:at] + draw.choice(TOKENS) + text[at:]
            case 2:
                text = text[:at] + chr(draw.choice([*range(32, 127), 0, 10, 0x3042, 0xFF11, 0x1F600])) + text[at + 1 :]
            case 3:
                text = _line_changed(text, draw)
            case 4:
                text = text[:at] + text[at // 2 : at] + text[at:] if at < 400 else text[:at]
            case _:
                text = _value_changed(text, draw)
        text = text or " "
    return text


def _line_changed(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(3):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(other, lines[one])
        case _:
            del lines[one]
    return "\n".join(lines)


def _value_changed(text: str, draw: random.Random) -> str:
    """The value after some `=` or `:` replaced by a strange one."""
    places = [at for at, letter in enumerate(text) if letter in "=:"]
    if not places:
        return text
    at = draw.choice(places) + 1
    end = min((found for found in (text.find(mark, at) for mark in ",}\n]") if found > 0), default=len(text))
    return f"{text[:at]} {draw.choice(TOKENS)}{text[end:]}"


STRANGE: list[Any] = [
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        7,
        1.5,
        10**30,
        "",
        "x",
        "１",
        "*",
        "+",
        "9-1",
        "1-1",
        "VI",
        "\ud800",
        "\x00",
        "1/0",
        "1/7",
    ),
    *(
        [],
        {},
        [[]],
        [{}],
        {"x": 1},
        ["x"],
        [1],
        "2025-02-30",
        "2025-02-28",
        "x" * 5000,
        "high",
        "per_head",
        "unconfirmed",
    ),
]


def altered(data: Any, draw: random.Random) -> Any:
    """The decoded data with one to three values replaced, taken out, doubled or put in."""
    made = copy.deepcopy(data)
    for _ in range(draw.randint(1, 3)):
        holders = list(_holders(made))
        holder = draw.choice(holders)
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            continue
        key = draw.choice(keys)
        match draw.randrange(5):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[key]))
            case 1:
                holder[draw.choice(["x", "", "age", "cells", "from", "source"])] = copy.deepcopy(holder[key])
            case _:
                holder[key] = copy.deepcopy(draw.choice(STRANGE))
    return made


def _holders(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from _holders(each)
