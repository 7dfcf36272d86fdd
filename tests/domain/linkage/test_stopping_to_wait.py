"""待つのをやめる of every kind of batch: its lines go where a person can act on them, and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.domain.linkage.test_pages_fit import _faults
from tests.domain.linkage.world import YEAR, World, child, father

FACTS = {
    "name": "サンプル　三郎",
    "kana": "サンプル　サブロウ",
    "born": "2015-07-07",
    "address": "奈良県",
    "withdrawn_on": "2026-03-31",
}
DAY = date(2025, 4, 1)


@pytest.fixture
def member(world: World) -> Any:
    return world.household(father(), child()).members.get(key="03")


def _overdue(kind: str, request: str, *line_ids: str, **more: Any) -> Any:
    """A batch sent four days ago, whose time was over yesterday."""
    from domain.linkage.models import Batch
    from integrations.atena_adapters.port import SubmissionReceipt
    from integrations.atena_adapters.receipts import AskedLine
    from integrations.atena_adapters.requests import RequestKind

    now = timezone.now()
    lines = tuple(AskedLine(line, "A0000002") for line in line_ids)
    receipt = SubmissionReceipt(RequestKind(request), "b", 1, now, now, "0" * 64, lines)
    return Batch.objects.create(
        kind=kind, sequence=Batch.objects.count() + 1, fiscal_year=YEAR, adapter_version=1, size=len(lines), state="sent",
        sent_at=now - timedelta(days=4), due_at=now - timedelta(days=1), receipt=receipt.to_json(), **more,
    )  # fmt: skip


def _stopped(batch: Any) -> None:
    from domain.linkage.errors import StillWaiting
    from domain.linkage.waiting import stop_waiting

    assert stop_waiting(batch.pk, "担当に受付の記録なし").pk == batch.pk
    with pytest.raises(StillWaiting):
        stop_waiting(batch.pk, "もう一度")
    batch.refresh_from_db()
    assert batch.state == "collected"


@pytest.mark.parametrize(
    ("kind", "request_kind", "state"),
    [("update", "update", "ready"), ("withdraw", "withdrawal", "ready"), ("check", "linkage", "acquiring")],
)
def test_lines_about_a_person_are_no_longer_under_way(kind: str, request_kind: str, state: str, member: Any) -> None:
    from domain.linkage.models import PersonLine, Registration

    person = Registration.objects.create(member=member, state=state, known=True, sent_as=FACTS)
    batch = _overdue(kind, request_kind, member.atena_number)
    line = PersonLine.objects.create(registration=person, kind=kind, batch=batch, facts=FACTS)
    _stopped(batch)
    line.refresh_from_db()
    person.refresh_from_db()
    assert (line.result, person.state) == ("declined", state)
    assert "担当に受付の記録なし" in line.reason
    assert person.refused == ({} if kind == "check" else FACTS), (
        "a person sends it again; the 符号 is asked for anew by itself"
    )


def test_a_copy_is_of_unknown_result(member: Any) -> None:
    from domain.linkage.models import Copy, CopyLine, CopyList

    listed = CopyList.objects.create(fiscal_year=YEAR, number=1, digest="d", size=1, proposed_by="proposer")
    copy = Copy.objects.create(member=member, fiscal_year=YEAR)
    line = CopyLine.objects.create(
        listed=listed, copy=copy, act="add", cause="paid", amount=1_000, period_from=DAY, period_to=DAY
    )
    CopyList.objects.update(state="approved", approved_by="second", decided_at=timezone.now())
    batch = _overdue("provide", "provision", str(line.pk))
    CopyLine.objects.update(batch=batch, state="sent")
    _stopped(batch)
    assert CopyLine.objects.get().state == "unknown"


def test_an_answer_to_others_is_left_to_the_terminal(member: Any) -> None:
    from domain.linkage.models import HeldInquiry

    held = HeldInquiry.objects.create(
        entry="K1",
        member=member,
        party="サンプル市",
        item="支弁",
        asked_at=timezone.now(),
        due_on=DAY,
        decision="release",
        note="根拠あり",
        proposed_by="proposer",
    )
    batch = _overdue("release", "release", str(held.pk))
    HeldInquiry.objects.update(batch=batch, state="sent")
    _stopped(batch)
    held.refresh_from_db()
    assert held.state == "refused"


def test_a_list_is_asked_for_anew(in_a: Any) -> None:
    from domain.linkage.models import ListRefusal

    today = timezone.localdate()
    batch = _overdue("list", "listing", lists=["records"], covers_from=today - timedelta(days=60), covers_until=today)
    _stopped(batch)
    assert batch.lists == []
    assert not ListRefusal.objects.filter(final=True).exists()


@pytest.mark.browser
def test_the_pages_of_what_waits_are_seen_whole(member: Any, handler: Client) -> None:
    from domain.linkage.exchange.overdue import NOTE
    from domain.linkage.models import Batch, Registration

    batch = _overdue("register", "registration", member.atena_number)
    Batch.objects.update(problem=NOTE)
    Registration.objects.create(member=member, state="requested", batch=batch, sent_as=FACTS)
    places = ("/linkage/", "/linkage/batches/", f"/linkage/batches/{batch.pk}/", f"/linkage/persons/{member.pk}/")
    assert _faults(handler, *places) == []
