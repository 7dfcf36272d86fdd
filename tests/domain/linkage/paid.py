"""Released payment rounds, the short way: what a pupil was paid in a fiscal year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.domain.linkage.world import YEAR, person


def pay(amounts: dict[Any, int], *, number: int = 1, year: int = YEAR) -> Any:
    """A released round that paid these amounts (円) to these members, each a pupil."""
    from django.utils import timezone

    from domain.households.models import Pupil
    from domain.payments.models import PaymentRound, PupilPayment

    starts_on = date(year, 3 + number, 1)
    total = sum(amounts.values())
    round_ = PaymentRound.objects.create(
        fiscal_year=year, number=number, title=f"第{number}回", starts_on=starts_on, ends_on=starts_on + timedelta(days=27),
        pay_on=starts_on + timedelta(days=40 + number), state="released", calculated_by="one", approved_by="two",
        ledgers=[{"name": "main", "title": "見本", "reported": True}], confirmed_count=len(amounts), confirmed_total=total,
        transferable_total=total, untransferable_total=0, released_by="two", released_at=timezone.now(),
    )  # fmt: skip
    for member, amount in amounts.items():
        PupilPayment.objects.create(
            round=round_,
            pupil=Pupil.objects.get(member=member),
            state="payable",
            total=amount,
            ledgers={"main": amount},
        )
    return round_


def unpay(round_: Any, member: Any) -> None:
    """The payment of one member is gone from a round, as if it had been found wrong."""
    from domain.payments.models import PupilPayment

    PupilPayment.objects.filter(round=round_, pupil__member=member).delete()


def provide_by_rule(**more: Any) -> Any:
    """From today on copies are provided; what switches off, or on again, is approved by a second person."""
    from django.utils import timezone

    from domain.linkage.models import ProvisionRule
    from domain.linkage.providing import switching
    from domain.linkage.providing.rules import is_switch
    from domain.linkage.services import add_provision_rule

    values: dict[str, Any] = {"provided": True, "notice": "サンプル通知 第1号"} | more
    rule = ProvisionRule(starts_on=timezone.localdate(), **values)
    if not is_switch(rule):
        return add_provision_rule(person("approver"), rule)
    proposed = switching.propose_rule(person("proposer"), rule)
    return switching.approve_rule(proposed, person("second"), switching.effect_of(proposed).shown)


def approve_copies() -> Any:
    """Freeze what differs and let a second person approve it; the list, or None when nothing differs."""
    from domain.linkage import services

    listed = services.propose_copies(YEAR, person("proposer"))
    if listed is not None:
        services.approve_copies(listed, person("second"), listed.digest)
    return listed


def provide() -> Any:
    """Freeze, approve, send; the job."""
    from domain.linkage import services
    from tests.domain.linkage.conftest import OPERATOR, work

    approve_copies()
    job = work(services.start_provision(OPERATOR))
    assert job.state == "succeeded", job.error
    return job


def copies() -> dict[str, tuple[int, str]]:
    """By the key of the member: what the other side accepted last (円), and whether it gave a number."""
    from domain.linkage.models import Copy

    held = Copy.objects.exclude(amount=None).select_related("member")
    return {one.member.key: (one.amount or 0, "numbered" if one.record_number else "") for one in held}


def lines() -> list[tuple[str, str, str, int]]:
    """(act, cause, state, 円) of every line, in order."""
    from domain.linkage.models import CopyLine

    return list(CopyLine.objects.order_by("pk").values_list("act", "cause", "state", "amount"))
