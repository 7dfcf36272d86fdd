"""仮決定: for households whose facts are late; the final decision takes its day and it stays as what was known."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import SamePerson
from accounts.roles import Role
from domain.households import changing, extras
from domain.rules.yearpack.model import SpecialAction, SpecialCase
from domain.statements import services
from domain.statements.models import Computation, Determination, Statement
from domain.statements.queries.known import KnownCategories
from domain.statements.redetermining import RedeterminationRefused
from tests.domain.statements import deciders, people
from tests.domain.statements.deciders import APRIL, HIGH, LOW, OCTOBER
from tests.support import records
from tests.support.records import YEAR

JUNE = datetime.date(YEAR, 6, 15)


def pack_that(action: SpecialAction) -> Any:
    rule = people.PACK.special[SpecialCase.PROVISIONAL]
    category = rule.category if action is SpecialAction.CATEGORY else None
    changed = replace(rule, action=action, category=category)
    return replace(people.PACK, special={**people.PACK.special, SpecialCase.PROVISIONAL: changed})


def test_two_people_decide_provisionally_and_the_statement_goes_on(in_a: Any) -> None:
    statement = people.lacking()
    officer, approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
    assert services.propose_provisional([statement.pk], officer, "仮1", APRIL, people.PACK) == 1
    assert deciders.rows_of(statement) == [(APRIL, None)]
    with pytest.raises(SamePerson):
        services.approve_provisional([statement.pk], officer)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Determination.objects.update(approved_by=officer.username)
    assert services.approve_provisional([statement.pk], approver) == 1
    statement.refresh_from_db()
    row = statement.determinations.get()
    assert (row.kind, row.household_category, statement.state) == ("provisional", 3, Statement.State.CHECKING)
    assert deciders.rows_of(statement) == [(APRIL, 3)]
    assert [step.reason for step in statement.steps.all()][-2:] == ["仮決定の起案 仮1", "仮決定"]
    assert services.propose_provisional([statement.pk], officer, "仮2", APRIL, people.PACK) == 0  # there is one


def test_the_final_decision_replaces_it_from_the_same_day(in_a: Any) -> None:
    statement = deciders.provisionally(people.lacking())
    deciders.forward_propose_approve(deciders.enter(statement, LOW), day=OCTOBER)
    rows = list(statement.determinations.order_by("pk").values_list("kind", "effective_from", "household_category"))
    assert rows == [("provisional", APRIL, 3), ("final", APRIL, 1)]
    assert deciders.rows_of(statement) == [(APRIL, 1)]
    final = statement.determinations.get(kind="final")
    assert not final.computation.provisional
    with pytest.raises(IntegrityError, match="one_determination_per_day"), transaction.atomic():
        Determination.objects.create(
            statement=statement, kind="final", computation=final.computation, effective_from=APRIL, proposed_by="x"
        )


def test_what_was_known_when(in_a: Any) -> None:
    statement = deciders.provisionally(people.lacking())
    child = deciders.child_of(statement)
    at_payment = timezone.now()
    known = KnownCategories.of([child.pk]).known_on(child.pk, JUNE, at_payment)
    assert known is not None
    assert (known.category, known.provisional) == (3, True)
    deciders.forward_propose_approve(deciders.enter(statement, LOW))
    categories = KnownCategories.of([child.pk])
    valid = categories.valid_on(child.pk, JUNE)
    assert valid is not None
    assert (valid.category, valid.provisional, valid.effective_from) == (1, False, APRIL)
    assert categories.known_on(child.pk, JUNE, at_payment) == known
    assert categories.known_on(child.pk, datetime.date(YEAR, 3, 31), timezone.now()) is None
    assert categories.known_on(child.pk, datetime.date(YEAR + 1, 4, 1), timezone.now()) is None


def test_known_categories_over_a_redetermination_and_another_enrolment(
    in_a: Any, django_assert_num_queries: Any
) -> None:
    first = deciders.forward_propose_approve(deciders.enter(people.opened(), HIGH))
    between = timezone.now()
    deciders.redetermined(first)
    child = deciders.child_of(first)
    moved = records.pupil(child.member, records.school("S02"), enrolled_on=datetime.date(YEAR, 11, 1))
    with django_assert_num_queries(2):
        known = KnownCategories.of([child.pk, moved.pk])
    for pupil in (child.pk, moved.pk):
        october = known.valid_on(pupil, OCTOBER)
        before = known.known_on(pupil, OCTOBER, between)
        september = known.valid_on(pupil, OCTOBER - datetime.timedelta(days=1))
        assert october is not None
        assert before is not None
        assert september is not None
        assert (october.category, before.category, september.category) == (1, 3, 3)
        assert known.days_of(pupil) == [APRIL, OCTOBER]


def test_no_payment_until_decided(in_a: Any) -> None:
    statement = people.lacking()
    officer = records.staff(Role.BOARD_OFFICER)
    assert services.propose_provisional([statement.pk], officer, "仮1", APRIL, pack_that(SpecialAction.NO_PAYMENT)) == 1
    services.approve_provisional([statement.pk], records.staff(Role.APPROVER))
    assert deciders.rows_of(statement) == [(APRIL, None)]
    child = deciders.child_of(statement)
    known = KnownCategories.of([child.pk]).valid_on(child.pk, JUNE)
    assert known is not None
    assert known.category is None


def test_to_judge_needs_the_facts(in_a: Any) -> None:
    lacking = people.lacking()
    officer = records.staff(Role.BOARD_OFFICER)
    assert services.propose_provisional([lacking.pk], officer, "仮1", APRIL, pack_that(SpecialAction.JUDGE)) == 0
    assert not Determination.objects.exists()


def test_only_where_facts_are_late(in_a: Any) -> None:
    complete, forwarded = people.computed(), people.forwarded(records.school("S02"))
    officer = records.staff(Role.BOARD_OFFICER)
    ids = [complete.pk, forwarded.pk]
    assert services.propose_provisional(ids, officer, "仮1", APRIL, people.PACK) == 0


def test_a_run_for_a_provisional_category_is_never_forwarded(in_a: Any) -> None:
    statement = people.lacking()
    services.propose_provisional([statement.pk], records.staff(Role.BOARD_OFFICER), "仮1", APRIL, people.PACK)
    assert Computation.objects.filter(provisional=True).count() == 1
    people.compute(statement)  # the same lack as before is not kept again
    assert statement.computations.count() == 2
    decided = deciders.forward_propose_approve(deciders.enter(statement, LOW))
    assert decided.determinations.get().kind == "final"  # the proposal nobody approved is gone
    assert not decided.determinations.get().computation.provisional


def test_taken_back_before_it_is_decided(in_a: Any) -> None:
    statement = people.lacking()
    officer = records.staff(Role.BOARD_OFFICER)
    services.propose_provisional([statement.pk], officer, "仮1", APRIL, people.PACK)
    assert services.withdraw_provisional([statement.pk], officer) == 1
    assert services.approve_provisional([statement.pk], records.staff(Role.APPROVER)) == 0
    deciders.provisionally(statement)
    assert services.withdraw_provisional([statement.pk], officer) == 0


def test_a_redetermination_may_be_decided_provisionally_on_its_own_day(in_a: Any) -> None:
    first = deciders.forward_propose_approve(deciders.enter(people.opened(), HIGH))
    again = deciders.provisionally(people.compute(deciders.reopened(first)))
    with pytest.raises(RedeterminationRefused, match="仮決定があるため"):
        services.withdraw(again, "やめる", records.staff(Role.SCHOOL_CLERK))
    assert deciders.rows_of(first) == [(APRIL, 3), (OCTOBER, 3)]
    deciders.forward_propose_approve(deciders.enter(again, LOW))
    assert deciders.rows_of(first) == [(APRIL, 3), (OCTOBER, 1)]


def test_days_of_decisions_for_rows_that_are_written_later(in_a: Any) -> None:
    first = deciders.forward_propose_approve(deciders.enter(people.opened(), HIGH))
    deciders.redetermined(first)
    child = deciders.child_of(first)
    assert extras.category_days(child.pk) == [(APRIL, 3), (OCTOBER, 1)]
    changing.leave(child, datetime.date(YEAR, 8, 31), "転居")
    facts = {name: getattr(child.periods.all()[0], name) for name in changing.FACTS}
    moved = changing.enrol(child.member, records.school("S02"), "N1", datetime.date(YEAR, 9, 1), facts, "転居")
    assert list(moved.periods.values_list("category", flat=True)) == [3, 1]
    [one, two] = extras.effects_from([child.pk], OCTOBER)
    assert "令和7年4月1日からの決定（決裁1）" in one
    assert "令和7年10月1日からの決定（決裁2）" in two
