"""What people may decide about an answer, once, with a reason and a history."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.linkage.world import YEAR, World, child, father, mother


@pytest.fixture
def user(in_a: Any) -> Any:
    from accounts.services import create_user

    return create_user("board", "サンプル　教委")


def _inquiry(world: World, state: str, match: str = "none", **more: Any) -> Any:
    from domain.linkage.models import Inquiry
    from domain.linkage.targets import base_date

    member = world.household(father(), child()).members.get(key="01")
    return Inquiry.objects.create(
        member=member, fiscal_year=YEAR, kind="tax", base_date=base_date(YEAR), base_address="", state=state, match=match,
        **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "match", "possible"),
    [
        ("answered", "review", ["accepted", "rejected", "certificate"]),
        ("answered", "mismatch", ["rejected", "certificate"]),
        ("answered", "matched", []),
        ("not_found", "none", ["certificate"]),
        ("not_declared", "none", ["certificate"]),
        ("held", "none", ["certificate"]),
        ("refused", "none", ["certificate"]),
        ("failed", "none", ["certificate"]),
        ("expired", "none", ["certificate"]),
        ("waiting", "none", ["certificate"]),
        ("sent", "none", ["certificate"]),
    ],
)
def test_what_may_be_decided(state: str, match: str, possible: list[str], world: World, user: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.services import possible_settlements, settle

    inquiry = _inquiry(world, state, match)
    assert [one.value for one in possible_settlements(inquiry)] == possible
    for settlement in {"accepted", "rejected", "certificate"} - set(possible):
        with pytest.raises(SettlementRefused):
            settle(inquiry, settlement, user, "理由")


def test_a_decision_is_kept_with_who_when_why(world: World, user: Any) -> None:
    from domain.linkage.models import InquiryStep
    from domain.linkage.services import possible_settlements, settle
    from tests.support.outbox import outbox

    settled = settle(_inquiry(world, "answered", "review"), "accepted", user, " 改姓の届出あり ")
    assert (settled.settlement, settled.settled_by) == ("accepted", "サンプル　教委")
    assert settled.settled_at is not None
    step = InquiryStep.objects.get(inquiry=settled)
    assert (step.settlement, step.note) == ("accepted", "改姓の届出あり")
    event = outbox.get(event="linkage:answer:settled")
    assert event.detail == {"settlement": "accepted", "match": "review", "item": "tax"}
    assert {subject["kind"] for subject in event.subjects} == {"inquiry", "member"}
    assert possible_settlements(settled) == []


def test_a_decision_needs_a_reason_and_is_made_once(world: World, user: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.services import settle

    inquiry = _inquiry(world, "answered", "review")
    with pytest.raises(SettlementRefused, match="理由を入力"):
        settle(inquiry, "accepted", user, "　")
    settle(inquiry, "rejected", user, "別人")
    with pytest.raises(SettlementRefused, match="不採用"):
        settle(inquiry, "accepted", user, "やはり本人")


def test_asking_again_clears_the_answer_and_keeps_the_history(world: World, user: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.models import InquiryStep
    from domain.linkage.services import ask_again, settle

    inquiry = settle(_inquiry(world, "answered", "mismatch", answer={"person": {}}), "rejected", user, "別人の回答")
    ask_again(inquiry, user, "番号を訂正した")
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.answer, inquiry.match, inquiry.settlement) == ("waiting", None, "none", "none")
    steps = InquiryStep.objects.filter(inquiry=inquiry).values_list("to_state", "note")
    assert list(steps) == [("answered", "別人の回答"), ("waiting", "番号を訂正した")]
    with pytest.raises(SettlementRefused, match="まだ"):
        ask_again(inquiry, user, "もう一度")


def test_correcting_our_record_settles_the_doubt(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry, InquiryStep
    from domain.linkage.services import match_again

    household = world.household(father(there={"born": father().born.replace(day=30)}), mother(), child())
    start("nara").whole()
    assert match_again(YEAR) == 0
    household.members.filter(key="01").update(born=father().born.replace(day=30))
    assert match_again(YEAR) == 2
    assert set(Inquiry.objects.values_list("match", flat=True)) == {"matched"}
    assert InquiryStep.objects.filter(match="matched").count() == 2


def test_a_correction_on_a_page_matches_again_by_itself(world: World, start: Any) -> None:
    """In the transaction of the correction, and in the name of whoever corrected."""
    from domain.households.correcting import correct_member
    from domain.linkage.models import Inquiry, InquiryStep

    household = world.household(father(there={"born": father().born.replace(day=30)}), mother(), child())
    start("nara").whole()
    ours = household.members.get(key="01")
    correct_member(ours, {"disability": "severe"}, "等級の訂正")
    assert not InquiryStep.objects.exists()
    correct_member(ours, {"born": father().born.replace(day=30)}, "生年月日の誤り")
    assert set(Inquiry.objects.values_list("match", flat=True)) == {"matched"}
    assert {step.note for step in InquiryStep.objects.all()} == {"世帯の記録が訂正されたため、突合をやり直しました。"}


def test_a_late_answer_does_not_undo_a_decision(world: World, start: Any, user: Any) -> None:
    import time

    from domain.linkage.models import Inquiry
    from domain.linkage.services import settle

    world.household(father(behaviours=frozenset({"hold:tax"})), child())
    link = start("nara", "--release", "1.2")
    link.whole()
    settle(Inquiry.objects.get(kind="tax"), "certificate", user, "証明書を受領")
    time.sleep(1.3)
    link.inquire()
    late = Inquiry.objects.get(kind="tax")
    assert (late.state, late.match, late.settlement) == ("answered", "matched", "certificate")
    from domain.linkage.models import Batch

    codes = [finding["message"] for batch in Batch.objects.all() for finding in batch.findings]
    assert any("証明書で代替した 1件に、回答が後から届きました" in message for message in codes)


def test_a_certificate_before_the_sending_keeps_the_question_from_going_out(
    world: World, start: Any, user: Any
) -> None:
    from domain.linkage.models import Inquiry
    from domain.linkage.services import settle
    from tests.domain.linkage.world import approve_all

    world.household(father(), child())
    link = start("nara")
    link.register()
    approve_all()
    settle(Inquiry.objects.get(kind="tax"), "certificate", user, "証明書を受領")
    link.inquire()
    left = Inquiry.objects.get(kind="tax")
    assert (left.state, left.batch, left.settlement) == ("waiting", None, "certificate")
    assert approve_all() is None


def test_another_birth_date_is_never_taken_not_even_by_the_database(world: World, user: Any) -> None:
    from django.db import IntegrityError, transaction

    from domain.linkage.models import Inquiry
    from domain.linkage.services import possible_settlements

    inquiry = _inquiry(world, "answered", "mismatch")
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.update(settlement="accepted")
    inquiry.match = "review"
    inquiry.match_detail = {"items": [{"item": "生年月日", "ours": "", "answer": ""}]}
    assert "accepted" not in [one.value for one in possible_settlements(inquiry)]
