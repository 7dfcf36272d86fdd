from __future__ import annotations

import json
import threading
import uuid

import pytest

from audit.trail.actors import SYSTEM, Actor, ActorKind, acting_as, current_actor, current_job, within_job
from audit.trail.entries import Entry, compose
from audit.trail.vocabulary import Event

CLERK = Actor(ActorKind.PERSON, "7", "山田 花子", "学校事務担当", terminal="t-1", session="ab12")


def test_nobody_named_means_the_system() -> None:
    assert current_actor() is SYSTEM
    assert current_job() is None


def test_an_actor_is_named_inside_only_also_when_an_error_leaves() -> None:
    def act() -> None:
        with acting_as(CLERK):
            assert current_actor() == CLERK
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert current_actor() is SYSTEM


def test_actors_and_jobs_nest() -> None:
    job = uuid.uuid4()
    with acting_as(CLERK), within_job(job):
        with acting_as(Actor(ActorKind.COMMAND, "root", "保守", "")):
            assert current_actor().name == "保守"
            assert current_job() == job
        assert current_actor() == CLERK
    assert current_job() is None


def test_another_thread_does_not_inherit_the_actor() -> None:
    seen: list[Actor] = []
    with acting_as(CLERK):
        thread = threading.Thread(target=lambda: seen.append(current_actor()))
        thread.start()
        thread.join()
    assert seen == [SYSTEM]


def test_an_event_carries_the_actor_and_the_job() -> None:
    job = uuid.uuid4()
    with acting_as(CLERK), within_job(job):
        said = json.loads(compose(Entry(Event.READ_LIST_SHOWN)).content)
    assert (said["actor_kind"], said["actor_id"], said["actor_name"], said["actor_role"]) == (
        "person",
        "7",
        "山田 花子",
        "学校事務担当",
    )
    assert (said["terminal"], said["session"], said["job_id"]) == ("t-1", "ab12", str(job))
