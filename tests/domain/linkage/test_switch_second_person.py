"""副本 is switched off, or on again, by two people: the second one sees what goes with it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.domain.linkage.browsing import browser_of, let_code_grow_old, text_of
from tests.domain.linkage.numbers import give_numbers
from tests.domain.linkage.paid import approve_copies, lines, pay, provide_by_rule
from tests.domain.linkage.world import YEAR, World, child, father, person

RULES = "/linkage/copies/rules/"


def _rule(day: date, *, provided: bool, **more: Any) -> Any:
    from domain.linkage.models import ProvisionRule

    return ProvisionRule(starts_on=day, provided=provided, notice="サンプル通知", **more)


def _typed(provided: str = "no", **more: str) -> dict[str, str]:
    return {
        "starts_on": timezone.localdate().isoformat(), "provided": provided, "two_people_answer": "yes", "answer_days": "3",
        "record_years": "7", "basis": "", "notice": "サンプル通知", **more,
    }  # fmt: skip


@pytest.fixture
def unsent(world: World, approver: Client, handler: Client) -> Any:
    """Two pupils: the copy of one is held (5,000 円), that of the other is approved and not sent."""
    from domain.linkage.models import AdapterConfiguration, Copy, CopyLine, CopyList, Registration
    from integrations.atena_adapters.registry import preset
    from tenants.core import keys
    from tests.integrations.atena_adapters.support import TOKEN

    link = preset("nara").model_dump(mode="json")
    secrets = keys.seal("adapter-secrets", json.dumps({"token": TOKEN}).encode(), "linkage.adapter:1")
    AdapterConfiguration.objects.create(version=1, config=link, secrets=secrets, in_force_from=timezone.now())
    pupils = [world.household(father(), child()).members.get(key="03") for _ in range(2)]
    give_numbers(world.numbers)
    for pupil in pupils:
        Registration.objects.create(member=pupil, state="ready", known=True)
    provide_by_rule()
    pay({pupils[0]: 5_000})
    approve_copies()
    held = CopyLine.objects.select_related("copy").get()
    period = {"period_from": held.period_from, "period_to": held.period_to}
    Copy.objects.filter(pk=held.copy_id).update(amount=5_000, accepted_at=timezone.now(), record_number="F1", **period)
    CopyLine.objects.update(state="accepted")
    pay({pupils[1]: 7_000}, number=2)
    assert CopyList.objects.count() == 1
    return pupils


def test_one_person_alone_switches_nothing(in_a: Any) -> None:
    from domain.linkage import services
    from domain.linkage.errors import ItemRefused
    from domain.linkage.models import ProvisionRule
    from domain.linkage.providing.rules import rules_on

    today, user = timezone.localdate(), person("approver")
    services.add_provision_rule(user, _rule(today + timedelta(days=3), provided=True))  # the very first start
    services.add_provision_rule(user, _rule(today + timedelta(days=1), provided=False, answer_days=5))  # no switch
    services.add_provision_rule(
        user, _rule(today + timedelta(days=9), provided=True, answer_days=6)
    )  # no switch either
    for day, provided in ((3, False), (4, False), (20, False), (1, True)):
        with pytest.raises(ItemRefused, match="別の人の承認"):
            services.add_provision_rule(user, _rule(today + timedelta(days=day), provided=provided))
    assert rules_on(today + timedelta(days=20)).provided
    with pytest.raises(IntegrityError), transaction.atomic():
        ProvisionRule.objects.create(
            starts_on=today, notice="x", by="approver", state="in_force", switches=True, approved_by="approver"
        )


def test_no_end_is_laid_down_before_the_beginning_by_one_person(in_a: Any) -> None:
    """Off on a day when it is off anyway, and then the first start before that day: the end would be one person's."""
    from domain.linkage import services
    from domain.linkage.errors import ItemRefused

    today, user = timezone.localdate(), person("approver")
    services.add_provision_rule(user, _rule(today + timedelta(days=9), provided=False))
    with pytest.raises(ItemRefused, match="別の人の承認"):
        services.add_provision_rule(user, _rule(today, provided=True))


def test_the_approver_sees_what_goes_and_only_then_does_it_hold(unsent: Any, handler: Client, approver: Client) -> None:
    from domain.linkage.models import ProvisionRule
    from domain.linkage.providing.rules import rules_on
    from domain.linkage.providing.stopping import drop_unwanted
    from tests.support.outbox import outbox

    approve_copies()
    assert handler.post(RULES, _typed()).status_code == 403
    assert "その日の設定と同じです" in text_of(handler.post(RULES, _typed("yes", act="switch")))
    shown = text_of(handler.post(RULES, _typed(act="switch"), follow=True))
    assert "承認済みで送っていない追加・変更 1件を取りやめ、登録済みの副本 1件を削除の一覧に入れます" in shown
    assert "登録を止める設定を承認する" not in shown
    rule = ProvisionRule.objects.get(state="proposed")
    place = f"{RULES}{rule.pk}/"
    today = timezone.localdate()
    assert (rules_on(today).provided, drop_unwanted(), lines()[-1][2]) == (True, 0, "waiting")
    assert "承認を待っています" in text_of(approver.get(RULES))
    assert "副本の登録の切替えの承認" in text_of(approver.get("/"))
    assert "副本の登録の切替えの承認" not in text_of(handler.get("/"))
    assert "承認を待つ設定があります" in text_of(approver.post(RULES, _typed()))

    page = approver.get(place)
    assert "支給額 5,000円" in text_of(page)
    seen = page.context["effect"].shown
    assert handler.post(place, {"act": "approve", "digest": seen}).status_code == 403
    assert "確かめたものと違います" in text_of(approver.post(place, {"act": "approve", "digest": "0/0/0/0"}))
    assert rules_on(today).provided
    assert "設定を承認しました" in text_of(approver.post(place, {"act": "approve", "digest": seen}, follow=True))
    assert not rules_on(today).provided
    assert "切替えの承認" not in text_of(approver.get("/"))
    assert (drop_unwanted(), lines()[-1][2]) == (1, "dropped")
    told = outbox.filter(event="linkage:provision:configured").latest("occurred_at").detail
    assert (told["proposed_by"], told["lines"], told["copies"]) == ("handler", 1, 1)
    assert "登録済" in text_of(approver.get(place))


