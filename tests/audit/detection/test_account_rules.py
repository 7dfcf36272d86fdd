"""Changes of accounts: each rule fires and is silent, and each is heard through the pages and services people use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.detection import disowned, factor_change, number_in_file, role_given
from audit.detection.rules import Act, ActKind, Outcome
from tests.audit.detection.conftest import tokyo
from tests.audit.detection.test_watch import alerts, events
from tests.platform.accounts.sign_in import client_of, give_password, make_person, sign_in
from tests.support.records import acting

DAY = "2026-11-20T10:00"


def reported() -> list[tuple[str, str]]:
    from audit.detection.models import SignalSeen

    return list(SignalSeen.objects.filter(outcome=SignalSeen.Outcome.REPORT).values_list("rule", "username"))


def act(kind: ActKind, what: str = "", by: str = "") -> Act:
    return Act(kind, tokyo(DAY), "clerk", "", "reference", what, by)


def test_disowned_fires_for_its_own_kind_alone() -> None:
    result = disowned.evaluate(act(ActKind.DISOWNED))
    assert (result.outcome, result.sentence) == (Outcome.FIRED, disowned.RULE.example.replace("9:05", "10:00"))
    assert disowned.evaluate(act(ActKind.LOGIN)).outcome is Outcome.SILENT


def test_factor_change_fires_for_people_who_work_here_and_not_for_newcomers() -> None:
    result = factor_change.judge(act(ActKind.FACTOR_CHANGE, "totp_enrolled"), has_worked_here=True)
    assert (result.outcome, result.sentence) == (Outcome.FIRED, factor_change.RULE.example)
    newcomer = factor_change.judge(act(ActKind.FACTOR_CHANGE, "totp_enrolled"), has_worked_here=False)
    assert newcomer.outcome is Outcome.SILENT


def test_a_backup_code_is_reported_and_so_is_what_a_second_person_approved() -> None:
    for worked_here in (True, False):
        result = factor_change.judge(act(ActKind.FACTOR_CHANGE, "backup_used"), worked_here)
        assert (result.outcome, result.sentence) == (
            Outcome.REPORTED,
            "10:00に、認証器の代わりに予備コードが使われた。",
        )
    approved = replace(act(ActKind.FACTOR_CHANGE, "activation_issued"), is_approved=True)
    assert factor_change.judge(approved, has_worked_here=True).outcome is Outcome.REPORTED
    returned = act(ActKind.FACTOR_CHANGE, "token_returned")
    outcomes = [factor_change.judge(returned, has_worked_here=True, has_left=left).outcome for left in (False, True)]
    assert outcomes == [Outcome.FIRED, Outcome.REPORTED], "of somebody who has left nothing can be taken"


def test_role_given_fires_for_strong_roles_given_by_people() -> None:
    result = role_given.evaluate(act(ActKind.ROLE_GIVEN, "approver", "nara-0123"))
    assert (result.outcome, result.sentence) == (Outcome.FIRED, role_given.RULE.example)
    for role in ("monitor", "security_manager", "tenant_admin", "number_handler"):
        assert role_given.evaluate(act(ActKind.ROLE_GIVEN, role, "nara-0123")).outcome is Outcome.FIRED, role
    assert role_given.evaluate(act(ActKind.ROLE_GIVEN, "school_clerk", "nara-0123")).outcome is Outcome.SILENT
    assert role_given.evaluate(act(ActKind.ROLE_GIVEN, "approver")).outcome is Outcome.SILENT
    approved = replace(act(ActKind.ROLE_GIVEN, "approver", "admin"), is_approved=True)
    assert role_given.evaluate(approved).outcome is Outcome.REPORTED


def test_a_number_in_a_file_fires_for_its_own_kind_alone() -> None:
    result = number_in_file.evaluate(act(ActKind.NUMBER_IN_FILE, "名簿"))
    assert (result.outcome, result.sentence) == (Outcome.FIRED, number_in_file.RULE.example)
    assert number_in_file.evaluate(act(ActKind.LOGIN, "名簿")).outcome is Outcome.SILENT


def test_this_was_not_me_reaches_the_monitors(at: Any, hours: Any) -> None:
    from accounts.roles import Role

    at(DAY)
    clerk = make_person("day-clerk", (Role.SCHOOL_CLERK, "S01"))
    sign_in(client_of("kou.localhost"), clerk)
    browser = client_of("kou.localhost")
    sign_in(browser, clerk)
    session = clerk.session_records.exclude(ended_at=None).get()
    for _ in range(2):
        browser.post(f"/account/sessions/{session.pk}/not-me/")
    (alert,) = alerts()
    assert (alert.rule, alert.username, alert.session) == ("disowned", "day-clerk", str(session.pk))
    (event,) = events("session:other:disowned")
    assert event.detail == {"session": str(session.pk)}


def test_a_lost_factor_and_its_successor_reach_the_monitors(at: Any, hours: Any) -> None:
    from accounts.roles import Role
    from accounts.services import confirm_totp, enrol_totp, issue_activation_code

    at(DAY)
    clerk = make_person("day-clerk", (Role.SCHOOL_CLERK, "S01"))
    sign_in(client_of("kou.localhost"), clerk)
    assert alerts() == []
    issue_activation_code(clerk)
    device = enrol_totp(clerk)
    confirm_totp(clerk, device, device.unused_code()[0])
    assert sorted(alert.detail["change"] for alert in alerts()) == ["activation_issued", "totp_enrolled"]
    assert {alert.rule for alert in alerts()} == {"factor_change"}


def test_a_backup_code_is_kept_for_the_review_with_its_place_and_one_that_is_spent_is_not(at: Any, hours: Any) -> None:
    from accounts.roles import Role
    from accounts.services import issue_backup_codes

    at(DAY)
    clerk = make_person("day-clerk", (Role.SCHOOL_CLERK, "S01"))
    code, *_ = issue_backup_codes(clerk)
    stranger, browser = client_of("kou.localhost"), client_of("kou.localhost")
    give_password(stranger, clerk)
    give_password(browser, clerk)
    assert browser.post("/login/backup-code/", {"code": code}).status_code == 302
    stranger.post("/login/backup-code/", {"code": code})
    assert alerts() == []
    assert reported() == [("factor_change", "day-clerk")]
    (used,) = events("session:backup_code:used")
    (login,) = events("session:login:succeeded")
    assert used.terminal == login.terminal != "", "factor_elsewhere compares it"


def test_a_new_set_of_backup_codes_is_kept_for_the_review_and_that_of_an_enrolment_is_not(at: Any, hours: Any) -> None:
    from accounts.roles import Role
    from accounts.services import confirm_totp, enrol_totp, issue_activation_code, issue_backup_codes

    at(DAY)
    clerk = make_person("day-clerk", (Role.SCHOOL_CLERK, "S01"))
    browser = client_of("kou.localhost")
    sign_in(browser, clerk)
    assert alerts() == []
    assert browser.post("/account/backup-codes/").status_code == 200
    assert alerts() == []
    assert reported() == [("factor_change", "day-clerk")]
    issue_activation_code(clerk)
    device = enrol_totp(clerk)
    confirm_totp(clerk, device, device.unused_code()[0])
    clerk.refresh_from_db()
    issue_backup_codes(clerk)
    told = sorted(alert.detail["change"] for alert in alerts())
    assert told == ["activation_issued", "totp_enrolled"], "by one person alone"
    assert len(reported()) == 1, "an enrolment's codes are no change of their own"


@pytest.mark.parametrize(
    ("role", "count"),
    [("number_handler", 1), ("approver", 1), ("monitor", 1), ("security_manager", 1), ("board_officer", 0)],
)
def test_a_strong_role_reaches_the_monitors(at: Any, hours: Any, role: str, count: int) -> None:
    from accounts.roles import Role
    from accounts.services import assign_role, create_user

    now = at(DAY)
    chief = make_person("chief", Role.TENANT_ADMIN)
    with acting(chief):
        training_on = now.date() if role == "number_handler" else None
        assign_role(create_user("somebody", "サンプル 誰か"), Role(role), training_on=training_on)
    assert [(alert.rule, alert.username, alert.detail["by"]) for alert in alerts()] == [
        ("role_given", "somebody", "chief")
    ] * count
