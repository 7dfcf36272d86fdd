"""A 調書 from intake to notice: facts, computation, forwarding, two people, history."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import SamePerson
from accounts.roles import Role
from audit.trail.vocabulary import Event
from domain.households.models import Household, StatusPeriod
from domain.linkage.models import Inquiry
from domain.linkage.targets import base_date
from domain.rules import is_intact, load_pack
from domain.rules.canonical import digest_of_text
from domain.statements import services
from domain.statements.models import Computation, Determination, MemberFacts, PupilCategory, Statement
from domain.statements.states import MoveRefused
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

PACK = load_pack("R07-former-standard", overlays=("sample-operator",))
ANSWER = {
    "total_income": 3_000_000,
    "retirement_income": 0,
    "forest_income": 0,
    "social_insurance": 400_000,
    "life_insurance": 40_000,
    "earthquake_insurance": 5_000,
}


def answered(home: Household, **values: Any) -> None:
    """Both parents asked; the father earned, the mother did not."""
    father, mother = home.members.order_by("key")[:2]
    for member, answer in ((father, ANSWER), (mother, dict.fromkeys(ANSWER, 0))):
        Inquiry.objects.create(
            member=member,
            fiscal_year=YEAR,
            kind=Inquiry.Kind.TAX,
            base_date=base_date(YEAR),
            base_address=home.address,
            **({"state": Inquiry.State.ANSWERED, "match": Inquiry.Match.MATCHED, "answer": answer} | values),
        )


def opened(home: Household) -> Statement:
    services.open_statements(YEAR)
    return Statement.objects.get(household=home)


def computed(home: Household) -> Statement:
    statement = opened(home)
    services.compute([statement], PACK)
    statement.refresh_from_db()
    return statement


def digests_in_the_database() -> list[str]:
    """As docs/receipt-format.md says how anybody may prove a stored receipt."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'sha256:' || encode(sha256(convert_to(receipt_text, 'UTF8')), 'hex') FROM statements_computation"
        )
        return [digest for (digest,) in cursor.fetchall()]


def test_from_intake_to_notice(in_a: Any) -> None:
    home = records.family()
    answered(home)
    statement = computed(home)
    assert statement.state == Statement.State.COMPUTED
    run = statement.computations.get()
    assert run.income == 3_000_000 - 400_000 - 40_000 - 5_000
    assert run.category in (1, 2, 3)
    assert run.receipt_digest == digest_of_text(run.receipt_text) == run.receipt["digest"]
    assert is_intact(run.receipt)
    assert digests_in_the_database() == [run.receipt_digest]

    officer, approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
    principal = records.staff(Role.PRINCIPAL)
    assert services.forward(statement.school, YEAR, principal) == 1
    assert services.propose_all(YEAR, officer, document_number="決裁1") == 1
    assert services.approve([statement.pk], approver) == 1
    assert services.mark_noticed([statement.pk], "見本") == 1

    statement.refresh_from_db()
    assert statement.state == Statement.State.NOTICED
    determination = statement.determinations.get()
    assert (determination.proposed_by, determination.approved_by) == (officer.username, approver.username)
    period = StatusPeriod.objects.get(pupil__member__household=home)
    assert period.category == run.category == determination.household_category
    assert [step.to_state for step in statement.steps.all()] == [
        "intake", "computed", "forwarded", "proposed", "decided", "noticed",
    ]  # fmt: skip
    recorded = set(outbox.values_list("event", flat=True))
    assert {
        Event.STATEMENT_RECORD_OPENED,
        Event.STATEMENT_CATEGORY_COMPUTED,
        Event.STATEMENT_CATEGORY_DECIDED,
    } <= recorded


def test_opening_twice_opens_once(in_a: Any) -> None:
    records.family()
    assert services.open_statements(YEAR) == 1
    assert services.open_statements(YEAR) == 0


def test_a_household_with_two_schools_has_one_statement_at_the_first(in_a: Any) -> None:
    home = records.family(records.school("S02"))
    sibling = records.member(home, born=datetime.date(2014, 1, 1), special_needs=True)
    records.pupil(sibling, records.school("S01"))
    assert opened(home).school.code == "S01"


def test_a_pupil_who_left_during_the_year_does_not_pull_the_statement_away(in_a: Any) -> None:
    home = records.family(records.school("S02"))
    child = home.members.get(relation="子")
    records.pupil(
        child, records.school("S01"), left_on=datetime.date(YEAR, 9, 1), enrolled_on=datetime.date(YEAR - 1, 4, 1)
    )
    assert opened(home).school.code == "S02"


def test_computing_again_keeps_only_what_changed(in_a: Any) -> None:
    home = records.family()
    answered(home)
    statement = computed(home)
    services.compute([statement], PACK)
    assert statement.computations.count() == 1
    Inquiry.objects.filter(answer__total_income=3_000_000).update(answer=ANSWER | {"total_income": 9_000_000})
    services.compute([statement], PACK)
    assert [run.sequence for run in statement.computations.all()] == [1, 2]


