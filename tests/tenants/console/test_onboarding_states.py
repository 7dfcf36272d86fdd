"""Changing a prefecture's state: what it waits for, and what is typed to confirm it."""

from __future__ import annotations

from typing import Any

from tests.tenants.console.conftest import draft_of, text_of
from tests.tenants.console.onboarding_form import GOOD, run


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
    assert operator.get("/onboarding/290009/state/nonsense/").status_code == 404


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
