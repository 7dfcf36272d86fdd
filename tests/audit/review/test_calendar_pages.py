"""利用時間, 休業日 and 時間外利用届 through the browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.audit.review.conftest import World, text_of
from tests.audit.review.test_signal_pages import another


def notice_of(office: World, **changed: str) -> dict[str, str]:
    day = office.friday.isoformat()
    values = {"username": "w-clerk", "starts_on": day, "starts_at": "２１：００", "ends_on": day, "ends_at": "23時55分"}
    return {**values, "reason": "年度末の進達のため", **changed}


def test_a_manager_gives_a_notice_and_takes_it_back(office: World) -> None:
    from audit.detection.models import OvertimeNotice
    from audit.review.models import Alert
    from tests.support.outbox import outbox

    manager = office.browser(office.manager)
    assert "時間外利用届はありません" in text_of(manager.get("/review/overtime/"))
    given = manager.post("/review/overtime/new/", notice_of(office), follow=True)
    assert "見本 事務子さんの時間外利用を届け出ました。" in text_of(given)
    notice = OvertimeNotice.objects.get()
    assert (notice.approved_by, notice.ends_at - notice.starts_at) == ("w-manager", timedelta(hours=2, minutes=55))
    office.clock.put(f"{office.friday}T23:41")
    office.browser(office.clerk)
    assert not Alert.objects.exists()
    manager = office.browser(office.manager)
    assert "取り下げました" in text_of(manager.post(f"/review/overtime/{notice.pk}/withdraw/", follow=True))
    office.browser(office.clerk)
    assert Alert.objects.filter(username="w-clerk").count() == 1
    details = [event.detail for event in outbox.filter(event="calendar:overtime:notified")]
    assert [detail.get("取下げ", False) for detail in details] == [False, True]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"username": "w-manager"}, "「届ける職員」を、表示されている中から選び直してください。"),
        ({"ends_at": "20:00"}, "終了が開始より前です"),
        ({"starts_on": "2020-01-06", "ends_on": "2020-01-06"}, "終わった時間の届は出せません"),
        ({"ends_on": "2099-01-06"}, "31日以内"),
        ({"starts_at": "25:00"}, "0:00〜23:59"),
        ({"starts_on": "令和99年13月"}, "月"),
        ({"reason": "番号 123456789018 のため"}, "12桁の数字は書けません"),
        ({"reason": ""}, "理由を入力してください。"),
    ],
)
def test_a_notice_that_does_not_do_is_refused_and_nothing_is_lost(
    office: World, changed: dict[str, str], words: str
) -> None:
    from audit.detection.models import OvertimeNotice

    values = notice_of(office, **changed)
    answer = office.browser(office.manager).post("/review/overtime/new/", values)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert f'value="{values["ends_on"]}"' in answer.content.decode()
    assert not OvertimeNotice.objects.exists()


def test_nobody_gives_or_takes_back_a_notice_for_themselves(office: World) -> None:
    from accounts.errors import SamePerson
    from audit.detection.models import OvertimeNotice
    from audit.detection.services import notify_overtime, withdraw_notice

    now = office.clock.now
    with pytest.raises(SamePerson):
        notify_overtime(office.manager, now, now + timedelta(hours=1), "自分の届", office.manager)
    notice = OvertimeNotice.objects.create(
        username="w-manager", starts_at=now, ends_at=now + timedelta(hours=1), reason="x", approved_by="chief"
    )
    with pytest.raises(SamePerson):
        withdraw_notice(notice, office.manager)


def test_a_clerk_sees_their_own_notices_and_gives_none(office: World) -> None:
    from audit.detection.services import notify_overtime

    now = office.clock.now
    notify_overtime(office.clerk, now, now + timedelta(hours=1), "進達のため", office.manager)
    notify_overtime(office.monitor, now, now + timedelta(hours=1), "点検のため", office.manager)
    clerk = office.browser(office.clerk)
    page = text_of(clerk.get("/review/overtime/"))
    assert "進達のため" in page
    assert "点検のため" not in page
    assert clerk.get("/review/overtime/new/").status_code == 403
    assert clerk.post("/review/overtime/1/withdraw/").status_code == 403
    assert "点検のため" in text_of(office.browser(office.monitor).get("/review/overtime/"))


def test_hours_are_changed_by_the_manager_with_a_fresh_code(office: World) -> None:
    from audit.detection.models import ServiceHours
    from tests.support.outbox import outbox

    assert office.browser(office.monitor).get("/review/hours/").status_code == 403
    manager = office.browser(office.manager)
    done = manager.post("/review/hours/", {"opens_at": "8:30", "closes_at": "20:00"}, follow=True)
    assert "いまは平日 8:30〜20:00です" in text_of(done)
    assert str(ServiceHours.objects.get()) == "08:30–20:00"
    (event,) = outbox.filter(event="calendar:hours:changed")
    assert event.detail == {"変更前": "07:00–21:00", "変更後": "08:30–20:00"}
    wrong = manager.post("/review/hours/", {"opens_at": "９:00", "closes_at": "8:00"})
    assert "終了時刻が開始時刻より前です" in text_of(wrong)
    office.clock.now += timedelta(minutes=11)
    assert manager.get("/review/hours/").url.startswith("/step-up/")
    stale = manager.post("/review/hours/", {"opens_at": "0:00", "closes_at": "0:00"})
    assert stale.url.startswith("/step-up/")
    assert str(ServiceHours.objects.get()) == "08:30–20:00"


def test_longer_hours_wait_for_a_second_person(office: World) -> None:
    """Hours of 0:00–0:00 would switch rule 1 off for good."""
    from audit.detection.models import Loosening, ServiceHours
    from tests.support.outbox import outbox

    manager, approver = office.browser(office.manager), office.browser(another(office))
    longer = {"opens_at": "0:00", "closes_at": "0:00"}
    asked = text_of(manager.post("/review/hours/", longer, follow=True))
    assert "利用時間を広げる変更を申請しました" in asked
    assert "いまは平日 7:00〜21:00です" in asked
    assert "平日 0:00〜24:00への変更が承認を待っています" in asked
    assert "もう承認を待っています" in text_of(manager.post("/review/hours/", longer))
    (row,) = Loosening.objects.all()
    address = f"/review/loosenings/{row.pk}/approve/"
    assert "申請した本人は承認できません" in text_of(manager.post(address, follow=True))
    assert str(ServiceHours.objects.get()) == "07:00–21:00"
    assert "平日 7:00〜21:00 から 平日 0:00〜24:00 へ" in text_of(approver.get("/review/loosenings/"))
    assert approver.post(address).status_code == 302
    assert str(ServiceHours.objects.get()) == "00:00–00:00"
    (event,) = outbox.filter(event="calendar:hours:changed")
    assert event.detail == {"変更前": "07:00–21:00", "変更後": "00:00–00:00", "申請した人": "w-manager"}


@pytest.mark.parametrize(
    ("opens_at", "closes_at", "waits"),
    [(7, 21, False), (8, 20, False), (6, 20, True), (7, 22, True), (7, 0, True), (0, 0, True)],
)
def test_while_there_are_no_hours_the_standard_ones_are_the_widest_that_one_person_sets(
    office: World, opens_at: int, closes_at: int, waits: bool
) -> None:
    from datetime import time

    from audit.detection.models import ServiceHours
    from audit.detection.tuning import set_hours

    ServiceHours.objects.all().delete()
    assert (set_hours(time(opens_at), time(closes_at), office.manager) is not None) is waits
    assert ServiceHours.objects.exists() is not waits


def test_days_off_of_the_prefecture(office: World) -> None:
    from audit.detection.models import DayOff, Loosening

    manager = office.browser(office.manager)
    values = {"day": office.back.isoformat(), "name": "開庁記念日"}
    assert "開庁記念日" in text_of(manager.post("/review/hours/days-off/", values, follow=True))
    again = manager.post("/review/hours/days-off/", values)
    assert again.status_code == 400
    assert "既に休業日として登録" in text_of(again)
    row = DayOff.objects.get()
    assert "取消しの承認待ち" in text_of(manager.post(f"/review/hours/days-off/{row.pk}/remove/", follow=True))
    assert "もう承認を待っています" in text_of(manager.post(f"/review/hours/days-off/{row.pk}/remove/", follow=True))
    assert DayOff.objects.exists(), "a day of alerts less needs a second person"
    approver = office.browser(another(office))
    assert "取り消す休業日" in text_of(approver.get("/review/loosenings/"))
    approver.post(f"/review/loosenings/{Loosening.objects.get().pk}/approve/")
    assert not DayOff.objects.exists()
    assert manager.post(f"/review/hours/days-off/{row.pk}/remove/").status_code == 404


def test_changes_of_the_calendar_are_told_before_and_after(office: World) -> Any:
    from datetime import time

    from auditlog.models import LogEntry

    from audit.detection.models import ServiceHours
    from audit.detection.tuning import set_hours

    set_hours(time(8), time(20), office.manager)
    entry = LogEntry.objects.get_for_object(ServiceHours.objects.get()).first()
    assert entry is not None
    assert entry.changes_dict["opens_at"] == ["07:00:00", "08:00:00"]
