"""What people and jobs do in a season, one act after the other, through the same services as the pages."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from accounts.roles import Role
from domain.linkage import services as linkage
from domain.linkage.models import Batch, Inquiry, Registration
from domain.vault import lists
from jobs.models import Job
from jobs.running import run_job
from ops.bench.households import FISCAL_YEAR
from ops.bench.season.books import NotReconciled

OPERATOR = {"staff_number": "KEISOKU1", "organisation_number": "KEISOKU", "approval_number": "R7-0001"}
LOOK_SECONDS = 0.05
CARRY_SECONDS = 0.5  # nobody carries a medium more often; each time a new run of the job looks at it
PATIENCE_SECONDS = 600.0

WITHOUT_CODE = (Registration.State.REGISTERED, Registration.State.ACQUIRING)

Carry = Callable[[], None]


def register() -> Job:
    """付番: everybody with a number, on a list that a second person approved; again: what is left of it."""
    linkage.plan_registrations()
    if lists.people_to_register().exists():
        asker, second = person("keisoku-n", Role.NUMBER_HANDLER), person("keisoku-s", Role.SECURITY_MANAGER)
        lists.approve(lists.ask_for_registration(duty="V01", case="計測の付番依頼", user=asker), second)
    return linkage.start_registration(OPERATOR)


def approve() -> None:
    """照会対象一覧: frozen by one person, approved by another."""
    listed = linkage.propose_targets(FISCAL_YEAR, person("keisoku-a"))
    if listed is not None:
        linkage.approve_targets(listed, person("keisoku-b"), listed.digest)


def inquire() -> Job:
    """照会 of what was approved; again: what is left of it. Answers are collected and matched by the same job."""
    return linkage.start_inquiry(FISCAL_YEAR, OPERATOR)


def is_left(kind: str) -> bool:
    """Whether anything of a kind of batch waits, or is with the other side."""
    open_ = (Batch.State.PREPARED, Batch.State.SENT)
    if Batch.objects.filter(kind=kind, state__in=open_).exists():
        return True
    if kind == Batch.Kind.CHECK:
        return Registration.objects.filter(state__in=WITHOUT_CODE).exists()
    if kind == Batch.Kind.REGISTER:
        return Registration.objects.filter(state=Registration.State.VERIFIED).exists()
    return Inquiry.objects.filter(state=Inquiry.State.WAITING).exists()


def until_done(kind: str, begin: Callable[[], Job], carry: Carry) -> None:
    """Run jobs in this process until nothing of a kind is left; people carry in between. Raises NotReconciled."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        job = begin()
        while job.is_live:
            run_job(job.pk)
            job.refresh_from_db()
            time.sleep(0 if job.state == Job.State.SUCCEEDED else LOOK_SECONDS)
        if job.state != Job.State.SUCCEEDED or time.monotonic() > until:
            raise NotReconciled(f"{kind}: {job.state} {job.error}")
        if not is_left(kind):
            return
        carry()
        time.sleep(CARRY_SECONDS)


def check_codes() -> Job:
    """符号: of everybody who is registered, by the job that looks hourly."""
    return linkage.start_check(OPERATOR)


def settle() -> int:
    """What the machine may not take: refused where the birth date is not ours, a certificate where nothing came. How many."""
    user, count = person("keisoku-a"), 0
    waiting = Inquiry.objects.filter(settlement=Inquiry.Settlement.NONE).exclude(match=Inquiry.Match.MATCHED)
    for inquiry in waiting.order_by("pk"):
        possible = linkage.possible_settlements(inquiry)
        refused = Inquiry.Settlement.REJECTED in possible
        linkage.settle(inquiry, Inquiry.Settlement.REJECTED if refused else possible[-1], user, "サンプルの確認")
        count += 1
    return count


def person(username: str, role: Role = Role.BOARD_OFFICER) -> User:
    """A fictitious person of this prefecture: who asks for a list may still do so when it is approved."""
    known = User.objects.filter(username=username).first()
    if known is None:
        known = accounts.create_user(username, "見本")
        accounts.assign_role(known, role, training_on=timezone.localdate())
    return known
