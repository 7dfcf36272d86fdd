"""Somebody stays who asks and another who approves; where nobody did, two operators help once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from tests.platform.accounts.sign_in import code_of, make_person, sign_in
from tests.platform.accounts.test_services import as_person


def take(how: str, person: Any) -> None:
    from accounts.models import User
    from accounts.services import change_user, disable_user, end_role

    user = User.objects.get(pk=person.pk)
    facts = {"display_name": user.display_name, "kana": "", "section": ""}
    if how == "stopped":
        disable_user(user)
    elif how == "role":
        end_role(user.role_assignments.get())
    elif how == "role to come":
        end_role(user.role_assignments.get(), timezone.localdate() + timedelta(days=30))
    elif how == "last day":
        change_user(user, **facts, starts_on=None, ends_on=timezone.localdate() + timedelta(days=30))
    else:
        change_user(user, **facts, starts_on=timezone.localdate() + timedelta(days=30), ends_on=None)


@pytest.mark.parametrize("how", ["stopped", "role", "role to come", "last day", "first day"])
def test_the_last_other_approver_cannot_be_taken_away(manager: Any, second: Any, how: str) -> None:
    from accounts.errors import LastApprover
    from accounts.models import User
    from accounts.roles import Role

    def now() -> list[Any]:
        user = User.objects.get(pk=second.pk)
        return [user.is_active, user.starts_on, user.ends_on, *user.role_assignments.values_list("role", "ends_on")]

    before = now()
    with as_person(manager):
        with pytest.raises(LastApprover, match="先に、別の人へ"):
            take(how, second)
        assert now() == before
    make_person("third", Role.SECURITY_MANAGER)
    with as_person(manager):
        take(how, second)
    assert now() != before


def test_the_page_says_what_to_do(browser: Any, manager: Any, second: Any) -> None:
    sign_in(browser, manager)
    page = browser.post(f"/users/{second.pk}/stop/", follow=True).content.decode()
    assert "先に、別の人へテナント管理者か情報セキュリティ管理者の役割を付与し" in page


def test_who_was_stopped_by_all_means_comes_back_without_roles_as_ever(manager: Any, second: Any) -> None:
    from accounts.services import disable_user, enable_user

    disable_user(second)
    with as_person(manager):
        enable_user(second)
    assert not type(second).objects.get(pk=second.pk).roles_today


def answering(code: Any) -> Any:
    """The command, at whose terminal each operator types the code of the moment."""
    from accounts.models import User
    from tenants.console.management.commands.restore_approver import Command

    command = Command()
    command._asked = lambda question, *, secret=False: code(User.objects.get(display_name=question.split("の")[0]))  # type: ignore[method-assign]
    return command


def operators() -> None:
    from accounts.roles import Role
    from tenants.core.context import console_context

    with console_context():
        for name in ("one", "two"):
            make_person(name, Role.OPERATOR, name=name)


def test_two_operators_restore_an_approver_and_only_where_none_is_left(
    prefecture_a: Any, manager: Any, second: Any, events: Any
) -> None:
    from accounts.errors import ApproversLeft
    from accounts.models import User
    from accounts.services import declare_lost
    from tenants.core.context import prefecture_context

    operators()
    command = answering(code_of)
    asked = {"username": second.username, "name": "", "role": "tenant_admin"}
    with pytest.raises(ApproversLeft, match="団体の中で"):
        command._restored(prefecture_a, **asked, first="one", second="two")
    with prefecture_context(prefecture_a):
        declare_lost(second)  # the account stays, and nobody is left to approve its new code
    with pytest.raises(CommandError, match="何も変更していません"):
        command._restored(prefecture_a, **asked, first="one", second="one")
    assert not events("account:approver:restored")
    assert "利用開始コード" in command._restored(prefecture_a, **asked, first="one", second="two")
    back = User.objects.get(pk=second.pk)
    assert {role.role for role in back.roles_today} == {"tenant_admin", "security_manager"}
    (told,) = events("account:approver:restored")
    assert told.actor_name == "one（one）・two（two）"
    assert told.detail == {"role": "tenant_admin", "code": True}
    with pytest.raises(CommandError, match="何も変更していません"):
        answering(lambda user: "000000")._restored(prefecture_a, **asked, first="one", second="two")


def test_a_number_role_that_lapsed_is_not_revived_by_one_person(manager: Any, second: Any) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import record_training

    today = timezone.localdate()
    held = make_person("lapsed", Role.NUMBER_HANDLER).role_assignments.select_related("user").get()
    with as_person(manager):
        record_training(held, today)  # in force: renewed by one person, as every year
        held.training_on = today - timedelta(days=365)
        held.save()
        with pytest.raises(RoleNotAllowed, match="受講日だけでは戻せません"):
            record_training(held, today)
    held.refresh_from_db()
    assert held.training_on != today


def test_an_act_after_whose_days_nobody_is_left_is_refused_though_today_somebody_is(manager: Any, second: Any) -> None:
    from accounts.errors import LastApprover
    from accounts.models import RoleAssignment
    from accounts.roles import Role

    third = make_person("third", Role.SECURITY_MANAGER)
    third.role_assignments.update(ends_on=timezone.localdate() + timedelta(days=10))
    with as_person(manager), pytest.raises(LastApprover):
        take("stopped", second)
    RoleAssignment.objects.filter(user=second).update(ends_on=timezone.localdate() + timedelta(days=10))
    with as_person(manager):
        take("stopped", second)  # in eleven days nobody is left with them either


def test_somebody_who_had_left_is_restored_with_that_role_alone_and_enrols_anew(in_a: Any, manager: Any) -> None:
    from accounts.models import TotpDevice, User
    from accounts.roles import Role
    from accounts.services import standing

    today = timezone.localdate()
    gone = make_person("gone", Role.APPROVER, Role.MONITOR, (Role.SCHOOL_CLERK, "S01"))
    dates = {"starts_on": today + timedelta(days=5), "ends_on": today + timedelta(days=9)}
    User.objects.filter(pk=gone.pk).update(**dates)
    back, code = standing.restore_approver("gone", Role.SECURITY_MANAGER)
    back = User.objects.get(pk=back.pk)
    assert back.is_current(today)
    assert {role.role for role in back.roles_today} == {"security_manager", "school_clerk"}
    assert code
    assert not TotpDevice.objects.filter(user=back).exists(), "the authenticator of before may be anybody's"
