"""The manager's pages and one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.accounts.sign_in import PASSWORD, client_of, code_of, sign_in


@pytest.fixture
def managing(browser: Any, manager: Any) -> Any:
    sign_in(browser, manager)
    return browser


@pytest.fixture
def known_schools(monkeypatch: Any) -> None:
    from accounts import schools

    known = [("S01", "サンプル第一支援学校"), ("S03", "サンプル第三支援学校")]
    monkeypatch.setattr(schools, "_providers", [lambda: known])


def test_a_manager_takes_a_newcomer_in(managing: Any, events: Any, known_schools: None) -> None:
    from accounts.models import User

    made = managing.post("/users/new/", {"username": "Taro-1", "display_name": "サンプル 太郎", "starts_on": "R8.4.1"})
    person = User.objects.get(username="taro-1")
    assert made.url == f"/users/{person.pk}/"
    assert str(person.starts_on) == "2026-04-01"
    given = managing.post(f"/users/{person.pk}/roles/", {"role": "principal", "school_code": "S03"})
    assert given.url == f"/users/{person.pk}/"
    page = managing.get(f"/users/{person.pk}/").content.decode()
    assert page.index("利用開始コードを発行する</button>") < page.index("<h2>役割</h2>"), (
        "what is asked for stands first"
    )
    page = managing.post(f"/users/{person.pk}/activation-code/")
    code = page.content.decode().split('<p class="code-large"><code>')[1].split("</code>")[0]
    assert client_of("kou.localhost").post("/enrol/", {"username": "taro-1", "code": code}).status_code == 302
    assert "校長" in managing.get(f"/users/{person.pk}/").content.decode()
    assert events("account:user:created")[-1].actor_role == "テナント管理者（利用者管理）"
    assert "no-store" in page["Cache-Control"]


def test_the_code_is_nowhere_else(managing: Any, clerk: Any) -> None:
    from django.contrib.sessions.models import Session

    page = managing.post(f"/users/{clerk.pk}/activation-code/").content.decode()
    code = page.split('<p class="code-large"><code>')[1].split("</code>")[0]
    assert code not in managing.get(f"/users/{clerk.pk}/").content.decode()
    assert not any(code in str(session.get_decoded()) for session in Session.objects.all())


def test_the_list_is_searched(managing: Any, clerk: Any, handler: Any) -> None:
    assert "clerk" in managing.get("/users/").content.decode()
    answer = managing.post("/users/", {"text": "handler"})
    assert answer.headers["Location"] == "/users/?searched=1", "no name in an address"
    found = managing.get("/users/?searched=1").content.decode()
    assert "（「handler」を含む）" in found
    assert "個人番号取扱者" in found
    assert ">clerk<" not in found
    assert ">clerk<" in managing.get("/users/").content.decode(), "without the mark nothing is searched for"
    assert "あてはまる利用者はいません" in managing.post("/users/", {"text": "zzzz"}, follow=True).content.decode()
    assert ">clerk<" in managing.get("/users/?q=handler").content.decode(), "nothing is read from an old address"


def test_a_search_keeps_its_words_over_pages_and_with_those_who_were_stopped(managing: Any, clerk: Any) -> None:
    from accounts.services import create_user

    for number in range(51):
        create_user(f"mihon-{number:04}", "サンプル 多数")
    address = managing.post("/users/", {"text": "多数", "stopped": "1"}).headers["Location"]
    assert address == "/users/?searched=1&stopped=1"
    first = managing.get(address).content.decode()
    assert "51人（「多数」を含む）" in first
    assert 'name="stopped" value="1" checked' in first
    assert 'href="?searched=1&amp;stopped=1&amp;page=2"' in first
    assert ">mihon-0050<" in managing.get(f"{address}&page=2").content.decode()
    assert 'href="?stopped=1"' in first, "検索をやめる"
    refused = managing.post("/users/", {"text": "123456789018"})
    assert refused.status_code == 400
    assert "個人番号では検索できません" in refused.content.decode()
    assert "123456789018" not in refused.content.decode()


def test_the_list_costs_the_same_for_many(managing: Any, in_a: Any, django_assert_max_num_queries: Any) -> None:
    from accounts.roles import Role
    from accounts.services import assign_role, create_user

    for number in range(30):
        assign_role(create_user(f"many-{number}", "サンプル"), Role.MONITOR)
    with django_assert_max_num_queries(14):
        assert managing.get("/users/").status_code == 200


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("", {"display_name": "サンプル 改"}),
        ("roles/", {"role": "monitor"}),
        ("activation-code/", {}),
        ("stop/", {}),
        ("resume/", {}),
        ("unlock/", {}),
    ],
)
def test_every_act_wants_a_fresh_code(
    managing: Any, clerk: Any, clock: Any, events: Any, path: str, data: dict[str, str]
) -> None:
    clock.advance(minutes=11)
    before = len(events())
    response = managing.post(f"/users/{clerk.pk}/{path}", data)
    assert response.url.startswith("/step-up/")
    assert len(events()) == before


def test_errors_are_told_on_the_page_and_nothing_typed_is_lost(managing: Any, clerk: Any) -> None:
    taken = managing.post("/users/new/", {"username": "clerk", "display_name": "サンプル 花子"}).content.decode()
    assert "職員ID" in taken
    assert "サンプル 花子" in taken
    wrong = managing.post(
        "/users/new/", {"username": "x9", "display_name": "花", "ends_on": "R6.13.1"}
    ).content.decode()
    assert "R6.13.1" in wrong
    inverted = {"username": "x9", "display_name": "花", "starts_on": "R8.4.1", "ends_on": "R8.3.1"}
    assert "終了日が開始日より前です" in managing.post("/users/new/", inverted).content.decode()
    untrained = managing.post(
        f"/users/{clerk.pk}/roles/", {"role": "number_handler", "school_code": "*"}
    ).content.decode()
    assert "研修受講日が必要です" in untrained
    foreign = managing.post(f"/users/{clerk.pk}/roles/", {"role": "operator"})
    assert foreign.status_code == 200
    assert not clerk.role_assignments.filter(role="operator").exists()


def test_roles_are_ended_and_training_recorded(managing: Any, handler: Any) -> None:
    role = handler.role_assignments.get()
    today = timezone.localdate().isoformat()
    managing.post(f"/users/{handler.pk}/roles/{role.pk}/training/", {"training_on": today})
    role.refresh_from_db()
    assert role.training_on.isoformat() == today
    bad = managing.post(f"/users/{handler.pk}/roles/{role.pk}/training/", {"training_on": "きのう"}, follow=True)
    assert "研修受講日" in bad.content.decode()
    managing.post(f"/users/{handler.pk}/roles/{role.pk}/end/")
    assert not handler.role_assignments.filter(ends_on=None).exists()


def test_a_role_with_a_last_day_is_shortened_or_ended_and_never_lengthened(managing: Any, handler: Any) -> None:
    role, today = handler.role_assignments.get(), timezone.localdate()
    ends = today + timedelta(days=200)
    type(role).objects.filter(pk=role.pk).update(ends_on=ends)
    page, end = f"/users/{handler.pk}/", f"/users/{handler.pk}/roles/{role.pk}/end/"
    assert f'action="{end}"' in managing.get(page).content.decode()

    def after(last_day: str) -> tuple[str, Any]:
        told = managing.post(end, {"last_day": last_day}, follow=True).content.decode()
        role.refresh_from_db()
        return told, role.ends_on

    told, last = after((ends + timedelta(days=1)).isoformat())
    assert ("延ばすことはできません" in told, last) == (True, ends)
    told, last = after((today - timedelta(days=1)).isoformat())
    assert ("過ぎた日です" in told, last) == (True, ends)
    told, last = after("あした")
    assert ("最後の日" in told, last) == (True, ends)
    assert after((today + timedelta(days=9)).isoformat())[1] == today + timedelta(days=9)
    type(role).objects.filter(pk=role.pk).update(starts_on=today - timedelta(days=3))
    assert after("")[1] == today - timedelta(days=1)
    assert f'action="{end}"' not in managing.get(page).content.decode(), "nothing is left to be ended"


def test_a_role_is_found_under_its_own_person_only(managing: Any, handler: Any, clerk: Any) -> None:
    role = handler.role_assignments.get()
    assert managing.post(f"/users/{clerk.pk}/roles/{role.pk}/end/").status_code == 404


def test_stop_and_resume(managing: Any, clerk: Any) -> None:
    managing.post(f"/users/{clerk.pk}/stop/")
    assert not type(clerk).objects.get(pk=clerk.pk).is_active
    assert ">clerk<" not in managing.get("/users/").content.decode()
    assert "clerk" in managing.get("/users/?stopped=1").content.decode()
    managing.post(f"/users/{clerk.pk}/resume/")
    assert type(clerk).objects.get(pk=clerk.pk).is_active


def test_a_manager_cannot_help_themselves(managing: Any, manager: Any) -> None:
    response = managing.post(f"/users/{manager.pk}/roles/", {"role": "approver"})
    assert "起案した本人は" in response.content.decode()
    told = managing.post(f"/users/{manager.pk}/activation-code/", follow=True).content.decode()
    assert "起案した本人は" in told
    assert manager.role_assignments.count() == 1


def test_others_do_not_reach_the_managers_pages(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    for path in ("/users/", "/users/new/", f"/users/{clerk.pk}/"):
        assert browser.get(path).status_code == 403


def test_schools_are_offered_by_name_where_they_are_known(managing: Any, clerk: Any, monkeypatch: Any) -> None:
    from accounts import schools

    monkeypatch.setattr(schools, "_providers", [lambda: [("S01", "サンプル第一支援学校")]])
    page = managing.get(f"/users/{clerk.pk}/").content.decode()
    assert page.count("サンプル第一支援学校") == 2
    offered = page.split('name="school_code"')[1]
    assert offered.index("選んでください") < offered.index("サンプル第一支援学校") < offered.index("すべての学校")
    refused = managing.post(f"/users/{clerk.pk}/roles/", {"role": "principal", "school_code": "S77"})
    assert refused.status_code == 200
    assert not clerk.role_assignments.filter(school_code="S77").exists()


@pytest.mark.parametrize("role", ["tenant_admin", "security_manager", "monitor"])
def test_a_role_of_the_whole_prefecture_takes_no_school(
    managing: Any, clerk: Any, known_schools: None, role: str
) -> None:
    from accounts.models import AccountRequest

    page = managing.post(f"/users/{clerk.pk}/roles/", {"role": role, "school_code": "S01"}).content.decode()
    assert "学校を限れない役割です" in page
    assert not AccountRequest.objects.filter(kind="role").exists()


def test_a_school_that_is_not_registered_is_no_choice(managing: Any, clerk: Any) -> None:
    page = managing.get(f"/users/{clerk.pk}/").content.decode()
    assert "学校がまだ登録されていません" in page
    managing.post(f"/users/{clerk.pk}/roles/", {"role": "principal", "school_code": "S77"})
    assert not clerk.role_assignments.filter(school_code="S77").exists()


@pytest.mark.parametrize("role", ["school_clerk", "principal", "number_handler"])
def test_a_school_role_needs_a_school_or_all_of_them_by_name(
    managing: Any, manager: Any, known_schools: None, role: str
) -> None:
    from accounts.services import create_user

    person = create_user("school-person", "サンプル 次郎")
    told = managing.post(f"/users/{person.pk}/roles/", {"role": role, "training_on": "R8.4.1"}).content.decode()
    assert "学校を選んでください" in told
    assert not person.role_assignments.exists()
    everywhere = {"role": role, "school_code": "*", "training_on": timezone.localdate().isoformat()}
    told = managing.post(f"/users/{person.pk}/roles/", everywhere, follow=True).content.decode()
    assert "すべての学校" in told
    assert person.role_assignments.get().school_code == ""


def test_no_role_and_no_school_are_chosen_beforehand(managing: Any, clerk: Any, known_schools: None) -> None:
    nothing = managing.post(f"/users/{clerk.pk}/roles/", {}).content.decode()
    assert "役割を選んでください" in nothing
    managing.post(f"/users/{clerk.pk}/roles/", {"role": "monitor"})
    assert clerk.role_assignments.get(role="monitor").school_code == ""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"username": "clerk"}, "この職員IDは既に使われています"),
        ({"ends_on": "R7.3.31"}, "終了日が過ぎた日です"),
        ({"kana": "sample taro"}, "ふりがなは、ひらがなかカタカナで"),
        ({"display_name": "花子 123456789018"}, "個人番号と同じ形"),
    ],
)
def test_what_is_wrong_with_an_account_is_said_in_plain_words(
    managing: Any, clerk: Any, more: dict[str, str], words: str
) -> None:
    from accounts.models import User

    before = User.objects.count()
    sent = {"username": "new-one", "display_name": "サンプル 花子", "kana": "さんぷる はなこ"} | more
    assert words in managing.post("/users/new/", sent).content.decode()
    assert User.objects.count() == before


def test_an_end_that_is_over_stays_while_other_things_are_changed(managing: Any, clerk: Any) -> None:
    clerk.ends_on = timezone.localdate() - timedelta(days=30)
    clerk.save(update_fields=["ends_on"])
    sent = {"display_name": "サンプル 改", "kana": "", "ends_on": clerk.ends_on.isoformat()}
    assert managing.post(f"/users/{clerk.pk}/", sent).status_code == 302
    again = sent | {"ends_on": (clerk.ends_on + timedelta(days=1)).isoformat()}
    assert "終了日が過ぎた日です" in managing.post(f"/users/{clerk.pk}/", again).content.decode()


def test_an_account_that_is_over_or_far_ahead_gets_no_code_and_is_told_why(managing: Any, clerk: Any) -> None:
    from accounts.models import ActivationCode

    today, day = timezone.localdate(), timedelta(days=1)
    for starts_on, ends_on, words in ((None, today - day, "利用終了日"), (today + 2 * day, None, "利用開始日")):
        clerk.starts_on, clerk.ends_on = starts_on, ends_on
        clerk.save(update_fields=["starts_on", "ends_on"])
        page = managing.get(f"/users/{clerk.pk}/").content.decode()
        assert words in page
        assert f"/users/{clerk.pk}/activation-code/" not in page
        told = managing.post(f"/users/{clerk.pk}/activation-code/", follow=True).content.decode()
        assert words in told
    assert not ActivationCode.objects.filter(user=clerk, revoked_at=None, used_at=None).exists()
    clerk.starts_on = today + day
    clerk.save(update_fields=["starts_on"])
    assert "code-large" in managing.post(f"/users/{clerk.pk}/activation-code/").content.decode()


def test_the_hint_about_the_fresh_code_says_after_how_long(managing: Any, clerk: Any) -> None:
    assert "10分を過ぎているときは" in managing.get(f"/users/{clerk.pk}/").content.decode()


# --- one's own account ------------------------------------------------------------------------------------------------


def test_earlier_logins_are_shown_and_can_be_disowned(browser: Any, clerk: Any, heard: list[Any]) -> None:
    sign_in(browser, clerk)
    first = clerk.session_records.get()
    sign_in(browser, clerk) if browser.post("/logout/") else None
    page = browser.get("/account/").content.decode()
    assert page.count("これは私ではない") == 1
    assert first.terminal in page
    response = browser.post(f"/account/sessions/{first.pk}/not-me/", follow=True)
    assert "申出を受け付けました" in response.content.decode()
    assert heard[-1].session_id == first.pk


def test_sessions_of_others_cannot_be_disowned(browser: Any, clerk: Any, handler: Any) -> None:
    sign_in(client_of("kou.localhost"), handler)
    sign_in(browser, clerk)
    foreign = handler.session_records.get()
    assert browser.post(f"/account/sessions/{foreign.pk}/not-me/").status_code == 404


def test_the_frame_gets_the_login_before_this_one(browser: Any, clerk: Any) -> None:
    sign_in(browser, clerk)
    assert browser.get("/").wsgi_request.last_login is None
    first = clerk.session_records.get()
    browser.post("/logout/")
    sign_in(browser, clerk)
    assert browser.get("/").wsgi_request.last_login == first.started_at


def test_changing_the_password_wants_the_old_one_and_a_fresh_code(
    browser: Any, clerk: Any, clock: Any, events: Any
) -> None:
    sign_in(browser, clerk)
    new = "kita-no-machi-no-hi"
    wrong = browser.post("/account/password/", {"current": "no", "password": new, "again": new})
    assert "今のパスワードが違います" in wrong.content.decode()
    weak = browser.post("/account/password/", {"current": PASSWORD, "password": "short", "again": "short"})
    assert "12" in weak.content.decode()
    clock.advance(minutes=11)
    assert browser.get("/account/password/").url.startswith("/step-up/")
    browser.post("/step-up/", {"token": code_of(clerk)})
    assert browser.post("/account/password/", {"current": PASSWORD, "password": new, "again": new}).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(new)
    assert browser.get("/").status_code == 200
    assert len([event for event in events("account:password:changed") if event.session]) == 1


def test_backup_codes_are_renewed_with_a_fresh_code(browser: Any, clerk: Any, clock: Any) -> None:
    sign_in(browser, clerk)
    shown = browser.post("/account/backup-codes/").content.decode()
    assert shown.count("<li><code>") == 10
    assert "残り10個" in browser.get("/account/").content.decode()
    clock.advance(minutes=11)
    assert browser.post("/account/backup-codes/").url.startswith("/step-up/")


def test_nobody_changes_their_own_dates(managing: Any, manager: Any) -> None:
    """A manager whose last day is set does not move it."""
    from accounts.models import User
    from accounts.services import change_user

    User.objects.filter(pk=manager.pk).update(ends_on="2099-03-31")
    answer = managing.post(f"/users/{manager.pk}/", {"display_name": manager.display_name, "ends_on": ""})
    assert "別の職員に依頼してください" in answer.content.decode()
    manager.refresh_from_db()
    assert str(manager.ends_on) == "2099-03-31"
    change_user(manager, display_name="別名", kana="", section="", starts_on=None, ends_on=None)
    assert manager.ends_on is None, "a command as owner may"


def test_guessing_the_current_password_is_counted_and_slowed_down(browser: Any, clerk: Any, events: Any) -> None:
    sign_in(browser, clerk)
    new = {"password": "kita-no-machi-no-hi", "again": "kita-no-machi-no-hi"}
    for _ in range(5):
        answer = browser.post("/account/password/", {"current": "wrong-guess-here", **new})
    assert "一時的に受け付けを止めています" in answer.content.decode()
    assert len(events("session:password:failed")) == 5
    right = browser.post("/account/password/", {"current": PASSWORD, **new})
    assert right.status_code == 200, "not even the right one is heard while it waits"
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)
