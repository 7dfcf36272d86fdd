"""A version's way into force, by two people and in steps that can each be run again.

接続試験済 →(有効化の依頼)→ 有効化待ち →(団体への反映)→ 団体へ反映済 →(切替)→ 有効

The copy in the prefecture and the rows of the console lie behind different logins, so that no transaction holds both. A worker killed
between two steps leaves the state in which the next run goes on; running a step again changes nothing.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.errors import RequestStale
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.linkage import services as linkage
from jobs import services as jobs
from jobs.models import Job
from jobs.states import LIVE
from tenants.console.adapters import NotReady, digest_of, lock, secrets_of, subjects
from tenants.console.models import AdapterDraft
from tenants.core.context import console_context, prefecture_context

State = AdapterDraft.State
KIND = "console.activate_adapter"
UNDER_WAY = (State.REQUESTED, State.HANDED)
OVERTAKEN = "これより新しい版が有効か、有効化待ちのため、有効化できません。元に戻すときは、この版から新しい版を作成してください。"
WRITER = "この版はあなたが作成しました。有効化は、作成した人とは別の運用者が行います。ほかの運用者に依頼してください。"
APPROVAL = two_person(
    "console.adapter",
    "宛名接続の版の有効化",
    first=Permission.CONFIGURE_ADAPTER,
    second=Permission.ACTIVATE_ADAPTER,
    refusal=WRITER,
    again="接続試験をもう一度実行するか、この版をもとに新しい版を作成して、別の運用者に依頼してください。",
    asker="written_by",
    asked_at="checked_at",
)
"""A version asks for its second person from the day of its last green check: an older one says little about the other side of today."""
_NOT_GREEN = "接続試験に合格していないため、有効化できません。先に接続試験を実行してください。"
_PAST = "適用開始日は、今日以降の日にしてください。過去の送受信は、そのときの版で読まれます。"


@transaction.atomic
def activate(draft: AdapterDraft, user: User, valid_from: datetime.date | None = None) -> Job | None:
    """Ask for activation as the second person; None when the version waits for its day (`valid_from`, default today).

    Raises SamePerson for the writer, RequestStale (`why_stale`), and NotReady unless the check was green, for a day in the past, or
    when a newer version is or comes into force, or an older one is on its way at this moment.
    """
    lock(draft.prefecture)
    draft = AdapterDraft.objects.select_for_update().get(pk=draft.pk)
    today = timezone.localdate()
    APPROVAL.require(draft.written_by, user)
    if draft.state not in (State.CHECKED, *UNDER_WAY):
        raise NotReady(_NOT_GREEN)
    _require_green(draft)
    if overtaken(draft):
        raise NotReady(OVERTAKEN)
    if any(is_on_its_way(other) for other in _others(draft).filter(state__in=UNDER_WAY)):
        raise NotReady("ほかの版を有効にしている途中です。終わってから、もう一度有効化してください。")
    day = valid_from or today
    if day < today:
        raise NotReady(_PAST)
    if draft.state == State.CHECKED:
        if stale := why_stale(draft):
            raise RequestStale(stale)
        draft.state, draft.activated_by, draft.valid_from = State.REQUESTED, user.username, day
        draft.save(update_fields=["state", "activated_by", "valid_from"])
        record(
            Event.CONSOLE_ADAPTER_REQUESTED,
            subjects=subjects(draft.prefecture),
            detail={"version": draft.version, "valid_from": day.isoformat()},
        )
    return _start(draft) if (draft.valid_from or today) <= today else None


@transaction.atomic
def withdraw(draft: AdapterDraft) -> None:
    """Take a request back, as long as the prefecture has nothing of it: 有効化待ち → 接続試験済. Raises NotReady."""
    lock(draft.prefecture)
    draft = AdapterDraft.objects.select_for_update().get(pk=draft.pk)
    if draft.state != State.REQUESTED or is_on_its_way(draft):
        raise NotReady("有効化待ちではないか、切り替えている途中のため、取り消せません。")
    draft.state, draft.activated_by, draft.valid_from = State.CHECKED, None, None
    draft.save(update_fields=["state", "activated_by", "valid_from"])
    record(Event.CONSOLE_ADAPTER_WITHDRAWN, subjects=subjects(draft.prefecture), detail={"version": draft.version})


def start_due(today: datetime.date) -> int:
    """Versions whose day has come get their job, and what stopped half-way in the prefecture goes on. How many were started."""
    due = AdapterDraft.objects.filter(state__in=UNDER_WAY, valid_from__lte=today).select_related("prefecture")
    started = 0
    for draft in due.defer("config", "secrets"):
        tried = Job.objects.filter(kind=KIND, args__draft=draft.pk)
        # A version that failed before the prefecture had it waits for people; half-way is finished without them.
        if tried.filter(state__in=LIVE).exists() or (draft.state == State.REQUESTED and tried.exists()):
            continue
        _start(draft)
        started += 1
    return started


def put_in_force(draft_id: int) -> AdapterDraft:
    """As the owner: copy the version into the prefecture, sealed with its own key, then switch. Running it again changes nothing.

    Raises NotReady for a version that nobody asked for, whose day has not come, or that a newer one has overtaken: a failed job may
    be run again late.
    """
    draft = AdapterDraft.objects.select_related("prefecture").get(pk=draft_id)
    if draft.state == State.ACTIVE:
        return draft
    _require_due(draft)
    if draft.state == State.REQUESTED:
        _require_green(draft)
        _hand_over(draft)
    _switch(draft)
    return draft


def why_stale(draft: AdapterDraft) -> str:
    """Why nobody may put this checked version in force any more; "" while somebody may."""
    return APPROVAL.why_stale(draft.written_by, draft.checked_at) if draft.checked_at else _NOT_GREEN


def overtaken(draft: AdapterDraft) -> bool:
    """Whether a newer version is in force or was asked for; going back means writing the old content as a new version."""
    return _others(draft).filter(version__gt=draft.version, state__in=(State.ACTIVE, *UNDER_WAY)).exists()


def is_on_its_way(draft: AdapterDraft) -> bool:
    return Job.objects.filter(kind=KIND, args__draft=draft.pk, state__in=LIVE).exists()


def _hand_over(draft: AdapterDraft) -> None:
    """団体への反映. The same version again finds its copy there."""
    secrets = secrets_of(draft)
    with prefecture_context(draft.prefecture):
        linkage.put_in_force(draft.config, secrets)
    with console_context(), transaction.atomic():
        lock(draft.prefecture)
        draft.refresh_from_db(fields=["state"])
        _require_due(draft)
        draft.state = State.HANDED
        draft.save(update_fields=["state"])


def _switch(draft: AdapterDraft) -> None:
    """切替: the earlier versions retire in the same transaction."""
    with console_context(), transaction.atomic():
        lock(draft.prefecture)
        draft.refresh_from_db(fields=["state"])
        _require_due(draft)
        now = timezone.now()
        earlier = _others(draft).filter(version__lt=draft.version, state__in=(State.ACTIVE, *UNDER_WAY))
        earlier.update(state=State.RETIRED, retired_at=now)
        draft.state, draft.activated_at = State.ACTIVE, now
        draft.save(update_fields=["state", "activated_at"])
        record(Event.CONSOLE_ADAPTER_ACTIVATED, subjects=subjects(draft.prefecture), detail={"version": draft.version})


def _require_due(draft: AdapterDraft) -> None:
    if draft.state not in UNDER_WAY:
        raise NotReady("有効化が依頼されていない版です。接続試験と有効化の画面からやり直してください。")
    if overtaken(draft):
        raise NotReady(OVERTAKEN)
    if draft.valid_from and draft.valid_from > timezone.localdate():
        raise NotReady("適用開始日がまだ来ていない版です。当日に自動で切り替わります。")


def _require_green(draft: AdapterDraft) -> None:
    """A green run with exactly this content. Raises NotReady."""
    runs = draft.trials.filter(green=True, config_digest=digest_of(draft.config))
    if not draft.green or not runs.exists():
        raise NotReady(_NOT_GREEN)


def _start(draft: AdapterDraft) -> Job:
    return jobs.start(KIND, {"draft": draft.pk}, key=f"adapter-activate:{draft.pk}")


def _others(draft: AdapterDraft) -> QuerySet[AdapterDraft]:
    return AdapterDraft.objects.filter(prefecture=draft.prefecture).exclude(pk=draft.pk)
