"""Numbers that are no longer needed: frozen, approved by another, deleted, proved; and gone again after a restore."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.errors import SamePerson
from accounts.models import User
from domain.households.models import Member, Pupil, School
from domain.vault import disposal, services, tombstones
from domain.vault.errors import DisposalOutdated, NothingToDo, OpenAlready, WrongState
from domain.vault.models import PersonNumber, PurgeLine, PurgeRun
from domain.vault.numbers import Number
from domain.vault.sealing import sealed_row
from tests.domain.vault.conftest import make_household, number
from tests.domain.vault.killing import Killed, kill_at_call, revive, worked_off
from tests.support.records import acting

FIELD = PersonNumber.Field.INDIVIDUAL
LONG_AGO = datetime.date(2015, 3, 31)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disposal, "CHUNK", 2)


@pytest.fixture
def gone(school: School) -> dict[str, Member]:
    """A household whose pupil left long ago, with five numbers; and one that is still here, with three."""
    people = make_household(school, "H29-000010", "12345")
    Pupil.objects.filter(member__in=people.values()).update(left_on=LONG_AGO)
    here = make_household(school, "H29-000011")
    everybody = [*people.values(), *here.values()]
    PersonNumber.objects.bulk_create(
        [sealed_row(member.pk, FIELD, Number(number(n))) for n, member in enumerate(everybody, 1)]
    )
    return people


def proposed(two: tuple[User, User], rule: str = "left") -> PurgeRun:
    with acting(two[0]):
        return disposal.propose(rule, two[0])


def approved(run: PurgeRun, two: tuple[User, User]) -> Any:
    with acting(two[1]):
        return disposal.approve(run, two[1])


def held() -> int:
    return PersonNumber.objects.count()


def rows_of(table: str) -> list[str]:
    """As a backup has them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")
        return [row for (row,) in cursor.fetchall()]


def restore(table: str, rows: list[Any]) -> None:
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb)", [row])


def test_from_rule_to_proof(gone: dict[str, Member], two: tuple[User, User]) -> None:
    from tests.support.outbox import outbox

    run = proposed(two)
    assert (run.count, run.state, held()) == (5, "proposed", 8)
    job = worked_off(approved(run, two))
    assert job.state == "succeeded", job.error
    run.refresh_from_db()
    assert (run.state, held(), job.counts) == ("done", 3, {"廃棄した番号": 5})
    assert not PersonNumber.objects.filter(member__in=gone.values()).exists()
    assert (run.proposed_by, run.approved_by, run.keep_years) == ("proposer", "approver-of-numbers", 5)
    assert run.digest == tombstones.digest_of(run.lines.values_list("tombstone", flat=True))
    finished = outbox.get(event="number:disposal:finished")
    assert (finished.detail["count"], finished.detail["sha256"]) == (5, run.digest)
    deleted = outbox.filter(event="number:individual:deleted")
    assert {subject["id"] for event in deleted for subject in event.subjects} == {str(m.pk) for m in gone.values()}
    (proof,) = tombstones.lists()
    assert (proof["digest"], len(proof["tombstones"])) == (run.digest, 5)


def test_a_proof_holds_no_number(gone: dict[str, Member], two: tuple[User, User], files_of_this_test: Any) -> None:
    run = proposed(two)
    worked_off(approved(run, two))
    text = str(list(tombstones.lists())) + str(rows_of("vault_purgerun")) + str(rows_of("vault_purgeline"))
    assert not any(number(n) in text for n in range(1, 9))
    raw = b"".join(path.read_bytes() for path in files_of_this_test.rglob("*") if path.is_file())
    assert b"tombstones" not in raw  # sealed


@pytest.mark.parametrize(
    ("place", "call", "when"),
    [
        ("domain.vault.tombstones.write_list", 1, "before"),
        ("domain.vault.tombstones.write_list", 1, "after"),
        ("domain.vault.disposal._delete_some", 1, "after"),
        ("domain.vault.disposal._delete_some", 3, "before"),
        ("domain.vault.disposal.record_many", 2, "before"),
        ("domain.vault.disposal.finish", 1, "before"),
        ("domain.vault.disposal.finish", 1, "after"),
    ],
)
def test_killed_and_gone_on(
    gone: dict[str, Member], two: tuple[User, User], monkeypatch: pytest.MonkeyPatch, place: str, call: int, when: str
) -> None:
    run = proposed(two)
    job = approved(run, two)
    kill_at_call(monkeypatch, place, call, when=when)
    with pytest.raises(Killed):
        worked_off(job)
    assert revive(job).state == "succeeded", job.error
    run.refresh_from_db()
    assert (run.state, run.count, held(), job.counts) == ("done", 5, 3, {"廃棄した番号": 5})
    from tests.support.outbox import outbox

    said = outbox.filter(event="number:individual:deleted").values_list("detail", flat=True)
    assert sum(detail["count"] for detail in said) == 5
    assert outbox.filter(event="number:disposal:finished").count() == 1


