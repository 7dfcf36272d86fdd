"""訂正: a household's or member's registered facts put right on a page, as the roster import would take them.

What a decision rests on is not changed below it: where the year's 調書 has left the school, the correction is refused and
leads to 差戻し or 再判定. Before and after stand in auditlog; the trail says which columns, by whom and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households import extras
from domain.households.history import by_who_acts
from domain.households.importing import values
from domain.households.models import Household, Member, Pupil
from domain.households.roster.layout import HOUSEHOLDS
from web.dates import to_wareki
from web.text import fold_name

COMPUTED_FROM = frozenset(
    {"winter_zone", "living_cost_grade", "born", "stage", "special_needs", "year_end_address", "single_parent",
     "disability", "materials_cost", "annual_commuting"}
)  # fmt: skip
"""Columns the 収入額・需要額 are computed from, or that say from what."""
COMPARED = frozenset({"name", "kana", "born", "address", "year_end_address"})
"""Columns that answers of 統合宛名 are compared with (突合)."""
ACCOUNT = frozenset(
    {"bank_code", "bank_name", "branch_code", "branch_name", "account_type", "account_number", "account_holder"}
)


class CorrectionRefused(ValueError):
    """`households.correction-refused`: why the facts cannot be corrected here, and what to do. `link`: (title, url) or None."""

    identifier = "households.correction-refused"

    def __init__(self, message: str, link: tuple[str, str] | None = None) -> None:
        super().__init__(message)
        self.link = link


def held_household(household: Household) -> Household:
    """As it is registered now, locked: what a form showed is compared with this, and nobody writes between. Inside a transaction."""
    return Household.objects.select_for_update(of=("self",)).get(pk=household.pk)


def held_member(member: Member) -> Member:
    """The same of a member."""
    return Member.objects.select_for_update(of=("self",)).get(pk=member.pk)


@transaction.atomic
def correct_household(household: Household, facts: Mapping[str, Any], reason: str) -> list[str]:
    """The names of the columns that were changed. Raises CorrectionRefused."""
    household = held_household(household)
    changed = sorted(values.differences(household, facts))
    if changed:
        _require_open(household.pk, changed)
        values.assign(household, facts)
        with by_who_acts():
            household.save()
        _tell(household.pk, [Subject("household", str(household.pk))], changed, reason)
    return changed


@transaction.atomic
def correct_member(member: Member, facts: Mapping[str, Any], reason: str) -> list[str]:
    """The same for a member; enrolments under the old name follow. Raises CorrectionRefused."""
    member = held_member(member)
    changed = sorted(values.differences(member, facts))
    if changed:
        _require_open(member.household_id, changed)
        for pupil in Pupil.objects.select_for_update().filter(member=member, name=member.name):
            pupil.name = facts.get("name", pupil.name)
            pupil.kana = facts.get("kana", pupil.kana) if "kana" in changed else pupil.kana
            with by_who_acts():
                pupil.save()
        values.assign(member, facts)
        member.name_key, member.kana_key = fold_name(member.name), fold_name(member.kana)
        with by_who_acts():
            member.save()
        subjects = [Subject("household", str(member.household_id)), Subject("member", str(member.pk))]
        _tell(member.household_id, subjects, changed, reason)
    return changed


def changes_of(stored: Household | Member, facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Column in words, before, after: for the page that asks back."""
    return [
        (values.title(stored, name), _in_words(stored, name, old), _in_words(stored, name, new))
        for name, (old, new) in values.differences(stored, facts).items()
    ]


def _in_words(stored: Household | Member, name: str, value: Any) -> str:
    """級地 and 地区 as the roster writes them, a date in the Japanese calendar."""
    if name in ("winter_zone", "living_cost_grade"):
        return HOUSEHOLDS.column(name).choice_label(str(value))
    return to_wareki(value) if isinstance(value, date) else values.in_words(stored, name, value)


def effects_of(household_id: int, changed: list[str]) -> list[str]:
    """What saving does beside the record itself."""
    found = []
    if COMPUTED_FROM & set(changed):
        found.append("この世帯の調書は再計算が必要になります。保存したら、調書で算定し直してください。")
        found += extras.correction_effects(household_id)
    if ACCOUNT & set(changed):
        found.append(
            "承認済みの支給回の振込先は、承認者が新しい口座を確かめて承認するまで、この世帯には振り込みません。"
        )
    if {"name", "born"} & set(changed):
        found.append("統合宛名に登録済みの人は、次の照会で氏名・生年月日の突合が要確認になることがあります。")
    if COMPARED & set(changed):
        found.append("確認を待っている照会の回答があれば、保存と同時に、直した内容ともう一度突合します。")
    found.append(
        "次に取り込む名簿も同じに直してください。名簿が前の値のままだと、取込で前の値に戻ります"
        "（取り込む前に、変わる値として、画面で直した人と日時とともに表示されます）。"
    )
    return found


def _require_open(household_id: int, changed: list[str]) -> None:
    if COMPUTED_FROM & set(changed):
        extras.require_correctable(household_id)


def _tell(household_id: int, subjects: list[Subject], changed: list[str], reason: str) -> None:
    detail: dict[str, JSON] = {"fields": [*changed], "reason": reason.strip()}
    record(Event.HOUSEHOLD_FACTS_CORRECTED, subjects=subjects, detail=detail)
    if COMPUTED_FROM & set(changed):
        extras.corrected(household_id)
    if COMPARED & set(changed):
        extras.identified_anew([household_id])
