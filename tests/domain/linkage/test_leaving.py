"""廃止 of a person whose 副本 is held: the copy is deleted first, wherever a job is killed, and the page says why it waits."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.domain.linkage.browsing import text_of
from tests.domain.linkage.conftest import OPERATOR, Link
from tests.domain.linkage.killing import Killed, kill_once, requests, revive
from tests.domain.linkage.paid import approve_copies, copies, lines, pay, provide, provide_by_rule, unpay
from tests.domain.linkage.world import World, child, enrol, father

WORK = "domain.linkage.providing.sending.Providing"
POINTS = {
    "before sending": (f"{WORK}.submit", "before"),
    "after sending": ("domain.linkage.exchange.batches.mark_sent", "before"),
    "while taking in": (f"{WORK}.apply", "after"),
}


@pytest.fixture
def provided(world: World, start: Any, tmp_path: Path) -> Any:
    """The link, the member and the round that paid them: a pupil whose copy the other side holds, and who then left."""

    def begin(name: str = "nara") -> tuple[Link, Any, Any]:
        member = world.household(father(), child()).members.get(key="03")
        link: Link = start(name, "--state", str(tmp_path / "state"))
        link.register()
        provide_by_rule()
        paid = pay({member: 12_000})
        provide()
        type(member).objects.filter(pk=member.pk).update(left_on=date(2024, 9, 1))
        return link, member, paid

    return begin


def _state(member: Any) -> str:
    from domain.linkage.models import Registration

    return Registration.objects.get(member=member).state


def _acts(tmp_path: Path) -> list[str]:
    """What the other side took of copies and 廃止, in order."""
    kinds = ("provision", "withdrawal")
    return [
        str(row.get("act") or "withdrawal")
        for batch in requests(tmp_path)
        if batch.kind.value in kinds
        for row in batch.rows
    ]


@pytest.mark.parametrize("name", ["nara", "hiroshima"])
@pytest.mark.parametrize("point", sorted(POINTS))
def test_the_copy_is_deleted_first_wherever_the_deletion_is_killed(
    point: str, name: str, provided: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from jobs.running import run_job

    link, member, paid = provided(name)
    assert link.change().state == "succeeded"
    assert _state(member) == "ready", "the copy is held"
    unpay(paid, member)
    approve_copies()
    kill_once(monkeypatch, *POINTS[point])
    job = services.start_provision(OPERATOR)
    with pytest.raises(Killed):
        run_job(job.pk)
    assert link.change().state == "succeeded"
    assert _state(member) == "ready", "nobody knows yet that the copy is gone"
    assert revive(job).state == "succeeded"
    assert copies() == {}
    for _ in range(2):
        assert link.change().state == "succeeded"
    assert _state(member) == "withdrawn"
    assert [act.lower() for act in _acts(tmp_path)] == ["add", "delete", "withdrawal"]


def test_no_copy_is_added_while_the_withdrawal_is_out(
    world: World, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.providing.planning import plan_copies
    from jobs.running import run_job

    member = world.household(father(), child()).members.get(key="03")
    link: Link = start("nara")
    link.register()
    provide_by_rule()
    type(member).objects.filter(pk=member.pk).update(left_on=date(2024, 9, 1))
    kill_once(monkeypatch, "domain.linkage.exchange.batches.mark_sent", "before")
    job = services.start_change(OPERATOR)
    with pytest.raises(Killed):
        run_job(job.pk)
    pay({member: 12_000})
    assert (dict(plan_copies().changes), plan_copies().unregistered) == ({}, 1)
    assert revive(job).state == "succeeded"
    assert _state(member) == "withdrawn"


def test_with_providing_switched_off_every_copy_goes_and_who_leaves_is_withdrawn(
    provided: Any,
    handler: Client,
    tmp_path: Path,
) -> None:
    """Whoever stays too: the other side would go on answering with what no longer follows the payments."""
    from domain.linkage import services
    from domain.linkage.errors import TargetsRefused
    from tests.domain.linkage.world import YEAR, person

    link, member, _ = provided()
    staying = member.household.members.get(key="01")
    enrol(staying)
    provide_by_rule()
    pay({staying: 5_000}, number=2)
    provide()
    provide_by_rule(provided=False)
    pay({staying: 7_000, member: 1_000}, number=3)
    assert "登録済みの副本が 2件あります" in text_of(handler.get("/linkage/copies/"))
    assert "削除する副本（副本を登録しない設定）" in text_of(handler.get("/"))
    provide()
    assert sorted(lines()[-2:]) == [("delete", "stopped", "accepted", amount) for amount in (5_000, 12_000)]
    assert copies() == {}
    with pytest.raises(TargetsRefused, match="削除する副本もありません"):
        services.propose_copies(YEAR, person("proposer"))
    assert link.change().state == "succeeded"
    assert _state(member) == "withdrawn"
    assert [act.lower() for act in _acts(tmp_path)] == ["add", "add", "delete", "delete", "withdrawal"]
    provide_by_rule()
    provide()
    assert copies() == {"01": (12_000, "numbered")}, "switched on again, what was paid is provided anew"


def test_the_page_of_the_person_says_why_the_withdrawal_waits(provided: Any, handler: Client) -> None:
    _, member, paid = provided()
    place = f"/linkage/persons/{member.pk}/"
    text = text_of(handler.get(place))
    assert "廃止を待っています" in text
    assert "この人の副本（令和7年度）があります" in text
    assert "手作業で変更したと記録する" not in text
    assert "副本の削除が受け付けられるまで" in text_of(handler.post(place, {"note": "端末で廃止した"}))
    assert _state(member) == "ready"
    narrowed = text_of(handler.get("/linkage/persons/?state=copy"))
    assert "廃止（副本の削除待ち）" in narrowed
    assert member.name in narrowed
    unpay(paid, member)
    provide()
    assert "廃止を待っています" not in text_of(handler.get(place))
    assert "手作業で変更したと記録する" in text_of(handler.get(place))