def test_nobody_approves_alone(gone: dict[str, Member], two: tuple[User, User]) -> None:
    run = proposed(two)
    with pytest.raises(SamePerson):
        disposal.approve(run, two[0])
    with pytest.raises(IntegrityError, match="two_people_dispose"), transaction.atomic():
        PurgeRun.objects.update(state="approved", approved_by="proposer")
    with pytest.raises(OpenAlready):
        proposed(two)
    with acting(two[0]):
        disposal.withdraw(run)
    with pytest.raises(WrongState):
        approved(run, two)
    assert held() == 8


def test_who_is_needed_again_is_not_disposed_of(gone: dict[str, Member], two: tuple[User, User]) -> None:
    run = proposed(two)
    Pupil.objects.filter(member__in=gone.values()).update(left_on=None)
    with pytest.raises(DisposalOutdated, match="5件"):
        approved(run, two)
    assert held() == 8


def test_a_sibling_still_at_school_keeps_the_household(
    gone: dict[str, Member], school: School, two: tuple[User, User]
) -> None:
    _enrolled(school, gone["4"])
    with pytest.raises(NothingToDo):
        proposed(two)


def test_who_left_the_household_goes_although_a_sibling_is_at_school(
    gone: dict[str, Member], school: School, two: tuple[User, User]
) -> None:
    _enrolled(school, gone["4"])
    Member.objects.filter(pk=gone["1"].pk).update(left_on=LONG_AGO)
    Member.objects.filter(pk=gone["2"].pk).update(left_on=timezone.localdate())
    Member.objects.filter(pk=gone["4"].pk).update(left_on=LONG_AGO)  # a pupil who lives elsewhere is a pupil still
    run = proposed(two)
    Member.objects.filter(pk=gone["1"].pk).update(left_on=None)
    with pytest.raises(DisposalOutdated, match="1件"):
        approved(run, two)
    Member.objects.filter(pk=gone["1"].pk).update(left_on=LONG_AGO)
    worked_off(approved(run, two))
    assert set(gone.values()) - _holders() == {gone["1"]}


def test_where_nobody_ever_was_at_school_the_years_run_from_the_day_of_the_number(
    gone: dict[str, Member], two: tuple[User, User]
) -> None:
    Pupil.objects.filter(member__in=gone.values()).delete()
    with pytest.raises(NothingToDo):
        proposed(two)
    first = disposal.first_day_kept(timezone.localdate(), 5)
    border = timezone.make_aware(datetime.datetime.combine(first, datetime.time()))
    for key, held_from in (("1", border - datetime.timedelta(minutes=1)), ("2", border)):
        PersonNumber.objects.filter(member=gone[key]).update(held_from=held_from)
    worked_off(approved(proposed(two), two))
    assert set(gone.values()) - _holders() == {gone["1"]}


def _enrolled(school: School, member: Member) -> None:
    Pupil.objects.create(
        school=school, member=member, student_number="S-4", name="見本", kana="みほん", enrolled_on="2025-04-01"
    )


def _holders() -> set[Member]:
    return {row.member for row in PersonNumber.objects.select_related("member")}


def test_former_numbers_go_by_their_own_rule(three: dict[str, Member], two: tuple[User, User]) -> None:
    old = timezone.now() - datetime.timedelta(days=7 * 366)
    row = PersonNumber.objects.get(member=three["1"])
    PersonNumber.objects.filter(pk=row.pk).update(held_until=old, ended="leaked", valid_until=old.date())
    sealed_row(three["1"].pk, FIELD, Number(number(11))).save()
    with pytest.raises(NothingToDo):
        proposed(two)
    run = proposed(two, "former")
    worked_off(approved(run, two))
    assert not PersonNumber.objects.filter(pk=row.pk).exists()
    assert held() == 3


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (datetime.date(2026, 3, 31), datetime.date(2020, 4, 1)),
        (datetime.date(2026, 4, 1), datetime.date(2021, 4, 1)),
    ],
)
def test_years_are_fiscal_years(today: datetime.date, first: datetime.date) -> None:
    assert disposal.first_day_kept(today, 5) == first


