"""assess(): from a household's facts to income, need and 支弁区分, with everything that was used on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from domain.rules.assessment.category import Reason, boundary_of, special_case_of
from domain.rules.assessment.income import IncomeResult, add_up
from domain.rules.assessment.need import MONTHS, Entry, Line, annual_total, has_parent_deduction, home_of, measure
from domain.rules.assessment.shaping import Adjustment
from domain.rules.cases import GRADES, ZONES, Category, Decline, HouseholdCase
from domain.rules.errors import CaseError, Missing, RuleMissing, where_to_fill
from domain.rules.standing import Standing, weakest
from domain.rules.yearpack.model import Boundary, Pack, SpecialAction, SpecialCase, SpecialRule
from domain.rules.yearpack.tables import MOST_PEOPLE, OLDEST

if TYPE_CHECKING:
    from domain.rules.assessment.steps import TraceStep
    from domain.rules.canonical import SealedText


@dataclass(frozen=True, slots=True)
class PupilCategory:
    """A pupil's own 支弁区分, which payments use; it differs from the household's for 措置費受給の施設生."""

    key: str
    category: Category | None
    reason: Reason
    rule: SpecialRule | None = None


@dataclass(frozen=True, slots=True)
class Computation:
    """The figures behind a computed category; `boundary` None while something is missing."""

    income: IncomeResult
    entries: tuple[Entry, ...]
    annual_need: Fraction
    boundary: Boundary | None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The counted amounts of the need alone."""
        return tuple(entry for entry in self.entries if isinstance(entry, Line))


@dataclass(frozen=True, slots=True)
class Assessment:
    """Result for one household.

    `income`, `annual_need`: 年額, 円, None where the category is fixed without them or something is missing.
    `category`: the household's 支弁区分; None with reason `full_decline` = nothing is paid, with `missing` = stopped,
    with `provisional` = the board pays nothing until decided.  `standing`: weakest of the rows used.
    """

    pack: Pack
    case: HouseholdCase
    income: int | None
    annual_need: Fraction | None
    category: Category | None
    reason: Reason
    pupils: tuple[PupilCategory, ...]
    standing: Standing
    missing: tuple[Missing, ...]
    computation: Computation | None
    special: SpecialRule | None

    @property
    def monthly_need(self) -> Fraction | None:
        """需要額, 月額, 円, exact."""
        return None if self.annual_need is None else self.annual_need / MONTHS

    @property
    def complete(self) -> bool:
        """Whether nothing was missing."""
        return not self.missing

    @property
    def single_parent_by_deduction(self) -> bool:
        """Whether a guardian's ひとり親・寡婦控除 alone makes it a 母子(父子)世帯."""
        return self.pack.need.single_parent_by_deduction is not None and by_deduction_alone(self.case)

    @property
    def steps(self) -> tuple[TraceStep, ...]:
        """Every step with row, inputs, value, source, standing and article."""
        from domain.rules.assessment.trace import steps_of

        return steps_of(self)

    def require(self) -> Assessment:
        """Itself; RuleMissing if a row or fact is absent."""
        if self.missing:
            raise RuleMissing(self.missing)
        return self

    def receipt(self) -> dict[str, object]:
        """`kubun-receipt/1`: case, result and steps, sealed by a digest.  No clock: equal inputs give equal receipts."""
        from domain.rules.assessment.receipts import assessment_receipt

        return assessment_receipt(self)

    def receipt_text(self) -> SealedText:
        """`receipt()` as its canonical text, as it is stored, with the digest of that text."""
        from domain.rules.assessment.receipts import sealed_text

        return sealed_text(self)


def assess(pack: Pack, case: HouseholdCase) -> Assessment:
    """支弁区分 of a household under `pack` (令2条).  CaseError for facts that contradict the pack's year or themselves."""
    _check(pack, case)
    kind = special_case_of(case)
    rule = None if kind is None else pack.special.get(kind)
    if kind is not None and rule is None:
        return _stopped(pack, case, (_no_special(kind),))
    if rule is not None and rule.action is not SpecialAction.JUDGE:
        pupils, missing = _pupils(pack, case, rule.category, Reason(rule.case.value))
        if missing:
            return _stopped(pack, case, missing)
        standing = weakest([rule.origin.standing, *_rule_standings(pupils)])
        reason = Reason(rule.case.value)
        return Assessment(pack, case, None, None, rule.category, reason, pupils, standing, (), None, rule)
    return _computed(pack, case, rule)


def _computed(pack: Pack, case: HouseholdCase, special: SpecialRule | None) -> Assessment:
    home = home_of(case, age_day(pack, case))
    found = measure(pack.need, home)
    income = add_up(pack.income, case, home)
    missing = (*found.missing.values(), *income.missing)
    need = Fraction(annual_total(pack.need, found.entries))
    if missing:
        return _stopped(pack, case, missing, Computation(income, tuple(found.entries), need, None))
    boundary = boundary_of(pack.boundaries, income.amount, need)
    pupils, missing = _pupils(pack, case, boundary.category, Reason.COMPUTED)
    computation = Computation(income, tuple(found.entries), need, boundary)
    if missing:
        return _stopped(pack, case, missing, computation)
    standings = _standings_used(pack, case, computation)
    if special is not None:
        standings.add(special.origin.standing)
    standing = weakest([*standings, *_rule_standings(pupils)])
    return Assessment(
        pack, case, income.amount, need, boundary.category, Reason.COMPUTED, pupils, standing, (), computation, special
    )


