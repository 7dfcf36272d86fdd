"""保有形態: whether this prefecture holds numbers, keeps them for a moment only, or never has any.

Services ask here first, so that people read a sentence; the database refuses the same by trigger (`migrations/_guards.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.entries import JSON
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.vault.errors import ModeRefused, NumbersNotHeldHere
from domain.vault.models import PersonNumber, VaultSettings

Mode = VaultSettings.Mode


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


def set_mode(
    mode: str, *, keeps_unified: bool = False, needs_list: bool | None = None, keep_years: int | None = None
) -> VaultSettings:
    """Put a holding mode in force. Raises ModeRefused while numbers are held that it forbids: they are disposed of first."""
    found = rules()
    before = found.mode
    found.mode, found.keeps_unified, found.changed_by = Mode(mode), keeps_unified, current_actor().name
    found.needs_list = found.needs_list if needs_list is None else needs_list
    found.keep_years = found.keep_years if keep_years is None else keep_years
    try:
        with transaction.atomic():
            found.save()
            detail: dict[str, JSON] = {"from": before, "to": mode, "keeps_unified": keeps_unified}
            detail |= {"needs_list": found.needs_list, "keep_years": found.keep_years}
            record(Event.NUMBER_MODE_CHANGED, detail=detail)
    except IntegrityError as error:
        raise ModeRefused(Mode(mode).label) from error
    return found
