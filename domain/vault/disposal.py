"""番号の廃棄: which numbers are no longer needed, frozen as a list, approved by a second person, deleted, proved.

Who, when, how many, by which rule, and the hashes of what was deleted stay (`PurgeRun`, `PurgeLine`, the tombstone file, the trail).
The database deletes no held number that is not on an approved list (trigger), and changes no finished proof.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.entries import JSON
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.households.models import Pupil
from domain.vault import modes, tombstones
from domain.vault.errors import DisposalOutdated, NothingToDo, OpenAlready, WrongState
from domain.vault.models import PersonNumber, PurgeLine, PurgeRun
from jobs import services as jobs
from jobs.handle import JobHandle
from jobs.models import Job
from tenants.core import keys

JOB = "vault.purge"
CHUNK = 500
Rule, State = PurgeRun.Rule, PurgeRun.State


APPROVAL = two_person(
    "vault.disposal",
    "番号の廃棄の承認",
    first=Permission.MANAGE_VAULT,
    second=Permission.APPROVE_VAULT,
    refusal="起案した本人は承認できません。別の承認者に依頼してください。",
    again="必要なら、もう一度起案してください。前の起案は、そのときに取り消されます。",
    everywhere=True,
)


def first_day_kept(today: datetime.date, keep_years: int) -> datetime.date:
    """1 April of the oldest fiscal year that is still kept: `keep_years` whole fiscal years after the one of the event."""
    fiscal_year = today.year if today.month >= 4 else today.year - 1
    return datetime.date(fiscal_year - keep_years, 4, 1)


def no_longer_needed(rule: str, before: datetime.date) -> QuerySet[PersonNumber]:
    """The rows that the rule names. FORMER: ended before that day. LEFT: `_of_who_left`. SHRED: all."""
    if rule == Rule.SHRED:
        return PersonNumber.objects.all()
    if rule == Rule.FORMER:
        return PersonNumber.objects.filter(held_until__date__lt=before)
    return _of_who_left(before)


def _of_who_left(before: datetime.date) -> QuerySet[PersonNumber]:
    """Numbers nobody of whose household was at school from that day on, and those of who left the household before it.

    A household that never had a pupil is one whose roster was not complete; there the number itself has to be that old. Who left the
    household and is a pupil all the same (施設入所など) stays.
    """
    here = Q(left_on=None) | Q(left_on__gte=before)
    by_household = Pupil.objects.order_by().values("member__household")
    ended = by_household.annotate(here=Count("pk", filter=here)).filter(here=0)
    pupils = Pupil.objects.filter(here).values("member")
    gone = Q(member__left_on__lt=before) & ~Q(member__in=pupils)
    never_had = ~Q(member__household__in=by_household) & Q(held_from__date__lt=before)
    return PersonNumber.objects.filter(Q(member__household__in=ended.values("member__household")) | gone | never_had)


def propose(rule: str, user: User) -> PurgeRun:
    """Freeze what the rule names today. Raises NothingToDo, OpenAlready."""
    years = modes.rules().keep_years
    before = first_day_kept(timezone.localdate(), years)
    rows = no_longer_needed(rule, before).filter(transit_until=None).defer("sealed")
    stones = {row.pk: tombstones.tombstone_of(row) for row in rows.iterator(chunk_size=2_000)}
    if not stones:
        raise NothingToDo
    run = PurgeRun(rule=Rule(rule), keep_years=years, before=before, proposed_by=user.username)
    try:
        with transaction.atomic():
            APPROVAL.gives_way(PurgeRun.objects.filter(state=State.PROPOSED), withdraw)
            _freeze(run, stones)
            _record(Event.NUMBER_DISPOSAL_PROPOSED, run, Permission.MANAGE_VAULT)
    except IntegrityError as error:
        raise OpenAlready from error
    return run


def approve(run: PurgeRun, user: User) -> Job:
    """As the second person; the job starts. Raises WrongState, SamePerson, RequestStale, DisposalOutdated."""
    with transaction.atomic():
        run = _locked(run, State.PROPOSED)
        APPROVAL.require(run.proposed_by, user)
        APPROVAL.require_current(run.proposed_by, run.proposed_at)
        listed = set(run.lines.values_list("number_id", flat=True))
        still = set(no_longer_needed(run.rule, run.before).filter(pk__in=listed).values_list("pk", flat=True))
        if listed != still:
            raise DisposalOutdated(len(listed - still))
        run.state, run.approved_by, run.approved_at = State.APPROVED, user.username, timezone.now()
        run.save(update_fields=["state", "approved_by", "approved_at"])
        _record(Event.NUMBER_DISPOSAL_APPROVED, run, Permission.APPROVE_VAULT)
        return jobs.start(JOB, {"run": str(run.pk)}, key=f"{JOB}:{run.pk}", title=f"番号の廃棄（{run.count}件）")


def withdraw(run: PurgeRun) -> None:
    """Before approval. Raises WrongState."""
    with transaction.atomic():
        run = _locked(run, State.PROPOSED)
        run.state = State.WITHDRAWN
        run.save(update_fields=["state"])
        _record(Event.NUMBER_DISPOSAL_WITHDRAWN, run, "")


def carry_out(handle: JobHandle, run_id: str) -> None:
    """Delete what is left of an approved list. Done already: nothing."""
    run = PurgeRun.objects.get(pk=run_id)
    if run.state == State.APPROVED:
        tombstones.write_list(run)
        handle.advance(0, run.count, "番号を廃棄しています")
        while _delete_some(run):
            handle.advance(run.count - _left(run).count(), run.count)
        finish(run)
    handle.set_count("廃棄した番号", run.count)


def finish(run: PurgeRun) -> None:
    """Nothing is left: the proof is complete and stands from now on. After SHRED the keys of the vault are gone as well."""
    with transaction.atomic():
        if run.rule == Rule.SHRED:
            _shred(run)
        run.state, run.done_at = State.DONE, timezone.now()
        run.save(update_fields=["state", "done_at"])
        _record(Event.NUMBER_DISPOSAL_FINISHED, run, "")


def _shred(run: PurgeRun) -> None:
    """What is in backups of the rows stays unreadable without the keys; no new key of the vault is made by itself."""
    PersonNumber.objects.filter(transit_until__isnull=False).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT shred_vault(%s)", [run.pk])
        (count,) = cursor.fetchone()
    record(
        Event.NUMBER_KEY_DESTROYED,
        subjects=[Subject("disposal", str(run.pk))],
        detail={"purpose": "all", "keys": count},
    )
    transaction.on_commit(keys.forget_kept_keys)


def dispose_again(proof: Mapping[str, JSON], stones: Mapping[int, str]) -> PurgeRun:
    """Delete rows that a restore brought back, on the authority of the list that disposed of them first."""
    run = PurgeRun(
        rule=Rule.RESTORED,
        keep_years=int(str(proof["keep_years"])),
        before=datetime.date.fromisoformat(str(proof["before"])),
        proposed_by=str(proof["proposed_by"]),
    )
    with transaction.atomic():
        _freeze(run, stones)
        run.state, run.approved_by, run.approved_at = State.APPROVED, str(proof["approved_by"]), timezone.now()
        run.save(update_fields=["state", "approved_by", "approved_at"])
        while _delete_some(run):
            pass
        record(
            Event.NUMBER_TOMBSTONE_REPLAYED,
            subjects=[Subject("disposal", str(run.pk))],
            detail={"count": run.count, "of": str(proof["run"])},
        )
        finish(run)
    return run


def _freeze(run: PurgeRun, stones: Mapping[int, str]) -> None:
    run.count, run.digest = len(stones), tombstones.digest_of(stones.values())
    run.save(force_insert=True)
    lines = [PurgeLine(run=run, number_id=number, tombstone=stone) for number, stone in stones.items()]
    PurgeLine.objects.bulk_create(lines, batch_size=1_000)


@transaction.atomic
def _delete_some(run: PurgeRun) -> int:
    rows = list(_left(run).select_for_update().order_by("pk").values_list("pk", "member_id")[:CHUNK])
    PersonNumber.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    case = f"disposal:{run.pk}"
    members = sorted({member for _, member in rows})
    if members:
        subjects = [Subject("member", str(member)) for member in members]
        record_many([Entry(Event.NUMBER_INDIVIDUAL_DELETED, subjects, {"count": len(rows)}, case=case)])
    return len(rows)


def _left(run: PurgeRun) -> QuerySet[PersonNumber]:
    return PersonNumber.objects.filter(pk__in=run.lines.values("number_id"))


def _locked(run: PurgeRun, state: str) -> PurgeRun:
    found = PurgeRun.objects.select_for_update().get(pk=run.pk)
    if found.state != state:
        raise WrongState(found.get_state_display())
    return found


def _record(event: Event, run: PurgeRun, allowed_by: str) -> None:
    detail: dict[str, JSON] = {
        "rule": run.rule,
        "keep_years": run.keep_years,
        "before": run.before.isoformat(),
        "count": run.count,
        "sha256": run.digest,
    }
    record(event, subjects=[Subject("disposal", str(run.pk))], detail=detail, allowed_by=allowed_by)
