"""Fictitious households in the database and the same people at the other side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from integrations.atena_adapters.individual_numbers import sample_number
from integrations.atena_adapters.simulator.population import Person, TaxRecord

YEAR = 2025
HOME = "奈良県奈良市サンプル町1丁目2番3号"
AFTER_MOVING = "奈良県生駒市サンプル台4-5-6"


@dataclass(frozen=True)
class Someone:
    """A member: our record, and how the other side knows the person (`there` overrides)."""

    key: str
    name: str
    kana: str
    born: date
    guardian: bool = False
    pupil: bool = False
    number: int = 0
    there: dict[str, Any] = field(default_factory=dict)
    behaviours: frozenset[str] = frozenset()
    tax: TaxRecord = field(default_factory=lambda: TaxRecord(municipality="奈良市", total_income=3_000_000))


def father(**more: Any) -> Someone:
    return Someone("01", "サンプル　髙雄", "サンプル　タカオ", date(1980, 1, 31), guardian=True, **more)


def mother(**more: Any) -> Someone:
    return Someone("02", "サンプル　𠮷子", "サンプル　ヨシコ", date(1982, 5, 5), **more)


def child(**more: Any) -> Someone:
    return Someone("03", "サンプル　三郎", "サンプル　サブロウ", date(2015, 7, 7), pupil=True, **more)


class World:
    """Builds households; keeps each person's number to tell the other side and the vault."""

    def __init__(self) -> None:
        from domain.vault.models import VaultSettings

        VaultSettings.objects.update(needs_list=False)  # who asks for one approves it: `test_lists.py`, of both rooms
        self.people: list[Person] = []
        self.numbers: dict[int, str] = {}
        self._count = 0

    def household(self, *members: Someone, aid: bool = False, address: str = HOME, **facts: Any) -> Any:
        """A household with its members; pupils go to school S01 from April 2025 on."""
        from domain.households.models import Household

        number = f"H{Household.objects.count() + 1:05d}"
        household = Household.objects.create(
            number=number, guardian_name=members[0].name, guardian_kana=members[0].kana, address=address,
            winter_zone=6, living_cost_grade="2-1", **facts,
        )  # fmt: skip
        for someone in members:
            self._member(household, someone, aid)
        return household

    def _member(self, household: Any, someone: Someone, aid: bool) -> None:
        from domain.households.models import Member
        from web.text import fold_name

        self._count += 1
        number = someone.number or self._count
        member = Member.objects.create(
            household=household, key=someone.key, atena_number=f"A{self._count:07d}", name=someone.name,
            kana=someone.kana, name_key=fold_name(someone.name), kana_key=fold_name(someone.kana), born=someone.born,
            is_guardian=someone.guardian,
        )  # fmt: skip
        self.numbers[member.pk] = sample_number(7, number)
        there = {"name": someone.name, "kana": someone.kana, "born": someone.born, "address": household.address}
        self.people.append(
            Person(
                individual_number=sample_number(7, self._count), tax=someone.tax, household=household.number,
                behaviours=someone.behaviours, welfare=household.on_welfare, **(there | someone.there),
            )
        )  # fmt: skip
        if someone.pupil:
            enrol(member, aid=aid)


def enrol(member: Any, *, aid: bool = False, school: str = "S01", left_on: date | None = None) -> Any:
    from domain.households.models import Pupil, School, StatusPeriod

    place, _ = School.objects.get_or_create(code=school, defaults={"name": f"サンプル{school}支援学校"})
    pupil = Pupil.objects.create(
        school=place, member=member, student_number=f"{member.pk}", name=member.name, kana=member.kana,
        enrolled_on=date(2024, 4, 8), left_on=left_on,
    )  # fmt: skip
    StatusPeriod.objects.create(
        pupil=pupil, starts_on=date(2024, 4, 8), department="elementary", grade=3, attendance="commuter",
        institution_aid=aid,
    )  # fmt: skip
    return pupil


def states(inquiries: Iterable[Any]) -> list[tuple[str, str, str, str]]:
    """(key, item, state, match) of inquiries, in order."""
    return sorted((one.member.key, one.kind, one.state, one.match) for one in inquiries)


def swapped(first: Someone, second: Someone) -> Sequence[Someone]:
    """Two people whose numbers stand in each other's line of the form (both are the first two of their world)."""
    from dataclasses import replace

    return replace(first, number=2), replace(second, number=1)


def approve_all() -> Any:
    """Freeze what waits to be asked and let a second person approve it; the list, or None when nothing waited."""
    from domain.linkage import services

    listed = services.propose_targets(YEAR, person("proposer"))
    if listed is not None:
        services.approve_targets(listed, person("second"), listed.digest)
        listed.refresh_from_db()
    return listed


ASKING = ("proposer", "clerk")


def person(name: str) -> Any:
    """Somebody; those who ask for something are 教委担当, who may."""
    from accounts.models import RoleAssignment, User
    from accounts.roles import Role
    from accounts.services import create_user

    known = User.objects.filter(username=name).first()
    if known is None:
        known = create_user(name, f"サンプル　{name}")
        if name in ASKING:
            RoleAssignment.objects.create(user=known, role=Role.BOARD_OFFICER, starts_on=timezone.localdate())
    return known
