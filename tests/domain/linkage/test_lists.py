"""A registration opens the numbers of those alone whom a second person saw on a list; without one nothing leaves, others go on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from domain.vault.models import VaultSettings
from tests.domain.linkage.world import World, child, father
from tests.support.records import acting, staff


@pytest.fixture(autouse=True)
def as_a_prefecture_begins(world: World) -> None:
    VaultSettings.objects.update(needs_list=VaultSettings._meta.get_field("needs_list").default)


def _approved_list() -> Any:
    from domain.vault import lists

    asker, second = staff(Role.NUMBER_HANDLER, "asker"), staff(Role.SECURITY_MANAGER, "manager")
    with acting(asker):
        row = lists.ask_for_registration(duty="V01", case="令和7年度の付番依頼", user=asker)
    with acting(second):
        return lists.approve(row, second)


def test_without_an_approved_list_nobody_is_registered(world: World, start: Any, handler: Client) -> None:
    from domain.linkage.models import Batch, RawExchange, Registration

    world.household(father(), child())
    link = start("nara")
    job = link.register()
    assert job.state == "failed"
    assert "対象者の一覧が承認されていません" in job.error
    assert not RawExchange.objects.exists()
    batch = Batch.objects.get()
    assert (batch.state, batch.tried_at) == ("prepared", None)
    assert "対象者の一覧" in batch.problem
    assert "「番号の管理」で作り" in handler.get("/linkage/").content.decode()
    row = _approved_list()
    assert "「番号の管理」で作り" not in handler.get("/linkage/").content.decode()
    job = link.register()
    assert job.state == "succeeded", job.error
    assert set(Registration.objects.values_list("state", flat=True)) <= set(Registration.KNOWN)
    row.refresh_from_db()
    assert row.used_by == job.pk
    assert not any(number in repr(job.args) for number in world.numbers.values())


def test_what_waits_for_a_list_keeps_no_answer_of_another_kind_waiting(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Inquiry
    from tests.domain.linkage.conftest import work
    from tests.domain.linkage.world import approve_all

    world.household(father(), child())
    link = start("nara", registration_answer="in_call")
    _approved_list()
    assert link.register().state == "succeeded"
    approve_all()
    Batch.objects.filter(kind="register").update(state="sent")  # cut off between sending and answer
    assert link.inquire().state == "succeeded"
    Batch.objects.filter(kind="inquire").update(state="sent")
    Inquiry.objects.update(state="sent", match="")
    work(services.start_collection())
    assert not Inquiry.objects.filter(state="sent").exists()
