"""代決・代理: a role in another's place, and that nobody becomes their own second person by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.platform.accounts.sign_in import make_person, sign_in

ROOT = Path(__file__).parents[3]
PEOPLE = ("ari", "bo", "chie")
TODAY = timezone.localdate
CENTRAL = {"platform/accounts/second_person.py", "platform/accounts/services/people.py"}
ABOUT_ONESELF = {
    "audit/detection/services.py",
    "audit/detection/tuning.py",
    "audit/review/people.py",
    "domain/staffing/services.py",
}
CONSOLE = {
    "tenants/console/activation.py",
    "tenants/console/onboarding.py",
    "tenants/console/views/adapter_versions.py",
}


def chief_and_deputy(days: int = 7) -> tuple[Any, Any, Any]:
    from accounts.roles import Role
    from accounts.services import assign_role

    chief, deputy = make_person("chief", Role.APPROVER, name="山田 太郎"), make_person("deputy", Role.MONITOR)
    given = assign_role(deputy, Role.APPROVER, ends_on=TODAY() + timedelta(days=days), acting_for=chief)
    return chief, type(deputy).objects.get(pk=deputy.pk), given


def fresh(user: Any) -> Any:
    return type(user).objects.get(pk=user.pk)


def test_a_deputy_holds_the_role_on_its_days_and_no_longer(in_a: Any, clock: Any) -> None:
    from accounts.access import may
    from accounts.permissions import Permission

    _, deputy, _ = chief_and_deputy()
    assert may(deputy, Permission.APPROVE_ROUND)
    clock.advance(days=8)
    assert not may(fresh(deputy), Permission.APPROVE_ROUND)
    assert may(fresh(deputy), Permission.VIEW_TRAIL)


def test_the_act_says_in_whose_place_it_is_done(in_a: Any, browser: Any) -> None:
    _, deputy, _ = chief_and_deputy()
    sign_in(browser, deputy)
    assert "承認者（山田 太郎の代決・代理）" in browser.get("/").content.decode()
    assert browser.get("/deciding/").content.decode() == "サンプル deputy（山田 太郎 代決・代理）"
    assert browser.get("/watching/").content.decode() == "サンプル deputy", "in one's own right nothing is added"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends_on": None}, "終了日が必要"),
        ({"ends_on": 400}, "1年以内"),
        ({"role": "number_handler"}, "代理できません"),
        ({"role": "security_manager"}, "持っていません"),
        ({"school_code": "S01", "role": "principal"}, "持っていません"),
    ],
)
def test_what_a_deputy_cannot_be_is_refused(in_a: Any, change: dict[str, Any], words: str) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role

    chief, deputy = make_person("chief", Role.APPROVER), make_person("deputy")
    wanted: dict[str, Any] = {"role": "approver", "ends_on": 7} | change
    ends_on = TODAY() + timedelta(days=wanted["ends_on"]) if wanted["ends_on"] else None
    with pytest.raises(RoleNotAllowed, match=words):
        assign_role(
            deputy,
            Role(wanted["role"]),
            school_code=wanted.get("school_code", ""),
            ends_on=ends_on,
            training_on=TODAY(),
            acting_for=chief,
        )


def test_nobody_stands_in_for_themselves_nor_passes_on_a_deputys_role(in_a: Any) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.models import RoleAssignment
    from accounts.roles import Role
    from accounts.services import assign_role

    chief, deputy, given = chief_and_deputy()
    ends_on = TODAY() + timedelta(days=3)
    with pytest.raises(RoleNotAllowed, match="自分の"):
        assign_role(chief, Role.APPROVER, ends_on=ends_on, acting_for=chief)
    with pytest.raises(RoleNotAllowed, match="持っていません"):
        assign_role(make_person("third"), Role.APPROVER, ends_on=ends_on, acting_for=deputy)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.filter(pk=given.pk).update(acting_for=deputy)


@pytest.mark.parametrize("how", ["principals role", "principals account", "deputys role"])
def test_a_deputy_stops_with_what_they_stand_for(in_a: Any, how: str) -> None:
    from accounts.access import may
    from accounts.permissions import Permission
    from accounts.services import disable_user, end_role

    chief, deputy, given = chief_and_deputy()
    if how == "principals role":
        end_role(chief.role_assignments.get())
    elif how == "principals account":
        disable_user(chief)
    else:
        end_role(given)
    assert not may(fresh(deputy), Permission.APPROVE_ROUND)
    given.refresh_from_db()
    assert given.ended_at, "the row stays: what was done with it is judged by it"


def test_a_strong_role_in_anothers_place_waits_for_the_second_person(in_a: Any, browser: Any) -> None:
    from accounts.models import AccountRequest, User
    from accounts.roles import Role
    from accounts.services import requests

    manager = make_person("manager", Role.TENANT_ADMIN)
    second = make_person("second", Role.SECURITY_MANAGER)
    User.objects.filter(pk=second.pk).update(came_as_approver=True)
    make_person("chief", Role.APPROVER)
    deputy = make_person("deputy")
    sign_in(browser, manager)
    sent = {"role": "approver", "acting_for": "CHIEF", "ends_on": (TODAY() + timedelta(days=5)).isoformat()}
    browser.post(f"/users/{deputy.pk}/roles/", sent)
    asked = AccountRequest.objects.get(state="waiting")
    assert "さん（chief）の代決・代理" in browser.get("/users/requests/").content.decode()
    requests.approve(asked.pk, second)
    assert deputy.role_assignments.get().acting_for.username == "chief"
    assert "さんの代決・代理" in browser.get(f"/users/{deputy.pk}/").content.decode()
    unknown = browser.post(f"/users/{deputy.pk}/roles/", sent | {"acting_for": "nobody"}).content.decode()
    assert "この職員IDの利用者はいません" in unknown


# --- every rule of two people -----------------------------------------------------------------------------------------


def all_rules() -> list[Any]:
    """All rooms are loaded by Django's start, their URLs and their jobs; then every rule is known."""
    from importlib import import_module

    from accounts.second_person import rules

    for path in sorted(ROOT.glob("domain/**/*.py")) + sorted(
        [*ROOT.glob("platform/accounts/**/*.py"), *ROOT.glob("audit/**/*.py")]
    ):
        if "two_person(" in path.read_text(encoding="utf-8"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            import_module(".".join(parts[1:] if parts[0] == "platform" else parts))
    return rules()


def test_the_rooms_have_stated_their_rules(in_a: Any) -> None:
    names = {rule.name for rule in all_rules()}
    assert names >= {
        "accounts.request",
        "handover.medium",
        "linkage.answers",
        "linkage.lists",
        "payments.accounts",
        "payments.round",
        "reports.wording",
        "statements.decision",
        "statements.provisional",
        "vault.disposal",
        "vault.reveal_list",
        "watch.loosening",
        "yearpacks.force",
        "yearpacks.revision",
    }


def test_no_room_compares_two_people_by_itself() -> None:
    """A comparison of its own would let a deputy through. The console has no deputies; about oneself is another rule."""
    by_hand = re.compile(r"raise SamePerson")
    found = {
        str(path.relative_to(ROOT))
        for folder in ("domain", "platform", "audit", "tenants")
        for path in (ROOT / folder).rglob("*.py")
        if by_hand.search(path.read_text(encoding="utf-8"))
    }
    assert found <= CENTRAL | ABOUT_ONESELF | CONSOLE, found


def test_every_room_refuses_a_request_that_waited_too_long() -> None:
    """But for accounts that changed after the approval of a round: nobody asks for those, they are approved as they are shown."""
    stating = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for folder in ("domain", "platform", "audit")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "second_person.py" and "two_person(" in path.read_text(encoding="utf-8")
    }
    without = {name for name, text in stating.items() if not re.search(r"require_current|why_stale|require_two", text)}
    assert len(stating) > 12
    assert without == {"domain/payments/rounds/approved_accounts.py"}


