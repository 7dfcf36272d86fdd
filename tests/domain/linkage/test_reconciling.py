"""What came in is collected without a person, and what was sent is accounted for."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.domain.linkage.conftest import work
from tests.domain.linkage.world import World, approve_all, child, father, mother


def _today() -> Any:
    from django.utils import timezone

    return timezone.localdate()


def _report() -> Any:
    from domain.linkage.reconciling import report

    return report(_today() - timedelta(days=1), _today())


def _figures(found: Any) -> list[tuple[int, int, int, int]]:
    return [(row.accounted, row.received, row.open, row.again) for row in found.rows]


def test_everything_sent_is_answered(world: World, start: Any, django_assert_num_queries: Any) -> None:
    world.household(father(), mother(), child())
    start("nara").whole()
    with django_assert_num_queries(8):
        found = _report()
    assert found.balanced
    assert found.sent == 11
    none = (0, 0, 0, 0)
    assert _figures(found) == [(3, 3, 0, 0), none, none, (3, 3, 0, 0), (3, 3, 0, 0), (2, 2, 0, 0), none, none, none]


def test_open_lines_are_open_until_the_hourly_look_finds_them(
    world: World, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Inquiry
    from domain.linkage.tasks import collect_open
    from jobs.models import Job

    monkeypatch.setattr("domain.linkage.exchange.running.PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("domain.linkage.tasks.each_live_prefecture", lambda: [None])
    world.household(father(), child())
    link = start("nara", "--delay", "1.5", checks_linkage=False)
    link.register()
    time.sleep(1.6)
    collect_open()
    collect_open()
    job = Job.objects.get(kind="linkage.collect")
    assert work(job).state == "succeeded", job.error
    approve_all()
    link.inquire()
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"sent"}
    found = _report()
    assert found.balanced
    assert [row.open for row in found.rows] == [0, 0, 0, 0, 2, 1, 0, 0, 0]
    time.sleep(1.6)
    again = services.start_collection()
    assert again is not None
    assert work(again).state == "succeeded"
    assert set(Inquiry.objects.values_list("state", "match")) == {("answered", "matched")}
    assert not Batch.objects.exclude(state="collected").exists()
    assert not any(row.open for row in _report().rows)
    collect_open()
    assert Job.objects.filter(kind="linkage.collect").count() == 2


def test_nothing_is_looked_for_while_a_run_does_so_anyway(world: World, start: Any) -> None:
    from domain.linkage import services

    world.household(father(), child())
    start("nara")
    services.start_registration({})
    assert services.start_collection() is None


def test_the_hourly_look_is_in_the_schedule() -> None:
    from config import celery_settings
    from domain.linkage.tasks import collect_open

    assert celery_settings.beat_schedule["collect"]["task"] == collect_open.name
    assert celery_settings.task_routes[collect_open.name] == {"queue": "upkeep"}


def test_a_held_line_is_received_once_it_is_released(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.models import Inquiry

    world.household(father(behaviours=frozenset({"hold:tax"})), child())
    start("nara", "--release", "1.2").whole()
    assert Inquiry.objects.get(kind="tax").state == "held"
    time.sleep(1.3)
    job = services.start_collection()
    assert job is not None
    work(job)
    assert Inquiry.objects.get(kind="tax").match == "matched"


def test_lines_asked_again_stay_accounted_for(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry, RegistrationStep
    from domain.linkage.services import ask_again
    from integrations.atena_adapters.individual_numbers import sample_number
    from tests.domain.linkage.numbers import replace_numbers
    from tests.domain.linkage.world import person

    household = world.household(father(), child())
    link = start("nara")
    link.whole()
    ask_again(Inquiry.objects.get(kind="tax"), person("board"), "番号を確かめた")
    found = _report()
    assert found.balanced
    assert [row.again for row in found.rows] == [0, 0, 0, 0, 0, 1, 0, 0, 0]
    replace_numbers({household.members.get(key="01").pk: sample_number(7, 1)})
    link.register()
    assert RegistrationStep.objects.get(to_state="number_changed").note.startswith("個人番号が訂正された")
    link.change()
    assert _report().balanced


def test_a_line_that_is_lost_makes_a_visible_difference(world: World, start: Any, approver: Client) -> None:
    from domain.linkage.models import Batch, Inquiry

    world.household(father(), child())
    start("nara").whole()
    assert "合っています" in approver.get("/linkage/reconciliation/").content.decode()
    Inquiry.objects.filter(kind="tax").update(batch=None)
    found = _report()
    assert [(one.sent, one.accounted) for one in found.differences] == [(3, 2)]
    shown = approver.get("/linkage/reconciliation/").content.decode()
    assert "合いません" in shown
    assert f"通番 {Batch.objects.get(kind='inquire').sequence}" in shown
    answer = approver.get("/linkage/reconciliation/workbook/")
    assert answer.status_code == 200
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/sharedStrings.xml").decode()
    assert "合いません" in text
    assert father().name not in text
    refused = approver.get("/linkage/reconciliation/?first=R7.5.1&last=R7.4.1").content.decode()
    assert "始めの日以後" in refused


def test_a_period_without_exchange_is_empty_and_balanced(in_a: Any) -> None:
    from domain.linkage.reconciling import report

    found = report(_today().replace(year=2020), _today().replace(year=2021))
    assert (found.sent, found.balanced) == (0, True)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_collection_can_be_cut_off(world: World, start: Any, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Inquiry, InquiryStep
    from jobs.running import run_job
    from tests.domain.linkage.killing import Killed, kill_once, revive
    from tests.domain.linkage.test_resuming import WORKS

    world.household(father(behaviours=frozenset({"hold:tax"})), child())
    start("nara", "--release", "1.2").whole()
    time.sleep(1.3)
    struck = kill_once(monkeypatch, f"{WORKS['inquire']}.apply", when)
    job = services.start_collection()
    assert job is not None
    with pytest.raises(Killed):
        run_job(job.pk)
    assert struck()
    assert revive(job).state == "succeeded"
    assert Inquiry.objects.get(kind="tax").match == "matched"
    assert InquiryStep.objects.count() == 1
    assert not Batch.objects.filter(cleared_at=None).exists()
    assert _report().balanced
