"""The acts on accounts, one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from tests.platform.accounts.sign_in import make_person
from tests.support import records


def as_person(user: Any) -> Any:
    from accounts import actors
    from audit.trail.actors import acting_as

    return acting_as(actors.person(user, user.roles_today, terminal="T", session="s"))


def test_creating_a_person_is_recorded_without_their_name(in_a: Any, events: Any) -> None:
    from accounts.services import create_user

    user = create_user(" Nara-0123 ", "サンプル 花子", section="特別支援教育課", ends_on=date(2027, 3, 31))
    assert user.username == "nara-0123"
    assert not user.has_usable_password()
    (created,) = events("account:user:created")
    assert created.detail == {"starts_on": None, "ends_on": "2027-03-31"}
    assert created.subjects == [{"kind": "user", "id": str(user.pk)}]


@pytest.mark.parametrize("username", ["a", "山田", "a b", "-abc", "x" * 41, "a/b", ""])
def test_a_staff_id_has_a_shape(in_a: Any, username: str) -> None:
    from accounts.services import create_user

    with pytest.raises(ValidationError):
        create_user(username, "サンプル 花子")


def test_a_staff_id_is_one_persons(in_a: Any, clerk: Any) -> None:
    from accounts.errors import UsernameTaken
    from accounts.services import create_user

    with pytest.raises(UsernameTaken, match="既に使われています"):
        create_user("CLERK", "サンプル 花子")


def test_dates_stand_in_order(in_a: Any, clerk: Any) -> None:
    from accounts.errors import DatesInverted
    from accounts.roles import Role
    from accounts.services import assign_role, create_user

    with pytest.raises(DatesInverted):
        create_user("someone", "サンプル 花子", starts_on=date(2026, 4, 1), ends_on=date(2026, 3, 31))
    with pytest.raises(DatesInverted):
        assign_role(clerk, Role.MONITOR, starts_on=date(2026, 4, 1), ends_on=date(2026, 3, 31))


def test_a_change_names_fields_not_values(clerk: Any, events: Any) -> None:
    from accounts.services import change_user

    kept: dict[str, Any] = {"kana": "", "section": "", "starts_on": None, "ends_on": None}
    change_user(clerk, display_name="サンプル 改姓", **kept)
    change_user(clerk, display_name="サンプル 改姓", **kept)
    (changed,) = events("account:user:changed")
    assert changed.detail["fields"] == ["display_name"]
    assert "改姓" not in str(changed.detail)


def test_a_role_is_given_ended_and_recorded(clerk: Any, events: Any) -> None:
    from accounts.access import may
    from accounts.permissions import Permission
    from accounts.roles import Role
    from accounts.services import assign_role, end_role

    assignment = assign_role(clerk, Role.APPROVER)
    assert may(clerk, Permission.APPROVE_ROUND)
    end_role(assignment)
    fresh = type(clerk).objects.get(pk=clerk.pk)
    assert not may(fresh, Permission.APPROVE_ROUND)
    assert may(fresh, Permission.EDIT_STATEMENT)
    assert events("account:role:assigned")[-1].detail["role"] == "approver"
    assert len(events("account:role:ended")) == 1


def test_a_role_of_long_standing_is_kept_with_its_last_day(clerk: Any) -> None:
    from accounts.models import RoleAssignment
    from accounts.roles import Role
    from accounts.services import assign_role, end_role

    today = timezone.localdate()
    assignment = assign_role(clerk, Role.APPROVER, starts_on=today - timedelta(days=400))
    end_role(assignment)
    assert RoleAssignment.objects.get(pk=assignment.pk).ends_on == today - timedelta(days=1)


def test_the_same_role_is_not_given_twice(clerk: Any) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role

    assign_role(clerk, Role.SCHOOL_CLERK, school_code="S02")
    with pytest.raises(RoleNotAllowed, match="既に付与"):
        assign_role(clerk, Role.SCHOOL_CLERK, school_code="S02")


@pytest.mark.parametrize("days", [None, 1])
def test_the_number_role_is_not_given_without_training(clerk: Any, days: int | None) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role

    training_on = timezone.localdate() + timedelta(days=days) if days else None
    with pytest.raises(RoleNotAllowed, match="研修受講日"):
        assign_role(clerk, Role.NUMBER_HANDLER, training_on=training_on)


def test_training_is_renewed(handler: Any, events: Any) -> None:
    from accounts.services import record_training

    assignment = handler.role_assignments.get()
    record_training(assignment, timezone.localdate())
    assert len(events("account:training:recorded")) == 1


def test_roles_of_the_console_are_not_given_in_a_prefecture(clerk: Any) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role

    with pytest.raises(RoleNotAllowed, match="付与できない"):
        assign_role(clerk, Role.OPERATOR)


def test_roles_of_a_prefecture_are_not_given_in_the_console(in_console: None) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role, create_user

    with pytest.raises(RoleNotAllowed):
        assign_role(create_user("operator", "サンプル 運用"), Role.NUMBER_HANDLER, training_on=timezone.localdate())


def test_a_session_closed_by_nobody_is_still_recorded_once(clerk: Any, events: Any) -> None:
    from accounts.models import EndReason
    from accounts.services import complete_login, end_session
    from accounts.services.login import Origin

    session = complete_login(clerk, "totp", Origin("T-AAAA-BBBB", "192.0.2.1", "Firefox"))
    assert end_session(session, EndReason.LOGOUT)
    assert not end_session(session, EndReason.IDLE)
    assert len(events("session:logout:done")) == 1
    assert (session.address, session.agent) == ("192.0.2.1", "Firefox")


# --- nobody is their own second person --------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["role", "end", "training", "code", "stop", "resume", "unlock"])
def test_nobody_manages_their_own_account(handler: Any, act: str) -> None:
    from accounts import services
    from accounts.errors import SamePerson
    from accounts.roles import Role

    assignment = handler.role_assignments.get()
    acts: dict[str, Any] = {
        "role": lambda: services.assign_role(handler, Role.APPROVER),
        "end": lambda: services.end_role(assignment),
        "training": lambda: services.record_training(assignment, timezone.localdate()),
        "code": lambda: services.issue_activation_code(handler),
        "stop": lambda: services.disable_user(handler),
        "resume": lambda: services.enable_user(handler),
        "unlock": lambda: services.clear_throttles(handler),
    }
    with as_person(handler), pytest.raises(SamePerson):
        acts[act]()


# --- schools ----------------------------------------------------------------------------------------------------------


def test_schools_come_from_roles_that_hold_the_permission(clerk: Any) -> None:
    from accounts.access import may_at, require_school, visible_schools
    from accounts.permissions import Permission
    from accounts.roles import Role
    from accounts.services import assign_role

    assign_role(clerk, Role.PRINCIPAL, school_code="S02")
    assign_role(clerk, Role.MONITOR)
    assert visible_schools(clerk) == ["S01", "S02"]
    assert visible_schools(clerk, Permission.FORWARD_STATEMENT) == ["S02"]
    held = [school for school in ("S01", "S02", "S03") if may_at(clerk, Permission.FORWARD_STATEMENT, school)]
    assert held == ["S02"]
    assert visible_schools(clerk, Permission.VIEW_TRAIL) is None
    assert visible_schools(clerk, Permission.APPROVE_DECISION) == []
    require_school(clerk, "S01")
    with pytest.raises(Http404):
        require_school(clerk, "S01", Permission.FORWARD_STATEMENT)


def test_a_role_for_the_whole_prefecture_sees_all_schools(in_a: Any) -> None:
    from accounts.access import require_school, visible_schools
    from accounts.roles import Role

    officer = make_person("officer", Role.BOARD_OFFICER)
    assert visible_schools(officer) is None
    require_school(officer, "S99")


# --- hooks ------------------------------------------------------------------------------------------------------------


def test_a_report_of_a_strange_login_is_kept_and_announced_once(clerk: Any, heard: list[Any]) -> None:
    from accounts.services import complete_login, disown_session
    from accounts.services.login import Origin

    session = complete_login(clerk, "totp", Origin("T-AAAA-BBBB"))
    heard.clear()
    disown_session(clerk, session)
    disown_session(clerk, session)
    assert [one.session_id for one in heard] == [session.pk]
    session.refresh_from_db()
    assert session.disowned_at


def test_a_listener_that_fails_undoes_the_login(clerk: Any) -> None:
    from accounts.hooks import on_login
    from accounts.models import SessionRecord
    from accounts.services import complete_login
    from accounts.services.login import Origin

    def broken(seen: Any) -> None:
        raise RuntimeError(seen.terminal)

    on_login(broken)
    try:
        with pytest.raises(RuntimeError, match="T-AAAA-BBBB"):
            complete_login(clerk, "totp", Origin("T-AAAA-BBBB"))
    finally:
        on_login.remove(broken)
    assert not SessionRecord.objects.filter(user=clerk).exists()


def test_registering_a_listener_twice_hears_once() -> None:
    from accounts.hooks import Hook

    heard: list[int] = []
    hook: Hook[int] = Hook()
    hook(heard.append)
    hook(heard.append)
    hook.announce(7)
    assert len(heard) >= 1


def test_the_same_role_is_held_once_on_any_day(clerk: Any) -> None:
    """Dated ones too: only one without an end was refused beside another."""
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role
    from accounts.services.roles import require_assignable

    today = timezone.localdate()
    dated: dict[str, Any] = {"starts_on": today, "ends_on": today + timedelta(days=20)}
    assign_role(clerk, Role.MONITOR, **dated)
    within: dict[str, Any] = {"starts_on": today + timedelta(days=20), "ends_on": today + timedelta(days=40)}
    for ask in (assign_role, require_assignable):
        with pytest.raises(RoleNotAllowed, match="重なる期間"):
            ask(clerk, Role.MONITOR, **within)
    assert assign_role(clerk, Role.MONITOR, starts_on=today + timedelta(days=21))


def test_a_person_gives_no_role_at_a_school_that_is_not_there(clerk: Any, manager: Any) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role

    records.school("S02")
    with as_person(manager):
        with pytest.raises(RoleNotAllowed, match="コード NOPE の学校"):
            assign_role(clerk, Role.PRINCIPAL, school_code="NOPE")
        assert assign_role(clerk, Role.PRINCIPAL, school_code="S02")
