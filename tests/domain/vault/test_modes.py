"""What a prefecture does not hold cannot be stored: not by a service, and not by SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from domain.households.models import Member, School
from domain.vault import modes, services
from domain.vault.errors import ModeRefused, NumbersNotHeldHere
from domain.vault.models import NumberDeposit, PersonNumber, VaultSettings
from domain.vault.numbers import Number
from domain.vault.sealing import sealed_row
from tests.domain.vault.conftest import HandIn, line, number, sealed

INDIVIDUAL, UNIFIED = PersonNumber.Field.INDIVIDUAL, PersonNumber.Field.UNIFIED
HOME = "H29-000001"


def refused_by_database(act: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def insert(member: Member, field: str, **columns: Any) -> None:
    """By SQL: no service, no model."""
    row = sealed_row(member.pk, field, Number(number(1)), **columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault_personnumber (member_id, field, sealed, index, held_from, held_until, ended, identity,"
            " entered_by, transit_until) VALUES (%s, %s, %s, %s, now(), %s, %s, '', '', %s)",
            [
                row.member_id,
                row.field,
                bytes(row.sealed),
                bytes(row.index),
                row.held_until,
                row.ended,
                row.transit_until,
            ],
        )


def test_never_held_refuses_every_way_in(members: dict[str, Member], school: School, deposit_key: bytes) -> None:
    modes.set_mode("never")
    for field in (INDIVIDUAL, UNIFIED):
        refused_by_database(lambda field=field: insert(members["1"], field))
    with pytest.raises(NumbersNotHeldHere):
        services.receive_numbers(school, "x.sealed", sealed([line(HOME, "1", number(1))]))
    with pytest.raises(NumbersNotHeldHere):
        services.store_unified({members["1"].pk: "U1"}, batch="b")
    refused_by_database(lambda: NumberDeposit.objects.create(school=school, file_name="x", digest="0", path="x"))
    assert not PersonNumber.objects.exists()
    assert not NumberDeposit.objects.exists()


def test_never_held_may_keep_unified_numbers_where_it_says_so(members: dict[str, Member]) -> None:
    modes.set_mode("never", keeps_unified=True)
    services.store_unified({members["1"].pk: "U1"}, batch="b")
    refused_by_database(lambda: insert(members["2"], INDIVIDUAL))
    with pytest.raises(ModeRefused):
        modes.set_mode("never", keeps_unified=False)
    assert PersonNumber.objects.get().field == UNIFIED


def test_a_mode_that_forbids_what_is_held_is_refused(three: dict[str, Member]) -> None:
    for mode in ("never", "in_transit"):
        with pytest.raises(ModeRefused, match="廃棄または受入"):
            modes.set_mode(mode)
        refused_by_database(lambda mode=mode: VaultSettings.objects.update(mode=mode))
    assert modes.rules().mode == "held"


def test_a_waiting_file_counts_as_held(school: School, in_a: Any) -> None:
    NumberDeposit.objects.create(school=school, file_name="x", digest="0", path="deposits/x")
    with pytest.raises(ModeRefused):
        modes.set_mode("never")


def test_in_transit_needs_an_end_and_keeps_no_history(members: dict[str, Member]) -> None:
    modes.set_mode("in_transit")
    now = timezone.now()
    refused_by_database(lambda: insert(members["1"], INDIVIDUAL))
    refused_by_database(lambda: insert(members["1"], INDIVIDUAL, transit_until=now + timedelta(days=30)))
    refused_by_database(
        lambda: insert(members["1"], INDIVIDUAL, transit_until=now + timedelta(hours=1), held_until=now, ended="leaked")
    )
    insert(members["1"], INDIVIDUAL, transit_until=now + timedelta(hours=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonNumber.objects.update(transit_until=None)


def test_the_row_of_settings_is_the_only_one_and_stays(in_a: Any) -> None:
    refused_by_database(lambda: VaultSettings.objects.all().delete())
    refused_by_database(lambda: VaultSettings.objects.create(id=2))
    refused_by_database(lambda: VaultSettings.objects.update(transit_hours=999))


def test_a_held_number_cannot_be_deleted_without_an_approved_list(three: dict[str, Member]) -> None:
    refused_by_database(lambda: PersonNumber.objects.all().delete())
    assert PersonNumber.objects.count() == 3


def test_what_ended_says_why(three: dict[str, Member]) -> None:
    refused_by_database(lambda: PersonNumber.objects.update(held_until=timezone.now()))
    refused_by_database(lambda: PersonNumber.objects.update(ended="leaked"))


# --- in transit -------------------------------------------------------------------------------------------------------


def test_numbers_in_transit_go_with_the_receipt(hand_in: HandIn, members: dict[str, Member]) -> None:
    modes.set_mode("in_transit")
    hand_in(*[line(HOME, key, number(int(key))) for key in "123"])
    rows = PersonNumber.objects.filter(field=INDIVIDUAL)
    assert rows.count() == rows.filter(transit_until__gt=timezone.now()).count() == 3
    services.store_unified({members["1"].pk: "U1", members["2"].pk: "U2"}, batch="b1")
    assert set(rows.values_list("member_id", flat=True)) == {members["3"].pk}
    from tests.support.outbox import outbox

    event = outbox.get(event="number:transit:erased")
    assert (event.detail, event.case_ref) == ({"count": 2, "why": "receipt"}, "batch:b1")


def test_what_is_over_its_time_goes_and_its_key_with_it(
    hand_in: HandIn, members: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.vault import transit
    from domain.vault.models import KeyRotation
    from tenants.core.keys import KeyMissing

    modes.set_mode("in_transit")
    hand_in(line(HOME, "1", number(1)))
    kept = PersonNumber.objects.get()
    assert transit.sweep() == 0
    later = timezone.now() + timedelta(hours=73)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert transit.sweep() == 1
    assert not PersonNumber.objects.exists()
    certificate = KeyRotation.objects.get()
    assert (certificate.state, certificate.purpose, len(certificate.fingerprint)) == ("done", "numbers-transit", 64)
    from domain.vault.sealing import opened
    from tenants.core.keys import forget_kept_keys

    forget_kept_keys()
    from tenants.core.db.base import current

    current().kept_in_transaction.clear()
    with pytest.raises(KeyMissing):
        opened(kept)  # as a backup would still have it
    assert transit.sweep() == 0


def test_a_corrected_number_in_transit_leaves_no_old_row(hand_in: HandIn, members: dict[str, Member]) -> None:
    modes.set_mode("in_transit")
    hand_in(line(HOME, "1", number(1)))
    hand_in(line(HOME, "1", number(2)))
    assert PersonNumber.objects.count() == 1


def test_where_numbers_are_held_a_receipt_erases_nothing(three: dict[str, Member]) -> None:
    services.store_unified({member.pk: f"U{key}" for key, member in three.items()}, batch="b")
    assert PersonNumber.objects.filter(field=INDIVIDUAL).count() == 3
