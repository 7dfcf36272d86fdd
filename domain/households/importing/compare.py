"""Households and members of a roster against the registered ones: what is new, changed, the same, or to be decided.

The unit is the household with all its members. Two rosters (siblings at two schools) may both name it: its facts belong to
the school whose roster brought them first, and a difference in another's roster is parked, never overwritten. Pure but for
the model instances it fills: nothing is saved here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Model

from domain.households.importing import changes, values
from domain.households.importing import findings as found
from domain.households.importing.changes import Change
from domain.households.importing.findings import ADOPT, KEEP, Finding
from domain.households.importing.stored import Stored
from domain.households.importing.tally import Tally
from domain.households.models import Household, IncomeCertificate, Member, School
from domain.households.roster.layout import HOUSEHOLDS, MEMBERS
from domain.households.roster.rows import HouseholdRow, MemberRow, RosterReading
from domain.households.roster.workbook.layout import SheetLayout
from web.text import fold_name


@dataclass(slots=True)
class Plan:
    """What is to be written. `changes`: household number → names of changed columns (for the trail); `replaced`: registered
    values that others are put in the place of (for the person who looks before)."""

    new_households: list[Household] = field(default_factory=list)
    changed_households: list[Household] = field(default_factory=list)
    new_members: list[Member] = field(default_factory=list)
    changed_members: list[Member] = field(default_factory=list)
    new_certificates: list[IncomeCertificate] = field(default_factory=list)
    changed_certificates: list[IncomeCertificate] = field(default_factory=list)
    parked: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    changes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    replaced: list[Change] = field(default_factory=list)
    households: Tally = field(default_factory=Tally)
    members: Tally = field(default_factory=Tally)


class Comparison:
    """One roster of one school against what is stored; `plan` is the result."""

    def __init__(self, school: School, fiscal_year: int, stored: Stored, decisions: dict[str, list[str]]) -> None:
        self.school, self.fiscal_year, self.stored = school, fiscal_year, stored
        self.adopted: Collection[str] = decisions.get(ADOPT, [])
        self.kept: Collection[str] = decisions.get(KEEP, [])
        self.plan = Plan()

    def run(self, reading: RosterReading) -> Plan:
        members: dict[str, list[MemberRow]] = defaultdict(list)
        for row in reading.members:
            members[row.household_number].append(row)
        for household in reading.households:
            self._household(household, members[household.household_number])
        return self.plan

    def _household(self, row: HouseholdRow, members: list[MemberRow]) -> None:
        household = self.stored.households.get(row.household_number)
        if household is None:
            self._new(row, members)
            return
        foreign = household.maintained_by_id not in (None, self.school.pk)
        held = self._held(household, row, members, foreign=foreign)
        if held:
            self.plan.findings += held
            self.plan.parked.add(row.household_number)
            self.plan.households.parked += 1
            self.plan.members.parked += len(members)
            return
        overwrite = not foreign or row.household_number in self.adopted
        self._known(household, row, members, overwrite=overwrite)
        if not foreign:
            self._absent(household, members)

    # --- the three outcomes ------------------------------------------------------------------------------------------

    def _new(self, row: HouseholdRow, members: list[MemberRow]) -> None:
        household = Household(number=row.household_number, maintained_by=self.school, **values.of_household(row))
        self.plan.new_households.append(household)
        self.plan.households.new += 1
        for member in members:
            self._new_member(household, member)

    def _known(self, household: Household, row: HouseholdRow, members: list[MemberRow], *, overwrite: bool) -> None:
        facts = values.of_household(row) if overwrite else {}
        if overwrite and household.maintained_by_id != self.school.pk:
            facts["maintained_by"] = self.school
        differing = self._apply(household, facts, household.number)
        if overwrite:
            self.plan.replaced += changes.of_household(household, row.row, differing)
        if differing:
            self.plan.changed_households.append(household)
        if changes.shown_of(household, differing):
            self.plan.households.changed += 1
        else:
            self.plan.households.same += 1
        for member in members:
            stored = self.stored.members.get((household.number, member.member_number))
            if stored is None:
                self.plan.replaced.append(changes.of_new_member(household, self._new_member(household, member)))
            else:
                self._known_member(stored, household, member, overwrite=overwrite)

    def _new_member(self, household: Household, row: MemberRow) -> tuple[Member, int]:
        member = Member(household=household, key=row.member_number, **values.of_member(row))
        self.plan.new_members.append(member)
        self.plan.members.new += 1
        self.plan.changes[household.number].add("members")
        self._certificate(member, None, row)
        return member, row.row

    def _known_member(self, member: Member, household: Household, row: MemberRow, *, overwrite: bool) -> None:
        differing = self._apply(member, values.of_member(row), household.number) if overwrite else {}
        changed = bool(differing)
        if changed:
            self.plan.replaced += changes.of_member(household, member, member, row.row, differing)
            self.plan.changed_members.append(member)
        certificate = self.stored.certificates.get(member.pk)
        if overwrite or certificate is None:
            changed |= self._certificate(member, certificate, row)
        if changed:
            self.plan.members.changed += 1
        else:
            self.plan.members.same += 1

    def _certificate(self, member: Member, certificate: IncomeCertificate | None, row: MemberRow) -> bool:
        """A blank certificate takes nothing back: the figures once handed in stay."""
        figures = values.of_certificate(row)
        if figures is None:
            return False
        if certificate is None:
            new = IncomeCertificate(member=member, fiscal_year=self.fiscal_year, **figures)
            self.plan.new_certificates.append(new)
            return True
        differing = self._apply(certificate, figures, row.household_number)
        if not differing:
            return False
        self.plan.replaced += changes.of_member(member.household, member, certificate, row.row, differing)
        self.plan.changed_certificates.append(certificate)
        return True

    def _apply(self, stored: Model, facts: values.Values, number: str) -> values.Differences:
        changed = values.differences(stored, facts)
        values.assign(stored, {name: new for name, (_, new) in changed.items()})
        self.plan.changes[number] |= set(changed)
        return changed

    # --- what needs a person -----------------------------------------------------------------------------------------

    def _held(
        self, household: Household, row: HouseholdRow, members: list[MemberRow], *, foreign: bool
    ) -> list[Finding]:
        """Why the household waits for somebody; nothing: it is taken in. Another school's under 支援措置 waits whatever the roster
        says of it, in the same words: else it would tell guesses right, and let whoever has all of them right into the household."""
        undecided = foreign and row.household_number not in {*self.adopted, *self.kept}
        if undecided and household.address_hidden:
            return [self._guarded(household, row)]
        return self._strangers(household, members) + (self._differing(household, row, members) if undecided else [])

    def _guarded(self, household: Household, row: HouseholdRow) -> Finding:
        told = (changes.PROTECTED, changes.HIDDEN, changes.HIDDEN)
        return self._differs(household, HOUSEHOLDS, row.row, told, found.HOUSEHOLD_GUARDED)

    def _differing(self, household: Household, row: HouseholdRow, members: list[MemberRow]) -> list[Finding]:
        """One finding for each column in which this roster and the registered household differ."""
        result = self._columns(household, household, values.of_household(row), HOUSEHOLDS, row.row)
        for member in members:
            stored = self.stored.members.get((household.number, member.member_number))
            if stored is not None:
                result += self._columns(household, stored, values.of_member(member), MEMBERS, member.row)
        return result

    def _columns(
        self, household: Household, stored: Model, facts: values.Values, layout: SheetLayout, row: int
    ) -> list[Finding]:
        differing = values.differences(stored, facts)
        shown = changes.shown_of(household, differing)
        told = [
            (values.title(stored, name), changes.told(stored, name, new), changes.told(stored, name, old))
            for name, (old, new) in shown.items()
            if not name.endswith("_key")
        ]
        if len(shown) < len(differing):
            told.append((changes.PROTECTED, changes.HIDDEN, changes.HIDDEN))
        return [self._differs(household, layout, row, each) for each in told]

    def _differs(
        self,
        household: Household,
        layout: SheetLayout,
        row: int,
        told: tuple[str, str, str],
        wording: str = found.HOUSEHOLD_DIFFERS,
    ) -> Finding:
        """`told`: the column, and its value in the roster and as registered."""
        column, seen, registered = told
        return Finding(
            code=found.HOUSEHOLD_DIFFERS,
            sheet=layout.name,
            row=row,
            column=column,
            household_number=household.number,
            seen=seen,
            registered=registered,
            words={"by": household.maintained_by.name if household.maintained_by else "―"},
            wording=wording,
        )

    def _strangers(self, household: Household, members: list[MemberRow]) -> list[Finding]:
        """Rows whose key belongs to another person, and people who are registered under another key."""
        keys = {row.member_number for row in members}
        elsewhere = {
            (member.name_key, member.born): member
            for member in self.stored.members_of(household.number)
            if member.key not in keys
        }
        result = []
        for row in members:
            stored = self.stored.members.get((household.number, row.member_number))
            person = (fold_name(row.name), row.born)
            if stored is not None and stored.name_key != person[0] and stored.born != row.born:
                code = found.PERSON_REPLACED
            elif stored is None and person in elsewhere:
                code = found.KNOWN_UNDER_OTHER_KEY
            else:
                continue
            result.append(Finding(code, MEMBERS.name, row.row, "構成員番号", household.number, seen=row.member_number))
        return result

    def _absent(self, household: Household, members: list[MemberRow]) -> None:
        keys = {row.member_number for row in members}
        self.plan.findings += [
            Finding(found.MEMBER_ABSENT, MEMBERS.name, 0, "構成員番号", household.number, registered=member.key)
            for member in self.stored.members_of(household.number)
            if member.key not in keys
        ]
