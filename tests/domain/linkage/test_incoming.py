"""Inquiries of other bodies that a clerk answers, and 情報提供等記録: fetched, answered once, kept as told."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.domain.linkage.conftest import OPERATOR, work
from tests.domain.linkage.killing import POINTS, Killed, kill_once, requests, revive
from tests.domain.linkage.paid import pay, provide, provide_by_rule
from tests.domain.linkage.world import World, child, father, person

WORKS = {
    "fetch": "domain.linkage.incoming.fetching.Fetching",
    "release": "domain.linkage.incoming.releasing.Releasing",
}


@pytest.fixture
def provided(world: World, start: Any, tmp_path: Path) -> Any:
    """A link that fetches lists, with one copy at the other side; rules as given."""

    def begin(name: str = "nara", **rules: Any) -> Any:
        home = world.household(father(), child())
        start(name, "--state", str(tmp_path / "state"), lists=True).register()
        provide_by_rule(**rules)
        pay({home.members.get(key="03"): 12_000})
        provide()
        return home.members.get(key="03")

    return begin


def _ask(tmp_path: Path, *institutions: str) -> list[str]:
    """Other bodies ask about our copy, and a clerk must look; the numbers of their inquiries."""
    from domain.linkage.models import Copy
    from integrations.atena_adapters.simulator.incoming import Incoming
    from integrations.atena_adapters.simulator.ledger import Ledger
    from integrations.sealed_file import read_key_file

    incoming = Incoming(Ledger(read_key_file(tmp_path / "key"), tmp_path / "state"))
    number = Copy.objects.exclude(record_number="").get().record_number
    return [incoming.hold(number, one, time.time())["reference"] for one in institutions]


def _run() -> Any:
    from domain.linkage import services

    job = work(services.start_incoming(OPERATOR))
    assert job.state == "succeeded", job.error
    return job


def _held(entry: str) -> Any:
    from domain.linkage.models import HeldInquiry

    return HeldInquiry.objects.get(entry=entry)


def test_a_held_inquiry_is_answered_by_two_people_and_recorded(provided: Any, tmp_path: Path) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.incoming import deciding
    from domain.linkage.models import ExchangeRecord, HeldInquiry

    pupil = provided(answer_days=5)
    one, two = _ask(tmp_path, "サンプル県", "サンプル市")
    _run()
    held = _held(one)
    assert (held.member, held.party, held.state) == (pupil, "サンプル県", "waiting")
    assert (held.due_on - held.asked_at.date()).days in (5, 6)
    with pytest.raises(SettlementRefused, match="理由"):
        deciding.decide(held, person("clerk"), "release", " ")
    deciding.decide(held, person("clerk"), "release", "本人の申出を確かめた")
    deciding.decide(_held(two), person("clerk"), "refuse", "支援措置")
    with pytest.raises(SettlementRefused, match="自分が回答した"):
        deciding.approve(held, person("clerk"), "release")
    with pytest.raises(SettlementRefused, match="違います"):
        deciding.approve(held, person("second"), "refuse")
    _run()
    assert _held(one).state == "proposed"  # nothing goes out before the second person
    deciding.approve(held, person("second"), "release")
    deciding.approve(_held(two), person("second"), "refuse")
    with pytest.raises(SettlementRefused, match="送信待ち"):
        deciding.take_back(held)
    _run()
    _run()
    assert set(HeldInquiry.objects.values_list("state", flat=True)) == {"answered"}
    records = {record.entry: record for record in ExchangeRecord.objects.filter(provided=True)}
    assert set(records) == {one, two}
    assert records[one].provided_at is not None
    assert records[two].provided_at is None
    assert (records[one].party, records[one].member) == ("サンプル県", pupil)
    assert records[one].keep_until.year == records[one].asked_at.year + 7


def test_one_person_is_enough_where_the_rules_say_so(provided: Any, tmp_path: Path) -> None:
    from domain.linkage.incoming import deciding

    provided(two_people_answer=False)
    (one,) = _ask(tmp_path, "サンプル県")
    _run()
    deciding.decide(_held(one), person("clerk"), "release", "確かめた")
    _run()
    assert _held(one).state == "answered"


@pytest.mark.parametrize("killed", ["fetch", "release"])
@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_killed_run_goes_on_where_it_stopped(
    point: str, killed: str, provided: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.incoming import deciding
    from domain.linkage.models import Batch, ExchangeRecord, HeldInquiry, HeldStep
    from jobs.running import run_job

    provided("hiroshima", two_people_answer=False)
    entries = _ask(tmp_path, "一市", "二市", "三市")
    if killed == "release":
        _run()
        for entry in entries:
            deciding.decide(_held(entry), person("clerk"), "release", "確かめた")
    place, when = POINTS[point]
    job = services.start_incoming(OPERATOR)
    with monkeypatch.context() as patch:
        if killed == "release" and "{work}" not in place:  # the shared steps: only once the answers are under way
            patch.setattr(f"{WORKS['fetch']}.prepare", lambda work_, terms: None)
        seen = kill_once(patch, place.format(work=WORKS[killed]), when)
        with pytest.raises(Killed):
            run_job(job.pk)
        assert seen()
    assert revive(job).state == "succeeded"
    if killed == "fetch":
        assert sorted(HeldInquiry.objects.values_list("entry", "state")) == [(one, "waiting") for one in entries]
        assert HeldStep.objects.count() == 3
    else:
        assert sorted(HeldInquiry.objects.values_list("entry", "state")) == [(one, "answered") for one in entries]
        taken = [row["entry"] for batch in requests(tmp_path) if batch.kind.value == "release" for row in batch.rows]
        assert sorted(str(one) for one in taken) == entries
        _run()
        assert ExchangeRecord.objects.filter(provided=True).count() == 3
    assert not Batch.objects.exclude(state="collected").exists()
    assert not Batch.objects.filter(cleared_at=None).exists()


def _apply(*entries: Any) -> Any:
    """Take in a list of records as if it had come with a batch."""
    from domain.linkage.incoming.fetching import Fetching
    from domain.linkage.models import Batch
    from integrations.atena_adapters.port import Collection, Listed
    from tests.domain.linkage.world import YEAR

    sequence = Batch.objects.count() + 1
    batch = Batch.objects.create(kind="list", sequence=sequence, fiscal_year=YEAR, adapter_version=1, size=0)
    Fetching(YEAR, "事務").apply(
        batch, Collection(str(batch.pk), {"records": Listed(entries), "incoming": Listed(entries)})
    )
    return Batch.objects.get(pk=batch.pk)


def test_who_stands_in_for_the_answerer_does_not_approve_the_answer(world: World) -> None:
    """代決・代理: neither the deputy of who answered, nor the one in whose place it was answered."""
    from django.utils import timezone

    from accounts.models import RoleAssignment, User
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.incoming import deciding
    from integrations.atena_adapters.port import ListedEntry

    atena, today = world.household(father(), child()).members.get(key="03").atena_number, timezone.localdate()
    _apply(ListedEntry("K1", atena, True, "サンプル県", "支弁に関する情報", timezone.now(), None))
    clerk, deputy, chief = person("answering"), person("deputy"), person("chief")
    for who, role, instead_of in (
        (deputy, "approver", clerk),
        (clerk, "number_handler", chief),
        (chief, "approver", None),
    ):
        RoleAssignment.objects.create(
            user=who, role=role, starts_on=today, ends_on=today, training_on=today, acting_for=instead_of
        )
    deciding.decide(_held("K1"), clerk, "release", "本人の申出を確かめた")
    for second in (deputy, chief):
        with pytest.raises(SettlementRefused, match="代決・代理の間柄"):
            deciding.approve(_held("K1"), User.objects.get(pk=second.pk), "release")
    assert _held("K1").state == "proposed"
    deciding.approve(_held("K1"), person("another"), "release")
    assert _held("K1").approved_by == "another"


def test_told_twice_differently_or_of_strangers_changes_nothing_and_is_told(world: World) -> None:
    from dataclasses import replace

    from django.db import DatabaseError, transaction
    from django.utils import timezone

    from domain.linkage.models import ExchangeRecord, HeldInquiry
    from integrations.atena_adapters.port import ListedEntry

    home = world.household(father(), child())
    atena, now = home.members.get(key="03").atena_number, timezone.now().replace(microsecond=0)
    entry = ListedEntry("K1", atena, True, "サンプル県", "支弁に関する情報", now, None)
    assert _apply(entry).findings == []
    later = replace(entry, provided_at=now + timedelta(hours=1))
    for again in (entry, later, later):
        assert _apply(again).findings == []
    assert ExchangeRecord.objects.get().provided_at == later.provided_at
    for other in (replace(later, party="よそ"), replace(later, provided_at=now), entry):
        assert [finding["code"] for finding in _apply(other).findings] == ["conflict"]
    for strange in (replace(entry, entry="K2", atena_number="A9999999"), replace(entry, entry="K3", asked_at=None)):
        assert [finding["code"] for finding in _apply(strange).findings] == ["stranger"]
    assert (ExchangeRecord.objects.count(), HeldInquiry.objects.count()) == (1, 1)
    assert (ExchangeRecord.objects.get().party, ExchangeRecord.objects.get().provided_at) == (
        "サンプル県",
        later.provided_at,
    )
    attempts: list[Callable[[], Any]] = [
        lambda: ExchangeRecord.objects.update(party="よそ"),
        lambda: ExchangeRecord.objects.all()._raw_delete("default"),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_records_past_their_term_are_deleted_with_an_event_and_the_others_stay(world: World) -> None:
    from django.utils import timezone

    from config import celery_settings
    from domain.linkage.models import Batch, ExchangeRecord
    from domain.linkage.tasks import dispose_of_records
    from tests.domain.linkage.world import YEAR
    from tests.support.outbox import outbox

    member = world.household(father(), child()).members.get(key="03")
    batch = Batch.objects.create(kind="list", sequence=1, fiscal_year=YEAR, adapter_version=1, size=0)
    now = timezone.now()
    today = now.date()
    for name, until in (("new", today + timedelta(days=1)), ("last", today), ("old", today - timedelta(days=1))):
        ExchangeRecord.objects.create(
            entry=name,
            provided=True,
            member=member,
            party="サンプル県",
            item="支弁",
            asked_at=now,
            keep_until=until,
            batch=batch,
        )
    for _ in range(2):
        dispose_of_records()
    assert set(ExchangeRecord.objects.values_list("entry", flat=True)) == {"new", "last"}
    told = outbox.get(event="linkage:record:disposed")
    assert told.subjects == [{"kind": "member", "id": str(member.pk)}]
    assert told.detail == {"records": 1, "kept_until": (today - timedelta(days=1)).isoformat()}
    assert celery_settings.beat_schedule["records"]["task"] == dispose_of_records.name
    assert celery_settings.task_routes[dispose_of_records.name] == {"queue": "upkeep"}


def test_every_line_that_was_sent_is_accounted_for(provided: Any, tmp_path: Path) -> None:
    from django.utils import timezone

    from domain.linkage.incoming import deciding
    from domain.linkage.reconciling import report

    provided(two_people_answer=False)
    (one,) = _ask(tmp_path, "サンプル県")
    _run()
    deciding.decide(_held(one), person("clerk"), "refuse", "確かめた")
    _run()
    found = report(timezone.localdate(), timezone.localdate())
    assert found.balanced
    words = {row.title: row.by_state for row in found.rows}
    assert words["副本登録"] == [("登録済", 1)]
    assert words["照会への回答"] == [("回答済", 1)]
