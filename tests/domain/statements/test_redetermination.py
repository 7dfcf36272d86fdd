"""年度途中の再判定: facts of its own, a day of its own, and what was decided before stays."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import SamePerson
from accounts.roles import Role
from domain.households.models import StatusPeriod
from domain.statements import services
from domain.statements.models import Determination, MemberFacts, Statement
from domain.statements.redetermining import RedeterminationRefused
from domain.statements.states import MoveRefused
from tests.domain.statements import deciders, people
from tests.domain.statements.deciders import APRIL, HIGH, LOW, OCTOBER
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR


def test_category_changes_from_the_day_and_the_old_decision_stays(in_a: Any) -> None:
    first = deciders.forward_propose_approve(deciders.enter(people.opened(), HIGH))
    before = first.determinations.get()
    facts = list(first.facts.order_by("pk").values())
    receipt = before.computation.receipt

    second = deciders.redetermined(first)
    after = second.determinations.get()
    assert (second.state, after.root_id, after.effective_from) == (Statement.State.DECIDED, first.pk, OCTOBER)
    assert before.household_category == 3
    assert after.household_category == 1
    assert deciders.rows_of(first) == [(APRIL, 3), (OCTOBER, 1)]
    before.refresh_from_db()
    assert (before.household_category, before.computation.receipt) == (3, receipt)
    assert list(first.facts.order_by("pk").values()) == facts
    assert [row.category for row in after.pupil_categories.all()] == [1]
    assert {"statement:redetermination:opened"} <= set(outbox.values_list("event", flat=True))


def test_it_goes_the_whole_way_with_history_and_two_people(in_a: Any) -> None:
    again = deciders.enter(deciders.reopened(deciders.decided()), LOW)
    services.forward(again.school, YEAR, records.staff(Role.PRINCIPAL))
    officer = records.staff(Role.BOARD_OFFICER)
    services.propose([again.pk], officer, "決裁2", APRIL)
    assert again.determinations.get().effective_from == OCTOBER  # its own day, not the document's
    with pytest.raises(SamePerson):
        services.approve([again.pk], officer)
    services.approve([again.pk], records.staff(Role.APPROVER))
    assert [step.to_state for step in again.steps.all()] == ["intake", "computed", "forwarded", "proposed", "decided"]
    assert "失業・当年見込" in again.steps.all()[0].reason


@pytest.mark.parametrize("basis", ["estimated", "latest"])
def test_on_another_basis_no_answer_about_last_year_is_used(in_a: Any, basis: str) -> None:
    again = people.compute(deciders.reopened(deciders.decided(), income_basis=basis))
    assert again.state == Statement.State.CHECKING
    absences = set(again.facts.exclude(source=MemberFacts.Source.NOT_NEEDED).values_list("absence", flat=True))
    assert absences == {MemberFacts.Absence.TO_ENTER}
    deciders.enter(again, LOW)
    assert set(again.facts.exclude(source="not_needed").values_list("source", flat=True)) == {"declared"}


def test_on_last_years_basis_answers_and_certificates_are_taken_along(in_a: Any) -> None:
    first = people.computed()
    mother = first.household.members.get(relation="母")
    services.record_certificate(first, mother, LOW)
    deciders.forward_propose_approve(people.compute(first))
    again = people.compute(deciders.reopened(first, income_basis="confirmed", reason="other"))
    assert again.state == Statement.State.COMPUTED
    assert again.facts.get(member=mother).total_income == 500_000
    assert again.facts.get(member__relation="父").source == MemberFacts.Source.INQUIRY
    services.record_certificate(again, mother, HIGH)
    assert first.facts.get(member=mother).total_income == 500_000


def test_only_a_decided_household_and_only_one_at_a_time(in_a: Any) -> None:
    with pytest.raises(RedeterminationRefused, match="決定した後に"):
        deciders.reopened(people.computed(records.school("S02")))
    first = deciders.decided()
    again = deciders.reopened(first)
    with pytest.raises(RedeterminationRefused, match="まだ決定していない再判定"):
        deciders.reopened(first, effective_from=datetime.date(YEAR, 11, 1))
    with pytest.raises(IntegrityError, match="one_open_redetermination"), transaction.atomic():
        Statement.objects.create(
            household=first.household, fiscal_year=YEAR, school=first.school, revises=first, change_reason="other",
            income_basis="confirmed", effective_from=OCTOBER,
        )  # fmt: skip
    services.withdraw(again, "復職した", records.staff(Role.SCHOOL_CLERK))
    assert deciders.reopened(first).pk != again.pk


def test_one_determination_a_day(in_a: Any) -> None:
    first = deciders.decided()
    with pytest.raises(RedeterminationRefused, match="令和7年4月1日からの決定がすでにあります"):
        deciders.reopened(first, effective_from=APRIL)
    second = deciders.redetermined(first)
    with pytest.raises(RedeterminationRefused, match="令和7年10月1日からの決定"):
        deciders.reopened(second, effective_from=OCTOBER)
    with pytest.raises(IntegrityError, match="one_determination_per_day"), transaction.atomic():
        Determination.objects.filter(statement=second).update(effective_from=APRIL)
    with pytest.raises(RedeterminationRefused, match="この年度の日付"):
        deciders.reopened(first, effective_from=datetime.date(YEAR + 1, 4, 1))


def test_a_later_decision_is_not_overwritten_by_one_that_begins_earlier(in_a: Any) -> None:
    first = deciders.forward_propose_approve(deciders.enter(people.opened(), HIGH))
    deciders.redetermined(first)
    july = datetime.date(YEAR, 7, 1)
    middle = people.ANSWER | {"total_income": 5_500_000}
    third = deciders.redetermined(first, middle, effective_from=july)
    assert third.revises_id == first.pk
    assert deciders.rows_of(first) == [(APRIL, 3), (july, 2), (OCTOBER, 1)]


def test_a_status_change_of_the_year_is_kept_under_the_new_category(in_a: Any) -> None:
    first = deciders.forward_propose_approve(deciders.enter(people.opened(), HIGH))
    child = deciders.child_of(first)
    november = datetime.date(YEAR, 11, 1)
    StatusPeriod.objects.create(
        pupil=child, starts_on=november, department="elementary", grade=3, attendance="boarder", category=3
    )
    deciders.redetermined(first)
    rows = list(child.periods.values_list("starts_on", "attendance", "category"))
    assert rows == [(APRIL, "commuter", 3), (OCTOBER, "commuter", 1), (november, "boarder", 1)]


def test_withdrawn_the_decision_before_it_goes_on(in_a: Any) -> None:
    first = deciders.decided()
    rows = deciders.rows_of(first)
    again = deciders.enter(deciders.reopened(first), LOW)
    services.withdraw(again, "復職した", records.staff(Role.SCHOOL_CLERK))
    assert again.steps.order_by("-pk")[0].reason == "復職した"
    assert services.forward(again.school, YEAR, records.staff(Role.PRINCIPAL)) == 0
    assert deciders.rows_of(first) == rows
    with pytest.raises(MoveRefused):
        services.withdraw(first, "", records.staff(Role.SCHOOL_CLERK))
    with pytest.raises(IntegrityError, match="only_redeterminations_are_withdrawn"), transaction.atomic():
        Statement.objects.filter(pk=first.pk).update(state="withdrawn")


def test_members_who_left_do_not_count_for_a_change_of_members(in_a: Any) -> None:
    first = deciders.decided()
    first.household.members.filter(relation="父").update(left_on=datetime.date(YEAR, 9, 20))
    again = people.compute(deciders.reopened(first, reason="members", income_basis="confirmed"))
    members = again.computations.get().receipt["case"]["members"]
    assert len(members) == 2
    assert again.computations.get().income == 0
    other = deciders.decided(where=records.school("S02"))
    other.household.members.filter(relation="父").update(left_on=datetime.date(YEAR, 9, 20))
    again = people.compute(deciders.reopened(other, reason="less_income", income_basis="confirmed"))
    assert len(again.computations.get().receipt["case"]["members"]) == 3  # 前年末日


def test_whoever_left_before_the_base_date_does_not_count_at_all(in_a: Any) -> None:
    home = records.family()
    people.answer(home)
    home.members.filter(relation="父").update(left_on=datetime.date(YEAR - 1, 12, 31))
    home.members.filter(relation="母").update(joined_on=datetime.date(YEAR - 1, 12, 31))
    run = people.compute(people.opened_of(home)).computations.get()
    assert [member["key"] for member in run.receipt["case"]["members"]] == ["02", "03"]
    statement = run.statement
    assert statement.facts.get(member__relation="父").source == MemberFacts.Source.NOT_NEEDED
    shown = people.text(people.clerk_of().get(f"/statements/{statement.pk}/"))
    assert shown.count("算定に数えない") == 2  # in the table of people and in that of amounts


def test_sent_back_and_proposed_for_another_day_leaves_one_proposal(in_a: Any) -> None:
    statement = people.forwarded()
    officer = records.staff(Role.BOARD_OFFICER)
    services.propose([statement.pk], officer, "決裁1", APRIL)
    services.send_back(statement, "確認", officer)
    people.compute(statement)
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    services.propose([statement.pk], officer, "決裁2", OCTOBER)
    assert [(row.document_number, row.effective_from) for row in statement.determinations.all()] == [("決裁2", OCTOBER)]
