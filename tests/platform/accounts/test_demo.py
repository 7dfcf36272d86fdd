"""Demo accounts: real ones, and only where development tools are switched on."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ops.demo.processes import OURS, ROOT
from tests.platform.accounts.sign_in import PASSWORD, client_of, give_password, make_person
from tests.support.away import at_closed_port


def test_the_command_prints_codes_that_log_in(in_a: Any, clerk: Any, try_views: None) -> None:
    from accounts.models import TotpDevice

    TotpDevice.objects.filter(user=clerk).update(last_t=-1)
    out = StringIO()
    call_command("otp", stdout=out)
    lines = out.getvalue().splitlines()
    start = next(number for number, line in enumerate(lines) if "kou.localhost" in line)
    code, username = lines[start + 1].split()[:2]
    assert username == "clerk"
    browser = client_of("kou.localhost")
    give_password(browser, clerk)
    assert browser.post("/login/otp/", {"token": code}).url == "/"
    assert any("console.localhost" in line for line in lines)


def test_nothing_of_it_exists_in_production(in_a: Any, clerk: Any, settings: Any) -> None:
    from accounts.demo import create_demo_account, current_code, current_codes
    from accounts.errors import DevelopmentOnly

    settings.DEVELOPMENT_TOOLS = False
    with pytest.raises(CommandError, match="開発・実演用"):
        call_command("otp")
    for act in (lambda: create_demo_account("x1", "x", [], PASSWORD), lambda: current_code(clerk), current_codes):
        with pytest.raises(DevelopmentOnly):
            act()


@pytest.mark.parametrize(("development", "said"), [(True, "先に make demo"), (False, "開発・実演用")])
def test_without_a_server_one_line_says_what_to_do_and_elsewhere_nothing_is_even_tried(
    database: None, settings: Any, development: bool, said: str
) -> None:
    settings.DEVELOPMENT_TOOLS = development
    with pytest.raises(CommandError, match=said) as told:
        at_closed_port(lambda: call_command("otp"))
    assert "\n" not in str(told.value)


def test_in_a_clone_without_any_server_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "otp"],
        cwd=ROOT, env={**os.environ, **OURS, "SHOREI_VAR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert (
        told.stdout + told.stderr
        == "このフォルダーには、まだサーバーがありません。先に make demo を実行してください。\n"
    )


def test_the_codes_of_real_people_are_not_printed(in_a: Any, clerk: Any) -> None:
    from accounts.demo import current_code, current_codes
    from accounts.errors import DevelopmentOnly

    type(clerk).objects.filter(pk=clerk.pk).update(is_demo=False)
    assert current_codes() == []
    with pytest.raises(DevelopmentOnly):
        current_code(clerk)


def test_a_demo_account_goes_through_the_one_time_password_like_any_other(browser: Any, clerk: Any) -> None:
    give_password(browser, clerk)
    assert browser.get("/").url.startswith("/login/otp/")


def test_making_it_again_changes_nothing(in_a: Any, clerk: Any, events: Any) -> None:
    from accounts.roles import Role

    before = len(events())
    assert make_person("clerk", (Role.SCHOOL_CLERK, "S01")).pk == clerk.pk
    assert len(events()) == before


def test_a_real_person_is_not_taken_over(in_a: Any) -> None:
    from accounts.errors import UsernameTaken
    from accounts.services import create_user

    create_user("genuine", "サンプル 本物")
    with pytest.raises(UsernameTaken):
        make_person("genuine")
