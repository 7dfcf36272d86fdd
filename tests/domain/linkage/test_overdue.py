"""A counterpart that never answers starves nobody: what is not answered in time leaves the window, and a late answer is still taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from tests.domain.linkage.conftest import Link
from tests.domain.linkage.world import World, approve_all, child, father
from tests.integrations.atena_adapters.support import TOKEN
from tests.support.outbox import outbox

PEOPLE = 13
"""One more than the window has places, a batch each."""


@contextmanager
def silence() -> Iterator[None]:
    """The counterpart takes everything and answers nothing."""
    from integrations.atena_adapters.adapter import ComposedAdapter

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("domain.linkage.exchange.running.PATIENCE_SECONDS", 0.0)
        patch.setattr(ComposedAdapter, "_add_answers", lambda *_: [])
        yield


def time_passes(days: int = 4) -> None:
    """What is out was sent so many days earlier."""
    from domain.linkage.models import Batch

    ago = timedelta(days=days)
    for batch in Batch.objects.filter(state="sent"):
        assert batch.sent_at is not None
        sent_at = batch.sent_at - ago
        receipt = batch.receipt | {"submitted_at": sent_at.isoformat()}
        Batch.objects.filter(pk=batch.pk).update(sent_at=sent_at, due_at=F("due_at") - ago, receipt=receipt)


@pytest.fixture
def households(world: World) -> World:
    for _ in range(PEOPLE // 2):
        world.household(father(), child())
    world.household(father())
    return world


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Ids of the batches, each as often as it was handed to the counterpart."""
    from integrations.atena_adapters.adapter import ComposedAdapter

    counted, real = Counter[str](), ComposedAdapter._send

    def send(adapter: Any, batch: Any, *rest: Any) -> Any:
        counted[batch.batch_id] += 1
        return real(adapter, batch, *rest)

    monkeypatch.setattr(ComposedAdapter, "_send", send)
    return counted


def _states(model: Any) -> dict[str, int]:
    return dict(Counter(model.objects.values_list("state", flat=True)))


@pytest.mark.parametrize(("name", "hours"), [("nara", 0), ("hiroshima", 48)])
def test_the_thirteenth_goes_out_while_twelve_wait_and_late_answers_are_taken_once(
    name: str, hours: int, households: World, start: Any, handed_over: Counter[str]
) -> None:
    from domain.linkage.exchange.overdue import FAILURE, NOTE
    from domain.linkage.models import Batch, Registration

    link: Link = start(name, expire_hours=hours, checks_linkage=False, batch_limit=1)
    with silence():
        for _ in range(2):
            assert link.register().state == "succeeded"
            assert _states(Registration) == {"requested": 12, "verified": 1}, "the window is full, and nobody is late"
        time_passes()
        for _ in range(2):
            assert link.register().state == "succeeded"
    assert _states(Registration) == {"requested": PEOPLE}, "all stay open"
    late = Batch.objects.filter(failure=FAILURE)
    assert (late.count(), set(late.values_list("problem", "state"))) == (12, {(NOTE, "sent")})
    assert outbox.filter(event="linkage:exchange:failed").count() == 12, "told once each"

    link.register()
    assert _states(Registration) == {"registered": PEOPLE}
    assert set(Batch.objects.values_list("state", "problem")) == {("collected", "")}
    steps = outbox.filter(event="linkage:registration:accepted")
    people = [subject["id"] for event in steps for subject in event.subjects]
    assert link.register().state == "succeeded"
    assert len(people) == len(set(people)) == PEOPLE
    assert steps.count() == PEOPLE
    assert set(handed_over.values()) == {1}, "none went out twice"


def test_what_an_earlier_vendor_has_takes_no_place_of_the_new_ones_window(households: World, start: Any) -> None:
    from domain.linkage.models import Batch, Registration
    from domain.linkage.services import put_in_force

    link: Link = start("nara", checks_linkage=False, batch_limit=1)
    config = link.config.model_dump(mode="json")
    with silence():
        assert link.register().state == "succeeded"
        assert _states(Registration) == {"requested": 12, "verified": 1}
        put_in_force(config | {"transport": config["transport"] | {"client_id": "another"}}, {"token": TOKEN})
        assert link.register().state == "succeeded"
    assert _states(Registration) == {"requested": PEOPLE}
    assert Batch.objects.filter(due_at__gt=timezone.now()).count() == PEOPLE, "nobody is late"


@pytest.mark.parametrize("hours", [0, 48])
def test_an_inquiry_that_expired_takes_its_late_answer(
    hours: int, world: World, start: Any, handed_over: Counter[str]
) -> None:
    from domain.linkage.models import Batch, Inquiry, InquiryStep

    world.household(father(), child())
    link: Link = start("hiroshima", expire_hours=hours, batch_limit=1)
    link.register()
    approve_all()
    with silence():
        link.inquire()
        time_passes()
        link.inquire()
        assert set(_states(Inquiry)) == ({"expired"} if hours else {"sent"})
        link.inquire()
    waiting = Batch.objects.filter(kind="inquire", cleared_at=None)
    assert waiting.count() == Inquiry.objects.count()
    link.inquire()
    assert set(Inquiry.objects.values_list("state", "match", "asked")) == {("answered", "matched", 1)}
    assert set(InquiryStep.objects.values_list("from_state", flat=True)) == ({"expired"} if hours else set())
    assert not waiting.exists()
    assert set(handed_over.values()) == {1}


