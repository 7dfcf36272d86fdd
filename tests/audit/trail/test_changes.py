"""Before and after of master data name who acted: in a request, in a job, in a command, and when nobody did."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from auditlog.models import LogEntry

from audit.trail.actors import SYSTEM, Actor, ActorKind, acting_as, within_job


@pytest.mark.parametrize("kind", [ActorKind.PERSON, ActorKind.JOB, ActorKind.COMMAND, ActorKind.SYSTEM])
def test_a_change_names_its_actor(in_a: Any, kind: ActorKind) -> None:
    from accounts.models import User
    from domain.households.models import School

    person = User.objects.create(username=f"u-{uuid.uuid4().hex[:6]}", display_name="見本 花子")
    job = uuid.uuid4()
    human = kind in (ActorKind.PERSON, ActorKind.JOB)
    actor = Actor(kind, str(person.pk), "見本 花子", "") if human else Actor(kind, "rotate_logins", "運用", "")
    with acting_as(actor if kind is not ActorKind.SYSTEM else SYSTEM), within_job(job):
        school = School.objects.create(code="S77", name="見本校")
    entry = LogEntry.objects.get_for_object(school).get()
    assert entry.actor_id == (person.pk if human else None)
    assert entry.additional_data["kind"] == kind.value
    assert entry.additional_data["job"] == str(job)
    assert entry.remote_addr is None


@pytest.mark.parametrize("taken", [True, False])
def test_an_operator_inside_a_prefecture_is_never_taken_for_an_account_of_it(in_a: Any, taken: bool) -> None:
    from accounts.models import User
    from domain.households.models import School
    from tenants.core.context import console_context, prefecture_context

    person = User.objects.create(username=f"u-{uuid.uuid4().hex[:6]}", display_name="見本 花子")
    number = person.pk if taken else person.pk + 1_000
    job = uuid.uuid4()
    operator = Actor(ActorKind.JOB, str(number), "運用 太郎", "運用者")
    with console_context(), acting_as(operator), within_job(job), prefecture_context(in_a):
        school = School.objects.create(code="S78", name="見本校")
    entry = LogEntry.objects.get_for_object(school).get()
    assert entry.actor_id is None
    assert entry.additional_data == {"actor": "運用 太郎", "kind": "job", "job": str(job)}
