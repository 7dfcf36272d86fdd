"""The console's jobs as they really run: under the owner login, in a process of its own, everything committed."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tests.platform.accounts.sign_in import client_of, code_of, give_password, make_person

ROOT = Path(__file__).resolve().parents[3]
CODE = "340006"
STATED = {
    "code": CODE,
    "name": "サンプル広島県",
    "slug": "hiroshima",
    "working_year": "2025",
    "sample": "on",
    "manager_username": "HIRO-0001",
    "manager_name": "サンプル 広子",
    "schools": "S34001,サンプル第一校\nS34002,サンプル第二校",
}


def run_as_owner(job_id: object) -> int:
    environment = {**os.environ, "SHOREI_DATABASE_LOGIN": "owner", "DJANGO_SETTINGS_MODULE": "config.settings.testing"}
    command = [sys.executable, "-m", "tests.tenants.console.owner_run", str(job_id)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True).returncode


@pytest.fixture
def really_operator(database: None) -> Iterator[Any]:
    """Two operators, signed in for real; whatever they made is taken away again afterwards."""
    from accounts.roles import Role
    from tenants.core.context import console_context, gateway_context

    with console_context():
        for username in ("operator", "operator2"):
            make_person(username, Role.OPERATOR)
    try:
        yield None
    finally:
        with gateway_context():
            take_away()


def browser(username: str) -> Any:
    from accounts.models import User
    from tenants.core.context import console_context

    with console_context():
        user = User.objects.get(username=username)
    client = client_of("console.localhost")
    give_password(client, user)
    with console_context():
        code = code_of(user)
    client.post("/login/otp/", {"token": code})
    return client


def take_away() -> None:
    """As the owner: the prefecture's schema, and every row of the console that the test made.

    The prefecture's login stays behind: it owns nothing, and the cluster goes away with the run.
    """
    from tenants.core.credentials import derive, login_name

    place = settings.DATABASES["default"]
    owner = login_name("owner")
    with psycopg.connect(
        host=place["HOST"],
        port=place["PORT"],
        dbname=place["NAME"],
        user=owner,
        password=derive(owner),
        autocommit=True,
    ) as connection:
        found = connection.execute("SELECT schema_name FROM core_prefecture WHERE code = %s", [CODE]).fetchone()
        if found:
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(found[0])))
        for statement in (
            "DELETE FROM console_adaptertrial",
            "DELETE FROM console_adapterdraft",
            "DELETE FROM console_onboardingstep WHERE prefecture_code = '340006'",
            "DELETE FROM core_host WHERE domain = 'hiroshima.localhost'",
            "DELETE FROM core_prefecture WHERE code = '340006'",
            "DELETE FROM jobs_jobevent",
            "DELETE FROM jobs_job",
            "TRUNCATE accounts_user CASCADE",
            "DELETE FROM django_session",
            "DELETE FROM trail_outboxevent",
        ):
            connection.execute(statement)


def _stopped_in_the_middle() -> None:
    """What a killed worker leaves: a step at work, the later ones waiting, although part of their work is there."""
    from tenants.console.models import OnboardingStep
    from tenants.core.context import console_context

    with console_context():
        steps = OnboardingStep.objects.filter(prefecture_code=CODE)
        steps.filter(name="login").update(state="running", ended_at=None)
        steps.filter(name__in=("keys", "audit", "seed", "administrator")).update(state="waiting", started_at=None)


@pytest.mark.slow
def test_a_prefecture_comes_in_and_its_adapter_is_put_in_force_by_two_people(
    really_operator: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from jobs.models import Job
    from tenants.core.context import console_context, prefecture_context
    from tenants.core.models import Prefecture
    from tests.tenants.console.conftest import filled, text_of

    operator = browser("operator")
    assert operator.post("/onboarding/", STATED).status_code == 302
    with console_context():
        job = Job.objects.get(kind="console.onboard")
    assert run_as_owner(job.pk) == 0
    assert "手順 9/9 完了" in text_of(operator.get(f"/onboarding/{CODE}/"))
    assert "学校を2校登録しました" in text_of(operator.get(f"/onboarding/{CODE}/"))
    _stopped_in_the_middle()
    assert operator.post(f"/onboarding/{CODE}/run/").status_code == 302
    with console_context():
        again = Job.objects.filter(kind="console.onboard").exclude(pk=job.pk).get()
    assert run_as_owner(again.pk) == 0
    assert "手順 9/9 完了" in text_of(operator.get(f"/onboarding/{CODE}/"))
    assert "受け渡しを待っています" in text_of(operator.get(f"/onboarding/{CODE}/")), "the first code stays the one"
    second = browser("operator2")
    assert "別の運用者" in text_of(operator.post(f"/onboarding/{CODE}/handover/", follow=True))
    assert "サンプル 広子さん（職員ID hiro-0001 ）" in text_of(second.post(f"/onboarding/{CODE}/handover/"))
    operator.post(f"/onboarding/{CODE}/state/testing/")

    here = f"/prefectures/{CODE}/adapter/"
    (tmp_path / CODE).mkdir()
    monkeypatch.setattr(settings, "EXCHANGE_ROOT", tmp_path)
    monkeypatch.setenv("SHOREI_EXCHANGE_ROOT", str(tmp_path))
    new = f"{here}new/?preset=terminal"
    start = filled(operator.get(new).content.decode())
    sealed = {field: [b64encode(bytes(32)).decode()] for field in start if field.startswith("secret-value.")}
    assert operator.post(new, start | sealed).status_code == 302
    operator.post(f"{here}1/check/")
    with console_context():
        job = Job.objects.get(kind="console.check_adapter")
    assert run_as_owner(job.pk) == 0
    assert "接続試験済" in text_of(operator.get(f"{here}1/"))

    second.post(f"{here}1/activate/")
    with console_context():
        job = Job.objects.get(kind="console.activate_adapter")
    assert run_as_owner(job.pk) == 0
    assert "この版が有効です" in text_of(operator.get(f"{here}1/"))
    operator.post(f"/onboarding/{CODE}/state/live/")

    with console_context():
        prefecture = Prefecture.objects.get(code=CODE)
    assert prefecture.state == "live"
    with prefecture_context(prefecture):
        from domain.linkage.models import AdapterConfiguration

        assert AdapterConfiguration.objects.get(retired_at=None).config["transport"]["kind"] == "terminal"
    assert client_of("hiroshima.localhost").get("/login/").status_code == 200
