"""見守りの規則: thresholds and dated exceptions by the manager, what a verdict teaches, and accesses without a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.audit.review.conftest import World, text_of
from tests.audit.review.test_loop import events, take
from web.dates import to_wareki


def all_rules() -> Any:
    from audit.detection.registry import ALL_RULES

    return ALL_RULES


def another(office: World) -> Any:
    """承認者: the second person."""
    from accounts.roles import Role
    from tests.platform.accounts.sign_in import make_person

    return make_person("w-second", Role.APPROVER, name="見本 決子")


def date_text(day: Any) -> str:
    return f"R{day.year - 2018}.{day.month}.{day.day}"


def test_a_tighter_threshold_holds_at_once_and_a_looser_one_waits_for_a_second_person(office: World) -> None:
    """Of `volume` the smaller value is the looser one: it fires at a probability of at most so much."""
    from audit.detection.limits import threshold
    from audit.detection.models import Loosening
    from audit.detection.tuning import described

    rule = described("volume")
    assert rule is not None
    assert rule.standard is not None
    manager, approver = office.browser(office.manager), office.browser(another(office))
    url = f"/review/signals/{rule.id}/"
    assert "標準の" in text_of(manager.get(url))
    wild = manager.post(f"{url}threshold/", {"value": rule.standard * 11})
    assert wild.status_code == 400
    assert "までの値にしてください" in text_of(wild)
    assert manager.post(f"{url}threshold/", {"value": rule.standard * 2}).status_code == 302
    assert threshold(rule.id, rule.standard) == rule.standard * 2
    assert manager.post(f"{url}threshold/", {"value": ""}).status_code == 302
    assert threshold(rule.id, rule.standard) == rule.standard * 2, "the standard would be looser"
    assert "承認待ちのしきい値の変更があります" in text_of(manager.post(f"{url}threshold/", {"value": rule.standard}))
    (asked,) = Loosening.objects.all()
    assert "承認待ちの申請 1件" in text_of(manager.get(url))
    assert "申請した本人は承認できません" in text_of(
        manager.post(f"/review/loosenings/{asked.pk}/approve/", follow=True)
    )
    assert threshold(rule.id, rule.standard) == rule.standard * 2
    assert "0.002（確率） から 0.001（確率）（標準） へ" in text_of(approver.get("/review/loosenings/"))
    assert approver.post(f"/review/loosenings/{asked.pk}/approve/").status_code == 302
    assert threshold(rule.id, rule.standard) == rule.standard
    assert len(events("watch:threshold:changed")) == 2
    assert len(events("watch:loosening:proposed")) == 1


@pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.standard is not None], ids=lambda rule: rule.id)
def test_each_rule_knows_which_way_is_looser(office: World, rule: Any) -> None:
    from audit.detection.models import Loosening, SignalSetting
    from audit.detection.tuning import set_threshold

    looser, tighter = (0.5, 2) if rule.id in SMALLER_IS_LOOSER else (2, 0.5)
    assert set_threshold(rule, rule.standard * tighter, office.manager) is None
    assert SignalSetting.objects.get(rule=rule.id).threshold == rule.standard * tighter
    assert set_threshold(rule, rule.standard * looser, office.manager) == Loosening.objects.get(rule=rule.id)
    assert SignalSetting.objects.get(rule=rule.id).threshold == rule.standard * tighter


SMALLER_IS_LOOSER = {
    "unusual_login",
    "volume",
    "export_size",
    "concurrent_sessions",
    "reveal_after_factor",
    "brief_role",
}
"""p-values, a probability, a share, and spans of time within which something has to happen."""


def test_an_exception_has_an_end_is_for_another_person_and_needs_a_second_one(office: World) -> None:
    from accounts.errors import SamePerson
    from audit.detection.errors import ExceptionUnfit, LooseningClosed
    from audit.detection.limits import is_excepted
    from audit.detection.models import SignalException
    from audit.detection.tuning import approve, ask_exception, end_exception

    now, second = office.clock.now, another(office)
    with pytest.raises(SamePerson):
        ask_exception("volume", office.manager, now + timedelta(days=1), "自分の分", office.manager)
    for until in (now, now + timedelta(days=93)):
        with pytest.raises(ExceptionUnfit):
            ask_exception("volume", office.clerk, until, "年度末の処理のため", office.manager)
    asked = ask_exception("volume", office.clerk, now + timedelta(days=2), "年度末の処理のため", office.manager)
    with pytest.raises(ExceptionUnfit, match="承認待ち"):
        ask_exception("volume", office.clerk, now + timedelta(days=3), "年度末の処理のため", office.manager)
    for alone in (office.manager, office.clerk):
        with pytest.raises(SamePerson):
            approve(asked.pk, alone)
    assert not is_excepted("volume", "w-clerk", now)
    approve(asked.pk, second)
    with pytest.raises(LooseningClosed):
        approve(asked.pk, second)
    assert is_excepted("volume", "w-clerk", now)
    assert not is_excepted("volume", "w-monitor", now)
    assert not is_excepted("volume", "w-clerk", now + timedelta(days=2))
    office.clock.now = now + timedelta(hours=1)
    end_exception(SignalException.objects.get(), office.manager)
    assert not is_excepted("volume", "w-clerk", office.clock.now)
    assert (len(events("watch:exception:added")), len(events("watch:exception:ended"))) == (1, 1)


def test_a_deputy_takes_their_principal_out_of_the_watch_neither_first_nor_second(office: World) -> None:
    """Nor by a notice of overtime: in somebody's own place nothing is done about them."""
    from django.utils import timezone

    from accounts.errors import SamePerson
    from accounts.roles import Role
    from accounts.services import assign_role
    from audit.detection.services import notify_overtime
    from audit.detection.tuning import APPROVAL, approve, ask_exception
    from audit.review.views.loosenings import _card
    from tests.platform.accounts.sign_in import make_person

    now, principal = office.clock.now, another(office)
    asked = ask_exception("volume", principal, now + timedelta(days=1), "年度末の処理のため", office.manager)
    deputies = [make_person("w-deputy"), make_person("w-other")]
    places = (Role.APPROVER, principal), (Role.SECURITY_MANAGER, office.manager)
    for deputy, (role, boss) in zip(deputies, places, strict=True):
        assign_role(deputy, role, ends_on=timezone.localdate() + timedelta(days=5), acting_for=boss)
    approving, asking = (type(one).objects.get(pk=one.pk) for one in deputies)
    assert not APPROVAL.refuses(asked.proposed_by, approving), "it is about whom the exception is"
    assert _card(asked, {}, approving)["refused"]
    with pytest.raises(SamePerson, match="代決"):
        approve(asked.pk, approving)
    with pytest.raises(SamePerson, match="代決"):
        ask_exception("volume", office.manager, now + timedelta(days=1), "年度末の処理のため", asking)
    for person, deputy in ((principal, approving), (office.manager, asking)):
        with pytest.raises(SamePerson, match="代決"):
            notify_overtime(person, now, now + timedelta(hours=1), "年度末の処理のため", deputy)


