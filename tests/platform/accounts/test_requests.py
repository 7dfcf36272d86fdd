"""Account requests: one asks, another approves; and the yearly confirmation of duties."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import STRONG_ROLES
from tests.platform.accounts.sign_in import make_person, sign_in
from tests.platform.accounts.test_services import as_person
from tests.support import records
from tests.support.stale import WAYS


@pytest.fixture
def managing(browser: Any, manager: Any, second: Any) -> Any:
    sign_in(browser, manager)
    return browser


def waiting() -> Any:
    from accounts.models import AccountRequest

    return AccountRequest.objects.get(state="waiting")


def test_a_new_person_waits_for_the_second_one(managing: Any, approving: Any, events: Any) -> None:
    from accounts.models import User

    sent = managing.post("/users/new/", {"username": "taro", "display_name": "サンプル 太郎", "ends_on": "R19.3.31"})
    assert sent.url == "/users/requests/"
    assert not User.objects.filter(username="taro").exists()
    assert "サンプル 太郎（taro）" in approving.get("/users/requests/").content.decode()
    approving.post(f"/users/requests/{waiting().pk}/approve/")
    assert str(User.objects.get(username="taro").ends_on) == "2037-03-31"
    assert [one.event for one in events() if "request" in one.event] == [
        "account:request:made",
        "account:request:approved",
    ]


def test_who_asked_cannot_approve(managing: Any, manager: Any) -> None:
    from accounts.models import User

    managing.post("/users/new/", {"username": "taro", "display_name": "サンプル 太郎"})
    page = managing.post(f"/users/requests/{waiting().pk}/approve/", follow=True).content.decode()
    assert "起案した本人は" in page
    assert "自分の申請は承認できません" in page
    assert not User.objects.filter(username="taro").exists()
    row = waiting()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(state="approved", decided_by=manager.username)


def test_nobody_approves_a_request_about_themselves(managing: Any, approving: Any, second: Any) -> None:
    managing.post(f"/users/{second.pk}/roles/", {"role": "approver"})
    page = approving.post(f"/users/requests/{waiting().pk}/approve/", follow=True).content.decode()
    assert "起案した本人は" in page
    assert not second.role_assignments.filter(role="approver").exists()


@pytest.mark.parametrize("role", [*sorted(STRONG_ROLES), "board_officer"])
def test_a_strong_role_waits_and_a_school_role_does_not(managing: Any, approving: Any, clerk: Any, role: str) -> None:
    sent = {"role": role, "school_code": "*", "training_on": timezone.localdate().isoformat()}
    page = managing.post(f"/users/{clerk.pk}/roles/", sent, follow=True).content.decode()
    assert "承認すると有効になります" in page
    assert "承認待ち" in page
    assert not clerk.role_assignments.filter(role=role).exists()
    approving.post(f"/users/requests/{waiting().pk}/approve/")
    assert clerk.role_assignments.filter(role=role).exists()
    managing.post(f"/users/{clerk.pk}/roles/", {"role": "principal", "school_code": "*"})
    assert clerk.role_assignments.filter(role="principal").exists()


def test_services_refuse_one_person_alone(manager: Any, second: Any, clerk: Any) -> None:
    from accounts import services
    from accounts.errors import NeedsSecondPerson
    from accounts.roles import Role

    acts: list[Any] = [
        lambda: services.create_user("taro", "サンプル"),
        lambda: services.assign_role(clerk, Role.APPROVER),
        lambda: services.issue_activation_code(clerk),
    ]
    for act in acts:
        with as_person(manager), pytest.raises(NeedsSecondPerson):
            act()


def test_a_code_for_somebody_enrolled_is_issued_after_approval_once(
    managing: Any, approving: Any, clerk: Any, clock: Any
) -> None:
    from accounts.models import TotpDevice

    url = f"/users/{clerk.pk}/activation-code/"
    assert "再発行を申請する" in managing.get(f"/users/{clerk.pk}/").content.decode()
    managing.post(url)
    assert TotpDevice.objects.filter(user=clerk).exists(), "nothing is switched off by asking"
    approving.post(f"/users/requests/{waiting().pk}/approve/")
    assert "code-large" in managing.post(url).content.decode()
    assert not TotpDevice.objects.filter(user=clerk).exists()
    assert managing.post(url).status_code == 302, "the next one asks again"


def test_an_approval_of_a_code_is_good_for_a_day(manager: Any, second: Any, clerk: Any, clock: Any) -> None:
    from accounts import services
    from accounts.errors import NeedsSecondPerson
    from accounts.services import requests

    asked = requests.ask_for_code(clerk, manager)
    requests.approve(asked.pk, second)
    clock.advance(hours=24)
    with as_person(manager), pytest.raises(NeedsSecondPerson):
        services.issue_activation_code(clerk)


def test_a_newcomer_gets_the_first_code_from_one_person(manager: Any, second: Any) -> None:
    from accounts.services import create_user, issue_activation_code

    newcomer = create_user("newcomer", "サンプル 新任")
    with as_person(manager):
        assert issue_activation_code(newcomer)


def test_a_request_is_withdrawn_by_who_asked_and_refused_by_another(
    managing: Any, approving: Any, manager: Any, second: Any, clerk: Any
) -> None:
    from accounts.errors import RequestClosed
    from accounts.models import AccountRequest
    from accounts.services import requests

    managing.post(f"/users/{clerk.pk}/roles/", {"role": "approver"})
    row = waiting()
    managing.post(f"/users/requests/{row.pk}/turn-down/")
    managing.post(f"/users/{clerk.pk}/roles/", {"role": "approver"})
    approving.post(f"/users/requests/{waiting().pk}/turn-down/")
    assert sorted(AccountRequest.objects.values_list("state", flat=True)) == ["refused", "withdrawn"]
    for act in (requests.approve, requests.turn_down):
        with pytest.raises(RequestClosed):
            act(row.pk, second)


def test_the_first_manager_begins_alone_until_a_second_one_came_in(manager: Any, in_a: Any, events: Any) -> None:
    from accounts.models import AccountRequest, User
    from accounts.roles import Role
    from accounts.services import complete_login, disable_user, end_role, requests
    from accounts.services.login import Origin

    with as_person(manager):
        direct = requests.ask_for_person({"username": "chief", "display_name": "サンプル 主幹"}, manager)
        assert direct.state == AccountRequest.State.DIRECT
        requests.ask_for_role(User.objects.get(username="chief"), {"role": Role.SECURITY_MANAGER}, manager)
    User.objects.filter(username="chief").update(must_enrol=False)  # the enrolment is another test's
    chief = User.objects.get(username="chief")
    complete_login(chief, "totp", Origin("T-CHIE-CHIE"))
    with as_person(manager):
        end_role(chief.role_assignments.get())
        disable_user(chief)
        later = requests.ask_for_person({"username": "friend", "display_name": "サンプル 知人"}, manager)
    assert later.state == AccountRequest.State.WAITING, (
        "taking the second person away does not bring the beginning back"
    )
    assert [one.detail["direct"] for one in events("account:request:made")] == [True, True, False]


# --- training, leavers, duties ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["stopped", "left"])
def test_who_comes_back_by_one_person_comes_without_strong_roles(manager: Any, second: Any, how: str) -> None:
    """A leaver keeps password and authenticator; one manager alone must not make an approver of them again."""
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import change_user, disable_user, enable_user

    person = make_person("returns", Role.APPROVER, Role.BOARD_OFFICER, (Role.SCHOOL_CLERK, "S01"))
    facts = {"display_name": person.display_name, "kana": "", "section": "", "starts_on": None}
    with as_person(manager):
        if how == "stopped":
            disable_user(person)
            enable_user(person)
        else:
            User.objects.filter(pk=person.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
            change_user(User.objects.get(pk=person.pk), **facts, ends_on=timezone.localdate() + timedelta(days=90))
    back = User.objects.get(pk=person.pk)
    assert back.is_current(timezone.localdate())
    assert [role.role for role in back.roles_today] == [Role.SCHOOL_CLERK]


def test_a_later_last_day_takes_no_role_away(manager: Any, second: Any) -> None:
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import change_user

    person = make_person("stays", Role.APPROVER)
    facts = {"display_name": person.display_name, "kana": "", "section": "", "starts_on": None}
    User.objects.filter(pk=person.pk).update(ends_on=timezone.localdate())
    with as_person(manager):
        change_user(User.objects.get(pk=person.pk), **facts, ends_on=timezone.localdate() + timedelta(days=90))
    assert [role.role for role in User.objects.get(pk=person.pk).roles_today] == [Role.APPROVER]


# --- what waits too long, or whose asker is gone ----------------------------------------------------------------------


def asked_of_every_kind(manager: Any, clerk: Any) -> dict[str, Any]:
    from accounts.services import places

    return ask_all(manager, clerk, places.add_network("10.9.0.0/16", "本庁"))


def a_section() -> dict[str, Any]:
    school, day = records.school("S01").code, timezone.localdate()
    return {"section": "", "name": "北部係", "school_codes": [school], "starts_on": day, "ends_on": None}


def ask_all(by: Any, clerk: Any, network: Any) -> dict[str, Any]:
    from accounts.services import requests

    asked = [
        requests.ask_for_person({"username": "taro", "display_name": "サンプル 太郎"}, by),
        requests.ask_for_role(clerk, {"role": "approver"}, by),
        requests.ask_for_code(clerk, by),
        requests.ask_for_place("network", "10.8.0.0/16", "支所", by),
        requests.ask_to_remove_place("network", network, by),
        requests.ask_for_section(a_section(), by),
        requests.ask_for_window("unyou", "障害の調査", ["statements:list"], 2, by),
    ]
    return {row.kind: row for row in asked}


@pytest.mark.parametrize("words", WAYS)
def test_no_request_is_approved_when_it_has_lapsed_or_its_asker_may_not_ask_any_more(
    manager: Any, second: Any, operator: Any, clerk: Any, approving: Any, events: Any, words: str, monkeypatch: Any
) -> None:
    from accounts.errors import RequestStale
    from accounts.models import AccountRequest
    from accounts.services import requests

    asked = asked_of_every_kind(manager, clerk)
    assert set(asked) == set(AccountRequest.Kind.values)
    WAYS[words](manager, monkeypatch)
    for row in asked.values():
        with pytest.raises(RequestStale, match=words):
            requests.approve(row.pk, second, as_the_last=True)
    assert AccountRequest.objects.filter(state="waiting").count() == len(asked)
    assert not events("account:request:approved")
    sign_in(approving, second)
    page = approving.get("/users/requests/").content.decode()
    assert page.count(words) == len(asked)
    assert page.count("必要なら、もう一度申請してください") == len(asked)
    assert ("期限切れ" in page) is (words == "期限が切れた")
    assert "/approve/" not in page
    for row in asked.values():
        requests.turn_down(row.pk, second)
    assert len(events("account:request:refused")) == len(asked)


@pytest.mark.parametrize("words", WAYS)
def test_what_nobody_may_approve_any_more_does_not_keep_the_same_from_being_asked_again(
    manager: Any, second: Any, operator: Any, clerk: Any, approving: Any, words: str, monkeypatch: Any
) -> None:
    """Nor is it counted among what waits."""
    from accounts.models import AccountRequest, TenantNetwork, User

    asked = asked_of_every_kind(manager, clerk)
    WAYS[words](manager, monkeypatch)
    sign_in(approving, second)
    page = approving.get("/users/requests/").content.decode()
    assert "承認を待っている申請はありません" in page
    assert page.count(words) >= len(asked)
    assert ("14日のあいだ、二人目が決めませんでした" in page) is (words == "期限が切れた")
    User.objects.filter(pk=manager.pk).update(came_as_approver=True)  # the second one is not the first of all here
    again = ask_all(second, clerk, TenantNetwork.objects.get())
    states = dict(AccountRequest.objects.filter(asked_by=manager.username).values_list("kind", "state"))
    assert states == dict.fromkeys(asked, "withdrawn")
    assert {row.state for row in again.values()} == {"waiting"}


def test_up_to_the_last_minute_a_request_is_approved(manager: Any, second: Any, clerk: Any, clock: Any) -> None:
    from accounts.services import requests

    asked = requests.ask_for_role(clerk, {"role": "approver"}, manager)
    clock.advance(days=14, seconds=-1)
    requests.approve(asked.pk, second)
    assert clerk.role_assignments.filter(role="approver").exists()


def test_the_first_manager_is_told_of_making_people_alone(browser: Any, manager: Any, in_a: Any) -> None:
    from tests.platform.accounts.sign_in import sign_in

    sign_in(browser, manager)
    for page in ("/users/new/", f"/users/{manager.pk}/"):
        assert "あなた一人ですぐに行われます" in browser.get(page).content.decode()


def test_with_a_second_one_nobody_is_told_so(managing: Any, manager: Any) -> None:
    for page in ("/users/new/", f"/users/{manager.pk}/"):
        assert "あなた一人で" not in managing.get(page).content.decode()


def test_somebody_who_never_enrolled_has_no_day_of_a_change(managing: Any) -> None:
    from accounts.services import create_user

    new = create_user("shinnin", "新任 太郎")
    page = managing.get(f"/users/{new.pk}/").content.decode()
    assert "認証器はまだ登録されていません" in page
    assert "最後に変わったのは" not in page


def test_the_watch_hears_that_a_second_person_approved(manager: Any, second: Any, clerk: Any) -> None:
    """A code and what is enrolled with it, and a strong role; what one person does alone says nothing of the kind."""
    from accounts import services
    from accounts.hooks import on_factor_change, on_role_given
    from accounts.roles import Role
    from accounts.services import requests

    heard: list[Any] = []
    listeners = (on_factor_change(lambda changed: heard.append((changed.what, changed.is_approved))),)
    role_listener = on_role_given(lambda given: heard.append((given.role, given.is_approved)))
    try:
        requests.approve(requests.ask_for_code(clerk, manager).pk, second)
        with as_person(manager):
            services.issue_activation_code(clerk)
        device = services.enrol_totp(clerk)
        services.confirm_totp(clerk, device, device.unused_code()[0])
        services.declare_lost(clerk)
        services.issue_activation_code(clerk)
        device = services.enrol_totp(clerk)
        services.confirm_totp(clerk, device, device.unused_code()[0])
        asked = requests.ask_for_role(clerk, {"role": Role.APPROVER, "school_code": ""}, manager)
        with as_person(second):
            requests.approve(asked.pk, second)
        services.assign_role(clerk, Role.PRINCIPAL, school_code="S01")
    finally:
        on_factor_change.remove(listeners[0])
        on_role_given.remove(role_listener)
    assert heard == [
        ("activation_issued", True),
        ("totp_enrolled", True),
        ("declared_lost", False),
        ("totp_enrolled", False),
        ("approver", True),
        ("principal", False),
    ]


@pytest.mark.parametrize("what", ["person", "role"])
def test_what_is_asked_for_twice_waits_once_even_when_both_come_at_once(
    managing: Any, manager: Any, clerk: Any, what: str
) -> None:
    """Each of two presses at once found nothing waiting; the table refuses the second row."""
    from accounts.models import AccountRequest

    url, posted = {
        "person": ("/users/new/", {"username": "taro", "display_name": "サンプル 太郎"}),
        "role": (f"/users/{clerk.pk}/roles/", {"role": "approver"}),
    }[what]
    managing.post(url, posted)
    twin = waiting()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    again = managing.post(url, posted, follow=True).content.decode()
    assert "同じ申請が承認を待っています" in again or "既に使われています" in again
    managing.post(f"/users/requests/{waiting().pk}/refuse/")
    managing.post(url, posted)
    assert AccountRequest.objects.filter(state="waiting").count() == 1, "what was withdrawn may be asked for anew"