@pytest.mark.parametrize(
    ("values", "absence"),
    [
        ({"match": Inquiry.Match.REVIEW}, MemberFacts.Absence.REVIEW),
        ({"match": Inquiry.Match.MISMATCH}, MemberFacts.Absence.REVIEW),
        ({"state": Inquiry.State.NOT_DECLARED, "answer": None}, MemberFacts.Absence.UNDECLARED),
        ({"state": Inquiry.State.NOT_FOUND, "answer": None}, MemberFacts.Absence.NOT_FOUND),
        ({"state": Inquiry.State.HELD, "answer": None}, MemberFacts.Absence.REFUSED),
    ],
)
def test_an_answer_that_is_not_certain_is_not_used(in_a: Any, values: dict[str, Any], absence: str) -> None:
    home = records.family()
    answered(home, **values)
    statement = opened(home)
    services.gather([statement])
    facts = statement.facts.get(member=home.members.order_by("key").first())
    assert (facts.source, facts.absence, facts.total_income) == (MemberFacts.Source.MISSING, absence, None)


def test_missing_facts_stop_the_computation_and_say_what_is_missing(in_a: Any) -> None:
    home = records.family()
    statement = computed(home)
    assert statement.state == Statement.State.CHECKING
    run = statement.computations.get()
    assert run.category is None
    assert run.missing
    assert services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL)) == 0


def test_an_accepted_review_and_a_certificate_are_used(in_a: Any) -> None:
    home = records.family()
    answered(home, match=Inquiry.Match.REVIEW, settlement=Inquiry.Settlement.ACCEPTED)
    statement = computed(home)
    assert statement.state == Statement.State.COMPUTED
    father = home.members.order_by("key")[0]
    services.record_certificate(statement, father, ANSWER | {"total_income": 1_000, "forestry_income": None})
    services.compute([statement], PACK)
    assert statement.computations.order_by("-sequence")[0].income == 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"on_welfare": True}, "welfare"),
        ({"decline": "partial"}, "partial_decline"),
        ({"decline": "full"}, "full_decline"),
    ],
)
def test_fixed_categories_need_no_income(in_a: Any, values: dict[str, Any], reason: str) -> None:
    statement = computed(records.family(**values))
    assert statement.state == Statement.State.COMPUTED
    assert statement.computations.get().category_reason == reason


def test_one_person_cannot_propose_and_approve(in_a: Any) -> None:
    home = records.family()
    answered(home)
    statement = computed(home)
    officer = records.staff(Role.BOARD_OFFICER)
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    services.propose_all(YEAR, officer, document_number="決裁1")
    with pytest.raises(SamePerson):
        services.approve([statement.pk], officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Determination.objects.update(approved_by=officer.username)
    assert not Determination.objects.exclude(approved_by=None).exists()


def test_sent_back_with_a_reason_and_proposed_again(in_a: Any) -> None:
    home = records.family()
    answered(home)
    statement = computed(home)
    officer, principal = records.staff(Role.BOARD_OFFICER), records.staff(Role.PRINCIPAL)
    services.forward(statement.school, YEAR, principal)
    with pytest.raises(ValueError, match="理由"):
        services.send_back(statement, "  ", officer)
    services.send_back(statement, "住所を確認してください", officer)
    with pytest.raises(MoveRefused):
        services.send_back(statement, "もう一度", officer)
    services.compute([statement], PACK)
    services.forward(statement.school, YEAR, principal)
    assert services.propose_all(YEAR, officer, document_number="決裁2") == 1
    assert Determination.objects.count() == 1
    assert PupilCategory.objects.count() == 1


def test_once_forwarded_nothing_changes_at_the_school(in_a: Any) -> None:
    home = records.family()
    answered(home)
    statement = computed(home)
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    with pytest.raises(MoveRefused):
        services.record_certificate(statement, home.members.get(relation="母"), ANSWER)
    assert services.compute([statement], PACK) == []


def test_a_category_from_the_middle_of_the_year_splits_the_status(in_a: Any) -> None:
    home = records.family()
    answered(home)
    statement = computed(home)
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    day = datetime.date(YEAR, 9, 10)
    services.propose([statement.pk], records.staff(Role.BOARD_OFFICER), "決裁1", day)
    services.approve([statement.pk], records.staff(Role.APPROVER))
    rows = StatusPeriod.objects.filter(pupil__member__household=home).order_by("starts_on")
    assert [(row.starts_on, row.category) for row in rows] == [
        (datetime.date(YEAR, 4, 1), None),
        (day, Computation.objects.get().category),
    ]


def test_a_child_born_after_the_base_date_is_not_in_the_household_of_that_day(in_a: Any) -> None:
    home = records.family()
    answered(home)
    records.member(home, relation="子", born=datetime.date(YEAR, 2, 1))
    statement = computed(home)
    assert statement.state == Statement.State.COMPUTED
    assert len(statement.computations.get().receipt["case"]["members"]) == 3


def test_one_impossible_household_does_not_stop_the_others(in_a: Any) -> None:
    homes = [records.family(living_cost_grade="9-9"), records.family()]
    for home in homes:
        answered(home)
    services.open_statements(YEAR)
    services.compute(list(Statement.objects.all()), PACK)
    states = {statement.household_id: statement.state for statement in Statement.objects.all()}
    assert states == {homes[0].pk: Statement.State.CHECKING, homes[1].pk: Statement.State.COMPUTED}
    assert "級地" in Statement.objects.get(household=homes[0]).steps.get(to_state="checking").reason
