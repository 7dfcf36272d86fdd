"""A killed 副本登録 goes on where it stopped: nothing is added twice, nothing lost, the same counts as undisturbed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.domain.linkage.conftest import OPERATOR
from tests.domain.linkage.killing import POINTS, Killed, kill_once, requests, revive
from tests.domain.linkage.paid import approve_copies, copies, lines, pay, provide, provide_by_rule
from tests.domain.linkage.world import World, child, father

WORK = "domain.linkage.providing.sending.Providing"


def _pupils(world: World) -> list[Any]:
    return [world.household(father(), child()).members.get(key="03") for _ in range(3)]


def _sent(tmp_path: Path) -> list[str | None]:
    """Line ids of copies as the other side's books have them, in order."""
    return [row["line_id"] for batch in requests(tmp_path) if batch.kind.value == "provision" for row in batch.rows]


@pytest.mark.parametrize("name", ["nara", "hiroshima"])
@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_killed_provision_goes_on_where_it_stopped(
    point: str, name: str, world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Copy, CopyStep
    from jobs.running import run_job

    pupils = _pupils(world)
    start(name, "--state", str(tmp_path / "state"), batch_limit=2).register()
    provide_by_rule()
    pay({pupil: 1_000 * number for number, pupil in enumerate(pupils, start=1)})
    approve_copies()
    place, when = POINTS[point]
    seen = kill_once(monkeypatch, place.format(work=WORK), when)
    job = services.start_provision(OPERATOR)
    with pytest.raises(Killed):
        run_job(job.pk)
    assert seen()
    job = revive(job)
    assert job.state == "succeeded", job.error

    assert [line[2] for line in lines()] == ["accepted"] * 3
    assert list(Copy.objects.order_by("amount").values_list("amount", flat=True)) == [1_000, 2_000, 3_000]
    assert Copy.objects.exclude(record_number="").count() == 3
    assert CopyStep.objects.count() == 6
    assert len(_sent(tmp_path)) == len(set(_sent(tmp_path))) == 3
    assert not Batch.objects.exclude(state="collected").exists()
    assert not Batch.objects.filter(cleared_at=None).exists()
    assert job.counts["登録済"] == 3


def test_results_in_the_call_survive_being_cut_off(
    world: World, start: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from domain.linkage import services
    from jobs.running import run_job

    pupils = _pupils(world)
    start("nara", "--state", str(tmp_path / "state"), "--delay", "0", act_answer="in_call").register()
    provide_by_rule()
    pay(dict.fromkeys(pupils, 700))
    approve_copies()
    kill_once(monkeypatch, f"{WORK}.apply", "before")
    job = services.start_provision(OPERATOR)
    with pytest.raises(Killed):
        run_job(job.pk)
    assert revive(job).state == "succeeded"
    assert [line[2] for line in lines()] == ["accepted"] * 3
    assert len(_sent(tmp_path)) == 3


@pytest.mark.parametrize(
    ("name", "fault", "code"),
    [
        ("hiroshima", "stranger@provision", "stranger"),
        ("nara", "stranger@provision", "stranger"),
        ("nara", "doubled_line@provision", "doubled"),
        ("hiroshima", "wrong_batch@provision", "stranger"),
    ],
)
def test_what_was_not_asked_changes_nothing_and_is_told(
    name: str, fault: str, code: str, world: World, start: Any
) -> None:
    from domain.linkage.models import Batch

    pupils = _pupils(world)
    start(name, "--fault", fault).register()
    provide_by_rule()
    pay(dict.fromkeys(pupils, 700))
    provide()
    found = {finding["code"] for batch in Batch.objects.filter(kind="provide") for finding in batch.findings}
    assert code in found, found
    states = {line[2] for line in lines()}
    assert states == {"accepted"} or (
        states == {"sent"} and copies() == {}
    )  # a delivery that cannot be trusted counts for nothing


def test_a_batch_the_other_side_forgot_is_sent_again(world: World, start: Any, tmp_path: Path) -> None:
    pupils = _pupils(world)
    start("nara", "--state", str(tmp_path / "state"), "--fault", "forget@provision:1").register()
    provide_by_rule()
    pay(dict.fromkeys(pupils, 700))
    provide()
    assert [line[2] for line in lines()] == ["accepted"] * 3
