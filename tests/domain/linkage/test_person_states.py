"""The states of a person: the table is whole, every change has its row and event, and no sequence of acts gets around it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.linkage.world import World, child, father, mother

ACTS = [
    "plan",
    "request",
    "accept",
    "reject",
    "retry",
    "check",
    "link",
    "renumber",
    "tell",
    "doubt",
    "settle",
    "withdraw",
]


def test_every_state_is_reached_and_every_state_but_none_is_left() -> None:
    from domain.linkage.persons.states import NEXT, WAYS, State

    assert {way.target for way in WAYS.values()} == set(State)
    assert {source for way in WAYS.values() for source in way.sources} == set(State)
    assert set(NEXT) == set(State)


def test_ready_is_reached_by_the_way_of_the_standard_only() -> None:
    """付番済 → 符号取得中 → 照会可: nobody is asked about without a 符号."""
    from domain.linkage.persons.states import WAYS, State

    into = {
        state: {source for way in WAYS.values() if way.target == state for source in way.sources} for state in State
    }
    assert into[State.READY] == {State.ACQUIRING}
    assert into[State.ACQUIRING] == {State.REGISTERED}
    assert into[State.REQUESTED] == {State.VERIFIED}


def _person(world: World) -> Any:
    from domain.linkage.models import Registration

    household = world.household(father())
    return Registration.objects.create(member=household.members.get())


def test_a_change_has_a_row_of_history_and_an_event(world: World) -> None:
    from domain.linkage.persons.moving import move
    from domain.linkage.persons.states import Act
    from tests.support.outbox import outbox

    person = _person(world)
    assert move([person.pk], Act.CONFIRM) == [person.pk]
    assert move([person.pk], Act.CONFIRM) == []
    assert move([person.pk], Act.LINK) == []
    person.refresh_from_db()
    assert person.state == "verified"
    step = person.steps.get()
    assert (step.from_state, step.to_state, step.note) == ("draft", "verified", "個人番号が登録された")
    event = outbox.get(event="linkage:person:moved")
    assert event.subjects == [{"kind": "member", "id": str(person.member_id)}]
    assert event.detail == {"people": 1, "act": "confirm", "to": "verified"}


def test_the_database_refuses_a_state_that_contradicts_what_is_known_there(world: World) -> None:
    from django.db import IntegrityError, transaction

    from domain.linkage.models import Registration

    person = _person(world)
    with pytest.raises(IntegrityError, match="known_as_the_state_says"), transaction.atomic():
        Registration.objects.filter(pk=person.pk).update(state="ready")


def test_a_person_has_one_registration_and_one_line_under_way(world: World) -> None:
    from django.db import IntegrityError, transaction

    from domain.linkage.models import Batch, PersonLine, Registration

    person = _person(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(member=person.member)
    first, second = (
        Batch.objects.create(kind="update", sequence=number, fiscal_year=2025, adapter_version=1, size=1)
        for number in (1, 2)
    )
    PersonLine.objects.create(registration=person, kind="update", batch=first)
    with pytest.raises(IntegrityError, match="one_line_under_way_per_person"), transaction.atomic():
        PersonLine.objects.create(registration=person, kind="withdraw", batch=second)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2)), max_size=25))
def test_any_sequence_of_acts_keeps_to_the_table(acts: list[tuple[str, int]], world: World) -> None:
    from django.db import transaction

    with transaction.atomic():
        _walk(acts, World())
        transaction.set_rollback(True)


def _walk(acts: list[tuple[str, int]], world: World) -> None:
    from domain.linkage.models import Registration
    from domain.linkage.persons.states import KNOWN, UNKNOWN, WAYS
    from tests.domain.linkage.numbers import give_numbers

    household = world.household(father(), mother(), child())
    give_numbers(world.numbers)
    members = list(household.members.order_by("key").values_list("pk", flat=True))
    ways = {(source.value, way.target.value) for way in WAYS.values() for source in way.sources}
    for name, who in acts:
        _act(name, members[who], members[(who + 1) % 3])
    for person in Registration.objects.filter(member__in=members):
        steps = list(person.steps.values_list("from_state", "to_state"))
        assert all(step in ways for step in steps)
        assert [after for _, after in steps][:-1] == [before for before, _ in steps][1:]
        assert person.state == (steps[-1][1] if steps else "draft")
        if person.state in KNOWN | UNKNOWN:
            assert person.known == (person.state in KNOWN)


def _act(name: str, member: int, other: int) -> None:
    from domain.linkage.models import Registration
    from domain.linkage.persons.moving import move
    from domain.linkage.persons.states import Act
    from domain.linkage.services import plan_registrations
    from domain.vault.desk import conflicts
    from domain.vault.models import NumberConflict

    if name == "plan":
        plan_registrations()
    elif name == "doubt":
        conflicts.note([(member, other, NumberConflict.Kind.SHARED)])
    elif name == "settle":
        for row in NumberConflict.objects.filter(settled_at=None):
            conflicts.settle(row, "家族の番号と取り違えていた")
        assert not Registration.objects.filter(state="doubted").exists()
    else:
        person = Registration.objects.filter(member=member).values_list("pk", flat=True)
        move(list(person), Act[name.upper()])


def test_two_people_of_one_number_are_both_stopped_until_somebody_decided(world: World) -> None:
    from domain.linkage.models import Registration
    from domain.linkage.persons.moving import move
    from domain.linkage.persons.states import Act
    from domain.linkage.services import plan_registrations
    from domain.vault.desk import conflicts
    from domain.vault.models import NumberConflict
    from tests.domain.linkage.numbers import give_numbers

    household = world.household(father(), mother(), child())
    give_numbers(world.numbers)
    plan_registrations()
    first = household.members.get(key="01").registration
    for act in (Act.REQUEST, Act.ACCEPT, Act.CHECK, Act.LINK):
        move([first.pk], act)
    ids = {member.key: member.pk for member in household.members.all()}
    conflicts.note([(ids["02"], ids["01"], NumberConflict.Kind.SHARED)])

    def states() -> dict[str, str]:
        return dict(Registration.objects.values_list("member__key", "state"))

    assert states() == {"01": "doubted", "02": "doubted", "03": "verified"}
    conflicts.settle(NumberConflict.objects.get(), "母の番号を直した")
    assert states() == {"01": "registered", "02": "verified", "03": "verified"}


def test_the_documents_table_is_that_of_the_code() -> None:
    from domain.linkage.persons.documentation import PAGE, with_table

    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page)
    assert "| 符号取得中 | 符号が取得された | 照会可 |" in page