def test_without_a_fresh_one_time_password_a_switch_is_not_approved(unsent: Any, approver: Client) -> None:
    from domain.linkage.providing import switching

    rule = switching.propose_rule(person("proposer"), _rule(timezone.localdate(), provided=False))
    place, seen = f"{RULES}{rule.pk}/", switching.effect_of(rule).shown
    let_code_grow_old(approver)
    answer = approver.post(place, {"act": "approve", "digest": seen})
    rule.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"].split("?")[0], rule.state) == (302, "/step-up/", "proposed")
    assert "取り下げました" in text_of(approver.post(place, {"act": "withdraw", "reason": "誤り"}, follow=True))


def test_who_proposed_does_not_approve_and_it_can_be_withdrawn(unsent: Any, approver: Client, handler: Client) -> None:
    from accounts.models import User
    from domain.linkage.errors import ItemRefused
    from domain.linkage.models import ProvisionRule
    from domain.linkage.providing import switching

    assert "設定を提案しました" in text_of(approver.post(RULES, _typed(), follow=True))
    rule = ProvisionRule.objects.get(state="proposed")
    place, seen = f"{RULES}{rule.pk}/", switching.effect_of(rule).shown
    assert "承認する</button>" not in text_of(approver.get(place))
    assert "自分が提案した設定は承認できません" in text_of(approver.post(place, {"act": "approve", "digest": seen}))
    assert "任意" not in text_of(handler.get(place)), "a reason is needed"
    assert "理由を入力" in text_of(handler.post(place, {"act": "withdraw"}))
    clerk = browser_of("clerk", "SCHOOL_CLERK")
    assert clerk.post(place, {"act": "withdraw", "reason": "x"}).status_code == 403
    assert "取り下げました" in text_of(handler.post(place, {"act": "withdraw", "reason": "誤り"}, follow=True))
    with pytest.raises(ItemRefused, match="取下げです"):
        switching.approve_rule(rule, User.objects.get(username="handler"), seen)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProvisionRule.objects.filter(pk=rule.pk).update(state="in_force", approved_by="x")


def test_on_again_tells_of_the_deletions_that_go_and_a_day_that_passed_cannot_be_approved(
    unsent: Any, approver: Client
) -> None:
    from domain.linkage.providing import switching

    provide_by_rule(provided=False)
    approve_copies()
    assert lines()[-1] == ("delete", "stopped", "waiting", 5_000)
    rule = switching.propose_rule(person("proposer"), _rule(timezone.localdate(), provided=True))
    place = f"{RULES}{rule.pk}/"
    page = text_of(approver.get(place))
    assert "承認済みで送っていない削除 1件を取りやめます" in page
    assert "もう一度始める設定を承認する" in page
    switching.withdraw_rule(rule, person("proposer"), "日を改める")
    late = _rule(
        timezone.localdate() - timedelta(days=1), provided=True, by="proposer", state="proposed", switches=True
    )
    late.save()
    page = text_of(approver.get(f"{RULES}{late.pk}/"))
    assert "適用開始日が過ぎたため、承認できません" in page
    assert "承認する</button>" not in page
    again = switching.propose_rule(person("proposer"), _rule(timezone.localdate(), provided=True))
    assert (type(late).objects.get(pk=late.pk).state, again.state) == ("withdrawn", "proposed")


def test_what_waits_for_somebody_is_shown_first(unsent: Any, handler: Client, approver: Client) -> None:
    """A line is 承認待ち until its list is approved, and only then 送信待ち."""
    from domain.linkage import services
    from domain.linkage.models import CopyLine

    def first(client: Client) -> tuple[str, int]:
        context = client.get("/linkage/copies/").context
        (chosen,) = [chip.label for chip in context["chips"] if chip.chosen]
        return chosen, context["page"].paginator.count

    assert first(handler) == first(approver) == ("登録済", 1)
    listed = services.propose_copies(YEAR, person("proposer"))
    assert listed is not None
    assert (first(handler), first(approver)) == (("登録済", 1), ("承認待ち", 1))
    assert "送信待ち" not in text_of(approver.get(f"/linkage/copies/lists/{listed.pk}/"))
    services.approve_copies(listed, person("second"), listed.digest)
    assert (first(handler), first(approver)) == (("送信待ち", 1), ("登録済", 1))
    assert "送信待ち" in text_of(approver.get(f"/linkage/copies/lists/{listed.pk}/"))
    CopyLine.objects.filter(listed=listed).update(state="unknown")
    assert (first(handler), first(approver)) == (("要対応", 1), ("登録済", 1))
