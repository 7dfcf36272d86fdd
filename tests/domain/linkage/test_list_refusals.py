"""A list that the other side does not give: told once, and one refused for good is left alone until something changed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations.atena_adapters.port import Collection, Listed, ListKind, MalformedAnswer, NotAccepted, Outcome
from tests.domain.linkage.browsing import text_of
from tests.domain.linkage.conftest import OPERATOR, work
from tests.domain.linkage.killing import requests
from tests.domain.linkage.world import YEAR, World, child, father

GIVEN = Listed(())


def _findings() -> list[str]:
    from domain.linkage.models import Batch

    return [found["message"] for batch in Batch.objects.filter(kind="list") for found in batch.findings]


def _answered(records: Outcome, first: date, last: date, incoming: Outcome = GIVEN) -> Any:
    """One batch of both lists, asked for and answered under the configuration in force."""
    from domain.linkage.incoming.fetching import Fetching
    from domain.linkage.models import Batch

    batch = Batch.objects.create(
        kind="list", sequence=Batch.objects.count() + 1, fiscal_year=YEAR, adapter_version=1, size=0, state="collected",
        covers_from=first, covers_until=last, lists=["incoming", "records"],
    )  # fmt: skip
    Fetching(YEAR, "事務").apply(batch, Collection(str(batch.pk), {"incoming": incoming, "records": records}))
    return batch


@pytest.fixture
def in_force(in_a: Any) -> Any:
    from domain.linkage.models import AdapterConfiguration

    return AdapterConfiguration.objects.create(version=1, config={}, in_force_from=timezone.now())


def test_three_hourly_runs_tell_a_refused_list_once_and_a_person_asks_again(
    world: World, start: Any, handler: Client, tmp_path: Path
) -> None:
    """Through the real link: the other list goes on being fetched, the same on the wire as before."""
    from domain.linkage import services
    from domain.linkage.exchange.adapters import configuration_in_force
    from domain.linkage.incoming import refusals
    from jobs.models import Job
    from tests.support.outbox import outbox

    world.household(father(), child())
    (tmp_path / "conduct.json").write_text(json.dumps({"suspended": ["records"]}))
    start("nara", "--state", str(tmp_path / "state"), "--conduct", str(tmp_path / "conduct.json"), lists=True)

    def asked() -> list[str]:
        listings = [batch for batch in requests(tmp_path) if batch.kind.value == "listing"]
        return [" ".join([*(row["line_id"] for row in one.rows), *one.rejected]) for one in listings]

    for _ in range(3):
        assert work(services.start_incoming(OPERATOR)).state == "succeeded"
    assert asked() == ["incoming records", "incoming", "incoming"]
    assert len(_findings()) == outbox.filter(event="linkage:answer:refused").count() == 1
    assert "この一覧を渡す権限がありません" in _findings()[0]
    for place in ("/linkage/incoming/", "/linkage/records/"):
        assert "情報提供等記録: この一覧を渡す権限がありません。" in text_of(handler.get(place))

    handler.post("/linkage/incoming/exchange/", OPERATOR)
    assert outbox.get(event="linkage:list:reopened").detail == {"lists": ["records"], "refusals": 1}
    assert "求めていません" not in text_of(handler.get("/linkage/incoming/"))
    work(Job.objects.get(kind="linkage.incoming", state="queued"))
    assert asked()[3:] == ["incoming records"]

    services.put_in_force(configuration_in_force().config, {"token": "t" * 40})
    assert refusals.kinds_to_ask() == list(ListKind)


def test_a_refused_earlier_window_is_left_alone_and_the_others_are_asked_for(in_force: Any) -> None:
    from domain.linkage.incoming import refusals, windows

    today = timezone.localdate()
    end = windows.recent(today)[0]
    refused = end - timedelta(days=120), end - timedelta(days=60)
    other = refused[1], end

    def left() -> list[Any]:
        kinds = (ListKind.INCOMING, ListKind.RECORDS)
        return [windows.earlier(kind, today, refused[0], 7, refusals.windows_of(kind)) for kind in kinds]

    assert left() == [[refused, other], [refused, other]]
    _answered(NotAccepted("期間が古すぎます。"), *refused)
    assert refusals.kinds_to_ask() == list(ListKind)
    assert left() == [[other], [other]]
    _answered(NotAccepted("期間が古すぎます。"), *other)
    assert len(_findings()) == 1, "the same reason is told once, however many windows"
    assert left() == [[], []]
    assert [(one.title, one.whole, one.windows) for one in refusals.told()["refused"]] == [("情報提供等記録", False, 2)]
    assert refusals.ask_again() == 2
    assert left() == [[], [refused, other]]
    assert (refusals.ask_again(), refusals.told()["refused"]) == (0, [])


def test_what_goes_wrong_on_the_way_is_asked_for_again_and_told_once_until_it_came(in_force: Any) -> None:
    from domain.linkage.incoming import refusals, windows

    recent, broken = windows.recent(timezone.localdate()), MalformedAnswer("項目の形式が違います。")
    for _ in range(3):
        _answered(broken, *recent)
        assert refusals.kinds_to_ask() == list(ListKind)
    assert [("次の受領で" in text) for text in _findings()] == [True]
    assert _answered(GIVEN, *recent).lists == ["incoming", "records"]
    assert _answered(broken, *recent).lists == ["incoming"]
    assert len(_findings()) == 2
    assert refusals.told()["refused"] == []


def test_an_earlier_window_that_goes_wrong_each_hour_is_told_once_though_the_last_days_come(in_force: Any) -> None:
    from domain.linkage.incoming import windows

    recent, broken = windows.recent(timezone.localdate()), MalformedAnswer("項目の形式が違います。")
    earlier = recent[0] - timedelta(days=60), recent[0]
    for _ in range(3):
        _answered(GIVEN, *recent)
        _answered(broken, *earlier)
    assert len(_findings()) == 1
    _answered(GIVEN, *earlier)
    _answered(broken, *earlier)
    assert len(_findings()) == 2


def test_windows_that_go_wrong_each_time_hold_up_no_later_one(in_force: Any) -> None:
    """Ten windows, six a run: of three runs that all go wrong the first two ask for every window, the third for the oldest again."""
    from domain.linkage.incoming.fetching import _windows_of_a_run

    broken, today = MalformedAnswer("項目の形式が違います。"), timezone.localdate()
    began = today - timedelta(days=60 * 11)
    runs = []
    for _ in range(3):
        runs.append([window for window, _ in _windows_of_a_run(today, began, recent=False)])
        for window in runs[-1]:
            _answered(broken, *window, incoming=broken)
    every = [(began + timedelta(days=60 * n), began + timedelta(days=60 * n + 60)) for n in range(10)]
    assert runs == [every[:6], [*every[6:], *every[:2]], every[2:8]]


def test_the_pages_say_how_often_and_since_when_a_list_did_not_come_and_what_to_do(
    world: World, start: Any, handler: Client
) -> None:
    from domain.linkage import services
    from domain.linkage.incoming import refusals, windows
    from domain.linkage.models import Batch

    start("nara", lists=True)
    recent, broken = windows.recent(timezone.localdate()), MalformedAnswer("項目の形式が違います。")
    places = ("/linkage/incoming/", "/linkage/records/")
    for _ in range(3):
        last = _answered(broken, *recent)
    for place in places:
        page = text_of(handler.get(place))
        assert "情報提供等記録: 項目の形式が違います。（最近の期間、" in page
        assert "から3回、最後は" in page
        assert "3回以上になったら" in page
    assert "未回答の照会はありませんが、まだ受け取れていない一覧があります" in text_of(handler.get(places[0]))
    (told,) = refusals.told()["missing"]
    assert told.since < told.last
    Batch.objects.filter(pk=last.pk).update(collected_at=timezone.now())
    refusals.note(last, {"records": broken})
    assert refusals.told()["missing"] == [told], "the same answer read twice counts once"
    _answered(NotAccepted("渡せません。"), *recent)
    assert (refusals.told()["missing"], len(refusals.told()["refused"])) == ([], 1)
    refusals.ask_again()
    _answered(broken, *recent)
    _answered(GIVEN, *recent)
    assert refusals.told() == {"refused": [], "missing": []}
    assert not any("まだ受け取れていない一覧" in text_of(handler.get(place)) for place in places)
    batch, sent_at = Batch.objects.filter(pk=last.pk), timezone.now() - timedelta(days=4)
    Batch.objects.update(cleared_at=sent_at)
    batch.update(state="sent", sent_at=sent_at, collected_at=None)
    assert all("1つの回答が、届かないか読めません" in text_of(handler.get(place)) for place in places)
    assert work(services.start_incoming(OPERATOR)).state == "succeeded"
    assert batch.get().state == "collected"
    assert "3日たっても、読める回答が届きませんでした" in batch.get().findings[-1]["message"]


def test_lists_that_are_never_answered_leave_room_and_are_asked_for_anew(in_force: Any) -> None:
    """Over a link whose answers come later: six windows and no more are under way, and after three days their days are free again."""
    from domain.linkage.incoming import abandoning, refusals
    from domain.linkage.incoming.fetching import _windows_of_a_run
    from domain.linkage.models import Batch

    class Handle:
        def fence(self) -> None:
            """The job is still ours."""

    now, today = timezone.now(), timezone.localdate()
    began = today - timedelta(days=60 * 11)
    handle: Any = Handle()

    def asked() -> list[Any]:
        return [window for window, _ in _windows_of_a_run(today, began, recent=False)]

    first = asked()
    for first_day, last_day in first:
        _answered(GIVEN, first_day, last_day)
    batches = Batch.objects.all()
    batches.update(state="sent", sent_at=now - timedelta(days=2))
    assert (asked(), abandoning.give_up(handle, now)) == ([], 0)
    assert abandoning.unanswered(now) == (6, now - timedelta(days=2))
    assert abandoning.give_up(handle, now + timedelta(days=2)) == 6
    assert list(batches.order_by().values_list("state", "lists").distinct()) == [("collected", [])]
    assert batches.filter(cleared_at=None).count() == 6, "the run that follows clears their place"
    assert [(one.reason, one.windows) for one in refusals.told()["missing"]] == [(abandoning.WHY, 6)] * 2
    assert (len(asked()), set(asked()) & set(first)) == (6, set(first[:2]))
    assert abandoning.unanswered(now) == (0, None)
