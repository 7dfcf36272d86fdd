"""番号利用の対象者一覧: whose 個人番号 one job may open. Asked by one person, approved by another, for a few hours, for one job.

One gate for each kind of number: a 団体内統合宛名番号 is opened for those whom an approved 照会対象一覧 lets be asked (`stand_in`), so
that nobody approves the same people twice.

Where the prefecture requires it (`VaultSettings.needs_list`), `reveal_many` opens nothing without such a list. The job is known
from where the code runs, so neither numbers nor lists stand in any task argument. The job that used a list first may use it again
(it may have been stopped); no other one may.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.actors import current_job
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.vault import modes
from domain.vault.errors import ListMissing, NothingToDo, WrongState
from domain.vault.models import PersonNumber, RevealList, RevealListMember

GOOD_FOR = timedelta(hours=4)
State = RevealList.State


APPROVAL = two_person(
    "vault.reveal_list",
    "番号を使う対象者一覧の承認",
    first=Permission.MANAGE_VAULT,
    second=Permission.APPROVE_VAULT,
    refusal="依頼した本人は承認できません。別の承認者に依頼してください。",
    again="必要なら、もう一度依頼してください。",
    everywhere=True,
    asker="asked_by",
    asked_at="asked_at",
)


_STAND_INS: dict[str, Callable[[Collection[int]], bool]] = {}


def stand_in(field: str, covers: Callable[[Collection[int]], bool]) -> None:
    """For this kind of number another room's approval is the gate: `covers` says whether it names all of these people."""
    _STAND_INS[field] = covers


def people_to_register() -> QuerySet[PersonNumber]:
    """Whose 個人番号 a job would need now: of those not yet known to 統合宛名, and of those whose number changed since."""
    known = PersonNumber.objects.filter(
        member=OuterRef("member"),
        field=PersonNumber.Field.UNIFIED,
        held_until=None,
        held_from__gt=OuterRef("held_from"),
    )
    return PersonNumber.objects.filter(~Exists(known), field=PersonNumber.Field.INDIVIDUAL, held_until=None)


def ask(member_ids: Collection[int], *, duty: str, case: str, user: User) -> RevealList:
    """Freeze the people whose 個人番号 a job needs. Raises NothingToDo."""
    members = sorted(set(member_ids))
    if not members:
        raise NothingToDo
    digest = hashlib.sha256(",".join(map(str, members)).encode()).hexdigest()
    with transaction.atomic():
        row = RevealList.objects.create(
            field=PersonNumber.Field.INDIVIDUAL, duty=duty, case=case.strip()[:100], people=len(members), digest=digest,
            asked_by=user.username,
        )  # fmt: skip
        RevealListMember.objects.bulk_create(
            [RevealListMember(list=row, member_id=member) for member in members], batch_size=1_000
        )
        _record(Event.NUMBER_LIST_ASKED, row)
    return row


def ask_for_registration(*, duty: str, case: str, user: User) -> RevealList:
    """Of everybody whose 個人番号 is still to be told to 統合宛名. Raises NothingToDo."""
    return ask(list(people_to_register().values_list("member_id", flat=True)), duty=duty, case=case, user=user)


def missing_for_registration() -> bool:
    """Whether a job that opens a 個人番号 now would be refused, as no list waits for one."""
    waiting = RevealList.objects.filter(
        state=State.APPROVED, field=PersonNumber.Field.INDIVIDUAL, used_by=None, expires_at__gt=timezone.now()
    )
    return modes.rules().needs_list and not waiting.exists()


def approve(row: RevealList, user: User) -> RevealList:
    """As the second person; good for GOOD_FOR from now. Raises WrongState, SamePerson, RequestStale."""
    with transaction.atomic():
        row = _locked(row, State.ASKED)
        APPROVAL.require(row.asked_by, user)
        APPROVAL.require_current(row.asked_by, row.asked_at)
        now = timezone.now()
        row.state, row.approved_by, row.approved_at, row.expires_at = State.APPROVED, user.username, now, now + GOOD_FOR
        row.save(update_fields=["state", "approved_by", "approved_at", "expires_at"])
        _record(Event.NUMBER_LIST_APPROVED, row, Permission.APPROVE_VAULT)
    return row


def withdraw(row: RevealList) -> None:
    """Before approval. Raises WrongState."""
    with transaction.atomic():
        row = _locked(row, State.ASKED)
        row.state = State.WITHDRAWN
        row.save(update_fields=["state"])
        _record(Event.NUMBER_LIST_WITHDRAWN, row)


def claim(member_ids: Sequence[int], field: str) -> None:
    """Let the running job open the numbers of these people. Raises ListMissing (written into the trail)."""
    job = current_job()
    wanted = set(member_ids)
    if field in _STAND_INS and job is not None and _STAND_INS[field](wanted):
        return
    with transaction.atomic():
        free = Q(used_by=None) | Q(used_by=job)
        open_lists = RevealList.objects.select_for_update().filter(
            free, state=State.APPROVED, field=field, expires_at__gt=timezone.now()
        )
        for row in open_lists.order_by("approved_at") if job is not None else []:
            if _covers(row, wanted):
                if row.used_by is None:
                    RevealList.objects.filter(pk=row.pk).update(used_by=job, used_at=timezone.now())
                    _record(Event.NUMBER_LIST_USED, row)
                return
        record(Event.NUMBER_LIST_REFUSED, detail={"people": len(wanted), "field": field})
    raise ListMissing


def _covers(row: RevealList, wanted: set[int]) -> bool:
    return RevealListMember.objects.filter(list=row, member__in=wanted).count() == len(wanted)


def _locked(row: RevealList, state: str) -> RevealList:
    found = RevealList.objects.select_for_update().get(pk=row.pk)
    if found.state != state:
        raise WrongState(found.get_state_display())
    return found


def _record(event: Event, row: RevealList, allowed_by: str = Permission.MANAGE_VAULT) -> None:
    detail: dict[str, JSON] = {"field": row.field, "people": row.people, "sha256": row.digest}
    subjects = [Subject("reveal_list", str(row.pk))]
    record(event, subjects=subjects, detail=detail, allowed_by=allowed_by, duty=row.duty, case=row.case)
