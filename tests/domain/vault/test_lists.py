"""A job opens numbers by an approved list only: of these people, for a few hours, for one job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import SamePerson
from accounts.models import User
from accounts.roles import Role
from audit.trail.actors import Actor, ActorKind, acting_as, within_job
from domain.households.models import Member
from domain.vault import lists, services
from domain.vault.errors import ListMissing, NothingToDo, WrongState
from domain.vault.models import PersonNumber, RevealList, RevealListMember, VaultSettings
from tests.domain.vault.conftest import number
from tests.support.records import acting, staff

FIELD = PersonNumber.Field.INDIVIDUAL
JOB = Actor(ActorKind.JOB, "", "見本", "個人番号取扱者")


@pytest.fixture(autouse=True)
def lists_are_asked_for(in_a: Any) -> None:
    VaultSettings.objects.update(needs_list=True)


@pytest.fixture
def two(in_a: Any) -> tuple[User, User]:
    return staff(Role.NUMBER_HANDLER, "asker"), staff(Role.SECURITY_MANAGER, "second")


def asked(two: tuple[User, User], members: Any) -> RevealList:
    with acting(two[0]):
        return lists.ask([m.pk for m in members], duty="V01", case="R07-1", user=two[0])


def approved(two: tuple[User, User], members: Any) -> RevealList:
    row = asked(two, members)
    with acting(two[1]):
        return lists.approve(row, two[1])


def opened_by(job: Any, members: Any) -> dict[int, str]:
    with acting_as(JOB), within_job(job):
        found = services.reveal_many([m.pk for m in members], FIELD, duty="V01", case="batch:1")
    return {pk: text.clear() for pk, text in found.items()}


def test_one_job_opens_what_was_approved(three: dict[str, Member], two: tuple[User, User]) -> None:
    row = approved(two, three.values())
    job = uuid4()
    assert opened_by(job, [three["1"], three["2"]]) == {three[key].pk: number(int(key)) for key in "12"}
    assert opened_by(job, [three["3"]]) == {three["3"].pk: number(3)}  # the next batch, or the same after a kill
    row.refresh_from_db()
    assert row.used_by == job
    with pytest.raises(ListMissing):
        opened_by(uuid4(), [three["1"]])


def test_nobody_outside_the_list(three: dict[str, Member], two: tuple[User, User]) -> None:
    approved(two, [three["1"], three["2"]])
    with pytest.raises(ListMissing):
        opened_by(uuid4(), three.values())
    from tests.support.outbox import outbox

    assert outbox.get(event="number:list:refused").detail == {"people": 3, "field": FIELD.value}


def test_not_before_approval_not_after_its_time_not_outside_a_job(
    three: dict[str, Member], two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(two, three.values())
    with pytest.raises(ListMissing):
        opened_by(uuid4(), three.values())
    approved(two, three.values())
    with acting_as(JOB), pytest.raises(ListMissing):
        services.reveal_many([three["1"].pk], FIELD, duty="V01", case="batch:1")
    late = timezone.now() + lists.GOOD_FOR + timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    with pytest.raises(ListMissing):
        opened_by(uuid4(), three.values())


def test_a_unified_number_opens_for_an_approved_line_of_inquiry_alone(
    three: dict[str, Member], two: tuple[User, User]
) -> None:
    """The list of numbers does not open it, and the list of inquiries does, for the people of its open lines."""
    from domain.linkage.models import Batch, Inquiry, TargetList

    services.store_unified({three[key].pk: f"U{key}" for key in "12"}, batch="b")
    approved(two, [three["1"], three["2"]])

    def unified(*keys: str) -> int:
        with acting_as(JOB), within_job(uuid4()):
            members = [three[key].pk for key in keys]
            return len(services.reveal_many(members, PersonNumber.Field.UNIFIED, duty="V01", case="batch:1"))

    with pytest.raises(ListMissing):
        unified("1")
    listed = TargetList.objects.create(
        fiscal_year=2025,
        number=1,
        digest="sha256:0",
        size=1,
        proposed_by="asker",
        approved_by="second",
        state="approved",
    )
    batch = Batch.objects.create(kind="inquire", sequence=1, fiscal_year=2025, adapter_version=1, size=1)
    Inquiry.objects.create(
        member=three["1"], fiscal_year=2025, kind="tax", base_date="2024-12-31", base_address="サンプル",
        approved_list=listed, batch=batch,
    )  # fmt: skip
    assert unified("1") == 1
    with pytest.raises(ListMissing):
        unified("1", "2")
    Inquiry.objects.update(state="answered")
    with pytest.raises(ListMissing):
        unified("1")


def test_two_people_and_no_change_after_approval(three: dict[str, Member], two: tuple[User, User]) -> None:
    row = asked(two, [three["1"]])
    with pytest.raises(SamePerson):
        lists.approve(row, two[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        RevealList.objects.update(state="approved", approved_by="asker", expires_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        RevealList.objects.update(used_by=uuid4())
    lists.approve(row, two[1])
    with pytest.raises(IntegrityError, match="approved list"), transaction.atomic():
        RevealListMember.objects.create(list=row, member=three["2"])
    with pytest.raises(WrongState):
        lists.withdraw(row)


def _needed() -> set[int]:
    return set(lists.people_to_register().values_list("member", flat=True))


def test_who_needs_a_list(three: dict[str, Member], two: tuple[User, User]) -> None:
    services.store_unified({three["1"].pk: "U1"}, batch="b")
    assert _needed() == {three["2"].pk, three["3"].pk}
    from tests.domain.linkage.numbers import replace_numbers

    replace_numbers({three["1"].pk: number(9)})  # 番号変更: the new number is to be told too
    assert three["1"].pk in _needed()
    with pytest.raises(NothingToDo):
        asked(two, [])


def test_where_no_list_is_asked_for_a_job_opens_as_before(three: dict[str, Member]) -> None:
    VaultSettings.objects.update(needs_list=False)
    assert len(opened_by(uuid4(), three.values())) == 3