@contextmanager
def undone() -> Iterator[None]:
    from django.db import connection

    with transaction.atomic():
        yield
        connection.set_rollback(True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nobody_is_their_own_second_person_through_any_deputy(in_a: Any, data: st.DataObject) -> None:
    """People with any roles of their own and any deputies: who may be second, compared with the rule in plain words."""
    from accounts.models import RoleAssignment, User
    from accounts.permissions import roles_with

    rule = data.draw(st.sampled_from(all_rules()))
    roles = sorted({*roles_with(rule.second), *roles_with(rule.first or rule.second)})
    pairs = [(a, b) for a in PEOPLE for b in PEOPLE if a != b]
    own = data.draw(st.sets(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(roles)), max_size=4))
    stand_ins = data.draw(st.sets(st.tuples(st.sampled_from(pairs), st.sampled_from(roles)), max_size=4))
    first, second = data.draw(st.sampled_from(PEOPLE)), data.draw(st.sampled_from(PEOPLE))
    with undone():
        people = {name: User.objects.create(username=name, display_name=name) for name in PEOPLE}
        today = TODAY()
        for name, role in own:
            RoleAssignment.objects.create(user=people[name], role=role, starts_on=today, training_on=today)
        for (deputy, principal), role in stand_ins:
            RoleAssignment.objects.create(
                user=people[deputy], role=role, starts_on=today, ends_on=today, training_on=today,
                acting_for=people[principal],
            )  # fmt: skip
        refused = rule.refuses(first, User.objects.get(username=second))

    def places(name: str, permission: Any) -> set[str]:
        """As whom this person can use the permission: themselves, or those they stand in for."""
        held = roles_with(permission)
        as_own = {name} if any(who == name and role in held for who, role in own) else set()
        return as_own | {boss for (who, boss), role in stand_ins if who == name and role in held}

    as_second = places(second, rule.second)
    as_first = places(first, rule.first or rule.second)
    if first == second:
        assert refused
    elif as_second == {first}:
        assert refused, "acts in the place of who did the first half"
    elif first not in as_first and second in as_first:
        assert refused, "the first half may have been done in the second person's own place"
    elif first not in as_first and second not in as_second and as_first & as_second:
        assert refused, "both halves may be done in the place of one third person"
    elif second in as_second and first in as_first:
        assert not refused, "two people in their own right"


