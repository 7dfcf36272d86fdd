"""The first テナント管理者 is a person: stated, refused where it is a function, stated anew until they have come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.tenants.console.conftest import text_of
from tests.tenants.console.onboarding_form import GOOD, started

PAGE = "/onboarding/290009/manager/"
NEW = {"manager_username": "Tsugiko", "manager_name": "サンプル 次子"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("manager_username", "ＡＤＭＩＮ", "「admin」は、係や役目を表す職員IDです"),
        ("manager_username", "奈良花子", "職員IDは半角の英小文字"),
        ("manager_username", "", "最初の管理者の職員IDを入力してください"),
        ("manager_name", " ", "最初の管理者の氏名を入力してください"),
    ],
)
def test_a_prefecture_is_not_taken_without_a_person(operator: Any, field: str, value: str, words: str) -> None:
    answer = operator.post("/onboarding/", {**GOOD, field: value})
    assert answer.status_code == 400
    assert words in answer.content.decode().split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert not started("340006").exists()


@pytest.fixture
def testing(kou: Any, in_console: None) -> Iterator[Any]:
    kou.state = "testing"
    kou.save(update_fields=["state"])
    yield kou
    kou.state = "live"


def accounts_of(prefecture: Any) -> list[tuple[str, str, bool]]:
    from accounts.models import User
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture):
        managers = User.objects.filter(role_assignments__role="tenant_admin").distinct()
        return list(managers.values_list("username", "display_name", "is_active"))


def test_another_person_is_stated_and_the_one_before_is_stopped(testing: Any, operator: Any) -> None:
    from tenants.console.first_manager import register
    from tenants.console.models import OnboardingStep
    from tests.support.outbox import outbox

    assert operator.post(PAGE, NEW).headers["Location"] == "/onboarding/290009/"
    step = OnboardingStep.objects.get(prefecture_code="290009", name="administrator")
    assert (step.stated, bytes(step.handover)) == (["tsugiko", "サンプル 次子"], b"")
    assert outbox.filter(event="console:manager:restated").count() == 1
    assert started("290009").get().args == {"code": "290009", "step": "administrator"}
    assert "一度だけ表示できます" in register(testing)
    assert accounts_of(testing) == [("hatsuko", "サンプル 初子", False), ("tsugiko", "サンプル 次子", True)]
    assert "サンプル 次子（tsugiko）" in text_of(operator.get("/onboarding/290009/"))


def test_back_to_the_first_one_or_another_spelling_of_the_name(testing: Any, operator: Any) -> None:
    from tenants.console.first_manager import register

    for stated in (NEW, {"manager_username": "hatsuko", "manager_name": "サンプル 初音"}):
        operator.post(PAGE, stated)
        register(testing)
    assert accounts_of(testing) == [("hatsuko", "サンプル 初音", True), ("tsugiko", "サンプル 次子", False)]


def test_the_handed_code_names_the_person_it_is_for(testing: Any, operator: Any, browse: Any) -> None:
    from tenants.console.first_manager import register

    operator.post(PAGE, NEW)
    register(testing)
    shown = text_of(browse("operator2").post("/onboarding/290009/handover/"))
    assert "サンプル甲県のサンプル 次子さんに渡してください" in shown
    assert "（職員ID tsugiko ）のコードです" in shown


def test_nobody_is_stated_anew_once_a_manager_came_in_or_the_prefecture_was_live(testing: Any, operator: Any) -> None:
    from accounts.roles import Role
    from tenants.console.first_manager import stated_manager
    from tenants.core.context import prefecture_context
    from tests.platform.accounts.sign_in import make_person

    with prefecture_context(testing):
        make_person("chief", Role.TENANT_ADMIN)
    for words in ("利用開始の手続を始めています", "運用者からは登録できません"):
        answer = operator.post(PAGE, NEW)
        assert answer.status_code == 400
        assert words in text_of(answer)
        assert 'name="manager_name"' not in answer.content.decode()
        testing.state = "live"
        testing.save(update_fields=["state"])
    assert stated_manager("290009").username == "hatsuko"
    assert not started("290009").exists()


def test_stating_anew_wants_a_fresh_one_time_password(testing: Any, operator: Any, settings: Any) -> None:
    settings.STEP_UP_SECONDS = 0
    assert operator.post(PAGE, NEW).headers["Location"].startswith("/step-up/")
