"""A machine that takes the connection and never answers: its job is let go in time, tries again, ends as 再送可, and goes on later."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from ops.bench.season.links import other_side, sftp_config, sftp_identity
from tests.domain.linkage.conftest import OPERATOR, work
from tests.domain.linkage.numbers import give_numbers
from tests.domain.linkage.world import World, child, father, mother

TIMEOUT = 0.5


@contextmanager
def hung_server() -> Iterator[int]:
    """Takes connections (the kernel does) and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def _in_force(place: Path, port: int) -> None:
    from domain.linkage import services

    config, secrets = sftp_config(place, port)
    config["transport"]["timeout_seconds"] = TIMEOUT
    services.put_in_force(config, secrets)


def test_it_ends_as_a_communication_error_and_goes_on_when_the_server_lives_again(
    world: World, tmp_path: Path, postgres: Any
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Registration
    from jobs.services import retry

    world.household(father(), mother(), child())
    give_numbers(world.numbers)
    services.plan_registrations()
    sftp_identity(tmp_path)
    job = services.start_registration(OPERATOR)
    with hung_server() as port:
        _in_force(tmp_path, port)
        for failures in range(1, 6):
            began = time.monotonic()
            work(job)
            assert time.monotonic() - began < TIMEOUT + 6
            assert (job.failures, job.lease_token) == (failures, None), (
                "nobody holds it while it waits for its next try"
            )
    assert job.state == "failed"
    assert job.error.startswith("通信エラー（再送可）。")
    assert set(Registration.objects.values_list("state", flat=True)) == {"verified"}
    assert Batch.objects.get().state == "prepared"
    with other_side("sftp", tmp_path, world.people, postgres, port=port):
        work(retry(job))
    assert (job.state, job.error) == ("succeeded", "")
    assert set(Registration.objects.values_list("state", flat=True)) == {"registered"}
    assert Batch.objects.get(kind="register").state == "collected", "the same batch went out, once"


def test_the_lease_is_renewed_while_the_wire_is_silent(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from domain.linkage import services
    from integrations.atena_adapters.transports import apart
    from jobs.handle import JobHandle
    from jobs.models import Job

    monkeypatch.setattr(apart, "BETWEEN_LOOKS", 0.05)
    settings.JOB_LEASE_SECONDS = 1
    world.household(father(), child())
    give_numbers(world.numbers)
    services.plan_registrations()
    job = services.start_registration(OPERATOR)
    saved: list[str] = []
    save = JobHandle.save

    def noted(handle: Any) -> None:
        saved.append(handle._step)
        save(handle)

    monkeypatch.setattr(JobHandle, "save", noted)
    with hung_server() as port:
        _in_force(tmp_path, port)
        Job.objects.filter(pk=job.pk).update(ready_at=Now() - timedelta(seconds=1))
        work(job)
    assert saved.count("宛名登録: 送信") >= 2, "at the start of the step, and again while it waited"


def test_a_cancelled_job_does_not_wait_for_the_wire(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from integrations.atena_adapters.transports import apart
    from jobs.handle import JobHandle
    from jobs.models import Job

    monkeypatch.setattr(apart, "BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr("jobs.handle.SAVE_SECONDS", 0.0)
    world.household(father(), child())
    give_numbers(world.numbers)
    services.plan_registrations()
    job = services.start_registration(OPERATOR)
    with hung_server() as port:
        config, secrets = sftp_config(tmp_path, port)
        services.put_in_force(config | {"transport": config["transport"] | {"timeout_seconds": 60}}, secrets)
        asked: list[int] = []
        original = JobHandle.advance

        def pressed(handle: Any, *given: Any, **named: Any) -> None:
            asked.append(1)
            if len(asked) == 8:
                Job.objects.filter(pk=job.pk).update(cancel_requested=True)
            original(handle, *given, **named)

        monkeypatch.setattr(JobHandle, "advance", pressed)
        began = time.monotonic()
        work(job)
        assert time.monotonic() - began < 10
    assert job.state == "cancelled"


def test_all_jobs_that_exchange_wait_outside_the_slots_that_calculate() -> None:
    from jobs.registry import EXCHANGE_QUEUE, all_kinds

    kinds = {kind.name: kind.queue for kind in all_kinds() if kind.name.startswith("linkage.")}
    assert len(kinds) >= 3
    assert set(kinds.values()) == {EXCHANGE_QUEUE}


def test_a_silent_other_side_empties_the_slot_and_patience_is_counted_over_the_absences(
    world: World, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch
    from jobs.running import Outcome, run_job

    running = "domain.linkage.exchange.running"
    monkeypatch.setattr(f"{running}.IN_PLACE_SECONDS", 0.3)
    monkeypatch.setattr(f"{running}.PATIENCE_SECONDS", 4.0)
    monkeypatch.setattr(f"{running}.LONGEST_ABSENCE", 2.0)
    world.household(father(), child())
    start("hiroshima", "--delay", "600")
    services.plan_registrations()
    job = services.start_registration(OPERATOR)
    assert run_job(job.pk) is Outcome.WAITING
    job.refresh_from_db()
    assert (job.state, job.step, job.lease_token) == ("queued", "宛名登録: 回答待ち", None)
    visits = 1
    while work(job).state == "queued":
        visits += 1
        assert visits < 20
    assert (job.state, job.absences) == ("succeeded", visits)
    assert 2 <= visits <= 12
    assert Batch.objects.get().problem.startswith("回答待ちです。")


def test_who_presses_again_calls_an_absent_job_back(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Registration
    from jobs.running import Outcome, run_job

    world.household(father(), child())
    start("hiroshima", "--delay", "1.0", poll_seconds=3600)
    services.plan_registrations()
    job = services.start_registration(OPERATOR)
    assert run_job(job.pk) is Outcome.WAITING, "the next look is an hour away"
    assert run_job(job.pk) is Outcome.NOT_FREE
    time.sleep(1.5)
    assert services.start_registration(OPERATOR).pk == job.pk
    assert run_job(job.pk) is Outcome.WAITING, "the numbers are in; the answer on their 符号 is an hour away"
    job.refresh_from_db()
    assert job.step == "符号の確認: 回答待ち"
    assert Batch.objects.get(kind="register").state == "collected"
    assert set(Registration.objects.values_list("state", flat=True)) == {"acquiring"}
    assert run_job(job.pk) is Outcome.NOT_FREE
    time.sleep(1.5)
    assert services.start_registration(OPERATOR).pk == job.pk
    assert run_job(job.pk) is Outcome.SUCCEEDED
    assert set(Batch.objects.values_list("kind", "state")) == {("register", "collected"), ("check", "collected")}
