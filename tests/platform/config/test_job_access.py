"""Whose business a job is: seen, cancelled and put back to work by the asker and by those who might have asked."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import RoleAssignment
from accounts.roles import Role
from domain.households.models import RosterImport
from jobs import services as jobs
from jobs.models import Job
from jobs.registry import all_kinds
from jobs.running import run_job
from jobs.states import State
from tests.domain.statements import people
from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support import records
from tests.support.records import YEAR

APPROVE = "statements.approve"


def asked(browser: Any, kind: str, args: dict[str, Any], *, failed: bool = False) -> Job:
    with records.acting(browser.person):
        job = jobs.start(kind, args, key=str(uuid.uuid4()), title="試しの仕事")
    if failed:
        Job.objects.filter(pk=job.pk).update(state=State.FAILED, finished_at=timezone.now(), error="x", error_id="x/1")
        job.refresh_from_db()
    return job


def roster_job(browser: Any, school: str) -> Job:
    roster = RosterImport.objects.create(
        school=records.school(school), fiscal_year=YEAR, file_name="名簿.xlsx", digest=school, created_by="見本"
    )
    return asked(browser, "households.import_roster", {"roster": roster.pk})


def sees(browser: Any, job: Job) -> bool:
    """On the job's own page, in the list and at home: everywhere or nowhere."""
    (seen,) = {
        browser.get(f"/jobs/{job.pk}/").status_code == 200,
        str(job.pk) in people.text(browser.get("/jobs/")),
        str(job.pk) in people.text(browser.get("/")),
    }
    return bool(seen)


def test_a_clerk_sees_jobs_of_the_own_school_and_the_own_ones_only(in_a: Any) -> None:
    asker, colleague, neighbour = people.clerk_of("S01"), people.clerk_of("S01"), people.clerk_of("S02")
    board, approver = people.browser_of(Role.BOARD_OFFICER), people.browser_of(Role.APPROVER)
    job = roster_job(asker, "S01")
    assert [sees(browser, job) for browser in (asker, colleague, neighbour, board)] == [True, True, False, True]
    assert not sees(approver, job)
    other = asked(board, "linkage.inquire", {"fiscal_year": YEAR})
    assert not sees(asker, other)
    assert sees(people.browser_of(Role.BOARD_OFFICER), other)


def test_a_file_of_a_school_is_that_schools_and_the_bank_file_the_prefectures(in_a: Any) -> None:
    board, clerk, neighbour = people.browser_of(Role.BOARD_OFFICER), people.clerk_of("S01"), people.clerk_of("S02")
    notices = asked(board, "reports.notices", {"fiscal_year": YEAR, "school": "S01"})
    bank = asked(board, "reports.bank_file", {"round": 1})
    assert (sees(clerk, notices), sees(neighbour, notices), sees(clerk, bank)) == (True, False, False)


@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_nobody_acts_on_a_job_that_is_none_of_theirs(in_a: Any, act: str) -> None:
    board, clerk = people.browser_of(Role.BOARD_OFFICER), people.clerk_of()
    job = asked(board, "linkage.inquire", {"fiscal_year": YEAR}, failed=act == "retry")
    before = job.state
    assert clerk.post(f"/jobs/{job.pk}/{act}/").status_code == 404
    job.refresh_from_db()
    assert job.state == before


