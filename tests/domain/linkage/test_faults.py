"""What the other side may do wrong: each is refused or kept apart, noted, visible, and never applied to anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from integrations.atena_adapters.simulator.population import TaxRecord
from tests.domain.linkage.conftest import Link, work
from tests.domain.linkage.world import YEAR, World, child, father, mother, states


def _findings() -> dict[str, str]:
    from domain.linkage.models import Batch

    return {one["code"]: one["message"] for batch in Batch.objects.all() for one in batch.findings}


def _tax(key: str = "01") -> Any:
    from domain.linkage.models import Inquiry

    return Inquiry.objects.get(member__key=key, kind="tax")


def _events(prefix: str) -> list[Any]:
    from tests.support.outbox import outbox

    return list(outbox.filter(event__startswith=prefix))


@pytest.mark.parametrize(
    ("behaviours", "tax", "state"),
    [
        ({"hold:tax"}, {}, "held"),
        ({"refuse:tax"}, {}, "refused"),
        (set(), {"status": "undeclared", "municipality": "奈良市"}, "not_declared"),
        (set(), {"status": "no_record"}, "not_found"),
        (set(), {"municipality": "大阪府大阪市"}, "not_found"),
    ],
)
@pytest.mark.parametrize("name", ["nara", "hiroshima"])
def test_no_answer_is_a_state_with_its_reason(
    name: str, behaviours: set[str], tax: dict[str, Any], state: str, world: World, start: Any
) -> None:
    record = TaxRecord(**tax) if tax else father().tax
    world.household(father(behaviours=frozenset(behaviours), tax=record), child())
    start(name).whole()
    line = _tax()
    assert (line.state, line.match, line.answer) == (state, "none", None)
    assert line.reason


def test_a_wrong_birth_date_goes_to_a_person_and_our_record_stays(world: World, start: Any) -> None:
    household = world.household(father(behaviours=frozenset({"wrong_birth_date"})), child())
    start("nara").whole()
    line = _tax()
    assert (line.state, line.match) == ("answered", "mismatch")
    assert line.match_detail["reason"] == "生年月日が違います"
    assert line.match_detail["items"] == [{"item": "生年月日", "ours": "1980-01-31", "answer": "1980-02-01"}]
    assert household.members.get(key="01").born == date(1980, 1, 31)
    assert [event.subjects for event in _events("linkage:answer:held")] == [
        [{"kind": "member", "id": str(line.member_id)}]
    ]


def test_late_answers_are_waited_for(world: World, start: Any) -> None:
    world.household(father(behaviours=frozenset({"late:tax"})), child())
    start("hiroshima").whole()
    assert (_tax().state, _tax().match) == ("answered", "matched")


@pytest.mark.parametrize("name", ["nara", "hiroshima"])
def test_a_held_answer_is_fetched_by_a_later_run(name: str, world: World, start: Any) -> None:
    import time

    from domain.linkage.models import Batch, InquiryStep

    world.household(father(behaviours=frozenset({"hold:tax"})), child())
    link = start(name, "--release", "1.5")
    link.whole()
    assert _tax().state == "held"
    assert Batch.objects.get(kind="inquire").cleared_at is None
    time.sleep(1.6)
    link.inquire()
    assert (_tax().state, _tax().match) == ("answered", "matched")
    assert InquiryStep.objects.get(inquiry=_tax()).from_state == "held"
    assert Batch.objects.get(kind="inquire").cleared_at is not None


def test_a_failure_on_the_way_is_asked_again_and_only_that(world: World, start: Any) -> None:
    from domain.linkage.models import Batch, InquiryStep

    world.household(father(behaviours=frozenset({"communication_error:tax"})), mother(), child())
    start("nara").whole()
    assert (_tax().state, _tax().asked) == ("answered", 2)
    assert list(Batch.objects.filter(kind="inquire").values_list("size", flat=True)) == [5, 1]
    assert InquiryStep.objects.get(inquiry=_tax()).from_state == "failed"


def test_a_number_swapped_in_the_household_names_the_other_by_key(world: World, start: Any) -> None:
    from tests.domain.linkage.world import swapped

    world.household(*swapped(father(), mother()), child())
    start("osaka").whole()
    line = _tax()
    assert line.match == "mismatch"
    assert line.match_detail["swapped_with"] == "02"
    assert line.match_detail["reason"].startswith("世帯内での番号の取り違えの疑い")


@pytest.mark.parametrize(
    ("name", "fault", "code"),
    [
        ("hiroshima", "stranger@inquiry", "stranger"),
        ("nara", "stranger@inquiry", "stranger"),
        ("hiroshima", "doubled_line@inquiry", "doubled"),
        ("hiroshima", "doubled_file@inquiry", "doubled"),
        ("nara", "truncated", "unreadable"),
        ("hiroshima", "truncated", "unreadable"),
    ],
)
def test_a_damaged_delivery_is_noted_and_never_applied(
    name: str, fault: str, code: str, world: World, start: Any
) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), mother(), child())
    start(name, "--fault", fault).whole()
    assert code in _findings()
    assert {(state, match) for _, _, state, match in states(Inquiry.objects.all())} == {("answered", "matched")}
    assert Inquiry.objects.count() == 5
    kinds = {event.detail["code"] for event in _events("linkage:answer:refused") + _events("linkage:exchange:failed")}
    assert code in kinds


def test_two_different_answers_are_both_refused(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), child())
    start("nara", "--fault", "conflict@inquiry").whole()
    failed = Inquiry.objects.get(state="failed")
    assert (failed.answer, failed.retryable, failed.match) == (None, False, "none")
    assert "conflict" in _findings()


def test_an_answer_about_another_person_is_refused(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), child())
    start("nara", "--fault", "wrong_person@inquiry").whole()
    failed = Inquiry.objects.get(state="failed")
    assert failed.reason.startswith("照会した人と違う宛名番号の回答です。(1行目、先頭から")
    assert failed.reason.endswith("正しくは照会した宛名番号、実際は「＊＊＊」)")
    assert failed.answer is None


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_busy_other_side_is_tried_again_by_itself(status: str, world: World, start: Any) -> None:
    from domain.linkage.models import Batch

    world.household(father(), child())
    link: Link = start("nara", "--fault", f"http_{status}:9")
    job = link.register()
    assert job.state == "queued"
    assert job.error.startswith("通信エラー（再送可）。")
    assert Batch.objects.get().problem
    while job.state == "queued":
        job = work(job)
    assert job.state == "succeeded", job.error
    assert set(Batch.objects.values_list("problem", flat=True)) == {""}


def test_refused_credentials_stop_the_job_and_say_what_to_do(world: World, start: Any) -> None:
    from domain.linkage.models import Batch, Registration
    from domain.linkage.services import put_in_force

    world.household(father(), child())
    link: Link = start("nara")
    put_in_force(link.config.model_dump(mode="json"), {"token": "wrong"})
    job = link.register()
    assert (job.state, job.error_id.split("/")[0]) == ("failed", "linkage.exchange-stopped")
    assert "認証情報" in job.error
    assert Batch.objects.get().state == "prepared"
    assert [event.detail["problem"] for event in _events("linkage:exchange:failed")] == [Batch.objects.get().problem]
    put_in_force(link.config.model_dump(mode="json"), {"token": "sample-token"})
    assert link.register().state == "succeeded"
    assert set(Registration.objects.values_list("state", flat=True)) == {"ready"}


def test_missing_operator_data_leaves_nothing_half_sent(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Registration

    world.household(father(), child())
    start("hiroshima")
    services.plan_registrations()
    job = work(services.start_registration())
    assert job.state == "failed"
    assert "職員番号" in job.error
    assert Batch.objects.get().state == "failed"
    assert not Registration.objects.exclude(state="verified", batch=None).exists()


def test_a_number_that_is_none_is_rejected_with_its_reason(world: World, start: Any) -> None:
    from domain.linkage.models import Registration
    from domain.linkage.services import register_again

    household = world.household(father(), child())
    world.numbers[household.members.get(key="01").pk] = "123456789012"
    link: Link = start("nara")
    assert link.register().counts == {"付番済": 1, "付番不可": 1, "符号の確認 済": 1}
    rejected = Registration.objects.get(member__key="01")
    assert "検査用数字" in rejected.reason
    assert register_again() == 1


def test_without_news_the_job_ends_and_says_so(
    world: World, start: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from domain.linkage.exchange.batches import WAITING
    from domain.linkage.models import Batch

    monkeypatch.setattr("domain.linkage.exchange.running.SLICE_SECONDS", 0.05)
    world.household(father(), child())
    link: Link = start("nara", "--delay", "4")
    monkeypatch.setattr("domain.linkage.exchange.running.PATIENCE_SECONDS", 0.3)
    assert link.register().state == "succeeded"
    assert (Batch.objects.get().state, Batch.objects.get().problem) == ("sent", WAITING)
    monkeypatch.setattr("domain.linkage.exchange.running.PATIENCE_SECONDS", 10.0)
    assert link.register().counts == {"付番済": 2, "符号の確認 済": 2}
    assert set(Batch.objects.values_list("problem", flat=True)) == {""}


def test_only_registered_people_are_asked(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    household = world.household(father(), replace(mother(), guardian=True), child())
    del world.numbers[household.members.get(key="02").pk]
    start("nara").whole()
    assert set(Inquiry.objects.filter(member__key="02").values_list("state", flat=True)) == {"waiting"}
    assert set(Inquiry.objects.exclude(member__key="02").values_list("state", flat=True)) == {"answered"}


def test_what_may_not_be_asked_here_stays_unasked(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), child(), on_welfare=True)
    start("nara", inquiry_kinds=["resident", "tax"]).whole()
    assert Inquiry.objects.get(kind="welfare", fiscal_year=YEAR).state == "waiting"