def test_the_list_and_the_proof_do_not_change(gone: dict[str, Member], two: tuple[User, User]) -> None:
    run = proposed(two)
    job = approved(run, two)
    with pytest.raises(IntegrityError, match="frozen list"), transaction.atomic():
        PurgeLine.objects.create(run=run, number_id=PersonNumber.objects.latest("pk").pk, tombstone="0" * 64)
    with pytest.raises(IntegrityError, match="frozen list"), transaction.atomic():
        PurgeLine.objects.all().delete()
    worked_off(job)
    for act in (lambda: PurgeRun.objects.update(count=1), lambda: PurgeRun.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


# --- after a restore --------------------------------------------------------------------------------------------------


def test_a_restore_brings_nothing_back(gone: dict[str, Member], two: tuple[User, User]) -> None:
    backup = rows_of("vault_personnumber")
    worked_off(approved(proposed(two), two))
    here = set(PersonNumber.objects.values_list("pk", flat=True))
    assert services.replay_tombstones() == 0
    restore("vault_personnumber", [row for row in backup if not any(f'"id": {pk},' in row for pk in here)])
    assert held() == 8
    assert services.replay_tombstones() == 5
    assert set(PersonNumber.objects.values_list("pk", flat=True)) == here
    again = PurgeRun.objects.get(rule="restored")
    assert (again.state, again.count, again.proposed_by, again.approved_by) == (
        "done", 5, "proposer", "approver-of-numbers",
    )  # fmt: skip
    assert services.replay_tombstones() == 0


def test_sealed_with_another_key_it_is_known_again(
    gone: dict[str, Member], two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.vault import rotation

    backup = PersonNumber.objects.filter(member=gone["1"]).get()
    worked_off(approved(proposed(two), two))
    monkeypatch.setattr(rotation, "SETTLE", datetime.timedelta(0))
    text = Number(number(1))
    worked_off(rotation.start_rotation("numbers")[1])
    anew = sealed_row(backup.member_id, FIELD, text)
    anew.save()
    PersonNumber.objects.filter(pk=anew.pk).update(held_from=backup.held_from)
    assert services.replay_tombstones() == 1


def test_who_comes_back_to_school_may_be_registered_again(gone: dict[str, Member], two: tuple[User, User]) -> None:
    worked_off(approved(proposed(two), two))
    sealed_row(gone["1"].pk, FIELD, Number(number(1))).save()
    assert services.replay_tombstones() == 0
    assert held() == 4


def test_the_commands_and_the_hourly_upkeep_replay(
    gone: dict[str, Member], two: tuple[User, User], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from django.core.management import call_command

    from domain.vault import tasks

    for module in ("domain.vault.management.commands.replay_tombstones", "domain.vault.tasks"):
        monkeypatch.setattr(f"{module}.each_live_prefecture", lambda: iter([_Here()]))
    backup = rows_of("vault_personnumber")
    worked_off(approved(proposed(two), two))
    here = set(PersonNumber.objects.values_list("pk", flat=True))
    back = [row for row in backup if not any(f'"id": {pk},' in row for pk in here)]
    restore("vault_personnumber", back)
    call_command("replay_tombstones")
    assert "再廃棄 5件" in capsys.readouterr().out
    for act in (tasks.upkeep, tasks.replay):
        restore("vault_personnumber", back)
        act()
        assert held() == 3


class _Here:
    code = "290009"


# --- the end ----------------------------------------------------------------------------------------------------------


def test_at_the_end_all_numbers_and_all_keys_go(
    gone: dict[str, Member], two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage.exchange.keeping import SealedKeeper, keyed_digest
    from domain.linkage.models import RawExchange
    from tenants.core.keys import KeyMissing, forget_kept_keys
    from tenants.keyring.models import WrappedKey

    kept = PersonNumber.objects.first()
    assert kept is not None
    assert keyed_digest(b"with a number")
    run = proposed(two, "shred")
    job = approved(run, two)
    kill_at_call(monkeypatch, "domain.vault.disposal._shred", 1, when="after")
    with pytest.raises(Killed):
        worked_off(job)
    assert revive(job).state == "succeeded"
    run.refresh_from_db()
    assert (run.state, run.count, held()) == ("done", 8, 0)
    left = WrappedKey.objects.filter(purpose__in=["numbers", "index:numbers", "sign:exchanges-with-numbers"])
    assert left.count() == 3
    assert {(bytes(key.wrapped), key.destroyed_at is None) for key in left} == {(b"", False)}
    forget_kept_keys()
    connection.kept_in_transaction.clear()  # type: ignore[attr-defined]
    from domain.vault.sealing import opened

    with pytest.raises(KeyMissing):
        opened(kept)  # as a backup of the rows would still have it
    with pytest.raises(KeyMissing):
        sealed_row(gone["1"].pk, FIELD, Number(number(1)))
    with pytest.raises(KeyMissing):
        keyed_digest(b"with a number")
    SealedKeeper().keep("received", "update-late-answer-1", b"with a number", lambda: b"without")
    assert RawExchange.objects.get().digest == hashlib.sha256(b"without").hexdigest()


def test_the_database_shreds_nothing_without_two_people(gone: dict[str, Member], two: tuple[User, User]) -> None:
    from django.db import DatabaseError

    run = proposed(two, "shred")
    approved(run, two)
    for each in (run, PurgeRun(rule="shred")):
        with pytest.raises(DatabaseError, match="not approved, or numbers are left"), transaction.atomic():
            disposal._shred(each)
    assert held() == 8
