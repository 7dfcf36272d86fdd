"""Puts a sample prefecture's adapter in force the way operators do: one writes and checks, another activates.

In between, the prefecture's own officer tries a file as its 統合宛名 writes it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from accounts.access import roles_in_force
from accounts.actors import person
from accounts.demo import TERMINAL
from accounts.models import User
from audit.trail.actors import acting_as
from domain.atena_trials import services as trials
from domain.atena_trials.models import OfferedVersion
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.dialects.speed import sample_answers
from integrations.atena_adapters.fields import Message
from jobs.models import Job
from jobs.states import State
from ops.demo.prefectures import SAMPLE_PREFECTURES
from ops.embedded.servers import secret
from tenants.console import services as console
from tenants.console.models import AdapterDraft
from tenants.core.context import console_context, prefecture_context
from tenants.core.models import Prefecture


def put_adapters_in_force(configurations: Mapping[str, dict[str, Any]]) -> list[Prefecture]:
    """Of every sample prefecture, by slug; workers must be at work. Returns the prefectures."""
    prefectures = [Prefecture.objects.get(code=sample.code) for sample in SAMPLE_PREFECTURES]
    for prefecture in prefectures:
        put_adapter_in_force(prefecture, configurations[prefecture.slug])
    return prefectures


def put_adapter_in_force(prefecture: Prefecture, config: dict[str, Any]) -> None:
    """Does nothing when this very configuration is in force already."""
    with console_context():
        active = AdapterDraft.objects.filter(prefecture=prefecture, state=AdapterDraft.State.ACTIVE).first()
        if active is not None and active.config == console.normalised(config):
            return
        with _being("operator") as operator:
            secrets = {"token": secret(settings.VAR, "atena-token")}
            draft = console.save_adapter_draft(prefecture, config, secrets, operator)
            _wait(console.start_check(draft))
    with prefecture_context(prefecture), _being("board") as officer:
        _try_sample(draft, officer)
    with console_context():
        with _being("operator"):
            _wait(console.start_check(draft))
        with _being("operator2") as second:
            started = console.activate(AdapterDraft.objects.get(pk=draft.pk), second)
            if started is None:
                raise RuntimeError("適用開始日が今日ではありません")
            _wait(started)


def _try_sample(draft: AdapterDraft, officer: User) -> None:
    """見本ファイルの試験, with an answer about nobody in the layout of the version."""
    offered = OfferedVersion.objects.get(version=draft.version)
    dialect = build_dialect(AdapterConfig.model_validate(draft.config).dialect)
    payload = dialect.encode(Message.INQUIRY_ANSWER, "MIHON", list(sample_answers(1))).payload
    trials.try_sample(offered, Message.INQUIRY_ANSWER.value, "mihon.dat", payload, officer)


@contextmanager
def _being(username: str) -> Iterator[User]:
    user = User.objects.get(username=username)
    with acting_as(person(user, roles_in_force(user), terminal=TERMINAL, session="")):
        yield user


def _wait(job: Job, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.state == State.SUCCEEDED:
            return
        if job.state in (State.FAILED, State.CANCELLED):
            raise RuntimeError(f"{job.title}: {job.error}")
        time.sleep(0.2)
    raise TimeoutError(f"{job.title} は {seconds:.0f} 秒で終わりませんでした")
