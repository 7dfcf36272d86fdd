"""What was sent to a vendor before: people end it at once, and what still comes of it is kept sealed and told, and changes nothing."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.registry import relocated
from integrations.atena_adapters.transports.dropping import marker_text
from tests.domain.linkage.browsing import text_of
from tests.domain.linkage.conftest import OPERATOR, Link
from tests.domain.linkage.killing import Killed, kill_once, requests, revive
from tests.domain.linkage.world import AFTER_MOVING, World, approve_all, child, father, mother
from tests.integrations.atena_adapters.support import TOKEN, Seed, process
from tests.support.outbox import outbox

Silent = set[str]
"""Ids of batches whose answers do not come in for now."""


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Silent:
    from integrations.atena_adapters.adapter import ComposedAdapter

    mute, real = Silent(), ComposedAdapter._add_answers
    monkeypatch.setattr("domain.linkage.exchange.running.PATIENCE_SECONDS", 1.0)

    def add(self: Any, receipt: Any, *rest: Any) -> Any:
        return [] if mute & {"all", receipt.batch_id} else real(self, receipt, *rest)

    monkeypatch.setattr(ComposedAdapter, "_add_answers", add)
    return mute


@pytest.fixture
def another_vendor(tmp_path: Path) -> Iterator[Callable[[AdapterConfig], None]]:
    """Puts another process in force that knows the same people."""
    with ExitStack() as stack:

        def put(config: AdapterConfig) -> None:
            prefecture = current_prefecture()
            assert prefecture is not None
            place = tmp_path / prefecture.code
            seed = Seed(tmp_path / "people.sealed", tmp_path / "key", tmp_path / "token")
            options = ("--http-port", "0", "--token-file", str(seed.token_file), "--state", str(tmp_path / "state"))
            started = stack.enter_context(process(place / "profile.json", seed, *options))
            there = relocated(config, base_url=f"http://127.0.0.1:{started['port']}")
            services.put_in_force(there.model_dump(mode="json"), {"token": TOKEN})

        from domain.linkage import services
        from tenants.core.context import current_prefecture

        yield put


def _people() -> list[Any]:
    from domain.linkage.models import PersonLine, Registration
    from domain.vault.models import PersonNumber

    numbers = PersonNumber.objects.filter(field="unified_number").order_by("pk")
    return [
        *Registration.objects.order_by("pk").values_list("pk", "state", "batch", "known", "sent_as"),
        *PersonLine.objects.order_by("pk").values_list("pk", "batch", "result", "reason"),
        *((row.pk, row.member_id, row.ended, bytes(row.sealed or b"")) for row in numbers),
    ]


def _again(kind: str) -> None:
    from domain.linkage import services
    from domain.linkage.models import Registration
    from domain.linkage.persons.by_hand import try_again

    if kind == "registration":
        assert services.register_again() == 3
        return
    for person in Registration.objects.exclude(refused={}):
        try_again(person)


@pytest.mark.parametrize("kind", ["registration", "update", "withdrawal"])
def test_after_a_change_of_vendor_people_send_again_over_the_new_link_and_nothing_is_done_twice(
    kind: str, world: World, start: Any, handler: Any, silent: Silent, another_vendor: Any, tmp_path: Path
) -> None:
    from domain.linkage.models import Batch, RawExchange

    household = world.household(father(), mother(), child())
    old: Link = start("nara", "--state", str(tmp_path / "old"), checks_linkage=False)
    if kind != "registration":
        old.register()
        shutil.copytree(tmp_path / "old", tmp_path / "state")
    if kind == "update":
        household.address = AFTER_MOVING
        household.save()
    if kind == "withdrawal":
        household.members.filter(key="02").update(left_on="2024-09-01")
    silent.add("all")
    send = old.register if kind == "registration" else old.change
    assert send().state == "succeeded"
    first = Batch.objects.get(state="sent")
    page, member = f"/linkage/batches/{first.pk}/", household.members.get(key="02").pk
    assert "待つのをやめる" not in text_of(handler.get(page)), "the vendor is still in force"

    another_vendor(old.config)
    silent.clear()
    silent.add(str(first.pk))
    assert "前の接続先に送ったものです" in text_of(handler.get(page))
    assert page in text_of(handler.get("/linkage/batches/"))
    assert page in text_of(handler.get(f"/linkage/persons/{member}/"))
    assert handler.post(page, {"note": "前の業者の窓口は閉鎖"}).status_code == 302
    assert outbox.get(event="linkage:exchange:abandoned").detail["cause"] == "moved"
    first.refresh_from_db()
    assert (first.state, first.failure) == ("collected", "stopped")
    _again(kind)
    assert send().state == "succeeded"
    assert send().state == "succeeded"
    first.refresh_from_db()
    assert (first.findings, first.cleared_at) == ([], None), "looked for, and nothing came"
    before = _people()
    states = Counter(row[1] for row in before[:3])
    assert states == ({"registered": 2, "withdrawn": 1} if kind == "withdrawal" else {"registered": 3})

    silent.clear()
    for _ in range(2):
        assert send().state == "succeeded"
    first.refresh_from_db()
    assert [finding["code"] for finding in first.findings] == ["late"]
    assert first.cleared_at is not None
    assert RawExchange.objects.filter(batch=first, direction="received", name__contains="-answer").exists()
    assert _people() == before
    taken = Counter(
        row["atena_number"] for batch in requests(tmp_path) if batch.kind.value == kind for row in batch.rows
    )
    assert set(taken.values()) == {1}
    assert "待つのをやめた後に、回答が届きました" in text_of(handler.get("/linkage/batches/"))


def test_an_answer_to_a_batch_that_was_given_back_is_kept_and_told_before_it_is_erased(
    world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, RawExchange, Registration
    from integrations.atena_adapters.individual_numbers import sample_number
    from jobs.running import run_job
    from tests.domain.linkage.numbers import replace_numbers

    household = world.household(father(), mother(number=12), child())
    link: Link = start("hiroshima", "--state", str(tmp_path / "state"), checks_linkage=False)
    services.plan_registrations()
    job = services.start_registration(OPERATOR)
    kill_once(monkeypatch, "domain.linkage.exchange.batches.mark_sent", "before")
    with pytest.raises(Killed):
        run_job(job.pk)
    first = Batch.objects.get(state="prepared")
    _wait_for_answer(first)
    replace_numbers({household.members.get(key="02").pk: sample_number(7, 2)})
    assert revive(job).state == "succeeded"
    assert link.register().state == "succeeded"
    first.refresh_from_db()
    assert [finding["code"] for finding in first.findings] == ["late"]
    kept = RawExchange.objects.filter(batch=first, direction="received", name__contains="-answer")
    assert kept.exists()
    assert not [path for path in link.folder.rglob("*") if path.is_file() and str(first.pk) in path.name]
    assert set(Registration.objects.values_list("state", flat=True)) == {"registered"}


def test_what_comes_between_the_look_and_the_erasing_is_kept_and_told_by_the_next_run(
    world: World, start: Any, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage.models import Batch, RawExchange
    from domain.linkage.waiting import stop_waiting
    from integrations.atena_adapters.adapter import ComposedAdapter
    from tests.domain.linkage.test_overdue import time_passes

    world.household(father(), child())
    link: Link = start("hiroshima", checks_linkage=False)
    silent.add("all")
    link.register()
    first = Batch.objects.get(state="sent")
    place, until = link.folder / "answer", time.monotonic() + 20
    while not list(place.glob(f"*{first.pk}.ans1.csv.end")):
        assert time.monotonic() < until, list(link.folder.rglob("*"))
        time.sleep(0.05)
    time_passes()
    stop_waiting(first.pk, "窓口に受付の記録なし")
    real = ComposedAdapter.finish

    def late(self: Any, *given: Any) -> Any:
        (answer,) = place.glob(f"*{first.pk}.ans1.csv")
        more = answer.read_bytes() + b"\n"
        (place / answer.name.replace("ans1", "ans2")).write_bytes(more)
        (place / answer.name.replace("ans1", "ans2")).with_suffix(".csv.end").write_text(marker_text(more))
        return real(self, *given)

    answers = RawExchange.objects.filter(batch=first, direction="received", name__contains="-answer")
    silent.clear()
    monkeypatch.setattr(ComposedAdapter, "finish", late)
    assert link.register().state == "succeeded"
    monkeypatch.setattr(ComposedAdapter, "finish", real)
    first.refresh_from_db()
    assert (answers.count(), first.cleared_at) == (1, None), "something lies there that nobody read"
    assert link.register().state == "succeeded"
    first.refresh_from_db()
    assert answers.count() == 2
    assert first.cleared_at is not None
    assert not [path for path in link.folder.rglob("*") if path.is_file() and str(first.pk) in path.name]


@pytest.mark.parametrize(("kind", "failure"), [("register", "stopped"), ("inquire", "stopped"), ("inquire", "")])
def test_a_vendor_who_vanished_is_not_looked_for_without_end(kind: str, failure: str, world: World, start: Any) -> None:
    from django.utils import timezone

    from domain.linkage import services
    from domain.linkage.exchange.jobs import awaited
    from domain.linkage.exchange.late import LONGEST
    from domain.linkage.models import AdapterConfiguration, Batch, Inquiry
    from tests.domain.linkage.conftest import work
    from tests.domain.linkage.test_turns import _gone, batch_out
    from web.dates import to_wareki

    world.household(father(), child())
    link: Link = start("nara", checks_linkage=False)
    link.register()
    batch = batch_out(kind, _gone(link), 900)
    now = timezone.now()
    stopped = {"state": "collected", "failure": failure, "due_at": now - LONGEST}
    AdapterConfiguration.objects.filter(version=batch.adapter_version).update(retired_at=now - 2 * LONGEST)

    def ended(at: datetime) -> None:
        Batch.objects.filter(pk=batch.pk).update(**stopped, failed_at=at if failure else None, collected_at=at)

    ended(now - LONGEST + timedelta(hours=1))
    if kind == "inquire":
        approve_all()
        Inquiry.objects.update(batch=batch, state="expired")
    collect = services.start_collection
    assert work(collect()).state == "succeeded", "an earlier vendor who is away is no trouble"
    batch.refresh_from_db()
    assert (batch.findings, batch.given_up_at, batch.failure) == ([], None, failure)
    begun = now - LONGEST - timedelta(hours=1)
    ended(begun)
    for _ in range(2):
        assert work(collect()).state == "succeeded"
        batch.refresh_from_db()
        assert [finding["code"] for finding in batch.findings] == ["given_up"]
    assert batch.given_up_at is not None
    assert (
        f"{to_wareki(timezone.localdate(begun))}から{to_wareki(timezone.localdate())}まで"
        in batch.findings[0]["message"]
    )
    assert (batch.cleared_at, awaited().filter(pk=batch.pk).exists()) == (None, False)
    told = outbox.filter(event="linkage:exchange:failed")
    assert [event.detail["code"] for event in told] == ["given_up"]


def _wait_for_answer(batch: Any) -> None:
    """Until the answer lies there whole; read without keeping it."""
    from domain.linkage.exchange import batches
    from domain.linkage.exchange.adapters import adapter_in_force
    from tests.integrations.atena_adapters.support import Keeper

    adapter, until = adapter_in_force(keep=Keeper()), time.monotonic() + 20
    while not adapter.collect(batches.trace_of(batch)).problems:  # of strangers: the trace has no lines
        assert time.monotonic() < until
        time.sleep(0.05)