def test_an_own_role_that_was_over_does_not_hide_what_was_done_as_a_deputy(in_a: Any) -> None:
    from accounts.models import RoleAssignment
    from accounts.roles import Role

    rule = next(one for one in all_rules() if one.name == "linkage.lists")
    officer, former = make_person("officer", Role.BOARD_OFFICER, Role.APPROVER), make_person("former", Role.MONITOR)
    today = TODAY()
    long_ago = {"starts_on": today - timedelta(days=800), "ends_on": today - timedelta(days=400)}
    own = RoleAssignment.objects.create(user=former, role=Role.BOARD_OFFICER, **long_ago)
    RoleAssignment.objects.create(
        user=former, role=Role.BOARD_OFFICER, starts_on=today, ends_on=today + timedelta(days=3), acting_for=officer
    )
    assert rule.refuses("former", fresh(officer)), "done in the officer's own place"
    own.ends_on = today + timedelta(days=3)
    own.save()
    assert not rule.refuses("former", fresh(officer)), "two people in their own right"


@pytest.mark.parametrize("later", [{"days": 2}, {"minutes": 30}])
def test_an_own_role_dated_back_does_not_hide_what_was_done_as_a_deputy(
    in_a: Any, clock: Any, later: dict[str, int]
) -> None:
    """One manager gives 教委担当 alone, from any day on: else that would undo the second person."""
    from accounts.roles import Role
    from accounts.services import assign_role

    rule = next(one for one in all_rules() if one.name == "linkage.lists")
    officer, deputy = make_person("officer", Role.BOARD_OFFICER, Role.APPROVER), make_person("deputy", Role.MONITOR)
    assign_role(deputy, Role.BOARD_OFFICER, ends_on=TODAY() + timedelta(days=9), acting_for=officer)
    clock.advance(**later)
    assert rule.refuses("deputy", fresh(officer))
    assign_role(fresh(deputy), Role.BOARD_OFFICER, starts_on=TODAY() - timedelta(days=30))
    assert rule.refuses("deputy", fresh(officer)), "what was done before was done in the officer's place"


