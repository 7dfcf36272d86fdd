"""A new key of the blind index: duplicates are found at every moment of the change, wherever it is killed, and so are tombstones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from domain.households.models import Member, Pupil, School
from domain.vault import disposal, rotation, services
from domain.vault.desk.changing import change_number
from domain.vault.desk.entering import Typed, enter_numbers
from domain.vault.errors import ChangeRefused, HeldByAnother
from domain.vault.models import NumberConflict, PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import INDEX, index_of, opened, sealed_row
from tenants.core import keys
from tenants.keyring.models import WrappedKey
from tests.domain.vault.conftest import HandIn, line, make_household, number
from tests.domain.vault.killing import Killed, kill_at_call, revive, worked_off
from tests.domain.vault.test_disposal import LONG_AGO, approved, proposed, restore, rows_of

INDIVIDUAL, UNIFIED = PersonNumber.Field.INDIVIDUAL, PersonNumber.Field.UNIFIED
LEAKED = 9
PLACES = [
    ("domain.vault.rotation._reseal", 1, "before"),
    ("domain.vault.rotation._reseal", 2, "after"),
    ("domain.vault.rotation._anew", 6, "before"),
    ("domain.vault.rotation._destroy", 1, "before"),
    ("domain.vault.rotation._switch_index", 1, "after"),
    ("domain.vault.rotation._destroy", 1, "after"),
]


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "CHUNK", 4)
    monkeypatch.setattr(rotation, "SETTLE", timedelta(0))


@pytest.fixture
def eight(school: School, handler_acts: None) -> list[Member]:
    """Eight people, each with both kinds of number; the number LEAKED was one's before."""
    people = [m for n in range(3) for m in make_household(school, f"H29-{n:06}").values()][:8]
    rows = [sealed_row(m.pk, INDIVIDUAL, Number(number(n))) for n, m in enumerate(people, 1)]
    rows += [sealed_row(m.pk, UNIFIED, Number(f"T{n}")) for n, m in enumerate(people, 1)]
    PersonNumber.objects.bulk_create(rows)
    gone = sealed_row(people[0].pk, INDIVIDUAL, Number(number(LEAKED)))
    gone.held_until, gone.ended = timezone.now(), PersonNumber.Ended.LEAKED
    gone.save()
    return people


def found(people: list[Member], user: Any, late: Member) -> None:
    """Whatever way a number comes that somebody has or had, it is refused, and both are noted."""
    NumberConflict.objects.all().delete()
    for typed, other in ((number(3), people[2]), (number(LEAKED), people[0])):
        entered = enter_numbers(late.household, {late.pk: Typed(typed, typed)}, identity="card", user=user)
        assert (entered.stored, list(entered.wrong)) == ([], [late.pk])
        with pytest.raises(ChangeRefused):
            change_number(
                people[5], Number(typed), on=timezone.localdate(), because="leaked", identity="card", user=user
            )
        pairs = NumberConflict.objects.values_list("member_id", "other_id")
        assert {(late.pk, other.pk), (people[5].pk, other.pk)} <= set(pairs)
    same = enter_numbers(people[1].household, {people[1].pk: Typed(number(2), number(2))}, identity="card", user=user)
    assert (same.same, same.wrong) == ([people[1].pk], {})
    with pytest.raises(HeldByAnother), transaction.atomic():
        services.store_unified({late.pk: "T4"}, batch="1")
    services.store_unified({people[3].pk: "T4"}, batch="1")
    for twice in (sealed_row(late.pk, INDIVIDUAL, Number(number(7))), sealed_row(late.pk, UNIFIED, Number("T7"))):
        with pytest.raises(IntegrityError, match="one_person_per_number"), transaction.atomic():
            twice.save()


def keys_of_rows() -> set[tuple[int, bool]]:
    """Under which keys the rows stand, and whether the next index is beside it."""
    return {(key, nxt is None) for key, nxt in PersonNumber.objects.values_list("index_key", "index_next")}


@pytest.mark.parametrize(("place", "call", "when"), PLACES)
def test_duplicates_are_found_wherever_it_is_killed(
    eight: list[Member],
    school: School,
    two: Any,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    call: int,
    when: str,
) -> None:
    late = make_household(school, "H29-000009")["1"]
    found(eight, two[0], late)
    made, job = rotation.start_rotation(INDEX)
    assert rotation.left(made) == 17
    found(eight, two[0], late)
    kill_at_call(monkeypatch, place, call, when=when)
    with pytest.raises(Killed):
        worked_off(job)
    found(eight, two[0], late)
    assert revive(job).state == "succeeded", job.error
    made.refresh_from_db()
    assert (made.state, made.total, rotation.left(made), keys_of_rows()) == ("done", 17, 0, {(2, True)})
    old = WrappedKey.objects.get(purpose=INDEX, number=1)
    assert (bytes(old.wrapped), old.destroyed_at is None) == (b"", False)
    found(eight, two[0], late)  # as a process that still knows both keys
    _forget()
    assert set(keys.blind_indexes("numbers", "x")) == {2}
    found(eight, two[0], late)
    held = PersonNumber.objects.filter(field=INDIVIDUAL, held_until=None)
    assert {row.member_id: opened(row).clear() for row in held} == {m.pk: number(n) for n, m in enumerate(eight, 1)}


