"""副本: what was paid stands at the other side, corrected and deleted as payments change; every line is approved and accounted for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.domain.linkage.conftest import OPERATOR, work
from tests.domain.linkage.paid import approve_copies, copies, lines, pay, provide, provide_by_rule, unpay
from tests.domain.linkage.world import YEAR, World, child, father, person


def _held(tmp_path: Path) -> list[tuple[str, str, str]]:
    """The copies the simulator holds: amount, first day, last day."""
    from integrations.atena_adapters.simulator.ledger import Ledger
    from integrations.sealed_file import read_key_file

    ledger = Ledger(read_key_file(tmp_path / "key"), tmp_path / "state")
    return ledger.execute("SELECT amount, period_from, period_to FROM copies WHERE state = 'held' ORDER BY number")


def _lost(adapter: Any, receipt: Any) -> Any:
    """A collection in which nothing came in time."""
    from integrations.atena_adapters.port import Collection, Expired

    return Collection(receipt.batch_id, {line.line_id: Expired("期限切れ") for line in receipt.lines})


def _pupil(household: Any) -> Any:
    return household.members.get(key="03")


def test_what_was_paid_is_added_changed_and_deleted(world: World, start: Any, tmp_path: Path) -> None:
    from domain.linkage.models import Copy, CopyStep

    household = world.household(father(), child())
    link = start("nara", "--state", str(tmp_path / "state"))
    link.register()
    provide_by_rule()
    first = pay({_pupil(household): 12_000})
    provide()
    assert copies() == {"03": (12_000, "numbered")}
    assert _held(tmp_path) == [("12000", "2025-04-01", "2025-04-28")]
    provide()
    assert lines() == [("add", "paid", "accepted", 12_000)]  # nothing differs: nothing is sent

    second = pay({_pupil(household): 3_000}, number=2)
    provide()
    assert _held(tmp_path) == [("15000", "2025-04-01", "2025-05-28")]
    unpay(second, _pupil(household))
    provide()
    assert _held(tmp_path) == [("12000", "2025-04-01", "2025-04-28")]
    unpay(first, _pupil(household))
    provide()
    assert _held(tmp_path) == []
    assert [line[:3] for line in lines()] == [
        ("add", "paid", "accepted"),
        ("change", "more", "accepted"),
        ("change", "less", "accepted"),
        ("delete", "nothing", "accepted"),
    ]
    assert copies() == {}
    assert Copy.objects.get().record_number == ""
    assert CopyStep.objects.count() == 8  # sent and accepted, four times


def test_nothing_is_provided_without_a_rule_a_registration_and_a_second_person(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.errors import TargetsRefused
    from domain.linkage.providing.planning import plan_copies

    household = world.household(father(), child())
    link = start("nara")
    pay({_pupil(household): 12_000})
    with pytest.raises(TargetsRefused, match="副本を登録しない設定"):
        services.propose_copies(YEAR, person("proposer"))
    provide_by_rule()
    assert plan_copies().unregistered == 1
    assert services.propose_copies(YEAR, person("proposer")) is None
    link.register()
    listed = services.propose_copies(YEAR, person("proposer"))
    assert listed is not None
    with pytest.raises(TargetsRefused, match="承認を待つ副本登録一覧"):
        services.propose_copies(YEAR, person("proposer"))
    type(listed).objects.update(proposed_at=timezone.now() - timedelta(days=14))
    old, listed = listed, services.propose_copies(YEAR, person("proposer"))
    assert listed is not None
    assert type(listed).objects.get(pk=old.pk).state == "withdrawn"
    with pytest.raises(TargetsRefused, match="自分が作った一覧"):
        services.approve_copies(listed, person("proposer"), listed.digest)
    with pytest.raises(TargetsRefused, match="確かめたものと違います"):
        services.approve_copies(listed, person("second"), "sha256:0")
    work(services.start_provision(OPERATOR))
    assert [line[2] for line in lines()] == ["dropped", "waiting"]
    services.approve_copies(listed, person("second"), listed.digest)
    work(services.start_provision(OPERATOR))
    assert [line[2] for line in lines()] == ["dropped", "accepted"]


def test_the_database_refuses_what_nobody_approved_and_what_was_frozen(world: World, start: Any) -> None:
    from django.db import DatabaseError, transaction

    from domain.linkage import services
    from domain.linkage.exchange import batches
    from domain.linkage.models import Batch, CopyLine, ProvisionRule
    from integrations.atena_adapters.port import Operator

    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    pay({_pupil(household): 12_000})
    listed = services.propose_copies(YEAR, person("proposer"))
    assert listed is not None
    batch = batches.create(Batch.Kind.PROVIDE, fiscal_year=YEAR, adapter_version=1, operator=Operator(), size=1)
    line = CopyLine.objects.get()
    another = {"copy": line.copy, "act": "add", "cause": "paid", "amount": 1, "period_from": "2025-04-01"}
    for attempt in (
        lambda: CopyLine.objects.update(batch=batch),
        lambda: CopyLine.objects.update(amount=1),
        lambda: CopyLine.objects.all()._raw_delete("default"),
        lambda: CopyLine.objects.create(listed=listed, period_to="2025-04-02", **another),
        lambda: ProvisionRule.objects.update(provided=False),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    services.withdraw_copies(listed, "見直す")
    assert [one[2] for one in lines()] == ["dropped"]
    assert approve_copies() is not None  # the same line comes again with the next list


def test_a_refused_line_is_sent_again_only_after_somebody_put_it_right(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.models import Copy, CopyLine
    from domain.linkage.providing.planning import plan_copies

    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    round_ = pay({_pupil(household): 12_000})
    provide()
    Copy.objects.update(record_number="F999999999")  # not the number that the other side knows
    pay({_pupil(household): 500}, number=2)
    provide()
    refused = CopyLine.objects.get(state="refused")
    assert "副本番号" in refused.reason
    assert copies()["03"][0] == 12_000  # what was accepted last
    assert (plan_copies().refused, approve_copies()) == (1, None)
    services.mark_corrected(refused, "副本番号を直した")
    Copy.objects.update(record_number=CopyLine.objects.get(act="add").copy.record_number)
    assert plan_copies().changes
    assert round_.number == 1


def test_a_changed_amount_needs_no_correction(world: World, start: Any) -> None:
    from domain.linkage.models import Copy

    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    pay({_pupil(household): 12_000})
    provide()
    number = Copy.objects.get().record_number
    Copy.objects.update(record_number="F999999999")
    pay({_pupil(household): 500}, number=2)
    provide()
    Copy.objects.update(record_number=number)
    pay({_pupil(household): 300}, number=3)
    provide()
    assert copies() == {"03": (12_800, "numbered")}
    assert [line[2] for line in lines()] == ["accepted", "refused", "accepted"]


@pytest.mark.parametrize(
    ("done", "state", "amount"), [(True, "accepted", {"03": (12_000, "numbered")}), (False, "dropped", {})]
)
def test_an_unknown_result_waits_for_a_person_and_nothing_overtakes_it(
    done: bool, state: str, amount: dict[str, Any], world: World, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.models import CopyLine
    from domain.linkage.providing.planning import plan_copies
    from integrations.atena_adapters.adapter import ComposedAdapter

    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    pay({_pupil(household): 12_000})
    monkeypatch.setattr(ComposedAdapter, "collect", _lost)
    provide()
    line = CopyLine.objects.get()
    assert (line.state, copies()) == ("unknown", {})
    assert plan_copies().under_way == 1
    with pytest.raises(SettlementRefused, match="何を見て"):
        services.settle_at_terminal(line, done=done, record_number="F000000001", note=" ")
    if done:
        with pytest.raises(SettlementRefused, match="副本番号を入力"):
            services.settle_at_terminal(line, done=True, record_number="", note="端末で確認")
    services.settle_at_terminal(line, done=done, record_number="F000000001" if done else "", note="端末で確認")
    assert (CopyLine.objects.get().state, copies()) == (state, amount)
    assert bool(plan_copies().changes) is not done


def test_a_late_result_settles_what_was_unknown(world: World, start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, CopyLine
    from integrations.atena_adapters.adapter import ComposedAdapter

    household = world.household(father(), child())
    start("hiroshima").register()
    provide_by_rule()
    pay({_pupil(household): 12_000})
    with monkeypatch.context() as early:
        early.setattr(ComposedAdapter, "collect", _lost)
        provide()
    assert CopyLine.objects.get().state == "unknown"
    job = services.start_collection()
    assert job is not None
    for _ in range(40):
        work(job)
        if CopyLine.objects.get().state == "accepted":
            break
        job = services.start_collection()
    assert copies() == {"03": (12_000, "numbered")}
    work(services.start_collection())
    assert not Batch.objects.filter(kind="provide", cleared_at=None).exists()


def test_a_disposed_number_takes_the_copy_with_it(world: World, start: Any, tmp_path: Path) -> None:
    from django.utils import timezone

    from domain.vault.models import PersonNumber

    household = world.household(father(), child())
    link = start("nara", "--state", str(tmp_path / "state"))
    link.register()
    provide_by_rule()
    pay({_pupil(household): 12_000})
    provide()
    gone = PersonNumber.objects.filter(member=_pupil(household), field="individual_number")
    gone.update(held_until=timezone.now(), ended="corrected")
    provide()
    assert _held(tmp_path) == []
    assert lines()[-1][:3] == ("delete", "purged", "accepted")
    provide()
    assert len(lines()) == 2  # and it is not added again, whatever was paid


def test_copies_past_the_keeping_time_are_deleted(world: World, start: Any) -> None:
    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    pay({_pupil(household): 9_000}, year=YEAR - 3)
    provide()
    assert copies() == {"03": (9_000, "numbered")}
    from domain.vault.models import VaultSettings

    VaultSettings.objects.update(keep_years=1)
    provide()
    assert lines()[-1][:3] == ("delete", "expired", "accepted")


def test_what_the_other_side_says_twice_or_differently_changes_nothing_and_is_told(world: World, start: Any) -> None:
    from domain.linkage.exchange import batches
    from domain.linkage.models import Batch, CopyStep
    from domain.linkage.providing.sending import Providing
    from integrations.atena_adapters.port import Collection, NotAccepted, Provided

    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    pay({_pupil(household): 12_000})
    provide()
    batch = Batch.objects.get(kind="provide")
    (name,) = [line.line_id for line in batches.receipt_of(batch).lines]
    before = (copies(), lines(), CopyStep.objects.count())
    work_ = Providing(YEAR, "事務")
    for other in (Provided("F999999999"), NotAccepted("重複")):
        assert work_.apply(batch, Collection(str(batch.pk), {name: other, "999999": Provided("X")})) == 0
    assert (copies(), lines(), CopyStep.objects.count()) == before
    assert [finding["code"] for finding in Batch.objects.get(kind="provide").findings] == ["conflict"]


def test_one_record_number_for_two_people_is_believed_of_neither(world: World, start: Any) -> None:
    from domain.linkage.models import Batch, CopyLine
    from domain.linkage.providing.sending import Providing
    from integrations.atena_adapters.port import Collection, Provided

    one, two = (world.household(father(), child()) for _ in range(2))
    start("nara").register()
    provide_by_rule()
    pay({_pupil(one): 12_000, _pupil(two): 13_000})
    approve_copies()
    batch = Batch.objects.create(kind="provide", sequence=999, fiscal_year=YEAR, adapter_version=1, size=2)
    CopyLine.objects.update(batch=batch, state="sent")
    told = {str(line.pk): Provided("F000000007") for line in CopyLine.objects.all()}
    assert Providing(YEAR, "事務").apply(batch, Collection(str(batch.pk), told)) == 2
    assert {line[2] for line in lines()} == {"unknown"}
    assert copies() == {}
