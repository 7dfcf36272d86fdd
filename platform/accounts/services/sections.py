"""Keeping 係・担当: each change is asked for by one person and approved by another, for it widens roles that exist."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts import schools
from accounts.errors import SectionRefused
from accounts.models import Section
from accounts.second_person import require_second_person
from accounts.services.people import require_in_order
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event


def require_fit(section: str, name: str, school_codes: list[str], starts_on: date, ends_on: date | None) -> None:
    """`section`: its number, "" for a new one. Raises SectionRefused, DatesInverted."""
    require_in_order(starts_on, ends_on)
    known = dict(schools.choices())
    if not school_codes or any(code not in known for code in school_codes):
        raise SectionRefused("登録されている学校を1校以上選んでください。")
    if section and not Section.objects.filter(pk=section).exists():
        raise SectionRefused("この係・担当は登録されていません。一覧を開き直してください。")
    same = Section.objects.filter(name=name)
    if (same.exclude(pk=section) if section else same).exists():
        raise SectionRefused("同じ名称の係・担当があります。その係を選んで変えるか、別の名称にしてください。")


def put(section: str, name: str, school_codes: list[str], starts_on: date, ends_on: date | None) -> Section:
    """Make one, or change it: from now on roles limited to it see these schools. Raises what `require_fit` does, NeedsSecondPerson."""
    require_second_person()
    require_fit(section, name, school_codes, starts_on, ends_on)
    row = Section.objects.select_for_update().get(pk=section) if section else Section()
    before = list(row.school_codes or [])
    row.name, row.school_codes, row.starts_on, row.ends_on = name, sorted(set(school_codes)), starts_on, ends_on
    row.save()
    detail: dict[str, Any] = {
        "before": before,
        "after": row.school_codes,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else None,
    }
    record(Event.ACCOUNT_SECTION_CHANGED, subjects=[Subject("section", str(row.pk))], detail=detail)
    return row
