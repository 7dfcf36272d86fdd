"""Bringing a prefecture in: the form, its tables, the steps and running them again."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from tests.tenants.console.conftest import text_of
from tests.tenants.console.onboarding_form import GOOD, run, started


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
    """And a household of the watch is put among theirs, while the prefecture is being brought in."""
    from domain.households import canaries
    from domain.households.models import CanaryHousehold, School
    from tenants.console import onboarding
    from tenants.console.models import OnboardingStep
    from tenants.core.context import console_context

    with console_context():
        step, _ = OnboardingStep.objects.get_or_create(prefecture_code=in_a.code, name="schools")
        step.stated = [["S1", "サンプル校", "小学部", "2025-04-01", ""]]
        step.save()
    assert onboarding._schools(in_a) == "学校を1校登録しました"
    assert canaries.seed(), "a live prefecture was given none"
    CanaryHousehold.objects.all().delete()
    in_a.state = "preparing"
    for _ in range(2):
        onboarding._schools(in_a)
        assert [one.school.code for one in CanaryHousehold.objects.all()] == ["S1"]
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
