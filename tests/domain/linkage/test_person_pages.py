"""The pages of people's states, through a logged-in browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.domain.linkage.browsing import browser, text_of
from tests.domain.linkage.conftest import Link
from tests.domain.linkage.world import AFTER_MOVING, World, child, father, mother
from tests.platform.accounts.sign_in import make_person


def _move_house(household: Any) -> None:
    household.address = AFTER_MOVING
    household.save()


@pytest.fixture
def linked(world: World, start: Any) -> tuple[Link, Any]:
    """A registered household whose father has no 符号 yet."""
    household = world.household(father(behaviours=frozenset({"no_linkage"})), mother(), child())
    link: Link = start("nara")
    link.register()
    return link, household


def test_the_list_is_narrowed_by_state_and_says_what_comes_next(
    linked: tuple[Link, Any],
    handler: Client,
) -> None:
    from accounts.roles import Role

    text = text_of(handler.get("/linkage/persons/"))
    assert "符号を待つ人が 1人います" in text
    assert text.count("data-row ") + text.count("data-row>") == 3
    narrowed = text_of(handler.get("/linkage/persons/?state=acquiring"))
    assert "サンプル　髙雄" in narrowed
    assert "サンプル　三郎" not in narrowed
    assert "1時間ごとに" in narrowed
    assert text_of(handler.get("/linkage/persons/?state=nonsense")) is not None
    assert "符号を待つ 1人" in text_of(browser(make_person("board", Role.BOARD_OFFICER)).get("/linkage/targets/"))


def test_the_list_asks_as_often_for_many_as_for_few(
    world: World,
    linked: tuple[Link, Any],
    handler: Client,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from domain.linkage.services import plan_registrations

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            handler.get("/linkage/persons/")
        return len(seen)

    handler.get("/linkage/persons/")
    few = queries()
    for _ in range(3):
        world.household(father(), mother(), child())
    plan_registrations()
    assert queries() <= few


def test_one_person_shows_the_way_so_far(linked: tuple[Link, Any], handler: Client) -> None:
    _, household = linked
    text = text_of(handler.get(f"/linkage/persons/{household.members.get(key='01').pk}/"))
    for words in ("番号待ち → 番号確認済", "付番依頼中 → 付番済", "付番済 → 符号取得中", "符号の確認"):
        assert words in text
    assert handler.get("/linkage/persons/999999/").status_code == 404


def test_changes_are_sent_from_the_overview_and_counted_there(linked: tuple[Link, Any], handler: Client) -> None:
    from domain.linkage.models import PersonLine
    from jobs.models import Job
    from tests.domain.linkage.conftest import work

    _, household = linked
    _move_house(household)
    assert "送る異動 3人" in text_of(handler.get("/linkage/"))
    handler.post("/linkage/change/")
    handler.post("/linkage/change/")
    job = Job.objects.get(kind="linkage.change")
    assert work(job).state == "succeeded"
    assert PersonLine.objects.filter(kind="update", result="done").count() == 3
    assert "送る異動" not in text_of(handler.get("/linkage/"))
    handler.post("/linkage/check/")
    assert Job.objects.filter(kind="linkage.check").count() == 1


def test_where_the_link_sends_none_the_page_says_what_to_do_and_takes_the_record(
    world: World,
    start: Any,
    handler: Client,
) -> None:
    from domain.linkage.models import PersonLine, Registration

    household = world.household(father(), child())
    link: Link = start("nara", updates=False)
    link.register()
    _move_house(household)
    assert "この接続では異動と廃止を送れません" in text_of(handler.get("/linkage/"))
    assert link.change().state == "succeeded"
    assert not PersonLine.objects.filter(kind="update").exists()
    member = household.members.get(key="01").pk
    page = f"/linkage/persons/{member}/"
    text = text_of(handler.get(page))
    assert "統合宛名の端末で変更し" in text
    assert AFTER_MOVING in text
    assert "記録しました" not in text_of(handler.post(page, {"note": " "}, follow=True))
    assert "記録しました" in text_of(handler.post(page, {"note": "7月1日、端末で住所を変更"}, follow=True))
    person = Registration.objects.get(member=member)
    assert (person.state, person.sent_as["address"]) == ("ready", AFTER_MOVING)
    assert list(person.steps.values_list("note", flat=True))[-1].startswith("手作業で異動")
    assert "伝えるものはありません" in text_of(handler.post(page, {"note": "もう一度"}))


def test_an_address_under_protection_is_not_shown_with_a_change(
    world: World,
    start: Any,
    handler: Client,
) -> None:
    household = world.household(father(), child(), address_hidden=True)
    link: Link = start("nara")
    link.register()
    old = household.address
    _move_house(household)
    text = text_of(handler.get(f"/linkage/persons/{household.members.get(key='01').pk}/"))
    assert "支援措置のため表示しません" in text
    assert old not in text
    assert AFTER_MOVING not in text


def test_a_refused_change_goes_out_again_when_somebody_says_so(
    linked: tuple[Link, Any],
    handler: Client,
) -> None:
    from domain.linkage.models import Registration
    from domain.linkage.persons.due import to_update

    _, household = linked
    _move_house(household)
    person = Registration.objects.get(member__key="03")
    now = to_update().values_list("now", flat=True).get(pk=person.pk)  # type: ignore[misc]
    Registration.objects.filter(pk=person.pk).update(refused=now, reason="廃止されています")
    assert not to_update().filter(pk=person.pk).exists()
    assert "廃止されています" in text_of(handler.get("/linkage/persons/?state=refused"))
    assert "もう一度送ります" in text_of(handler.post(f"/linkage/persons/{person.member_id}/again/", follow=True))
    assert to_update().filter(pk=person.pk).exists()
    assert "断られた異動・廃止はありません" in text_of(
        handler.post(f"/linkage/persons/{person.member_id}/again/", follow=True)
    )


def test_long_waits_stand_on_the_home_page_of_who_can_act(linked: tuple[Link, Any], in_a: Any, handler: Client) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from accounts.roles import Role
    from domain.linkage.models import Registration

    assert "符号が3日以上届かない人" not in text_of(handler.get("/"))
    Registration.objects.filter(member__key="01").update(since=timezone.now() - timedelta(days=4))
    assert "符号が3日以上届かない人" in text_of(handler.get("/"))
    principal = browser(make_person("principal-of-all", Role.PRINCIPAL))
    assert "符号が3日以上届かない人" not in text_of(principal.get("/"))
