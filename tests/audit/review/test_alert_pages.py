"""The pages of the watch, through browsers that logged in with a one-time password."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from audit.detection.registry import ALL_RULES
from audit.review.listing import line_of
from audit.review.models import Alert
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event, label
from tests.audit.review.conftest import World, text_of

REASON = "年度末の進達が残り、22時の締切に間に合わせるためです。"


@pytest.fixture
def alert(office: World) -> Any:
    return office.night(office.clerk)


def in_trail(event: Event, alert: Any) -> list[Any]:
    """The events of a kind about this alert: the trail keeps what other tests wrote, and these tests move the clock."""
    from audit.trail import reader

    return reader.search(reader.Filters(prefix=event.value, subject=Subject("alert", str(alert.pk))))


def test_the_monitor_finds_the_open_alert_with_its_next_act(office: World, alert: Any) -> None:
    page = text_of(office.browser(office.monitor).get("/review/alerts/"))
    assert "未完了 1件" in page
    assert "23:41に利用時間外のログイン。利用時間は平日7:00〜21:00。時間外利用届なし。" in page
    assert "確からしさ: 確実（時刻と暦だけで決まる）" in page
    assert "次: 監視担当が証拠を見て確認する" in page
    assert in_trail(Event.READ_LIST_SHOWN, alert)


def test_each_rule_says_how_sure_it_is() -> None:
    said = {rule.id: line_of(Alert(rule=rule.id, occurred_at=timezone.now()), {}, ()).certainty for rule in ALL_RULES}
    assert said == {rule.id: rule.certainty for rule in ALL_RULES}


def test_month_day_and_state_stand_in_the_url(office: World, alert: Any) -> None:
    browser = office.browser(office.monitor)
    month, day = f"{office.friday:%Y-%m}", office.friday.day
    rows = 'aria-labelledby="rows-title">\n<table'
    assert rows in browser.get(f"/review/alerts/?month={month}&day={day}&state=raised").content.decode()
    assert rows not in browser.get(f"/review/alerts/?month={month}&day={day % 28 + 1}").content.decode()
    assert rows not in browser.get(f"/review/alerts/?month={month}&state=closed").content.decode()
    assert rows not in browser.get("/review/alerts/?month=2020-01").content.decode()


@pytest.mark.parametrize("query", ["month=2026-13", "month=x&day=99&state=y&page=z", "day=٣", "day=" + "9" * 4000])
def test_a_malformed_address_shows_this_month(office: World, alert: Any, query: str) -> None:
    assert office.browser(office.monitor).get(f"/review/alerts/?{query}").status_code == 200


def test_the_alerts_own_evidence(office: World, alert: Any) -> None:
    for n in range(1, 4):
        office.clock.put(f"{office.friday - timedelta(days=7 * n)}T08:40")
        _earlier_session(office.clerk, office.clock.now)
    office.clock.put(f"{office.back}T09:30")
    actor = Actor(ActorKind.PERSON, str(office.clerk.pk), "見本 事務子", "学校事務担当", "t-1", alert.session)
    other = Actor(ActorKind.PERSON, str(office.clerk.pk), "見本 事務子", "学校事務担当", "t-1", str(uuid.uuid4()))
    with acting_as(actor):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "4711")], case="R07-12")
    with acting_as(other):
        record_access(Event.READ_PUPIL_SHOWN, subjects=[Subject("pupil", "999")])
    response = office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/")
    page = text_of(response)
    assert "見本 事務子さんのこの利用は、業務のためのものでしたか" in page
    assert "世帯の閲覧 世帯 4711 R07-12" in page
    assert "児童生徒 999" not in page
    assert "過去180日のログイン 3回、うち利用時間の外 0回" in page
    assert "業務日 8:30〜9:00 3回" in page
    assert "23:30〜24:00 ▲ この警報" in page
    assert response.content.decode().count('class="hour hour-') == 96
    assert str(alert.pk) in [event.case for event in in_trail(Event.READ_ALERT_SHOWN, alert)]


def test_the_evidence_names_what_people_know_and_no_name_of_anybody(office: World, alert: Any) -> None:
    from tests.support import records

    home = records.household(number="H29-004711")
    actor = Actor(ActorKind.PERSON, str(office.clerk.pk), "見本 事務子", "学校事務担当", "t-1", alert.session)
    office.clock.put(f"{office.back}T09:30")
    with acting_as(actor):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", str(home.pk))])
    page = text_of(office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/"))
    assert "H29-004711" in page
    assert f"世帯 {home.pk} " not in page


def _earlier_session(person: Any, moment: Any) -> None:
    from accounts.models import SessionRecord

    SessionRecord.objects.create(
        user=person, terminal="t-1", method="totp", started_at=moment, last_seen_at=moment, ended_at=moment
    )


def test_the_whole_loop_by_different_people(office: World, alert: Any) -> None:
    monitor, manager, clerk = map(office.browser, (office.monitor, office.manager, office.clerk))
    url = f"/review/alerts/{alert.pk}/"
    assert "お答えを待っている照会はありません" in text_of(clerk.get("/review/mine/"))
    assert clerk.get(f"/review/mine/{alert.pk}/").status_code == 404
    for browser, move, values in (
        (monitor, "confirm", {"text": "記録を見た"}),
        (monitor, "notify", {"text": ""}),
        (manager, "ask", {"text": "あなたの操作かどうかと、理由をお答えください。"}),
    ):
        done = browser.post(f"{url}{move}/", values, follow=True)
        assert done.redirect_chain == [(url, 302)], text_of(done)
    assert "連絡先: 見本 安全子。" in text_of(monitor.get(url))
    assert "1件あります" in text_of(clerk.get("/review/mine/"))
    letter = text_of(clerk.get(f"/review/mine/{alert.pk}/"))
    assert alert.sentence not in letter + text_of(clerk.get("/review/mine/"))
    assert "見本 事務子 様 あなたの操作かどうかと、理由をお答えください。" in letter
    answered = clerk.post(f"/review/mine/{alert.pk}/", {"was_me": "yes", "reason": REASON}, follow=True)
    assert "回答を受け付けました" in text_of(answered)
    assert "回答は済んでいます" in text_of(clerk.get(f"/review/mine/{alert.pk}/"))
    assert f"本人の操作です。{REASON}" in text_of(manager.get(url))
    manager.post(f"{url}judge/", {"verdict": "misuse", "text": "申告された業務の記録が見当たらない。"})
    page = text_of(manager.get(url))
    assert "漏えい等事案として対応しています" in page
    assert "速報（3〜5日）" in page
    assert "確報（30日）" in page
    manager.post(f"{url}close/", {"text": ""})
    alert.refresh_from_db()
    assert (alert.state, alert.verdict) == ("closed", "misuse")
    assert "未完了の警報はありません" in text_of(monitor.get("/review/alerts/"))


def test_what_was_typed_comes_back_with_the_refusal(office: World, alert: Any) -> None:
    from audit.review import services

    services.confirm(alert.pk, office.monitor)
    services.notify(alert.pk, office.monitor)
    manager = office.browser(office.manager)
    refused = manager.post(f"/review/alerts/{alert.pk}/ask/", {"text": "短い文"})
    assert refused.status_code == 400
    assert "10文字以上で書いてください" in text_of(refused)
    assert "短い文</textarea>" in refused.content.decode()
    late = manager.post(f"/review/alerts/{alert.pk}/confirm/", {"text": "二度目の確認"})
    assert late.status_code == 400
    assert "いま「管理者へ連絡」のため、「確認した」はできません" in text_of(late)


def test_nobody_opens_or_handles_their_own(office: World) -> None:
    alert = office.night(office.monitor)
    browser = office.browser(office.monitor)
    listed = browser.get("/review/alerts/")
    assert "未完了の警報はありません" in text_of(listed)
    assert alert.sentence not in text_of(listed)
    assert f"/review/alerts/{alert.pk}/" not in listed.content.decode()
    assert alert.sentence in text_of(office.browser(office.manager).get("/review/alerts/"))
    opened = browser.get(f"/review/alerts/{alert.pk}/")
    assert opened.status_code == 403
    assert "判定できる情報セキュリティ管理者: 見本 安全子" in text_of(opened)
    assert browser.post(f"/review/alerts/{alert.pk}/confirm/", {"text": ""}).status_code == 403
    alert.refresh_from_db()
    assert alert.state == "raised"


def test_an_alert_about_the_manager_says_who_takes_it(office: World) -> None:
    alert = office.night(office.manager)
    page = text_of(office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/"))
    assert "情報セキュリティ管理者である本人に関するものです" in page
    assert "ほかに情報セキュリティ管理者がいません" in page


def test_another_prefectures_alert_does_not_exist(prefecture_b: Any, office: World) -> None:
    from audit.review.models import Alert
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture_b):
        foreign = Alert.objects.create(
            key="b", rule="outside_hours", username="w-clerk", occurred_at=office.clock.now, sentence="乙の警報",
            state=Alert.State.ASKED,
        )  # fmt: skip
    monitor, clerk = office.browser(office.monitor), office.browser(office.clerk)
    assert monitor.get(f"/review/alerts/{foreign.pk}/").status_code == 404
    assert monitor.post(f"/review/alerts/{foreign.pk}/confirm/", {"text": ""}).status_code == 404
    assert clerk.get(f"/review/mine/{foreign.pk}/").status_code == 404
    assert "乙の警報" not in text_of(monitor.get("/review/alerts/"))


def test_roles_without_the_watch_stay_outside(office: World, alert: Any) -> None:
    clerk = office.browser(office.clerk)
    assert clerk.get("/review/alerts/").status_code == 403
    assert clerk.get(f"/review/alerts/{alert.pk}/").status_code == 403
    assert clerk.post(f"/review/alerts/{alert.pk}/confirm/").status_code == 403
    assert office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/nonsense/").status_code == 405
    assert office.browser(office.monitor).post(f"/review/alerts/{alert.pk}/answer/").status_code == 404


def test_the_monitor_sees_who_judges(office: World, alert: Any) -> None:
    from audit.review.models import Alert

    Alert.objects.filter(pk=alert.pk).update(state="answered")
    page = text_of(office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/"))
    assert "「警報を判定する」役割の人が行います。" in page


def test_what_people_write_is_text_and_never_markup(office: World, alert: Any) -> None:
    from accounts.models import User
    from audit.review.models import Alert

    evil = "<script>alert(1)</script><b onmouseover=x>"
    User.objects.filter(pk=office.clerk.pk).update(display_name=evil, section=evil)
    Alert.objects.filter(pk=alert.pk).update(sentence=evil)
    manager, clerk = office.browser(office.manager), office.browser(office.clerk)
    manager.post(f"/review/alerts/{alert.pk}/confirm/", {"text": evil})
    manager.post(f"/review/alerts/{alert.pk}/notify/", {"text": evil})
    manager.post(f"/review/alerts/{alert.pk}/ask/", {"text": evil})
    pages = [manager.get("/review/alerts/"), manager.get(f"/review/alerts/{alert.pk}/")]
    pages += [clerk.get("/review/mine/"), clerk.get(f"/review/mine/{alert.pk}/")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<b onmouseover" not in page.content.decode()
        assert "<script>alert(1)" in unescape(page.content.decode())


def test_pages_hold_to_the_strict_policy(office: World, alert: Any) -> None:
    browser = office.browser(office.manager)
    for url in ("/review/alerts/", f"/review/alerts/{alert.pk}/", "/review/hours/", "/review/overtime/new/"):
        content = browser.get(url).content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", content), url


def test_without_the_audit_database_the_pages_stay_closed(office: World, alert: Any, settings: Any) -> None:
    from audit.trail import connections

    browser = office.browser(office.monitor)
    settings.AUDIT_DATABASE = {**settings.AUDIT_DATABASE, "port": 1}
    connections.close_all()
    for url in ("/review/alerts/", f"/review/alerts/{alert.pk}/", "/review/mine/"):
        response = browser.get(url)
        assert response.status_code == 503
        assert "見本 事務子" not in text_of(response)


def test_the_list_costs_the_same_for_many(office: World, alert: Any, django_assert_max_num_queries: Any) -> None:
    from audit.review.models import Alert

    browser = office.browser(office.monitor)
    Alert.objects.bulk_create(
        Alert(
            key=f"k{n}", rule="outside_hours", username=f"u{n}", occurred_at=office.clock.now, sentence=f"警報{n}",
            due_at=office.clock.now - timedelta(hours=n),
        )
        for n in range(120)
    )  # fmt: skip
    with django_assert_max_num_queries(16):
        page = text_of(browser.get("/review/alerts/"))
    assert "未完了 121件、うち期限切れ 119件" in page
    assert "+115" in page


def test_one_alert_costs_the_same_for_many_sessions(
    office: World, alert: Any, django_assert_max_num_queries: Any
) -> None:
    browser = office.browser(office.monitor)
    for n in range(60):
        _earlier_session(office.clerk, office.clock.now - timedelta(days=5, hours=n))
    with django_assert_max_num_queries(18):
        assert browser.get(f"/review/alerts/{alert.pk}/").status_code == 200


def test_what_could_not_be_judged_is_told(office: World) -> None:
    from audit.detection.models import ServiceHours

    ServiceHours.objects.all().delete()
    office.browser(office.clerk)
    browser = office.browser(office.monitor)  # of whose own log-in nothing is told here
    page = text_of(browser.get("/review/alerts/"))
    assert "判定できません。" in page
    assert "判定できなかった操作 2件" in page  # hours, and habits
    assert "「異常なし」ではありません" in page


def test_counts_for_the_home_page(office: World, alert: Any) -> None:
    from audit.review.models import Alert
    from config.home.sections import alerts

    assert alerts(office.monitor)["open"] == 1
    assert alerts(office.clerk)["open"] == 0  # hers
    Alert.objects.filter(pk=alert.pk).update(state="closed")
    assert alerts(office.monitor)["open"] == 0


def test_an_alert_without_a_session_shows_the_persons_day(office: World) -> None:
    office.clock.put(f"{office.back}T09:05")
    record_access(Event.SESSION_PASSWORD_FAILED, subjects=[Subject("user", str(office.clerk.pk))])
    actor = Actor(ActorKind.PERSON, str(office.clerk.pk), "見本 事務子", "学校事務担当", "t-1", str(uuid.uuid4()))
    job = Actor(ActorKind.JOB, str(office.clerk.pk), "見本 事務子", "学校事務担当")
    with acting_as(actor):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "4712")])
    with acting_as(job):
        record_access(Event.READ_PUPIL_SHOWN, subjects=[Subject("pupil", "998")])
    office.clock.put(f"{office.back - timedelta(days=1)}T09:05")
    with acting_as(actor):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "4713")])
    found = Alert.objects.create(
        key="no-session",
        rule="repeated_password",
        username="w-clerk",
        occurred_at=office.clock.put(f"{office.back}T09:04"),
    )
    page = text_of(office.browser(office.monitor).get(f"/review/alerts/{found.pk}/"))
    assert "この日に、この人が行ったことと、この人の利用に起きたこと" in page
    assert "世帯の閲覧 世帯 4712" in page
    assert label(Event.SESSION_PASSWORD_FAILED) in page.partition("この日に、この人が行ったこと")[2]
    for absent in ("4713", "998", "この利用の記録はまだ届いていません"):
        assert absent not in page
