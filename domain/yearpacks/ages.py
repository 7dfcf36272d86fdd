"""The row that a revision may always set, lacking or not: from which age 地方税関係情報 is asked (`[[inquiry_age]]`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.linkage.targets import base_date
from domain.linkage.yearpack import saying
from domain.rules import Pack
from domain.rules.yearpack.model import InquiryAge
from domain.rules.yearpack.places import inquiry_age_on
from domain.yearpacks.lacking import AGE, Row
from domain.yearpacks.wording import with_standing
from web.dates import to_wareki

TITLE = "税情報を照会する年齢"
WHERE = "前年12月31日現在の満年齢"


def age_row(key: Mapping[str, Any] | None = None) -> Row:
    """The row of every day, or of the days that `key` names (`from`, `until`)."""
    days = [key[name] for name in ("from", "until") if key and name in key]
    return Row(AGE, dict(key or {}), TITLE, f"{WHERE}　{'・'.join(map(str, days))}" if days else WHERE)


def age_text(full_years: int) -> str:
    return f"満{full_years}歳以上"


def rows_in_use(pack: Pack) -> tuple[InquiryAge, ...]:
    """Of the pack, else of the shipped one that answers for every year."""
    return saying(pack, lambda found: found.inquiry_age).inquiry_age


def age_in_use(pack: Pack) -> InquiryAge:
    """What holds on the base date of the pack's year. Raises RuleMissing."""
    return inquiry_age_on(saying(pack, lambda found: found.inquiry_age), base_date(pack.fiscal_year))


def said(row: InquiryAge) -> str:
    """満16歳以上（未確認）, with its days where it has any."""
    days = [f"{to_wareki(day)}{word}" for day, word in ((row.starts_on, "から"), (row.ends_on, "まで")) if day]
    return with_standing("".join([*days, age_text(row.full_years)]), row.origin.standing)