def test_a_late_answer_beside_a_certificate_or_to_a_line_asked_again_replaces_nothing(
    world: World, start: Any, handed_over: Counter[str]
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Inquiry
    from tests.domain.linkage.world import person

    world.household(father(), child())
    link: Link = start("hiroshima", expire_hours=48, batch_limit=1)
    link.register()
    approve_all()
    with silence():
        link.inquire()
        time_passes()
        link.inquire()
    tax, resident = Inquiry.objects.get(kind="tax"), Inquiry.objects.filter(kind="resident")[0]
    services.settle(tax, "certificate", person("clerk"), "所得証明書を受け取った")
    services.ask_again(resident, person("clerk"), "担当に確かめた")
    link.inquire()
    tax.refresh_from_db()
    resident.refresh_from_db()
    assert (tax.state, tax.settlement) == ("answered", "certificate")
    assert (resident.state, resident.asked) == ("answered", 2)
    assert set(handed_over.values()) == {1}


def test_what_the_counterpart_lost_is_sent_again_only_in_time(
    world: World, start: Any, handed_over: Counter[str]
) -> None:
    from domain.linkage.exchange.overdue import LOST
    from domain.linkage.models import Batch

    world.household(father(), child())
    link: Link = start("nara", batch_limit=1)
    with silence():
        link.register()
    lost = Batch.objects.order_by("sequence")[0]
    Batch.objects.filter(pk=lost.pk).update(receipt=lost.receipt | {"batch_id": "unknown"})
    time_passes()
    assert link.register().state == "succeeded", "the others have their turn"
    lost.refresh_from_db()
    assert (lost.state, lost.problem, lost.failure) == ("sent", LOST, "atena.batch_unknown")
    assert Batch.objects.filter(kind="register", state="collected").count() == 1
    assert set(handed_over.values()) == {1}
    Batch.objects.filter(pk=lost.pk).update(due_at=timezone.now() + timedelta(days=1))
    link.register()
    lost.refresh_from_db()
    assert lost.state == "collected", "in time the same batch goes out again"


@pytest.mark.parametrize("kind", ["register", "inquire"])
def test_people_are_told_who_waits_since_when_and_can_stop_waiting(
    kind: str, world: World, start: Any, handler: Any, handed_over: Counter[str]
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Inquiry, Registration
    from tests.domain.linkage.browsing import text_of

    world.household(father(), child())
    link: Link = start("hiroshima")
    if kind == "inquire":
        link.register()
        approve_all()
    with silence():
        again = link.register if kind == "register" else link.inquire
        again()
        batch = Batch.objects.get(state="sent")
        page = f"/linkage/batches/{batch.pk}/"
        assert "待つのをやめる" not in text_of(handler.get(page)), "not before its time"
        assert handler.post(page, {"note": "早すぎる"}).status_code == 200
        time_passes()
        again()
    home = text_of(handler.get("/"))
    assert "統合宛名が回答しない送受信" in home
    assert "4日" in home
    assert "期限を過ぎても回答のない送受信 1件" in text_of(handler.get("/linkage/"))
    assert page in text_of(handler.get("/linkage/batches/"))
    shown = text_of(handler.get(page))
    assert all(word in shown for word in ("H00001-01", "統合宛名の担当", "待つのをやめる"))
    person = Registration.objects.get(member__key="01").member_id
    assert (page in text_of(handler.get(f"/linkage/persons/{person}/"))) == (kind == "register")
    assert handler.post(page, {"note": "番号 123456789018"}).status_code == 200
    assert Batch.objects.get(pk=batch.pk).state == "sent"
    assert handler.post(page, {"note": "担当に受付の記録なし"}).status_code == 302
    assert Batch.objects.get(pk=batch.pk).state == "collected"
    event = outbox.get(event="linkage:exchange:abandoned")
    assert event.detail["reason"] == "担当に受付の記録なし"
    if kind == "register":
        assert set(Registration.objects.values_list("state", flat=True)) == {"rejected"}
        assert link.register().state == "succeeded"
        assert set(Registration.objects.values_list("state", flat=True)) == {"rejected"}, "nothing goes out by itself"
        assert services.register_again() == 2
        link.register()
        assert set(Registration.objects.values_list("state", flat=True)) == {"ready"}
        return
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"expired"}
    link.inquire()
    assert set(Inquiry.objects.values_list("state", "match", "asked")) == {("answered", "matched", 1)}
    assert set(handed_over.values()) == {1}


def test_where_asking_is_sending_a_batch_past_its_time_is_left_to_people_and_held_lines_are_asked_for_on(
    world: World, start: Any, handed_over: Counter[str]
) -> None:
    from domain.linkage.models import Batch, Inquiry

    world.household(father(behaviours=frozenset({"hold:tax"})), child())
    answers = dict.fromkeys(["registration_answer", "inquiry_answer"], "in_call")
    link: Link = start("nara", "--release", "0.1", checks_linkage=False, **answers)
    link.register()
    cut_off = Batch.objects.get()
    Batch.objects.filter(pk=cut_off.pk).update(state="sent", due_at=timezone.now() - timedelta(hours=1))
    link.register()
    cut_off.refresh_from_db()
    assert (handed_over[str(cut_off.pk)], cut_off.state, cut_off.failure) == (1, "sent", "overdue")
    approve_all()
    link.inquire()
    Batch.objects.filter(kind="inquire").update(due_at=timezone.now() - timedelta(hours=1))
    held = Inquiry.objects.get(kind="tax")
    assert held.state == "held"
    for _ in range(20):
        link.inquire()
        held.refresh_from_db()
        if held.state != "held":
            break
    assert held.state == "answered"