def test_a_colleague_may_go_on_with_work_that_decides_nothing(in_a: Any) -> None:
    board, colleague = people.browser_of(Role.BOARD_OFFICER), people.browser_of(Role.BOARD_OFFICER)
    job = asked(board, "linkage.inquire", {"fiscal_year": YEAR}, failed=True)
    assert colleague.post(f"/jobs/{job.pk}/retry/").status_code == 302
    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_what_decides_is_put_back_to_work_by_its_asker_alone_with_a_new_password(
    in_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker, colleague = people.browser_of(Role.APPROVER), people.browser_of(Role.APPROVER)
    job = asked(asker, APPROVE, {"fiscal_year": YEAR}, failed=True)
    assert "/retry/" not in people.text(colleague.get(f"/jobs/{job.pk}/"))
    assert colleague.post(f"/jobs/{job.pk}/retry/").status_code == 403
    with monkeypatch.context() as patch:
        patch.setattr("accounts.access.session_state.otp_age", lambda session: timedelta(minutes=11))
        answer = asker.post(f"/jobs/{job.pk}/retry/")
    assert answer.status_code == 302
    assert "step-up" in answer["Location"]
    job.refresh_from_db()
    assert job.state == State.FAILED
    asker.post(f"/jobs/{job.pk}/retry/")
    job.refresh_from_db()
    assert job.state == State.QUEUED


@pytest.mark.parametrize("loss", ["role", "account"])
def test_a_decision_stops_when_its_asker_no_longer_may(in_a: Any, loss: str) -> None:
    asker = people.browser_of(Role.APPROVER)
    job = asked(asker, APPROVE, {"fiscal_year": YEAR})
    yesterday = timezone.localdate() - timedelta(days=1)
    if loss == "role":
        RoleAssignment.objects.filter(user=asker.person).update(starts_on=yesterday, ends_on=yesterday)
    else:
        type(asker.person).objects.filter(pk=asker.person.pk).update(is_active=False)
    assert run_job(job.pk) == "failed"
    job.refresh_from_db()
    assert job.error_id.startswith("statements.asker-may-not/")
    assert "支弁区分の決定を承認する" in job.error


def test_a_decision_of_who_may_goes_through(in_a: Any) -> None:
    job = asked(people.browser_of(Role.APPROVER), APPROVE, {"fiscal_year": YEAR})
    assert run_job(job.pk) == "succeeded"


def test_operators_see_the_consoles_jobs_and_only_the_asker_repeats_a_decision(in_console: None) -> None:
    browsers = []
    for username in ("operator", "operator2"):
        browser = client_of("console.localhost")
        person = make_person(username, Role.OPERATOR)
        sign_in(browser, person)
        browser.person = person
        browsers.append(browser)
    job = asked(browsers[0], "console.activate_adapter", {"draft": 1}, failed=True)
    assert [browser.get(f"/jobs/{job.pk}/").status_code for browser in browsers] == [200, 200]
    assert [browser.post(f"/jobs/{job.pk}/retry/").status_code for browser in reversed(browsers)] == [403, 302]


def test_every_kind_names_a_permission_that_there_is() -> None:
    from accounts.permissions import Permission

    named = {kind.name: kind.permission for kind in all_kinds() if not kind.name.startswith("tests.")}
    assert {name for name, permission in named.items() if not permission} == {"statements.compute"}
    assert all(Permission(permission) for permission in named.values() if permission)
    deciding = {kind.name for kind in all_kinds() if kind.decides}
    assert deciding == {
        "statements.approve",
        "statements.approve_provisional",
        "statements.propose",
        "statements.propose_provisional",
        "payments.calculate",
        "console.activate_adapter",
        "console.onboard",
    }


def test_a_finished_job_shows_no_running_step(in_a: Any) -> None:
    from django.core.paginator import Paginator
    from django.template.loader import render_to_string
    from django.test import RequestFactory
    from django.utils import timezone

    from jobs.models import Job

    jobs_shown = [
        Job(kind="k", key=str(n), title=f"処理{n}", state=state, step=f"段階{n}", done=1, created_at=timezone.now())
        for n, state in enumerate(("succeeded", "running"))
    ]
    source = render_to_string(
        "jobs/list.html",
        {
            "base": "web/plain.html",
            "page": Paginator(jobs_shown, 50).page(1),
            "request": RequestFactory().get("/jobs/"),
        },
    )
    assert "段階0" not in source
    assert "段階1" in source
