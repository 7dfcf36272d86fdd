"""A certificate and an electronic answer of one person: side by side, chosen with a reason, again until 進達; neither is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.roles import Role
from domain.linkage.models import Inquiry
from domain.statements import services
from domain.statements.choosing import ChoiceRefused
from domain.statements.models import FactsChoice, MemberFacts, Statement
from tests.domain.statements import deciders, people
from tests.domain.statements.deciders import HIGH, LOW
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

CERTIFICATE, ANSWER = FactsChoice.Stands.CERTIFICATE, FactsChoice.Stands.ANSWER
WHY = "修正申告の後の証明書のため"
ANSWERED = {**people.ANSWER, "total_income": 9_000_000, "tax_year": YEAR, "municipality": "サンプル市"}


def entered(**inquiry: Any) -> tuple[Statement, Any]:
    """The father's certificate says 500,000円; afterwards an answer says 9,000,000円."""
    statement = deciders.enter(people.opened(), LOW)
    father = statement.household.members.get(relation="父")
    given: dict[str, Any] = {"answer": ANSWERED, "answered_at": timezone.now()}
    people.ask(statement.household, father, **(given | inquiry))
    return people.compute(statement), father


def total(statement: Statement, member: Any) -> tuple[str, int | None]:
    facts = MemberFacts.objects.get(statement=statement, member=member)
    return facts.source, facts.total_income


def category(statement: Statement) -> int | None:
    run = statement.computations.order_by("-sequence").first()
    assert run is not None
    return run.category


def waits(statement: Statement) -> bool:
    shown = people.text(people.clerk_of().get("/statements/?waiting=choice"))
    return statement.household.number in shown


@pytest.mark.parametrize("settlement", ["none", "certificate"])
def test_the_facts_follow_the_choice_and_both_stay(in_a: Any, settlement: str) -> None:
    statement, father = entered(settlement=settlement)
    assert total(statement, father) == ("certificate", 500_000)  # until somebody chooses
    assert (statement.state, category(statement)) == (Statement.State.COMPUTED, 1)

    services.choose(statement, father, ANSWER, WHY)
    statement.refresh_from_db()
    assert statement.state == Statement.State.READY  # nothing goes on with the figures before
    people.compute(statement)
    assert total(statement, father) == ("inquiry", 9_000_000)
    assert category(statement) == 3

    services.choose(statement, father, CERTIFICATE, "証明書を確かめた")
    people.compute(statement)
    assert total(statement, father) == ("certificate", 500_000)
    assert category(statement) == 1
    rows = FactsChoice.objects.filter(statement=statement, member=father)
    assert [(row.stands, row.reason) for row in rows] == [(ANSWER, WHY), (CERTIFICATE, "証明書を確かめた")]
    kept = [(row.certificate or {}, row.answer or {}) for row in rows]
    assert [(ours["amounts"]["total_income"], theirs["amounts"]["total_income"]) for ours, theirs in kept] == [
        (500_000, 9_000_000)
    ] * 2
    assert Inquiry.objects.get(member=father).answer == ANSWERED
    told = outbox.filter(event="statement:source:chosen").order_by("pk")
    assert sorted(event.detail["stands"] for event in told) == [ANSWER, CERTIFICATE]
    assert {subject["kind"] for event in told for subject in event.subjects} == {"statement", "member", "inquiry"}


def test_only_with_a_reason_at_the_school_and_of_what_is_there(in_a: Any) -> None:
    statement, father = entered()
    mother = statement.household.members.get(relation="母")
    with pytest.raises(ChoiceRefused, match="理由"):
        services.choose(statement, father, ANSWER, " ")
    with pytest.raises(ChoiceRefused, match="回答がありません"):
        services.choose(statement, mother, ANSWER, WHY)
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    with pytest.raises(ChoiceRefused, match="差し戻して"):
        services.choose(statement, father, ANSWER, WHY)
    assert total(statement, father) == ("certificate", 500_000)
    assert not FactsChoice.objects.exists()


@pytest.mark.parametrize(
    ("inquiry", "said"),
    [
        ({"match": "mismatch"}, "確かめられない"),
        (
            {"match": "review", "match_detail": {"items": [{"item": "生年月日"}]}, "settlement": "certificate"},
            "確かめられない",
        ),
        ({"match": "review"}, "突合"),
        ({"match": "review", "settlement": "rejected"}, "確かめられない"),
        ({"answer": {**ANSWERED, "total_income": None}}, "総所得金額がない"),
        ({"state": "not_declared", "answer": None, "match": "none"}, "回答がありません"),
    ],
)
def test_an_answer_that_cannot_count_is_not_chosen(in_a: Any, inquiry: dict[str, Any], said: str) -> None:
    statement, father = entered(**inquiry)
    with pytest.raises(ChoiceRefused, match=said):
        services.choose(statement, father, ANSWER, WHY)
    assert total(statement, father) == ("certificate", 500_000)


def test_a_doubted_answer_that_a_person_may_take_is_chosen_beside_a_settled_certificate(in_a: Any) -> None:
    statement, father = entered(match="review", settlement="certificate")
    services.choose(statement, father, ANSWER, WHY)
    people.compute(statement)
    assert total(statement, father) == ("inquiry", 9_000_000)


