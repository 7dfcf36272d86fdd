"""A list frozen by one person and approved by another before anything on it is sent: what every such list has in common.

The content of a list and of its lines cannot be changed once it is frozen (triggers of the migration); `digest` covers all lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import ClassVar, TypeVar

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from domain.linkage.errors import TargetsRefused
from web.dates import fiscal_year_label

APPROVAL = two_person(
    "linkage.lists",
    "照会対象・副本の一覧の承認",
    first=Permission.RUN_LINKAGE,
    second=Permission.APPROVE_INQUIRY,
    refusal="自分が作った一覧は承認できません。別の人が承認してください。",
    again="必要なら、一覧を作り直してください。前の一覧は、そのときに取り下げられます。",
    everywhere=True,
)


class ListState(models.TextChoices):
    PROPOSED = "proposed", "承認待ち"
    APPROVED = "approved", "承認済"
    WITHDRAWN = "withdrawn", "取下げ"


class FrozenList(models.Model):
    """`what`: the name of such a list, for people."""

    State = ListState
    what: ClassVar[str]

    fiscal_year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("番号")
    state = models.CharField("状態", max_length=10, choices=ListState.choices, default=ListState.PROPOSED)
    digest = models.CharField("指紋", max_length=80)
    size = models.PositiveIntegerField("件数")
    bases = models.JSONField("根拠", default=dict)
    proposed_by = models.CharField("提案者", max_length=60)
    proposed_at = models.DateTimeField("提案日時", auto_now_add=True)
    approved_by = models.CharField("承認者", max_length=60, null=True, blank=True)  # noqa: DJ001 - null until approved
    decided_at = models.DateTimeField("決定日時", null=True, blank=True)
    reason = models.CharField("取下げの理由", max_length=400, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{fiscal_year_label(self.fiscal_year)} 第{self.number}号"


def list_constraints(name: str) -> list[models.BaseConstraint]:
    """One number a year, one list waiting at a time, two people. `name` keeps the constraints of two kinds of list apart."""
    return [
        models.UniqueConstraint(fields=["fiscal_year", "number"], name=f"one_{name}_list_per_number"),
        models.UniqueConstraint(
            fields=["fiscal_year"], condition=models.Q(state="proposed"), name=f"one_{name}_list_waits"
        ),
        models.CheckConstraint(
            condition=~models.Q(state="approved")
            | (models.Q(approved_by__isnull=False) & ~models.Q(approved_by=models.F("proposed_by"))),
            name=f"two_people_approve_{name}s",
        ),
    ]


Listed = TypeVar("Listed", bound=FrozenList)


UNDECIDED = "承認されないまま期限が切れるなどしたため、作り直し"


def refuse_second(kind: type[Listed], fiscal_year: int, withdraw: Callable[[Listed], object]) -> None:
    """Raises TargetsRefused while another list waits: two at once would ask the approver the same twice. `withdraw`: what becomes
    of one that nobody may approve any more."""
    waiting = kind._default_manager.filter(fiscal_year=fiscal_year, state=ListState.PROPOSED)
    if APPROVAL.gives_way(waiting, withdraw):
        raise TargetsRefused(f"承認を待つ{kind.what}があります。承認するか取り下げてから、新しい一覧を作ってください。")


def next_number(kind: type[FrozenList], fiscal_year: int) -> int:
    """The number of the year's next list."""
    newest = kind._default_manager.filter(fiscal_year=fiscal_year).aggregate(newest=models.Max("number"))["newest"]
    return (newest or 0) + 1


def locked(listed: Listed) -> Listed:
    """The list as it is now, locked. Raises TargetsRefused when it is decided already. Inside a transaction."""
    current = type(listed)._default_manager.select_for_update().get(pk=listed.pk)
    if current.state != ListState.PROPOSED:
        raise TargetsRefused(f"この一覧は{current.get_state_display()}です。画面を開き直してください。")
    return current


def require_second_person(current: FrozenList, user: User, shown: str, now: str) -> None:
    """Raises TargetsRefused: the own list, a stale one, or not the list that was `shown` (its lines give the digest `now`)."""
    if refused := APPROVAL.why_refused(current.proposed_by, user):
        raise TargetsRefused(refused)
    if stale := APPROVAL.why_stale(current.proposed_by, current.proposed_at):
        raise TargetsRefused(stale)
    if shown != current.digest or now != current.digest:
        raise TargetsRefused("一覧の内容が、確かめたものと違います。画面を開き直して、もう一度確かめてください。")


def decide_approved(current: FrozenList, user: User) -> None:
    current.state, current.approved_by, current.decided_at = ListState.APPROVED, user.username, timezone.now()
    current.save(update_fields=["state", "approved_by", "decided_at"])


def decide_withdrawn(current: FrozenList, reason: str) -> None:
    """Raises TargetsRefused without a reason."""
    if not reason.strip():
        raise TargetsRefused("取り下げる理由を入力してください。")
    current.state, current.decided_at, current.reason = ListState.WITHDRAWN, timezone.now(), reason.strip()
    current.save(update_fields=["state", "decided_at", "reason"])


def digest_of(rows: Iterable[str]) -> str:
    """SHA-256 over the rows in order."""
    return "sha256:" + hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