def test_an_exception_about_anybody_is_none_about_the_two_who_gave_it(office: World) -> None:
    """Else one would take oneself out of the watch by naming nobody."""
    from audit.detection.limits import is_excepted
    from audit.detection.tuning import approve, ask_exception

    now = office.clock.now
    asked = ask_exception("volume", None, now + timedelta(days=2), "年度末の処理のため", office.manager)
    approve(asked.pk, another(office))
    assert is_excepted("volume", "w-clerk", now)
    assert not is_excepted("volume", "w-manager", now)
    assert not is_excepted("volume", "w-second", now)


def test_an_exception_nobody_approves_in_time_never_holds(office: World) -> None:
    from audit.detection.errors import LooseningClosed
    from audit.detection.limits import is_excepted
    from audit.detection.tuning import approve, ask_exception, withdraw

    now, second = office.clock.now, another(office)
    late = ask_exception("volume", office.clerk, now + timedelta(hours=1), "年度末の処理のため", office.manager)
    office.clock.now = now + timedelta(hours=2)
    with pytest.raises(LooseningClosed, match="期限切れ"):
        approve(late.pk, second)
    withdraw(late.pk, office.manager)
    with pytest.raises(LooseningClosed, match="取りやめ"):
        approve(late.pk, second)
    assert not is_excepted("volume", "w-clerk", now)
    assert len(events("watch:loosening:withdrawn")) == 1


