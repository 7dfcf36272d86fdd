"""Bringing a prefecture in, from the form to the handover, and changing its state."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from tests.tenants.console.conftest import draft_of, text_of

GOOD = {"code": "340006", "name": "サンプル広島県", "slug": "hiroshima", "working_year": "2025", "sample": "on"}


@pytest.fixture
def as_owner(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Steps that need the owner login, replaced by ones that do nothing; tests put failures in."""
    from tenants.console import onboarding
    from tenants.core import provisioning

    steps: dict[str, Any] = {name: lambda prefecture: "済みました" for name in onboarding.STEPS}
    monkeypatch.setattr(onboarding, "STEPS", steps)
    monkeypatch.setattr(provisioning, "require_owner", lambda: None)
    return steps


def started(code: str) -> Any:
    from jobs.models import Job

    return Job.objects.filter(kind="console.onboard", args__code=code)


def run(code: str) -> str:
    from jobs.running import run_job

    return str(run_job(started(code).first().pk))


def test_each_mistake_stands_at_its_field(operator: Any) -> None:
    wrong = {"code": "290000", "name": " ", "slug": "Nara!", "working_year": "令和七"}
    answer = operator.post("/onboarding/", wrong)
    assert answer.status_code == 400
    content = answer.content.decode()
    for field in ("code", "name", "slug", "working_year"):
        assert f'id="id_{field}_error"' in content, field
    assert "検査数字が合いません" in content
    assert 'value="290000"' in content


@pytest.mark.parametrize(("field", "value"), [("code", "290009"), ("slug", "kou"), ("slug", "console")])
def test_what_is_taken_is_refused_at_its_field(operator: Any, field: str, value: str) -> None:
    answer = operator.post("/onboarding/", {**GOOD, field: value})
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not started("340006").exists()


