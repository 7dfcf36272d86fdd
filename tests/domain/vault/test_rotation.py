"""A new key: every value sealed anew, killed anywhere and gone on, the old key destroyed only when nothing is left under it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from domain.households.models import School
from domain.vault import rotation
from domain.vault.deposit_keys import deposit_key as key_in_use
from domain.vault.errors import RotationRunning
from domain.vault.models import KeyRotation, PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import opened, sealed_row
from tenants.core import keys
from tenants.keyring.models import WrappedKey
from tests.domain.vault.conftest import KEY, make_household, number
from tests.domain.vault.killing import Killed, kill_at_call, revive, worked_off
from tests.support.sealed import number_of

FIELD = PersonNumber.Field.INDIVIDUAL


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "CHUNK", 4)
    monkeypatch.setattr(rotation, "SETTLE", timedelta(0))


@pytest.fixture
def ten(school: School, handler_acts: None) -> dict[int, str]:
    """Ten numbers; returns what stands where."""
    people = [m for n in range(4) for m in make_household(school, f"H29-{n:06}").values()][:10]
    PersonNumber.objects.bulk_create(
        [sealed_row(member.pk, FIELD, Number(number(n))) for n, member in enumerate(people, 1)]
    )
    return {member.pk: number(n) for n, member in enumerate(people, 1)}


def all_open() -> dict[int, str]:
    return {row.member_id: opened(row).clear() for row in PersonNumber.objects.all()}


def sealed_with() -> set[int]:
    return {number_of(bytes(row.sealed)) for row in PersonNumber.objects.all()}


def test_everything_is_sealed_anew_and_the_old_key_destroyed(ten: dict[int, str]) -> None:
    made, job = rotation.start_rotation("numbers")
    assert rotation.left(made) == 10
    assert worked_off(job).state == "succeeded", job.error
    made.refresh_from_db()
    assert (made.state, made.total, rotation.left(made)) == ("done", 10, 0)
    assert len(made.fingerprint) == 64
    assert (sealed_with(), all_open()) == ({2}, ten)
    assert job.counts == {"作り直した値": 10, "旧鍵の残り": 0}
    old = WrappedKey.objects.get(purpose="numbers", number=1)
    assert (bytes(old.wrapped), old.destroyed_at is not None) == (b"", True)


@pytest.mark.parametrize(
    ("place", "call", "when"),
    [
        ("domain.vault.rotation._reseal", 1, "before"),
        ("domain.vault.rotation._reseal", 1, "after"),
        ("domain.vault.rotation._reseal", 3, "after"),
        ("domain.vault.rotation._anew", 6, "before"),
        ("domain.vault.rotation._destroy", 1, "before"),
        ("domain.vault.rotation._destroy", 1, "after"),
    ],
)
def test_killed_and_gone_on(
    ten: dict[int, str], monkeypatch: pytest.MonkeyPatch, place: str, call: int, when: str
) -> None:
    made, job = rotation.start_rotation("numbers")
    kill_at_call(monkeypatch, place, call, when=when)
    with pytest.raises(Killed):
        worked_off(job)
    assert all_open() == ten  # readable at any moment between
    assert revive(job).state == "succeeded", job.error
    made.refresh_from_db()
    assert (made.state, made.total, rotation.left(made)) == ("done", 10, 0)
    assert (sealed_with(), all_open()) == ({2}, ten)


def test_numbers_stored_meanwhile_are_under_the_new_key(ten: dict[int, str], school: School) -> None:
    _, job = rotation.start_rotation("numbers")
    late = make_household(school, "H29-000009")["1"]
    sealed_row(late.pk, FIELD, Number(number(50))).save()
    worked_off(job)
    assert all_open() == ten | {late.pk: number(50)}


def test_a_value_sealed_with_a_destroyed_key_is_refused(ten: dict[int, str], school: School) -> None:
    """Another process that kept the old key for a moment too long: it hears of it, nothing unreadable is stored."""
    late = sealed_row(make_household(school, "H29-000009")["1"].pk, FIELD, Number(number(50)))
    worked_off(rotation.start_rotation("numbers")[1])
    with pytest.raises(IntegrityError, match="destroyed key"), transaction.atomic():
        late.save()


def test_the_database_destroys_no_key_that_is_needed(ten: dict[int, str]) -> None:
    def destroy(purpose: str, key: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT destroy_retired_key(%s, %s)", [purpose, key])

    with pytest.raises(DatabaseError, match="the newest key stays"):
        destroy("numbers", 1)
    keys.add_key("numbers", 2)
    with pytest.raises(DatabaseError, match="rows are sealed with this key"):
        destroy("numbers", 1)
    with pytest.raises(DatabaseError, match="not a key of the vault"):
        destroy("scope", 1)
    assert all_open() == ten


def test_one_at_a_time_and_again_later(ten: dict[int, str]) -> None:
    _, job = rotation.start_rotation("numbers")
    with pytest.raises(RotationRunning):
        rotation.start_rotation("numbers")
    worked_off(job)
    made, job = rotation.start_rotation("numbers")
    assert worked_off(job).state == "succeeded"
    assert (made.old_number, made.new_number) == (2, 3)
    assert all_open() == ten


def test_a_certificate_does_not_change(ten: dict[int, str]) -> None:
    worked_off(rotation.start_rotation("numbers")[1])
    for act in (lambda: KeyRotation.objects.update(total=1), lambda: KeyRotation.objects.all().delete()):
        with pytest.raises(IntegrityError, match="a proof does not change"), transaction.atomic():
            act()


def test_the_key_of_the_schools_files_is_sealed_anew(deposit_key: bytes, handler_acts: None) -> None:
    made, job = rotation.start_rotation("deposit-key")
    assert rotation.left(made) == 1
    assert worked_off(job).state == "succeeded"
    assert key_in_use() == KEY


def test_the_old_key_waits_until_nobody_can_hold_it(ten: dict[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.KEPT_SECONDS < 65
    monkeypatch.setattr(rotation, "SETTLE", timedelta(seconds=keys.KEPT_SECONDS + 5))
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        monkeypatch.setattr(rotation, "SETTLE", timedelta(0))
        assert KeyRotation.objects.get().state == "running"

    monkeypatch.setattr("domain.vault.rotation.time.sleep", sleep)
    worked_off(rotation.start_rotation("numbers")[1])
    assert waited == [1]


def test_what_happened_is_in_the_trail(ten: dict[int, str]) -> None:
    from tests.support.outbox import outbox

    made, job = rotation.start_rotation("numbers")
    worked_off(job)
    made.refresh_from_db()
    events = {row.event: row.detail for row in outbox.filter(event__startswith="number:key:")}
    assert events["number:key:changed"] == {"purpose": "numbers", "old": 1, "new": 2}
    assert events["number:key:destroyed"]["fingerprint"] == made.fingerprint
    assert job.args == {"rotation": made.pk}