def test_a_temporary_reason_keeps_the_same_alert_away_once_a_second_person_agrees(world: World) -> None:
    from audit.detection.limits import is_excepted
    from audit.detection.models import Loosening
    from audit.detection.tuning import approve
    from audit.review import services
    from audit.review.models import Alert

    alert = world.night(world.clerk)
    take(alert, world, "confirm", "notify", "ask", "answer")
    until = world.clock.now + timedelta(days=7)
    services.judge(alert.pk, world.manager, Alert.Verdict.ONCE, "年度末の処理が続くため。", quiet_until=until)
    assert not is_excepted("outside_hours", "w-clerk", world.clock.now)
    approve(Loosening.objects.get().pk, another(world))
    assert is_excepted("outside_hours", "w-clerk", until - timedelta(minutes=1))
    assert not is_excepted("outside_hours", "w-clerk", until)


def test_the_form_takes_the_day_only_with_that_verdict(office: World) -> None:
    alert = office.night(office.clerk)
    take(alert, office, "confirm", "notify", "ask", "answer")
    manager = office.browser(office.manager)
    typed = {
        "verdict": "regular",
        "text": "毎月の締めの処理である。",
        "quiet_until": date_text(office.back + timedelta(days=3)),
    }
    refused = manager.post(f"/review/alerts/{alert.pk}/judge/", typed)
    assert refused.status_code == 400
    assert "「正当・臨時」と判定するときだけ" in text_of(refused)
    assert manager.post(f"/review/alerts/{alert.pk}/judge/", typed | {"verdict": "once"}).status_code == 302


def test_pages_of_a_rule_for_who_may_change_and_who_may_look(office: World) -> None:
    manager, monitor = office.browser(office.manager), office.browser(office.monitor)
    assert "の規則で操作の記録を見ています" in text_of(monitor.get("/review/signals/"))
    assert "例外を申請する" not in text_of(monitor.get("/review/signals/volume/"))
    assert monitor.get("/review/loosenings/").status_code == 403
    until = date_text(office.back + timedelta(days=3))
    form = {"username": "w-clerk", "until": until, "reason": "年度末の処理のため"}
    assert monitor.post("/review/signals/volume/except/", form).status_code == 403
    assert manager.post("/review/signals/volume/except/", form).status_code == 302
    from audit.detection.models import Loosening, SignalException

    approver = office.browser(another(office))
    listed = text_of(approver.get("/review/loosenings/"))
    assert "見本 事務子" in listed
    assert "年度末の処理のため" in listed
    asked_until = f"{to_wareki(office.back + timedelta(days=3))}まで"
    assert f"いつまで {asked_until}" in listed
    assert "見守りの承認: 緩めてよいですか" in listed
    waiting = text_of(manager.get("/review/signals/volume/"))
    what = f"「多数の記録の閲覧」 見本 事務子について{asked_until}警報なし（理由: 年度末の処理のため）"
    assert f"{what}（申請した人 見本 安全子、" in waiting
    assert approver.post(f"/review/loosenings/{Loosening.objects.get().pk}/approve/").status_code == 302
    assert "見本 安全子・見本 決子" in text_of(manager.get("/review/signals/volume/"))
    assert asked_until in text_of(manager.get("/review/signals/volume/"))
    assert manager.post("/review/signals/volume/except/", form | {"until": ""}).status_code == 400
    made = SignalException.objects.get()
    office.clock.now += timedelta(minutes=1)
    assert manager.post(f"/review/signals/exceptions/{made.pk}/end/").status_code == 302
    assert "終了" in text_of(manager.get("/review/signals/volume/"))
    assert manager.get("/review/signals/no-such-rule/").status_code == 404