def test_a_good_request_registers_and_starts_one_job(operator: Any) -> None:
    from tenants.core.models import Host, Prefecture

    answer = operator.post("/onboarding/", GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/onboarding/340006/")
    made = Prefecture.objects.get(code="340006")
    assert (made.state, made.sample, made.working_year) == ("preparing", True, 2025)
    assert Host.objects.get(tenant=made).domain == "hiroshima.localhost"
    assert started("340006").get().queue == "owner"
    shown = text_of(operator.get("/onboarding/340006/"))
    assert "手順 1/9 完了" in shown
    assert "実行しています" in shown
    assert "台帳に登録しました" in shown
    assert "サンプル operator" in shown


def test_schools_are_stated_or_left_to_the_board(operator: Any) -> None:
    from tenants.console.models import OnboardingStep

    lines = "S34001,サンプル第一校,小学部・中学部,R7.4.1\nS34002，サンプル第二校"
    wrong = operator.post("/onboarding/", GOOD | {"schools": lines + ",大学部"})
    assert wrong.status_code == 400
    assert 'id="id_schools_error"' in wrong.content.decode()
    assert operator.post("/onboarding/", GOOD | {"schools": lines}).status_code == 302
    kept = OnboardingStep.objects.get(prefecture_code="340006", name="schools").stated
    assert kept == [
        ["S34001", "サンプル第一校", "小学部・中学部", "2025-04-01", ""],
        ["S34002", "サンプル第二校", "", "", ""],
    ]


def test_the_stated_schools_are_registered_once(in_a: Any) -> None:
    from domain.households.models import School
    from tenants.console import onboarding
    from tenants.console.models import OnboardingStep
    from tenants.core.context import console_context

    with console_context():
        step, _ = OnboardingStep.objects.get_or_create(prefecture_code=in_a.code, name="schools")
        step.stated = [["S1", "サンプル校", "小学部", "2025-04-01", ""]]
        step.save()
    assert onboarding._schools(in_a) == "学校を1校登録しました"
    School.objects.update(name="教育委員会が直した名前")
    assert onboarding._schools(in_a) == "学校は登録済みです"
    assert School.objects.get().name == "教育委員会が直した名前"


@pytest.mark.parametrize(
    ("tables", "word"),
    [
        ("S1", "[[schools]]"),
        ([{"code": "S1", "name": "見本校", "town": "x"}], "知らない項目「town」"),
        ([{"code": "S1"}], "「名称」"),
        ([{"code": "S1", "name": "見本校", "departments": ["大学部"]}], "1番目「部」"),
    ],
)
def test_wrong_tables_of_schools_are_named(tables: object, word: str) -> None:
    from tenants.console.stated_schools import SchoolsWrong, from_tables

    with pytest.raises(SchoolsWrong, match=re.escape(word)):
        from_tables(tables)


def test_tables_of_schools_are_read() -> None:
    from tenants.console.stated_schools import as_cells, facts_of_cells, from_tables

    stated = tomllib.loads(
        '[[schools]]\ncode = "S1"\nname = "見本校"\ndepartments = ["小学部", "高等部"]\nopened_on = 2025-04-01'
    )
    [school] = from_tables(stated["schools"])
    assert (school.code, school.departments, str(school.opened_on)) == (
        "S1",
        ("elementary", "senior_high"),
        "2025-04-01",
    )
    assert facts_of_cells(as_cells([school])) == (school,)


def test_digits_of_either_width_are_read(operator: Any) -> None:
    answer = operator.post("/onboarding/", {**GOOD, "code": "３４０００６", "working_year": "２０２５"})
    assert answer.status_code == 302


def test_a_failing_step_is_shown_and_can_be_run_again(operator: Any, as_owner: dict[str, Any]) -> None:
    def away(prefecture: Any) -> str:
        raise ConnectionError("10.0.0.1 with a secret in the text")

    operator.post("/onboarding/", GOOD)
    as_owner["keys"] = away
    assert run("340006") in ("failed", "waiting")
    started("340006").update(state="failed", finished_at="2026-01-01T00:00:00Z", lease_token=None, lease_until=None)
    page = operator.get("/onboarding/340006/")
    shown = text_of(page)
    assert "「鍵の作成」で止まっています" in shown
    assert "原因を取り除いてから" in shown
    assert "10.0.0.1" not in shown
    as_owner["keys"] = lambda prefecture: "鍵を用意しました"
    operator.post("/onboarding/340006/run/")
    assert run("340006") == "succeeded"
    assert "手順 9/9 完了" in text_of(operator.get("/onboarding/340006/"))


def test_one_step_alone_can_be_run_again(operator: Any, as_owner: dict[str, Any]) -> None:
    ran: list[str] = []

    def noting(name: str) -> Any:
        def step(prefecture: Any) -> str:
            ran.append(name)
            return "済みました"

        return step

    for name in list(as_owner):
        as_owner[name] = noting(str(name))
    operator.post("/onboarding/", GOOD)
    run("340006")
    ran.clear()
    operator.post("/onboarding/340006/run/", {"step": "seed"})
    assert started("340006").count() == 2
    run("340006")
    assert ran == ["seed"]
    answer = operator.post("/onboarding/340006/run/", {"step": "register"}, follow=True)
    assert "その手順はありません" in text_of(answer)


def test_a_second_press_leads_to_the_job_at_work(operator: Any) -> None:
    operator.post("/onboarding/", GOOD)
    for _ in range(2):
        operator.post("/onboarding/340006/run/")
    assert started("340006").count() == 1


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


def state_now() -> str:
    from tenants.core.models import Prefecture

    return str(Prefecture.objects.get(code="290009").state)


def test_suspending_wants_the_code_typed(kou: Any, operator: Any) -> None:
    assert "停止しますか" in text_of(operator.get("/onboarding/290009/state/suspended/"))
    wrong = operator.post("/onboarding/290009/state/suspended/", {"confirmation": "270008"})
    assert (wrong.status_code, state_now()) == (400, "live")
    assert "団体コードが一致しません" in text_of(wrong)
    operator.post("/onboarding/290009/state/suspended/", {"confirmation": "２９０００９"})
    assert state_now() == "suspended"


def test_a_state_that_does_not_follow_is_refused(kou: Any, operator: Any) -> None:
    answer = operator.post("/onboarding/290009/state/testing/", follow=True)
    assert "からは変更できません" in text_of(answer)
    assert state_now() == "live"
    assert "からは変更できません" in text_of(operator.get("/onboarding/290009/state/nonsense/", follow=True))


def test_going_live_waits_for_an_adapter_in_force(kou: Any, operator: Any) -> None:
    operator.post("/onboarding/290009/state/suspended/", {"confirmation": "290009"})
    assert "有効な宛名接続がありません" in text_of(operator.get("/onboarding/290009/state/live/"))
    operator.post("/onboarding/290009/state/live/")
    assert state_now() == "suspended"
    draft_of(kou, state="active")
    operator.post("/onboarding/290009/state/live/")
    assert state_now() == "live"


def test_opening_for_tests_waits_for_every_step_and_for_the_tables(operator: Any, as_owner: dict[str, Any]) -> None:
    from tenants.core import versions
    from tenants.core.models import Prefecture

    operator.post("/onboarding/", GOOD)
    url = "/onboarding/340006/state/testing/"
    assert "終わっていない導入手順" in text_of(operator.get(url))
    run("340006")
    assert "表の版がプログラムと一致しません" in text_of(operator.get(url))
    Prefecture.objects.filter(code="340006").update(migrations=versions.of_the_code())
    assert operator.post(url).status_code == 302
    assert Prefecture.objects.get(code="340006").state == "testing"


def test_a_change_of_state_wants_a_fresh_one_time_password(kou: Any, operator: Any, settings: Any) -> None:
    settings.STEP_UP_SECONDS = 0
    answer = operator.post("/onboarding/290009/state/suspended/", {"confirmation": "290009"})
    assert answer.headers["Location"].startswith("/step-up/")
    assert state_now() == "live"


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
    from audit.trail.models import OutboxEvent
    from tenants.core.context import prefecture_context

    sealed_code()
    operator.post("/onboarding/290009/handover/")
    with prefecture_context(kou):
        event = OutboxEvent.objects.filter(event="account:activation:issued", detail__handover=True).get()
    assert event.detail["operator"] == "operator"


def test_a_handover_cut_off_between_the_two_logins_loses_neither_code_nor_record(
    kou: Any, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.models import User
    from audit.trail.models import OutboxEvent
    from tenants.console import onboarding
    from tenants.console.models import OnboardingStep
    from tenants.core.context import prefecture_context

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
        assert OutboxEvent.objects.filter(event="account:activation:issued", detail__handover=True).count() == 1
    assert "ABCD-EFGH" in operator.post("/onboarding/290009/handover/").content.decode()


def test_registration_keeps_who_did_it(operator: Any) -> None:
    from accounts.models import User
    from tenants.console.models import OnboardingStep

    operator.post("/onboarding/", GOOD)
    step = OnboardingStep.objects.get(prefecture_code="340006", name="register")
    assert step.by_id == str(User.objects.get(username="operator").pk)


def test_running_steps_wants_a_fresh_one_time_password(operator: Any, settings: Any) -> None:
    operator.post("/onboarding/", GOOD)
    before = started("340006").count()
    started("340006").update(state="succeeded", finished_at="2026-01-01T00:00:00Z")
    settings.STEP_UP_SECONDS = 0
    answer = operator.post("/onboarding/340006/run/")
    assert answer.headers["Location"].startswith("/step-up/")
    assert started("340006").count() == before


def test_a_live_prefectures_administrator_is_not_the_operators_to_make(kou: Any, operator: Any) -> None:
    answer = operator.post("/onboarding/290009/run/", {"step": "administrator"}, follow=True)
    assert "運用者からは登録できません" in text_of(answer)
    assert not started("290009").exists()


def administrator_step(prefecture: Any, state: str) -> str:
    from tenants.console.onboarding import _administrator

    prefecture.state = state
    return _administrator(prefecture)


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
