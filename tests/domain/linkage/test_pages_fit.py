"""The pages of 情報提供 in a real browser of 1366x768: every column is seen without scrolling sideways, however long the words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.domain.linkage.world import YEAR, World, child, father
from tests.e2e.inspection import LOOK
from tests.platform.accounts.office import HOST, Office

pytestmark = pytest.mark.browser
LONG = "サンプル県中部広域連合障害者支援及び教育扶助等に関する事務の共同処理を行う一部事務組合"


def _kept(member: Any) -> None:
    """One record of each side, in the longest words that come over the wire."""
    from domain.linkage.models import Batch, ExchangeRecord

    batch = Batch.objects.create(kind="list", sequence=1, fiscal_year=YEAR, adapter_version=1, size=0)
    for provided in (False, True):
        ExchangeRecord.objects.create(
            entry="K" * 60, provided=provided, member=member, party=LONG * 2, item=f"{LONG}の支弁に関する情報",
            asked_at=timezone.now(), provided_at=timezone.now(), keep_until=timezone.localdate() + timedelta(days=999),
            batch=batch,
        )  # fmt: skip


def _faults(client: Client, *places: str) -> list[str]:
    """What is wrong with the pages, in words."""
    office, found = Office(), list[str]()
    office.client = client

    def journey(page: Any) -> None:
        for place in places:
            page.goto(HOST + place)
            found.extend(f"{place}: {fault}" for fault in page.evaluate(LOOK))

    office.serve(journey)
    assert office.complaints == []
    return found


def test_records_are_seen_whole(world: World, handler: Client) -> None:
    member = world.household(father(), child()).members.get(key="01")
    type(member).objects.filter(pk=member.pk).update(name="サンプル" * 15)
    _kept(member)
    places = ("/linkage/records/?first=R7.4.1&last=R20.3.31", f"/linkage/records/members/{member.pk}/")
    for place in places:
        assert handler.get(place).content.count(b"<tr data-row") == 2
    assert _faults(handler, *places) == []


def test_settings_copies_and_held_inquiries_are_seen_whole(world: World, handler: Client, approver: Client) -> None:
    """Names of people and not 職員ID, and the whole day and time beside them."""
    from accounts.models import User
    from domain.linkage.models import HeldInquiry, ItemRule, ProvisionRule

    User.objects.filter(username="approver").update(display_name="サンプル 承認 太郎左衛門")
    member = world.household(father(), child(), address_hidden=True).members.get(key="03")
    texts = {"basis": LONG * 2, "notice": LONG * 2, "by": "approver", "starts_on": timezone.localdate()}
    ProvisionRule.objects.create(provided=True, **texts)
    waiting = ProvisionRule.objects.create(state="proposed", switches=True, **texts)
    ItemRule.objects.create(kind="tax", asked=True, needs_consent=False, **texts)
    listed = _listed(member)
    held = HeldInquiry.objects.create(
        entry="K" * 60, member=member, party=LONG, item=LONG, asked_at=timezone.now(), due_on=timezone.localdate()
    )
    for place in ("copies/rules/", "items/"):
        page = handler.get(f"/linkage/{place}").content.decode()
        assert "サンプル 承認 太郎左衛門" in page
        assert ">approver" not in page
    places = (
        "copies/rules/", f"copies/rules/{waiting.pk}/", "items/", "copies/", f"copies/lists/{listed.pk}/", "incoming/",
        f"incoming/{held.pk}/",
    )  # fmt: skip
    assert _faults(approver, *(f"/linkage/{place}" for place in places)) == []
    assert _faults(handler, *(f"/linkage/{place}" for place in places[:2])) == []


def _listed(member: Any) -> Any:
    """A list that waits, of one line with every word it can have."""
    from domain.linkage.models import Copy, CopyLine, CopyList

    listed = CopyList.objects.create(
        fiscal_year=YEAR,
        number=1,
        digest="sha256:" + "0" * 64,
        size=1,
        proposed_by="approver",
        bases={"provision": LONG},
    )
    CopyLine.objects.create(
        listed=listed, copy=Copy.objects.create(member=member, fiscal_year=YEAR), act="delete", cause="stopped",
        amount=123_456_789, period_from=timezone.localdate(), period_to=timezone.localdate(), reason=LONG,
    )  # fmt: skip
    return listed
