"""People of the console are made by the owner's command and by no operator."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.platform.accounts.sign_in import client_of, make_person, sign_in


@pytest.fixture
def as_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.management.commands.console_user.require_owner", lambda: None)


def run(*words: str) -> str:
    out = StringIO()
    call_command("console_user", *words, stdout=out)
    return out.getvalue()


def test_the_command_makes_an_operator_with_a_code_that_opens_an_enrolment(in_console: Any, as_owner: None) -> None:
    from accounts.models import User

    printed = run("new-operator", "--name", "サンプル 運用", "--role", "operator")
    user = User.objects.get(username="new-operator")
    assert [one.role for one in user.role_assignments.all()] == ["operator"]
    code = printed.split("利用開始コード: ")[1].split("（")[0]
    answer = client_of("console.localhost").post("/enrol/", {"username": "new-operator", "code": code})
    assert answer.url == "/enrol/password/"
    run("new-operator", "--stop")
    user.refresh_from_db()
    assert not user.is_active


def test_a_new_person_needs_a_name_and_a_role_of_the_console(in_console: Any, as_owner: None) -> None:
    for words in (["somebody"], ["somebody", "--name", "誰か"], ["somebody", "--stop"]):
        with pytest.raises(CommandError):
            run(*words)
    with pytest.raises(CommandError):
        run("somebody", "--name", "誰か", "--role", "tenant_admin")


def test_it_is_the_owners_command(in_console: Any) -> None:
    from accounts.models import User

    with pytest.raises(CommandError):
        run("somebody", "--name", "誰か", "--role", "operator")
    assert not User.objects.filter(username="somebody").exists()


@pytest.mark.parametrize("path", ["/users/", "/users/new/"])
def test_an_operator_has_no_pages_for_accounts(in_console: Any, path: str) -> None:
    from accounts.roles import Role

    console = client_of("console.localhost")
    sign_in(console, make_person("operator", Role.OPERATOR))
    assert console.get(path).status_code == 404
    assert console.post(path, {"username": "second-me", "display_name": "もう一人"}).status_code == 404
