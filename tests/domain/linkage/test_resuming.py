"""Killed anywhere and started again: the same result, nothing registered or asked twice, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.domain.linkage.conftest import OPERATOR, Link
from tests.domain.linkage.killing import EXCHANGE, POINTS, Killed, kill_once, requests, revive
from tests.domain.linkage.world import YEAR, World, approve_all, child, father, mother, states

WORKS = {
    "register": f"{EXCHANGE}.registering.Registering",
    "inquire": f"{EXCHANGE}.inquiring.Inquiring",
}


def _begin(kind: str) -> Any:
    from domain.linkage import services

    return services.start_registration(OPERATOR) if kind == "register" else services.start_inquiry(YEAR, OPERATOR)


def _both(link: Link, killed: str, seen: Callable[[], bool]) -> None:
    """Register and inquire; the job of kind `killed` dies once on the way."""
    from domain.linkage import services
    from jobs.running import run_job

    services.plan_registrations()
    for kind in ("register", "inquire"):
        if kind == "inquire":
            approve_all()
        job = _begin(kind)
        if kind == killed:
            with pytest.raises(Killed):
                run_job(job.pk)
            assert seen()
            job = revive(job)
        else:
            run_job(job.pk)
            job.refresh_from_db()
        assert job.state == "succeeded", job.error


@pytest.mark.parametrize(
    ("killed", "name"), [("register", "nara"), ("register", "hiroshima"), ("inquire", "hiroshima")]
)
@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_killed_job_goes_on_where_it_stopped(
    point: str, killed: str, name: str, world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage.models import Batch, Inquiry, Registration
    from domain.vault.models import PersonNumber

    world.household(father(), mother(), child())
    link = start(name, "--state", str(tmp_path / "state"), batch_limit=2)
    place, when = POINTS[point]
    seen = _armed(monkeypatch, place.format(work=WORKS[killed]), when, killed)
    _both(link, killed, seen)

    assert set(Registration.objects.values_list("state", flat=True)) == {"ready"}
    assert PersonNumber.objects.filter(field="unified_number", held_until=None).count() == 3
    assert {(state, match) for _, _, state, match in states(Inquiry.objects.all())} == {("answered", "matched")}
    assert Inquiry.objects.count() == 5
    assert not Batch.objects.exclude(state="collected").exists()
    assert not Batch.objects.filter(cleared_at=None).exists()
    _nothing_twice(requests(tmp_path))


def _armed(monkeypatch: pytest.MonkeyPatch, place: str, when: str, killed: str) -> Callable[[], bool]:
    """Strike in the job of this kind only: the shared steps are armed when the inquiry begins."""
    if killed == "register" or "inquiring" in place:
        return kill_once(monkeypatch, place, when)
    from domain.linkage import services

    propose = services.propose_targets
    hit: list[Callable[[], bool]] = []

    def propose_and_arm(year: int, user: Any) -> Any:
        hit.append(kill_once(monkeypatch, place, when))
        return propose(year, user)

    monkeypatch.setattr(services, "propose_targets", propose_and_arm)
    return lambda: bool(hit) and hit[0]()


def _nothing_twice(taken: list[Any]) -> None:
    keys = Counter(
        (batch.kind.value, row["line_id"] if batch.kind.value == "inquiry" else row["atena_number"])
        for batch in taken
        for row in batch.rows
    )
    assert set(keys.values()) == {1}, keys
    assert Counter(kind for kind, _ in keys) == {"registration": 3, "linkage": 3, "inquiry": 5}


def test_running_again_asks_nobody_again(world: World, start: Any, tmp_path: Path) -> None:
    world.household(father(), mother(), child())
    link = start("nara", "--state", str(tmp_path / "state"))
    link.whole()
    link.whole()
    _nothing_twice(requests(tmp_path))


def test_a_batch_the_other_side_forgot_is_sent_again(world: World, start: Any) -> None:
    from domain.linkage.models import Batch, Inquiry

    world.household(father(), child())
    start("nara", "--fault", "forget:1").whole()
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"answered"}
    assert Batch.objects.count() == 3


def test_answers_in_the_call_survive_being_cut_off(
    world: World, start: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), mother(), child())
    options = {"registration_answer": "in_call", "inquiry_answer": "in_call"}
    link = start("nara", "--state", str(tmp_path / "state"), "--delay", "0", **options)
    _both(link, "inquire", kill_once(monkeypatch, f"{WORKS['inquire']}.apply", "before"))
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"answered"}
    _nothing_twice(requests(tmp_path))