def age_day(pack: Pack, case: HouseholdCase) -> date:
    """Day on which ages are taken."""
    return case.base_date if pack.ages.on == "base_date" else date(case.fiscal_year, 4, 1)


def _standings_used(pack: Pack, case: HouseholdCase, computation: Computation) -> set[Standing]:
    """Standings of every row that had a part in the result."""
    income, need = computation.income, pack.need
    found = {need.origin.standing, pack.income.origin.standing}
    for entry in computation.entries:
        if isinstance(entry, Adjustment):
            if entry.rate is not None:
                found.add(entry.rate.origin.standing)
            if entry.exclusion is not None:
                found.add(entry.exclusion.origin.standing)
        else:
            if entry.cell is not None:
                found.add(entry.cell.origin.standing)
            if entry.component.origin is not None:
                found.add(entry.component.origin.standing)
    found |= {switch.origin.standing for switch in (*need.switches, *pack.income.switches)}
    if pack.as_of is not None:
        found.add(pack.as_of.origin.standing)
    if any(member.stated_age is None for member in case.members):
        found.add(pack.ages.origin.standing)
    if income.floored:
        found.add(pack.income.floor.standing)
    if pack.income.assumed_none_origin is not None and any(member.assumed for member in income.members):
        found.add(pack.income.assumed_none_origin.standing)
    if need.single_parent_by_deduction is not None and by_deduction_alone(case):
        found.add(need.single_parent_by_deduction.standing)
    if computation.boundary is not None:
        found.add(computation.boundary.origin.standing)
    return found


def by_deduction_alone(case: HouseholdCase) -> bool:
    """母子(父子)世帯 by a guardian's deduction alone."""
    return not case.single_parent and any(map(has_parent_deduction, case.members))


def _rule_standings(pupils: tuple[PupilCategory, ...]) -> list[Standing]:
    return [pupil.rule.origin.standing for pupil in pupils if pupil.rule is not None]


def _pupils(
    pack: Pack, case: HouseholdCase, category: Category | None, reason: Reason
) -> tuple[tuple[PupilCategory, ...], tuple[Missing, ...]]:
    """Each pupil's own category: the household's, but for 措置費 pupils the prefecture's setting."""
    pupils = []
    for member in case.members:
        if not member.special_needs:
            continue
        if not member.institution or case.decline is Decline.FULL:
            pupils.append(PupilCategory(member.key, category, reason))
            continue
        rule = pack.special.get(SpecialCase.INSTITUTION)
        if rule is None:
            return (), (_no_special(SpecialCase.INSTITUTION),)
        own = category if rule.action is SpecialAction.JUDGE else rule.category
        pupils.append(PupilCategory(member.key, own, Reason.INSTITUTION, rule))
    return tuple(pupils), ()


def _stopped(
    pack: Pack, case: HouseholdCase, missing: tuple[Missing, ...], computation: Computation | None = None
) -> Assessment:
    pupils = tuple(PupilCategory(m.key, None, Reason.MISSING) for m in case.members if m.special_needs)
    return Assessment(
        pack, case, None, None, None, Reason.MISSING, pupils, Standing.UNCONFIRMED, missing, computation, None
    )


def _no_special(kind: SpecialCase) -> Missing:
    message = f"{kind.label}の世帯・児童生徒の支弁区分が年度定義にありません。{where_to_fill('区分の特例')}"
    return Missing("row", f"special/{kind.value}", message)


def _check(pack: Pack, case: HouseholdCase) -> None:
    if case.fiscal_year != pack.fiscal_year:
        raise CaseError(f"年度が合いません: 世帯は{case.fiscal_year}年度、年度定義は{pack.fiscal_year}年度です。")
    if case.base_date != date(case.fiscal_year - 1, 12, 31):
        raise CaseError(f"基準日は前年末日({case.fiscal_year - 1}-12-31)にしてください: {case.base_date}")
    if case.living_cost_grade not in GRADES:
        raise CaseError(f"級地は 1-1 から 3-2 のどれかにしてください: {case.living_cost_grade}")
    if case.winter_zone not in ZONES:
        raise CaseError(f"地区は 1(Ⅰ) から 6(Ⅵ) のどれかにしてください: {case.winter_zone}")
    if not case.members:
        raise CaseError("世帯構成員がいません。同一生計の世帯員を入力してください。")
    if len(case.members) > MOST_PEOPLE:
        raise CaseError(f"世帯構成員が{MOST_PEOPLE}人を超えています。入力を確かめてください。")
    if len({member.key for member in case.members}) < len(case.members):
        raise CaseError("世帯構成員の識別子が重複しています。")
    for member in case.members:
        if member.born > case.base_date:
            raise CaseError(f"世帯員「{member.key}」の生年月日が基準日({case.base_date})より後です: {member.born}")
        if case.base_date.year - member.born.year > OLDEST:
            raise CaseError(f"世帯員「{member.key}」の生年月日が古すぎます: {member.born}")