def test_a_reason_in_fixed_words_is_allowed_by_two_and_nothing_else_with_it(office: World) -> None:
    """定型の理由: only where a rule asks for reasons, and only for these words."""
    from audit.detection.limits import allowed_words, is_excepted
    from audit.detection.models import Loosening

    manager, approver = office.browser(office.manager), office.browser(another(office))
    now = office.clock.now
    until = {"username": "", "until": date_text(office.back + timedelta(days=3)), "reason": "年度当初の登録のため"}
    form = until | {"words": "統合宛名への登録の確認"}
    assert "定型の理由" in text_of(manager.get("/review/signals/same_reason/"))
    assert "定型の理由" not in text_of(manager.get("/review/signals/volume/"))
    number = manager.post("/review/signals/same_reason/except/", form | {"words": "123456789018"})
    assert number.status_code == 400
    assert manager.post("/review/signals/same_reason/except/", form).status_code == 302
    assert "認める定型の理由 「統合宛名への登録の確認」" in text_of(approver.get("/review/loosenings/"))
    assert "定型の理由「統合宛名への登録の確認」は警報なし" in text_of(manager.get("/review/signals/same_reason/"))
    assert approver.post(f"/review/loosenings/{Loosening.objects.get().pk}/approve/").status_code == 302
    assert "定型の理由「統合宛名への登録の確認」だけを認める。" in text_of(manager.get("/review/signals/same_reason/"))
    (allowed,) = allowed_words("same_reason", "w-clerk", now, now + timedelta(days=1))
    assert allowed.words == "統合宛名への登録の確認"
    assert allowed_words("same_reason", "w-manager", now, now + timedelta(days=1)) == (), "not for who asked for it"
    assert allowed_words("same_reason", "w-clerk", now - timedelta(days=9), now - timedelta(days=8)) == ()
    office.clock.now += timedelta(minutes=1)
    assert not is_excepted("same_reason", "w-clerk", office.clock.now), "any other reason is told as before"
    assert manager.post("/review/signals/volume/except/", form).status_code == 302
    assert Loosening.objects.get(rule="volume").words == ""


def test_a_refused_exception_says_which_field_and_what_is_expected(office: World) -> None:
    manager = office.browser(office.manager)
    today, last = timezone.localdate(), timezone.localdate() + timedelta(days=91)
    sent = {"username": "w-clerk", "until": date_text(last + timedelta(days=1)), "reason": "年度末の処理のため"}
    expected = f"「いつまで」は、{to_wareki(today)}から{to_wareki(last)}までの日を入力してください"
    assert expected in text_of(manager.post("/review/signals/volume/except/", sent))
    sent["until"] = date_text(last)
    assert manager.post("/review/signals/volume/except/", sent).status_code == 302
    assert "だれについて: この人のこの規則には" in text_of(manager.post("/review/signals/volume/except/", sent))


def test_what_is_asked_about_oneself_is_not_told_on_the_page_of_the_rule(office: World) -> None:
    from audit.detection.tuning import ask_exception

    ask_exception("volume", office.monitor, timezone.now() + timedelta(days=3), "年度末の処理のため", office.manager)
    assert "承認待ちの申請" not in text_of(office.browser(office.monitor).get("/review/signals/volume/"))
    assert "承認待ちの申請 1件" in text_of(office.browser(office.manager).get("/review/signals/volume/"))


def test_accesses_without_a_reason_are_listed_oddest_first_but_not_ones_own(office: World) -> None:
    from audit.detection.models import UnexplainedAccess

    for username, subject, rank in (("w-clerk", "11", 1.0), ("w-clerk", "12", 9.0), ("w-monitor", "13", 5.0)):
        UnexplainedAccess.objects.create(
            username=username,
            day=office.back,
            kind="household",
            subject=subject,
            seen_at=office.clock.now,
            times=1,
            rank=rank,
        )
    page = text_of(office.browser(office.monitor).get("/review/unexplained/"))
    assert page.index("世帯 12") < page.index("世帯 11")
    assert "世帯 13" not in page


def test_a_grave_rule_bears_no_exception_and_a_special_familys_none_for_everybody(office: World) -> None:
    """Signals of which one time is enough: neither the page, nor the act, nor a verdict 正当・臨時 gives one."""
    from audit.detection.errors import ExceptionUnfit
    from audit.detection.models import Loosening
    from audit.detection.tuning import ask_exception

    until = timezone.now() + timedelta(days=3)
    for rule_id, person in (
        ("canary", office.clerk),
        ("trail_broken", None),
        ("watch_failed", None),
        ("watched", None),
    ):
        with pytest.raises(ExceptionUnfit, match="登録できません"):
            ask_exception(rule_id, person, until, "年度末の処理のため", office.manager)
    ask_exception("watched", office.clerk, until, "支援措置の担当のため", office.manager)
    browser = office.browser(office.manager)
    grave = browser.get("/review/signals/trail_broken/").content.decode()
    assert "例外を申請する" not in grave
    assert "例外は登録できません" in grave
    special = browser.get("/review/signals/watched/").content.decode()
    assert "例外を申請する" in special
    assert "全員（" not in special
    assert Loosening.objects.count() == 1
