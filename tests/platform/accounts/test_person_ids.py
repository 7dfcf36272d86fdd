"""職員ID that name a function belong to nobody: refused wherever an account is made, and the words are documented."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.platform.accounts.sign_in import client_of, make_person, sign_in

WORDS = "係や役目を表す職員IDです"
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "accounts.md"


@pytest.mark.parametrize(
    "username",
    ["admin", "ADMIN", "ａｄｍｉｎ", "Kanri", "root", "tenant-admin", "admin1", "kanri_002", "jimu.tantou", "user1"],
)
def test_a_function_is_told_in_either_width_and_case(username: str) -> None:
    from accounts.person_ids import names_a_function

    assert names_a_function(username)


@pytest.mark.parametrize(
    "username", ["nara-0123", "jimu0123", "admin-sato", "kanrio", "hanako", "1234", "adminko", "s-kanri-taro"]
)
def test_a_name_or_a_staff_number_makes_it_somebodys(username: str) -> None:
    from accounts.person_ids import names_a_function

    assert not names_a_function(username)


def test_the_documented_words_are_those_that_are_refused() -> None:
    from accounts.person_ids import FUNCTION_WORDS

    section = GUIDE.read_text(encoding="utf-8").split("\n## 職員ID\n")[1].split("\n## ")[0]
    listed = section.split("(`accounts/person_ids.py`):")[1].split(". With")[0]
    assert set(re.findall(r"`([^`]+)`", listed)) == FUNCTION_WORDS


def test_no_service_makes_such_an_account(in_a: Any) -> None:
    from accounts.models import User
    from accounts.services import create_user
    from accounts.services.requests import ask_for_person
    from accounts.services.standing import restore_approver

    chief = make_person("chief", _role())
    acts = (
        lambda: create_user("Ａｄｍｉｎ", "サンプル 花子"),
        lambda: ask_for_person({"username": "kanri2", "display_name": "サンプル 花子"}, chief),
        lambda: restore_approver("root", _role(), "サンプル 花子"),
    )
    for act in acts:
        with pytest.raises(ValidationError, match=WORDS):
            act()
    assert not User.objects.filter(username__in=("admin", "kanri2", "root")).exists()


def _role() -> Any:
    from accounts.roles import Role

    return Role.TENANT_ADMIN


def test_the_page_says_it_at_the_field_with_what_to_do(in_a: Any) -> None:
    from accounts.roles import Role

    browser = client_of("kou.localhost")
    sign_in(browser, make_person("chief", Role.TENANT_ADMIN))
    page = browser.post("/users/new/", {"username": "ｋａｎｒｉ", "display_name": "サンプル 花子"}).content.decode()
    error = page.split('id="id_username_error"')[1].split("</p>")[0]
    assert "「kanri」は、係や役目を表す職員IDです" in error
    assert "氏名か職員番号が入った職員IDにしてください（例: nara-0123）" in error


def test_the_console_has_none_either(in_console: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.management.commands import console_user

    monkeypatch.setattr(console_user, "require_owner", lambda: None)
    with pytest.raises(CommandError, match=WORDS):
        call_command("console_user", "admin", "--name", "サンプル 花子", "--role", "operator")


def test_a_prefecture_begins_with_a_person_whom_its_application_names(in_a: Any) -> None:
    from accounts.models import User
    from accounts.person_ids import names_a_function
    from tests.support.build_base import FIRST_MANAGER

    first = User.objects.get(role_assignments__role=_role())
    assert (first.username, first.display_name) == FIRST_MANAGER
    assert not [name for name in User.objects.values_list("username", flat=True) if names_a_function(name)]


@pytest.mark.parametrize(
    "name", ["サンプル\u202e太郎", "サンプル\a太郎", "0123", "１２３４５６７８９０１２", "太郎\n花子"]
)
def test_a_form_takes_no_name_that_a_transfers_workbook_refuses(in_a: Any, name: str) -> None:
    """One rule for both (`web.names`), and the service holds it too."""
    from accounts.forms import ChangeUserForm, UserForm
    from accounts.services import create_user
    from domain.households.roster.workbook.layout import Column, Kind
    from domain.households.roster.workbook.values import ValueProblem, convert

    typed = {"username": "nara-0123", "display_name": name}
    assert "display_name" in UserForm(typed).errors
    assert "display_name" in ChangeUserForm(typed).errors
    with pytest.raises(ValidationError):
        create_user("nara-0123", name)
    with pytest.raises(ValueProblem):
        convert(Column("name", "氏名", Kind.NAME, "", limit=80), name)


def test_the_other_words_about_a_person_hold_no_unseen_characters_either(in_a: Any) -> None:
    from accounts.forms import UserForm

    typed = {"username": "nara-0123", "display_name": "サンプル 花子", "section": "教職員課\u202e", "kana": ""}
    assert set(UserForm(typed).errors) == {"section"}
    assert UserForm(typed | {"section": "教職員課\u3000給与係"}).is_valid()