def test_a_number_that_comes_meanwhile_stands_under_the_new_key_at_the_end(
    eight: list[Member],
    school: School,
    two: Any,
) -> None:
    one, other = (make_household(school, f"H29-00000{n}")["1"] for n in (7, 8))
    early = sealed_row(one.pk, INDIVIDUAL, Number(number(50)))  # by who has not heard of the new key
    _, job = rotation.start_rotation(INDEX)
    assert (early.index_next, len(keys.blind_indexes("numbers", "x"))) == (None, 2)
    early.save()
    late = sealed_row(other.pk, INDIVIDUAL, Number(number(51)))  # by who knows both, and stores it after the switch
    worked_off(job)
    late.save()
    assert keys_of_rows() == {(2, True)}
    _forget()
    rows = {row.member_id: bytes(row.index) for row in PersonNumber.objects.filter(member__in=[one, other])}
    assert rows == {m.pk: index_of(INDIVIDUAL, Number(number(n))) for m, n in ((one, 50), (other, 51))}
    found(eight, two[0], make_household(school, "H29-000009")["1"])


def test_who_knows_the_old_key_alone_stores_nothing_after_the_switch(eight: list[Member], school: School) -> None:
    stale = sealed_row(make_household(school, "H29-000009")["1"].pk, INDIVIDUAL, Number(number(3)))
    worked_off(rotation.start_rotation(INDEX)[1])
    with pytest.raises(IntegrityError, match="indexed with a destroyed key"), transaction.atomic():
        stale.save()


def test_a_file_handed_in_after_the_switch_finds_who_has_a_number(
    hand_in: HandIn, three: dict[str, Member], school: School
) -> None:
    make_household(school, "H29-000002")
    taken, fresh = line("H29-000002", "1", number(2)), line("H29-000002", "2", number(60))
    same = line("H29-000001", "3", number(3))
    _, job = rotation.start_rotation(INDEX)
    assert hand_in(taken, same).counts == {"new": 0, "changed": 0, "same": 1, "wrong": 1}
    worked_off(job)
    assert hand_in(taken, same, fresh).counts == {"new": 1, "changed": 0, "same": 1, "wrong": 1}
    _forget()
    assert hand_in(taken, same, fresh).counts == {"new": 0, "changed": 0, "same": 2, "wrong": 1}


def test_the_database_keeps_an_index_key_that_is_needed(eight: list[Member]) -> None:
    keys.add_key(INDEX, 2)
    with (
        pytest.raises(DatabaseError, match="rows are indexed with this key"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT destroy_retired_key(%s, 1)", [INDEX])


@pytest.mark.parametrize("disposed", ["before", "meanwhile", "after"])
def test_what_an_older_backup_brings_back_goes_again(
    disposed: str,
    eight: list[Member],
    two: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The backup is from before the change of key: its rows stand under the old one, and so does its key ring."""
    Pupil.objects.filter(member__household=eight[0].household).update(left_on=LONG_AGO)
    monkeypatch.setattr(disposal, "CHUNK", 4)
    backup = rows_of("vault_personnumber")
    kill_at_call(monkeypatch, "domain.vault.rotation._destroy", 1, when="before")

    def dispose() -> None:
        assert worked_off(approved(proposed(two), two)).state == "succeeded"

    def under_way() -> None:
        with pytest.raises(Killed):
            worked_off(rotation.start_rotation(INDEX)[1])

    acts = {"before": [dispose, under_way], "meanwhile": [under_way, dispose], "after": [under_way, _switched, dispose]}
    for act in acts[disposed]:
        act()
    here = set(PersonNumber.objects.values_list("pk", flat=True))
    assert len(here) == 17 - 7
    if disposed == "after":  # a restored key ring still has the first key; here the second one stands for it
        backup = [row.replace('"index_key": 1', '"index_key": 2') for row in backup]
    restore("vault_personnumber", [row for row in backup if not any(f'"id": {pk},' in row for pk in here)])
    assert PersonNumber.objects.count() == 17
    assert services.replay_tombstones() == 7
    assert set(PersonNumber.objects.values_list("pk", flat=True)) == here


def _switched() -> None:
    from domain.vault.models import KeyRotation

    rotation._destroy(KeyRotation.objects.get())


def _forget() -> None:
    keys.forget_kept_keys()
    connection.kept_in_transaction.clear()  # type: ignore[attr-defined]
