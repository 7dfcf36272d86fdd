"""Households and imports as the pages show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from domain.households.extras import Mark
from domain.households.importing import changes
from domain.households.importing.findings import (
    HOUSEHOLD_DIFFERS,
    KNOWN_UNDER_OTHER_KEY,
    PERSON_REPLACED,
    SETTLEMENT_LABELS,
)
from domain.households.importing.tally import LABELS
from domain.households.models import Household, Member, Pupil, RosterChange, RosterProblem
from domain.households.roster.layout import ROSTER
from domain.households.services import decisions_for
from web.formatting import format_postal_code, mask_account

HIDDEN = "支援措置により表示していません"


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A line of the list. The address of a household under 支援措置 is not in it."""

    household: Household
    pupils: Sequence[Pupil]
    address: str

    @property
    def attends(self) -> bool:
        return any(pupil.left_on is None for pupil in self.pupils)


def household_row(household: Household) -> HouseholdRow:
    pupils = [pupil for member in household.members.all() for pupil in member.enrolments.all()]
    return HouseholdRow(household, pupils, HIDDEN if household.address_hidden else household.address)


@dataclass(frozen=True, slots=True)
class MemberRow:
    member: Member
    marks: Sequence[Mark]


def member_rows(members: Sequence[Member], marks: Mapping[int, Sequence[Mark]]) -> list[MemberRow]:
    return [MemberRow(member, marks.get(member.pk, ())) for member in members]


def _yes_no(value: bool | None) -> str:
    return {True: "該当", False: "非該当", None: "未確認"}[value]


def facts(household: Household, *, address_open: bool) -> list[tuple[str, str]]:
    """世帯 as term and value; address, telephone and their like only when they may be seen now."""
    place = [
        ("郵便番号", format_postal_code(household.postal_code)),
        ("住所", household.address),
        ("前年末住所", household.year_end_address or "現住所と同じ"),
        ("電話番号", household.phone or "―"),
    ]
    if household.address_hidden and not address_open:
        place = [(term, HIDDEN) for term, _ in place]
    return [
        ("保護者等", f"{household.guardian_name}（{household.guardian_kana}）"),
        *place,
        ("地区区分・級地区分", f"{'ⅠⅡⅢⅣⅤⅥ'[household.winter_zone - 1]}区・{_grade(household.living_cost_grade)}"),
        ("辞退状況", household.get_decline_display()),
        ("生活保護", "受けている" if household.on_welfare else "受けていない"),
        ("母子（父子）世帯", _yes_no(household.single_parent)),
        ("振込先", _account(household)),
        ("記載校", household.maintained_by.name if household.maintained_by else "―"),
        ("特記事項", household.note or "―"),
    ]


def _grade(grade: str) -> str:
    level, _, part = grade.partition("-")
    return f"{level}級地-{part}"


def _account(household: Household) -> str:
    if not household.account_number:
        return "登録されていません"
    number = household.account_number
    kind = household.get_account_type_display()
    return f"{household.bank_name} {household.branch_name} {kind} {mask_account(number)} {household.account_holder}"


# --- imports ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """`registered` is blank where the person may not see that household; `acts` are (decision, label). `placed`: with its row."""

    problem: RosterProblem
    column: str
    message: str
    seen: str
    registered: str
    acts: Sequence[tuple[str, str]] = field(default_factory=tuple)
    placed: bool = True


def problem_rows(
    problems: Sequence[RosterProblem], visible: Collection[str], protected: Collection[str], elsewhere: Collection[str]
) -> list[ProblemRow]:
    """`visible`: 世帯番号 that the person may see. What concerns a household beyond them is decided by others.
    `protected`: those under 支援措置 today, whatever they were when the roster was read. That another school's household (`elsewhere`)
    is not as the roster has it is one row to whoever may not see it, the same for every such household: neither what differs, nor
    who is registered in it, nor whether it is under 支援措置.
    """
    rows, told = [], set()
    for problem in problems:
        if not _is_others(problem, visible, elsewhere):
            rows.append(_problem_row(problem, visible, protected))
        elif problem.household_number not in told:
            told.add(problem.household_number)
            rows.append(ProblemRow(problem, "", ELSEWHERE, "", NOT_SHOWN, placed=False))
    return rows


def may_decide(problem: RosterProblem, visible: Collection[str], elsewhere: Collection[str]) -> bool:
    """Whoever decides between two values must be allowed to see both; and that a decision fits would tell what is compared."""
    sees = not problem.registered or problem.household_number in visible
    return sees and not _is_others(problem, visible, elsewhere)


def _is_others(problem: RosterProblem, visible: Collection[str], elsewhere: Collection[str]) -> bool:
    """Whether a row tells something of a household that the person may not see."""
    if problem.code == HOUSEHOLD_DIFFERS:
        return problem.household_number not in visible
    return problem.code in (PERSON_REPLACED, KNOWN_UNDER_OTHER_KEY) and problem.household_number in elsewhere


def _problem_row(problem: RosterProblem, visible: Collection[str], protected: Collection[str]) -> ProblemRow:
    sees = may_decide(problem, visible, ())
    registered = problem.registered if sees else NOT_SHOWN
    acts = [(each, SETTLEMENT_LABELS[each]) for each in decisions_for(problem)] if sees else []
    if problem.household_number in protected and problem.column in changes.guarded_columns():
        held = changes.HIDDEN if sees and problem.registered else registered
        return ProblemRow(problem, changes.PROTECTED, problem.message, changes.HIDDEN, held, acts)
    return ProblemRow(problem, problem.column, problem.message, problem.seen, registered, acts)


NOT_SHOWN = "（登録した学校か教育委員会が確認できます）"
ELSEWHERE = (
    "ほかの学校の名簿で登録されている世帯番号です。この学校の世帯として取り込んでよいかを教育委員会が確かめるまで、取り込みません。"
    "世帯番号が正しければ、教育委員会に連絡してください。"
)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A line of what a roster would change, as this person may see it now."""

    change: RosterChange
    column: str
    before: str
    after: str
    touched: str


def change_rows(found: Sequence[RosterChange], visible: Collection[str], protected: Collection[str]) -> list[ChangeRow]:
    """With the registered value as far as the person may see the household. Of one under 支援措置 today (`protected`) all that
    is guarded is one line, without its columns.
    """
    rows, told = [], set()
    for each in found:
        before = each.before if each.household_number in visible else NOT_SHOWN
        if each.household_number in protected and each.column in changes.guarded_columns():
            if each.household_number not in told:
                rows.append(ChangeRow(each, changes.PROTECTED, changes.HIDDEN, changes.HIDDEN, ""))
            told.add(each.household_number)
        else:
            rows.append(ChangeRow(each, each.column, before, each.after, each.touched))
    return rows


@dataclass(frozen=True, slots=True)
class CountRow:
    sheet: str
    counts: Sequence[int]


def count_rows(counts: Mapping[str, Mapping[str, int]]) -> list[CountRow]:
    """In the order of the workbook: the database keeps none."""
    sheets = [layout.name for layout in ROSTER if layout.name in counts]
    return [CountRow(sheet, [counts[sheet].get(name, 0) for name in LABELS]) for sheet in sheets]