def test_where_no_certificate_was_entered_the_late_answer_can_be_used(in_a: Any) -> None:
    """A certificate was to stand in and nobody brought it: the answer that came need not be left unused."""
    home = records.family()
    people.answer(home, settlement="certificate", answered_at=timezone.now())
    statement = people.compute(people.opened_of(home))
    assert statement.state == Statement.State.CHECKING
    assert waits(statement)
    assert "代替した後に、回答が届いています" in people.text(people.clerk_of().get(f"/statements/{statement.pk}/"))
    for parent in home.members.order_by("key")[:2]:
        services.choose(statement, parent, ANSWER, WHY)
    assert people.compute(statement).state == Statement.State.COMPUTED
    with pytest.raises(ChoiceRefused, match="入力されていません"):
        services.choose(statement, parent, CERTIFICATE, WHY)
    assert not waits(statement)


def test_a_chosen_answer_that_is_asked_anew_leaves_the_certificate(in_a: Any) -> None:
    from domain.linkage.services import ask_again

    statement, father = entered()
    services.choose(statement, father, ANSWER, WHY)
    ask_again(Inquiry.objects.get(member=father), records.staff(Role.BOARD_OFFICER), "番号を確かめた")
    assert people.compute(statement).state == Statement.State.COMPUTED
    assert total(statement, father) == ("certificate", 500_000)


def test_typing_a_certificate_anew_chooses_it(in_a: Any) -> None:
    statement, father = entered()
    services.choose(statement, father, ANSWER, WHY)
    services.record_certificate(statement, father, HIGH | {"total_income": 700_000})
    people.compute(statement)
    assert total(statement, father) == ("certificate", 700_000)
    assert [row.stands for row in statement.choices.all()] == [ANSWER, CERTIFICATE]
    assert (statement.choices.all()[0].certificate or {})["amounts"]["total_income"] == 500_000


def test_a_redetermination_on_last_years_income_takes_the_choice_along(in_a: Any) -> None:
    statement, father = entered(settlement="certificate")
    services.choose(statement, father, ANSWER, WHY)
    first = deciders.forward_propose_approve(people.compute(statement))
    again = people.compute(deciders.reopened(first, income_basis="confirmed", reason="other"))
    assert total(again, father) == ("inquiry", 9_000_000)
    services.choose(again, father, CERTIFICATE, "証明書を確かめた")
    assert total(first, father) == ("inquiry", 9_000_000)


def test_what_waits_is_listed_until_somebody_chose(in_a: Any) -> None:
    statement, father = entered()
    assert waits(statement)
    clerk = people.clerk_of()
    assert "/statements/?waiting=choice" in people.text(clerk.get("/"))
    late = Inquiry.objects.get(member=father)
    Inquiry.objects.filter(pk=late.pk).update(settlement="certificate")
    assert "どちらの額を使うかは、調書の画面で" in people.text(clerk.get(f"/linkage/reviews/{late.pk}/"))
    assert "額の違う回答が届いています" in people.text(people.clerk_of().get(f"/statements/{statement.pk}/"))
    services.choose(statement, father, CERTIFICATE, WHY)
    assert not waits(statement)
    assert "waiting=choice" not in people.text(clerk.get("/"))
    same, _ = entered(answer={**LOW, "forest_income": None})  # says the same: nothing to choose
    before, _ = entered(answered_at=timezone.now() - timedelta(days=1))  # was known when it was typed
    assert not waits(same)
    assert not waits(before)


def test_the_page_marks_the_differences_chooses_and_computes(in_a: Any, heard: list[Any]) -> None:
    statement, father = entered()
    clerk, place = people.clerk_of(), f"/statements/{statement.pk}/members/{father.pk}/source/"
    assert place in people.text(clerk.get(f"/statements/{statement.pk}/"))
    heard.clear()
    shown = people.text(clerk.get(place))
    for words in (
        "<mark>500,000</mark>",
        "<mark>9,000,000</mark>",
        "いまは「所得証明書」を使っています",
        "見本 太郎さん",
    ):
        assert words in shown, words
    assert "<mark>40,000</mark>" not in shown  # the same on both sides
    [event] = [row for row in heard if row["event"] == "read:statement:shown"]
    assert {"kind": "member", "id": str(father.pk)} in event["subjects"]
    assert "どちらを使うかを選んで" in people.text(clerk.post(place, {"reason": WHY}), 422)
    assert "理由を入力して" in people.text(clerk.post(place, {"stands": ANSWER}), 422)
    done = people.text(clerk.post(place, {"stands": ANSWER, "reason": WHY}, follow=True))
    assert "算定しました" in done
    statement.refresh_from_db()
    assert (statement.state, category(statement)) == (Statement.State.COMPUTED, 3)
    history = people.text(clerk.get(place))
    assert WHY in history
    assert "いまは「情報照会の回答」を使っています" in history
    assert people.browser_of(Role.BOARD_OFFICER).get(place).status_code == 403
    assert people.clerk_of("S02").get(place).status_code == 404
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    assert "記録して算定する" not in people.text(clerk.get(place))


def test_choices_are_only_added(in_a: Any) -> None:
    statement, father = entered()
    services.choose(statement, father, ANSWER, WHY)
    for attempt in ("UPDATE statements_factschoice SET reason = ''", "DELETE FROM statements_factschoice"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)
