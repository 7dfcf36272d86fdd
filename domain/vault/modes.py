"""保有形態: whether this prefecture holds numbers, keeps them for a moment only, or never has any.

Services ask here first, so that people read a sentence; the database refuses the same by trigger (`migrations/_guards.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.actors import current_actor
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.vault.errors import ChangeWaits, ModeRefused, NothingToChange, NumbersNotHeldHere, WrongState
from domain.vault.models import PersonNumber, SettingsChange, VaultSettings

Mode, State = VaultSettings.Mode, SettingsChange.State


APPROVAL = two_person(
    "vault.settings",
    "番号保管の決まりの変更",
    first=Permission.MANAGE_VAULT,
    second=Permission.APPROVE_VAULT,
    refusal="起案した本人は承認できません。別の承認者に依頼してください。",
    again="必要なら、もう一度起案してください。前の起案は、そのときに取り消されます。",
    everywhere=True,
)


def rules() -> VaultSettings:
    """The settings of this prefecture."""
    return VaultSettings.objects.get(pk=1)


def refuse_where_never_held(field: str) -> VaultSettings:
    """Raises NumbersNotHeldHere where a number of this kind may not be stored at all."""
    found = rules()
    if found.mode == Mode.NEVER and (field == PersonNumber.Field.INDIVIDUAL or not found.keeps_unified):
        raise NumbersNotHeldHere
    return found


def transit_until(found: VaultSettings, field: str) -> datetime | None:
    """When a number stored now goes by itself; None: it stays."""
    if found.mode != Mode.IN_TRANSIT or field != PersonNumber.Field.INDIVIDUAL:
        return None
    return timezone.now() + timedelta(hours=found.transit_hours)


def propose(user: User, *, mode: str, keeps_unified: bool, needs_list: bool, keep_years: int) -> SettingsChange:
    """Other rules, for a second person to put in force. Raises NothingToChange, ChangeWaits."""
    wished = {"mode": mode, "keeps_unified": keeps_unified, "needs_list": needs_list, "keep_years": keep_years}
    now = rules()
    if all(getattr(now, name) == value for name, value in wished.items()):
        raise NothingToChange
    change = SettingsChange(**wished, proposed_by=user.username)
    try:
        with transaction.atomic():
            APPROVAL.gives_way(SettingsChange.objects.filter(state=State.PROPOSED), withdraw)
            change.save()
            _record(Event.NUMBER_MODE_PROPOSED, change, Permission.MANAGE_VAULT)
    except IntegrityError as error:
        raise ChangeWaits from error
    return change


def approve(change: SettingsChange, user: User) -> VaultSettings:
    """As the second person; in force at once. Raises WrongState, SamePerson, RequestStale, ModeRefused."""
    with transaction.atomic():
        change = _locked(change)
        APPROVAL.require(change.proposed_by, user)
        APPROVAL.require_current(change.proposed_by, change.proposed_at)
        change.state, change.approved_by, change.approved_at = State.IN_FORCE, user.username, timezone.now()
        change.save(update_fields=["state", "approved_by", "approved_at"])
        return set_mode(
            change.mode,
            keeps_unified=change.keeps_unified,
            needs_list=change.needs_list,
            keep_years=change.keep_years,
            proposed_by=change.proposed_by,
        )


def withdraw(change: SettingsChange) -> None:
    """Before approval. Raises WrongState."""
    with transaction.atomic():
        change = _locked(change)
        change.state = State.WITHDRAWN
        change.save(update_fields=["state"])
        _record(Event.NUMBER_MODE_WITHDRAWN, change, Permission.MANAGE_VAULT)


def waiting() -> SettingsChange | None:
    """The change that waits for a second person."""
    return SettingsChange.objects.filter(state=State.PROPOSED).first()


def set_mode(
    mode: str,
    *,
    keeps_unified: bool = False,
    needs_list: bool | None = None,
    keep_years: int | None = None,
    proposed_by: str = "",
) -> VaultSettings:
    """Put a holding mode in force. Raises ModeRefused while numbers are held that it forbids: they are disposed of first.

    People come here through `approve`; who proposed it stands in the event.
    """
    found = rules()
    before = found.mode
    found.mode, found.keeps_unified, found.changed_by = Mode(mode), keeps_unified, current_actor().name
    found.needs_list = found.needs_list if needs_list is None else needs_list
    found.keep_years = found.keep_years if keep_years is None else keep_years
    try:
        with transaction.atomic():
            found.save()
            detail: dict[str, JSON] = {"from": before, "to": mode, "keeps_unified": keeps_unified}
            detail |= {"needs_list": found.needs_list, "keep_years": found.keep_years, "proposed_by": proposed_by}
            record(Event.NUMBER_MODE_CHANGED, detail=detail)
    except IntegrityError as error:
        raise ModeRefused(Mode(mode).label) from error
    return found


def _locked(change: SettingsChange) -> SettingsChange:
    found = SettingsChange.objects.select_for_update().get(pk=change.pk)
    if found.state != State.PROPOSED:
        raise WrongState(found.get_state_display())
    return found


def _record(event: Event, change: SettingsChange, allowed_by: str) -> None:
    detail: dict[str, JSON] = {"from": rules().mode, "to": change.mode, "keeps_unified": change.keeps_unified}
    detail |= {"needs_list": change.needs_list, "keep_years": change.keep_years}
    record(event, subjects=[Subject("vault_settings", str(change.pk))], detail=detail, allowed_by=allowed_by)
