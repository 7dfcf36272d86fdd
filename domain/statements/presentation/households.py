"""世帯 as the page shows it; 支援措置 hides where the family lives."""

from __future__ import annotations

from datetime import date

from domain.households.models import Household
from domain.linkage.targets import base_date
from domain.rules.ages import age_on
from web.formatting import format_grade, format_postal_code, format_winter_zone

HIDDEN = "秘匿（支援措置）"


def facts(household: Household) -> list[tuple[str, str]]:
    """Term and value. Of a protected household neither address nor telephone leaves this function."""
    hidden = household.address_hidden
    earlier = household.year_end_address
    rows = [
        ("世帯番号", household.number),
        ("保護者等", f"{household.guardian_name}（{household.guardian_kana}）"),
        ("住所", HIDDEN if hidden else f"{format_postal_code(household.postal_code)} {household.address}".strip()),
        ("前年末の住所", HIDDEN if hidden and earlier else earlier),
        ("電話番号", HIDDEN if hidden and household.phone else household.phone),
        ("級地・冬季地区", f"{format_grade(household.living_cost_grade)}　{format_winter_zone(household.winter_zone)}"),
        ("生活保護", "受給" if household.on_welfare else "なし"),
        ("辞退", household.get_decline_display()),
        ("特記事項", household.note),
    ]
    return [(term, value) for term, value in rows if value]


def legal_day(fiscal_year: int) -> date:
    """前年12月31日, as of which the household is looked at."""
    return base_date(fiscal_year)


def age(born: date, fiscal_year: int) -> int:
    """満年齢 on the legal day; a child born later is 0."""
    day = base_date(fiscal_year)
    return age_on(born, day) if born <= day else 0