def test_who_approves_sees_in_whose_place_and_since_when_trained(in_a: Any, browser: Any) -> None:
    from accounts.models import AccountRequest
    from accounts.roles import Role

    approver, aide = make_person("approver", Role.SECURITY_MANAGER), make_person("aide", Role.SCHOOL_CLERK)
    make_person("chief", Role.APPROVER, name="山田 太郎")
    for content in (
        {"role": "approver", "acting_for": "chief", "ends_on": TODAY().isoformat()},
        {"role": "number_handler", "training_on": "2026-04-08"},
    ):
        AccountRequest.objects.create(
            kind="role", user=aide, content=content, asked_by="chief", asked_at=timezone.now()
        )
    sign_in(browser, approver)
    page = browser.get("/users/requests/").content.decode()
    assert "山田 太郎さん（chief）の代決・代理" in page
    assert "研修受講日 R8.4.8" in page


def test_two_deputies_of_one_person_are_one_person(in_a: Any) -> None:
    """Else whoever they stand in for would be their own second person."""
    from accounts.errors import SamePerson
    from accounts.models import AccountRequest
    from accounts.roles import Role
    from accounts.services import assign_role, requests
    from tests.platform.accounts.test_services import as_person

    chief = make_person("chief", Role.TENANT_ADMIN)
    one, other, aide = (make_person(name, Role.SCHOOL_CLERK) for name in ("one", "other", "aide"))
    for deputy in (one, other):
        assign_role(deputy, Role.TENANT_ADMIN, ends_on=TODAY() + timedelta(days=5), acting_for=chief)
    one, other = fresh(one), fresh(other)
    row = AccountRequest.objects.create(
        kind="role", user=aide, content={"role": "tenant_admin"}, asked_by="one", asked_at=timezone.now()
    )
    with as_person(other), pytest.raises(SamePerson, match="同じ人の代決・代理"):
        requests.approve(row.pk, other)
    assign_role(other, Role.SECURITY_MANAGER)
    assert not requests.APPROVAL.refuses("one", fresh(other)), "in a right of their own they are the second person"


def test_who_stood_in_once_is_not_a_deputy_for_good(in_a: Any, clock: Any) -> None:
    """What was asked for in the other's place has lapsed two weeks later."""
    from accounts.roles import Role
    from accounts.second_person import LAPSES_AFTER
    from accounts.services import assign_role

    rule = next(one for one in all_rules() if one.name == "linkage.lists")
    officer, deputy = make_person("officer", Role.BOARD_OFFICER, Role.APPROVER), make_person("deputy", Role.MONITOR)
    assign_role(deputy, Role.BOARD_OFFICER, ends_on=TODAY() + timedelta(days=4), acting_for=officer)
    clock.advance(days=5)
    assign_role(fresh(deputy), Role.BOARD_OFFICER)
    clock.advance(days=LAPSES_AFTER.days - 1)
    assert rule.refuses("deputy", fresh(officer)), "a request of that time could still be waiting"
    clock.advance(days=1)
    assert not rule.refuses("deputy", fresh(officer))


def test_nobody_acts_in_the_place_of_somebody_who_has_left(in_a: Any) -> None:
    from accounts.access import may
    from accounts.permissions import Permission
    from accounts.services import change_user

    chief, deputy, _ = chief_and_deputy()
    assert may(fresh(deputy), Permission.APPROVE_ROUND)
    facts = {"display_name": chief.display_name, "kana": "", "section": "", "starts_on": None}
    change_user(fresh(chief), **facts, ends_on=TODAY() - timedelta(days=1))
    assert not may(fresh(deputy), Permission.APPROVE_ROUND)


def test_nobody_stands_in_beyond_the_last_day_of_whom_they_stand_in_for(in_a: Any) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import assign_role

    chief, deputy = make_person("chief", Role.APPROVER), make_person("deputy")
    last = TODAY() + timedelta(days=5)
    User.objects.filter(pk=chief.pk).update(ends_on=last)
    chief.refresh_from_db()
    with pytest.raises(RoleNotAllowed, match="利用終了日"):
        assign_role(deputy, Role.APPROVER, ends_on=last + timedelta(days=1), acting_for=chief)
    assert assign_role(deputy, Role.APPROVER, ends_on=last, acting_for=chief)
