"""Pupils of a roster against those registered at the school. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.households.importing import changes, values
from domain.households.importing import findings as found
from domain.households.importing.changes import Change
from domain.households.importing.findings import Finding
from domain.households.importing.statuses import StatusPlan, plan_periods
from domain.households.importing.stored import Stored, year_start
from domain.households.importing.tally import Tally
from domain.households.models import Member, Pupil, RosterImport
from domain.households.roster.layout import PUPILS
from domain.households.roster.rows import PupilRow


@dataclass(slots=True)
class PupilPlan:
    """Pupils and status periods to write; `moved` are known pupils whose status changed. `replaced` as of `Plan`."""

    new: list[Pupil] = field(default_factory=list)
    changed: list[Pupil] = field(default_factory=list)
    moved: list[Pupil] = field(default_factory=list)
    periods: list[StatusPlan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    replaced: list[Change] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class Enrolments:
    """The pupils' sheet of one roster; `members` are those of the roster, saved, by (household number, key)."""

    def __init__(self, roster: RosterImport, stored: Stored, members: Mapping[tuple[str, str], Member]) -> None:
        self.roster, self.stored, self.members = roster, stored, members
        self.by_day = {(pupil.member_id, pupil.enrolled_on): pupil for pupil in stored.pupils.values()}
        self.plan = PupilPlan()

    def run(self, rows: list[PupilRow]) -> PupilPlan:
        for row in rows:
            member = self.members.get((row.household_number, row.member_number))
            if member is None:
                self.plan.tally.parked += 1  # its household is parked, with a finding of its own
            else:
                self._pupil(row, member)
        self._absent({row.pupil_number for row in rows})
        return self.plan

    def _pupil(self, row: PupilRow, member: Member) -> None:
        pupil = self.stored.pupils.get(row.pupil_number)
        enrolled = self.by_day.get((member.pk, row.enrolled_on))
        if pupil is not None and pupil.member_id != member.pk:
            self._park(found.OTHER_MEMBER, row)
        elif enrolled is not None and enrolled is not pupil:
            self._park(found.NUMBER_CHANGED, row, registered=enrolled.student_number)
        elif pupil is None:
            self._new(row, member)
        else:
            self._known(pupil, row)

    def _new(self, row: PupilRow, member: Member) -> None:
        pupil = Pupil(school=self.roster.school, member=member, student_number=row.pupil_number, **values.of_pupil(row))
        self.plan.new.append(pupil)
        self.plan.tally.new += 1
        self._periods(pupil, row)

    def _known(self, pupil: Pupil, row: PupilRow) -> None:
        facts = values.of_pupil(row)
        differing = values.differences(pupil, facts)
        changed = bool(differing)
        if changed:
            self.plan.replaced += changes.of_pupil(pupil, row.row, differing)
            values.assign(pupil, facts)
            self.plan.changed.append(pupil)
        periods = self._periods(pupil, row)
        if periods.changes_something:
            self.plan.replaced += _replaced(pupil, row, periods)
            self.plan.moved.append(pupil)
            changed = True
        if changed:
            self.plan.tally.changed += 1
        else:
            self.plan.tally.same += 1

    def _periods(self, pupil: Pupil, row: PupilRow) -> StatusPlan:
        stored = self.stored.periods.get(pupil.pk, []) if pupil.pk else []
        plan = plan_periods(pupil, row, stored, self.roster.fiscal_year)
        self.plan.periods.append(plan)
        if plan.assumed:
            self.plan.findings.append(
                Finding(found.ATTENDANCE_ASSUMED, PUPILS.name, row.row, "就学状況", row.household_number, seen="転出済")
            )
        return plan

    def _park(self, code: str, row: PupilRow, registered: str = "") -> None:
        self.plan.tally.parked += 1
        self.plan.findings.append(
            Finding(
                code,
                PUPILS.name,
                row.row,
                "学籍番号",
                row.household_number,
                seen=row.pupil_number,
                registered=registered,
            )
        )

    def _absent(self, named: set[str]) -> None:
        start: date = year_start(self.roster.fiscal_year)
        for number, pupil in self.stored.pupils.items():
            if number not in named and (pupil.left_on is None or pupil.left_on >= start):
                self.plan.findings.append(
                    Finding(
                        found.PUPIL_ABSENT,
                        PUPILS.name,
                        0,
                        "学籍番号",
                        pupil.member.household.number,
                        registered=number,
                    )
                )


def _replaced(pupil: Pupil, row: PupilRow, periods: StatusPlan) -> list[Change]:
    found = [changes.of_period_come_or_gone(pupil, row.row, each, come=True) for each in periods.new]
    found += [changes.of_period_come_or_gone(pupil, row.row, each, come=False) for each in periods.gone]
    for period, differing in periods.differing:
        found += changes.of_period(pupil, row.row, period, differing)
    return found
