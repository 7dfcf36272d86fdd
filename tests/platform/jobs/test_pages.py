"""Pages of jobs, wired as a deployment wires them and opened through the log-in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.urls import include, path
from django.utils import timezone

from jobs.errors import RetryLater
from jobs.models import Job
from jobs.presentation import progress_context
from jobs.running import run_job
from jobs.services import request_cancel, start
from jobs.states import ALLOWED, State
from tests.platform.accounts.sign_in import client_of, make_person, sign_in

Kind = Callable[..., str]

urlpatterns = [
    path("", include("accounts.urls")),
    path("jobs/", include("config.job_urls")),
]


@pytest.fixture
def officer(in_a: Any, settings: Any) -> Any:
    from accounts.roles import Role

    settings.ROOT_URLCONF = "tests.platform.jobs.test_pages"
    client = client_of("kou.localhost")
    sign_in(client, make_person(f"board-{uuid.uuid4().hex[:6]}", Role.BOARD_OFFICER))
    return client


def text_of(response: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def make(kind: Kind, run: Callable[[Any], None] = lambda handle: None) -> Job:
    return start(kind(run, title="名簿の取込"), {}, key=str(uuid.uuid4()))


def test_a_running_job_shows_its_progress_and_reloads_it(officer: Any, kind: Kind) -> None:
    job = make(kind)
    Job.objects.filter(pk=job.pk).update(done=12, total=40, step="行の取込")
    content = officer.get(f"/jobs/{job.pk}/").content.decode()
    assert f'hx-get="/jobs/{job.pk}/"' in content
    assert '<progress class="job-bar" max="40" value="12"' in content
    assert "この処理を中止する" in content
    assert "依頼を受けました" in content


def test_a_finished_job_shows_its_counts_and_no_act(officer: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        handle.count("取込", 1_234)

    job = make(kind, work)
    run_job(job.pk)
    content = officer.get(f"/jobs/{job.pk}/").content.decode()
    assert "1,234件" in content
    assert "hx-get" not in content
    assert "/cancel/" not in content
    assert "/retry/" not in content


def test_a_failed_job_says_what_to_do_and_goes_on(officer: Any, kind: Kind) -> None:
    troubles: list[Exception] = [ValueError("boom")]

    def work(handle: Any) -> None:
        if troubles:
            raise troubles.pop()

    job = make(kind, work)
    run_job(job.pk)
    page_text = text_of(officer.get(f"/jobs/{job.pk}/"))
    job.refresh_from_db()
    assert job.error_id in page_text
    assert "済んだ分は残っています" in page_text
    answer = officer.post(f"/jobs/{job.pk}/retry/", follow=True)
    assert answer.redirect_chain == [(f"/jobs/{job.pk}/", 302)]
    assert "再開しました。残りから続けます。" in text_of(answer)
    assert run_job(job.pk) == "succeeded"


def test_a_job_is_cancelled_from_its_page_once(officer: Any, kind: Kind) -> None:
    job = make(kind)
    assert "中止を受け付けました。" in text_of(officer.post(f"/jobs/{job.pk}/cancel/", follow=True))
    assert "「中止」のため、中止できません" in text_of(officer.post(f"/jobs/{job.pk}/cancel/", follow=True))
    assert officer.get(f"/jobs/{job.pk}/cancel/").status_code == 405


def test_the_list_leads_to_each_job(officer: Any, kind: Kind) -> None:
    assert "処理はまだありません" in text_of(officer.get("/jobs/"))
    assert "動いている処理はありません。" in text_of(officer.get("/jobs/"))
    made = [make(kind) for _ in range(3)]
    content = officer.get("/jobs/").content.decode()
    assert all(f'href="/jobs/{job.pk}/"' in content for job in made)
    Job.objects.filter(pk=made[0].pk).update(state=State.FAILED, finished_at=timezone.now())
    shown = text_of(officer.get("/jobs/"))
    assert "動いている処理・順番を待つ処理が 2件あります。失敗したままの処理が 1件あります。全3件" in shown


def test_a_job_of_another_prefecture_is_not_found(prefecture_b: Any, officer: Any, kind: Kind) -> None:
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture_b):
        job = make(kind)
    assert officer.get(f"/jobs/{job.pk}/").status_code == 404


def test_every_way_between_states_has_words(in_a: Any, kind: Kind) -> None:
    from jobs.presentation import _ANSWERS, _CHANGES

    assert set(_ANSWERS) == set(State)
    ways = {(before, after) for before, afters in ALLOWED.items() for after in afters}
    assert set(_CHANGES) == ways | {("", State.QUEUED)}


def test_a_waiting_retry_and_a_requested_cancellation_are_told(in_a: Any, kind: Kind) -> None:
    def work(handle: Any) -> None:
        raise RetryLater("統合宛名が応答しません。")

    job = make(kind, work)
    run_job(job.pk)
    job.refresh_from_db()
    assert progress_context(job)["answer"].startswith("統合宛名が応答しません。 時間をおいて")

    def cancelled(handle: Any) -> None:
        running = request_cancel(Job.objects.get(pk=handle.job_id))
        context = progress_context(running)
        assert "区切りのよいところで止まります" in context["answer"]
        assert not context["can_cancel"]

    other = make(kind, cancelled)
    assert run_job(other.pk) == "succeeded"
