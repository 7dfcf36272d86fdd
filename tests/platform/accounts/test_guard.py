"""The guard: deny by default, and say who may."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.accounts.sign_in import client_of, give_password, make_person, sign_in


def test_a_view_that_somebody_forgot_to_mark_is_closed_to_all(browser: Any, clerk: Any, events: Any) -> None:
    assert browser.get("/unmarked/").status_code == 403
    sign_in(browser, clerk)
    response = browser.get("/unmarked/")
    assert response.status_code == 403
    assert "forgot" not in response.content.decode()
    assert events("access:permission:refused")[-1].detail["permission"] == "unmarked"


def test_a_refusal_says_who_may_and_whom_to_ask(browser: Any, clerk: Any, manager: Any, events: Any) -> None:
    sign_in(browser, clerk)
    response = browser.get("/numbers/")
    text = response.content.decode()
    assert response.status_code == 403
    assert "個人番号を表示する" in text
    assert "個人番号取扱者" in text
    assert manager.display_name in text
    refused = events("access:permission:refused")[-1]
    assert refused.detail == {"permission": "reveal_number", "method": "GET"}
    assert refused.actor_id == str(clerk.pk)


def test_the_right_role_opens(browser: Any, handler: Any) -> None:
    sign_in(browser, handler)
    assert browser.get("/numbers/").content == b"numbers"


def test_a_person_without_a_role_opens_nothing(browser: Any, in_a: Any) -> None:
    sign_in(browser, make_person("newcomer"))
    assert browser.get("/").status_code == 403


def test_a_refusal_inside_a_view_is_the_same_page(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    response = browser.get("/inside/")
    assert response.status_code == 403
    assert "承認者" in response.content.decode()


def test_another_school_looks_like_none_and_is_recorded(browser: Any, clerk: Any, events: Any) -> None:
    sign_in(browser, clerk)
    assert browser.get("/schools/S01/").status_code == 200
    assert browser.get("/schools/S02/").status_code == 404
    (refused,) = events("access:school:refused")
    assert refused.subjects == [{"kind": "school", "id": "S02"}]


def test_pages_of_the_console_are_not_on_a_prefecture_and_the_reverse(
    try_views: None, clerk: Any, in_console: None
) -> None:
    from accounts.roles import Role

    operator = make_person("operator", Role.OPERATOR)
    console = client_of("console.localhost")
    sign_in(console, operator)
    assert console.get("/prefectures/").status_code == 200
    assert console.get("/schools/S01/").status_code == 404
    assert console.get("/act/").status_code == 404


def test_pages_of_the_console_do_not_exist_for_a_prefecture(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    assert browser.get("/prefectures/").status_code == 404


def test_roles_count_on_their_days_only(browser: Any, clerk: Any, clock: Any) -> None:
    from django.utils import timezone

    from accounts.models import RoleAssignment

    sign_in(browser, clerk)
    today = timezone.localdate()
    RoleAssignment.objects.filter(user=clerk).update(ends_on=today)
    status = browser.get("/").status_code
    assert status == 200
    while status == 200 and timezone.localdate() == today:
        clock.advance(minutes=25)
        status = browser.get("/").status_code
    assert status in (302, 403)


def test_the_number_role_needs_training_of_the_last_year(browser: Any, handler: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import RoleAssignment

    sign_in(browser, handler)
    role = RoleAssignment.objects.filter(user=handler)
    role.update(training_on=timezone.localdate() - timedelta(days=364))
    assert browser.get("/numbers/").status_code == 200
    role.update(training_on=timezone.localdate() - timedelta(days=365))
    assert browser.get("/numbers/").status_code == 403


def test_signed_in_pages_are_not_kept_by_the_browser(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    assert "no-store" in browser.get("/")["Cache-Control"]


def test_the_health_page_asks_nobody(prefecture_a: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls_tenant"
    response = client_of("kou.localhost").get("/health")
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize("path", ["/", "/numbers/", "/act/", "/users/", "/account/", "/step-up/"])
def test_a_session_of_django_alone_is_not_enough(browser: Any, handler: Any, path: str) -> None:
    browser.force_login(handler, "accounts.backends.StaffBackend")
    response = browser.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/login/")


def test_the_enrolment_step_of_a_person_without_device(browser: Any, clerk: Any) -> None:
    from accounts.services import issue_activation_code

    issue_activation_code(clerk)
    assert give_password(browser, clerk).url == "/enrol/"


def test_four_queries_are_the_price_of_the_guard(browser: Any, clerk: Any, django_assert_max_num_queries: Any) -> None:
    from accounts.session_state import SCOPE

    sign_in(browser, clerk)
    browser.get("/")
    assert SCOPE in browser.session
    with django_assert_max_num_queries(10) as queries:
        assert browser.get("/").status_code == 200
    ours = [query["sql"] for query in queries.captured_queries if _is_of_the_guard(query["sql"])]
    assert len(ours) <= 4, ours
    assert not [sql for sql in ours if sql.startswith(("UPDATE", "INSERT"))]


def _is_of_the_guard(sql: str) -> bool:
    return "accounts_" in sql or "django_session" in sql
