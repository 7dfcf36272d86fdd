"""The first activation code and who gets it; what the operator can no longer do once a prefecture was live."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.tenants.console.conftest import text_of
from tests.tenants.console.onboarding_form import started


def sealed_code(code: str = "ABCD-EFGH") -> None:
    from tenants.console.models import OnboardingStep
    from tenants.core import keys

    sealed = keys.seal("handover", code.encode(), "290009")
    OnboardingStep.objects.filter(prefecture_code="290009", name="administrator").update(handover=sealed)


def test_the_first_activation_code_is_shown_once(kou: Any, operator: Any) -> None:
    sealed_code()
    assert "ABCD-EFGH" not in operator.get("/onboarding/290009/").content.decode()
    answer = operator.post("/onboarding/290009/handover/")
    assert "ABCD-EFGH" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    again = operator.post("/onboarding/290009/handover/", follow=True)
    assert "ABCD-EFGH" not in again.content.decode()
    assert "受け渡す内容は残っていません" in text_of(again)


def test_the_code_wants_a_fresh_one_time_password(kou: Any, operator: Any, settings: Any) -> None:
    from tenants.console.models import OnboardingStep

    sealed_code()
    settings.STEP_UP_SECONDS = 0
    answer = operator.post("/onboarding/290009/handover/")
    assert answer.headers["Location"].startswith("/step-up/")
    assert OnboardingStep.objects.exclude(handover=b"").filter(prefecture_code="290009").exists()


def sealed_by(person: Any, step: str) -> None:
    from tenants.console.models import OnboardingStep

    OnboardingStep.objects.filter(prefecture_code="290009", name=step).update(by_id=str(person.pk))


@pytest.mark.parametrize("step", ["register", "administrator"])
def test_the_code_goes_to_a_second_operator(kou: Any, operator: Any, browse: Any, step: str) -> None:
    from accounts.models import User

    sealed_code()
    sealed_by(User.objects.get(username="operator"), step)
    refused = operator.post("/onboarding/290009/handover/", follow=True)
    assert "ABCD-EFGH" not in refused.content.decode()
    assert "別の運用者に依頼してください" in text_of(refused)
    assert "ABCD-EFGH" in browse("operator2").post("/onboarding/290009/handover/").content.decode()


def test_the_prefectures_own_trail_hears_of_the_handover(kou: Any, operator: Any) -> None:
    from tenants.core.context import prefecture_context
    from tests.support.outbox import outbox

    sealed_code()
    operator.post("/onboarding/290009/handover/")
    with prefecture_context(kou):
        event = outbox.filter(event="account:activation:issued", detail__handover=True).get()
    assert event.detail["operator"] == "operator"


def test_a_handover_cut_off_between_the_two_logins_loses_neither_code_nor_record(
    kou: Any, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.models import User
    from tenants.console import onboarding
    from tenants.console.models import OnboardingStep
    from tenants.core.context import prefecture_context
    from tests.support.outbox import outbox

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> str:
        raise Killed

    sealed_code()
    step = OnboardingStep.objects.get(prefecture_code="290009", name="administrator")
    with monkeypatch.context() as broken:
        broken.setattr(onboarding, "_take_sealed", killed)
        with pytest.raises(Killed):
            onboarding.take_handover(step, User.objects.get(username="operator"))
    with prefecture_context(kou):
        assert outbox.filter(event="account:activation:issued", detail__handover=True).count() == 1
    assert "ABCD-EFGH" in operator.post("/onboarding/290009/handover/").content.decode()


def test_a_live_prefectures_administrator_is_not_the_operators_to_make(kou: Any, operator: Any) -> None:
    answer = operator.post("/onboarding/290009/run/", {"step": "administrator"}, follow=True)
    assert "運用者からは登録できません" in text_of(answer)
    assert not started("290009").exists()


def administrator_step(prefecture: Any, state: str) -> str:
    from tenants.console.first_manager import register

    prefecture.state = state
    return register(prefecture)


def codes_of(prefecture: Any) -> int:
    from accounts.models import ActivationCode
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture):
        return ActivationCode.objects.count()


@pytest.mark.parametrize("state", ["live", "suspended"])
def test_the_step_issues_nothing_once_a_prefecture_was_live(kou: Any, in_console: None, state: str) -> None:
    before = codes_of(kou)
    try:
        assert "行いません" in administrator_step(kou, state)
    finally:
        kou.state = "live"
    assert codes_of(kou) == before


def test_the_step_issues_nothing_once_an_administrator_came_in(kou: Any, in_console: None) -> None:
    """Not even when that administrator has lost the device, nor when the role has ended."""
    from accounts.models import RoleAssignment, User
    from accounts.roles import Role
    from tenants.core.context import prefecture_context
    from tests.platform.accounts.sign_in import client_of, make_person, sign_in

    with prefecture_context(kou):
        chief = make_person("chief-admin", Role.TENANT_ADMIN)
        sign_in(client_of("kou.localhost"), chief)
        User.objects.filter(pk=chief.pk).update(must_enrol=True)
        RoleAssignment.objects.filter(user=chief).update(starts_on="2024-01-01", ends_on="2024-12-31")
    before = codes_of(kou)
    try:
        assert administrator_step(kou, "testing") == "テナント管理者は登録済みです"
    finally:
        kou.state = "live"
    assert codes_of(kou) == before


def test_before_that_the_step_issues_a_code_and_keeps_who_asked(kou: Any, in_console: None) -> None:
    from audit.trail.actors import Actor, ActorKind, acting_as
    from tenants.console.models import OnboardingStep

    OnboardingStep.objects.filter(prefecture_code="290009", name="administrator").update(handover=b"")
    before = codes_of(kou)
    try:
        with acting_as(Actor(ActorKind.JOB, "4711", "サンプル 運用", "運用者")):
            assert "一度だけ表示できます" in administrator_step(kou, "testing")
    finally:
        kou.state = "live"
    assert codes_of(kou) == before + 1
    step = OnboardingStep.objects.get(prefecture_code="290009", name="administrator")
    assert step.by_id == "4711"
    assert step.handover


def test_who_may_not_see_the_code_is_told_why_instead_of_a_button(kou: Any, operator: Any) -> None:
    from accounts.models import User
    from tenants.console.models import OnboardingStep

    sealed_code()
    assert 'action="/onboarding/290009/handover/"' in operator.get("/onboarding/290009/").content.decode()
    me = str(User.objects.get(username="operator").pk)
    OnboardingStep.objects.filter(prefecture_code="290009", name="register").update(by_id=me)
    page = operator.get("/onboarding/290009/").content.decode()
    assert 'action="/onboarding/290009/handover/"' not in page
    assert "別の運用者に依頼してください" in page


def test_running_again_says_what_is_kept(kou: Any, operator: Any) -> None:
    assert "表の中のデータ、鍵、学校、利用者はそのまま残り" in text_of(operator.get("/onboarding/290009/"))


def test_a_code_that_nobody_took_for_two_weeks_is_shown_to_nobody(kou: Any, operator: Any) -> None:
    from tenants.console.models import OnboardingStep

    sealed_code()
    old = timezone.now() - timedelta(days=14)
    OnboardingStep.objects.filter(prefecture_code="290009", name="administrator").update(ended_at=old)
    answer = text_of(operator.post("/onboarding/290009/handover/", follow=True))
    assert "ABCD-EFGH" not in answer
    assert "14日のあいだ、だれも受け取りませんでした" in answer
    assert "もう一度実行すると、新しいコードを用意します" in answer
