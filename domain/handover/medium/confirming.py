"""The second person's half: it does what was proposed.

The desk's journal on the disk and the database cannot be written at once. Whatever was cut off in between, confirming again
finds what the desk did already and only writes it down; nothing goes out or comes in twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import RequestStale
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.handover.errors import AlreadyNumbered, ChangedMeanwhile, NoLongerProposed, PlaceUnreadable
from domain.handover.links import medium_desk
from domain.handover.models import CarriedFile, CarryAct
from domain.handover.queries import TAKEN_STATES
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.transports.medium_desk import MediumDesk, TakenIn
from integrations.atena_adapters.transports.medium_package import PackageRefused
from tenants.core import files

State = CarriedFile.State
Kind = CarryAct.Kind


CONFIRMATION = two_person(
    "handover.medium",
    "媒体の手続の確認",
    first=Permission.CARRY_MEDIUM,
    second=Permission.CARRY_MEDIUM,
    again="必要なら、もう一度申請してください。前の申請は、そのときに取りやめになります。",
    everywhere=True,
)


def confirm(act_id: int, user: User) -> CarryAct:
    """Do what was proposed. Raises NoLongerProposed, ChangedMeanwhile, PlaceUnreadable, and of accounts.errors SamePerson and
    RequestStale. A confirmation that was cut off may be repeated however late: its packages have their numbers already."""
    desk, _ = medium_desk()
    try:
        with transaction.atomic():
            act = _open(act_id)
            CONFIRMATION.require(act.proposed_by, user)
            if stale := why_stale(act):
                raise RequestStale(stale)
            act.confirmed_by, act.confirmed_at, act.state = user.username, timezone.now(), CarryAct.State.DONE
            _DO[act.kind](act, desk)
            act.save()
    except (AtenaError, PackageRefused, OSError):
        raise PlaceUnreadable from None
    return act


def withdraw(act_id: int) -> CarryAct:
    """Take back what nobody confirmed yet; files to be erased can be chosen again. Raises NoLongerProposed."""
    with transaction.atomic():
        act = _open(act_id)
        if _has_numbered(act):
            raise AlreadyNumbered
        act.state = CarryAct.State.WITHDRAWN
        act.save()
        act.erased_files.update(erased_in=None)
        record(Event.LINKAGE_MEDIUM_WITHDRAWN, subjects=_subjects(act), detail={"act": act.kind})
    return act


def why_stale(act: CarryAct) -> str:
    """Why nobody may confirm this any more; "" while somebody may."""
    stale = CONFIRMATION.why_stale(act.proposed_by, act.proposed_at)
    return "" if stale and _has_numbered(act) else stale


def _has_numbered(act: CarryAct) -> bool:
    """A confirmation that was cut off may have numbered packages: those are not forgotten, the confirmation is repeated."""
    if act.kind != Kind.RELEASE:
        return False
    noted = _noted(medium_desk()[0])
    entries = [noted.get((file.request, file.batch)) for file in act.files.all()]
    return any(entry and datetime.fromisoformat(str(entry["at"])) >= act.proposed_at for entry in entries)


def _open(act_id: int) -> CarryAct:
    act = CarryAct.objects.select_for_update().filter(pk=act_id, state=CarryAct.State.PROPOSED).first()
    if act is None:
        raise NoLongerProposed
    return act


def _release(act: CarryAct, desk: MediumDesk) -> None:
    """Every package gets its number, is sealed anew with number and approval, and waits to be written onto the medium."""
    proposed = {(file.request, file.batch): file for file in act.files.all()}
    approved = {file.digest for file in proposed.values()}
    waiting = {(one.kind, one.batch): one.digest for one in desk.waiting()}
    before = _noted(desk)
    if any(waiting.get(place, file.digest) != file.digest for place, file in proposed.items()):
        raise ChangedMeanwhile
    if any(place not in waiting and place not in before for place in proposed):
        raise ChangedMeanwhile
    desk.release(approval=act.approval_number, who=act.proposed_by, witness=act.confirmed_by, only=approved)
    noted = _noted(desk)
    for place, file in proposed.items():
        entry = noted[place]
        sequence, digest = int(str(entry["sequence"])), str(entry["digest"])
        again = CarriedFile.objects.filter(sequence=sequence, state=State.RELEASED).exists()
        file.name, file.sequence, file.digest = str(entry["name"]), sequence, digest
        file.state = State.KNOWN if again else State.RELEASED
        file.save()
    detail: dict[str, JSON] = {
        "approval": act.approval_number,
        "medium": act.medium,
        "numbers": _numbers(act),
        "proposed_by": act.proposed_by,
    }
    record(Event.LINKAGE_MEDIUM_RELEASED, subjects=_subjects(act), detail=detail)


def _noted(desk: MediumDesk) -> dict[tuple[str, str], dict[str, object]]:
    """The last release of every request, as the journal has it."""
    return {(str(e["kind"]), str(e["batch"])): e for e in desk.journal() if e["act"] == "released"}


def _take_in(act: CarryAct, desk: MediumDesk) -> None:
    """In the order of their numbers, whatever the files are called; each is accepted or refused with its reason."""
    uploads = {file.digest: (file, files.read(file.path)) for file in act.files.all()}
    ordered = sorted(uploads.values(), key=lambda upload: _claimed_number(upload[1]))
    named = {f"{at:06d} {file.name}": data for at, (file, data) in enumerate(ordered)}
    kept = [file.path for file, _ in uploads.values()]
    transaction.on_commit(lambda: _forget(kept))
    for taken in desk.take_in(named, who=act.proposed_by, witness=act.confirmed_by):
        _write_down(uploads[taken.sha256][0], taken, desk)
    detail: dict[str, JSON] = {
        "approval": act.approval_number,
        "medium": act.medium,
        "numbers": _numbers(act),
        "proposed_by": act.proposed_by,
    }
    record(Event.LINKAGE_MEDIUM_TAKEN, subjects=_subjects(act), detail=detail)
    refused = [file for file in act.files.all() if file.state == State.REFUSED]
    if refused:
        why: dict[str, JSON] = {"files": len(refused), "reasons": sorted({file.reason for file in refused})}
        record(Event.LINKAGE_MEDIUM_REFUSED, subjects=_subjects(act), detail=why)


def _forget(paths: list[str]) -> None:
    for path in paths:
        files.resolve(path).unlink(missing_ok=True)


def _write_down(file: CarriedFile, taken: TakenIn, desk: MediumDesk) -> None:
    file.sequence, file.reason, file.path = taken.sequence or None, taken.reason[:200], ""
    if not taken.accepted:
        file.state = State.REFUSED
    else:
        entry = next(e for e in desk.journal() if e["act"] == "taken" and e["digest"] == taken.sha256)
        file.name, file.request = str(entry["name"]), str(entry["kind"])
        file.batch, file.content = str(entry["batch"]), str(entry["content"])
        known = CarriedFile.objects.filter(sequence=taken.sequence, state=State.TAKEN).exists()
        file.state = State.KNOWN if known else State.TAKEN
    file.save()


def _erase(act: CarryAct, desk: MediumDesk) -> None:
    digests = {file.name: file.digest for file in act.erased_files.all() if file.name}
    desk.erased_by_digest(
        digests,
        who=act.proposed_by,
        witness=act.confirmed_by,
        method=act.get_method_display(),
        approval=act.approval_number,
    )
    detail: dict[str, JSON] = {
        "approval": act.approval_number,
        "medium": act.medium,
        "method": act.method,
        "files": act.erased_files.count(),
        "proposed_by": act.proposed_by,
    }
    record(Event.LINKAGE_MEDIUM_ERASED, subjects=_subjects(act), detail=detail)


def _claimed_number(data: bytes) -> tuple[int, str]:
    """The number in the manifest, before anything is proven: it only decides what is tried first."""
    parts = data.split(b"\n", 2)
    try:
        return int(json.loads(parts[1])["sequence"]), ""
    except (IndexError, KeyError, TypeError, ValueError):
        return 0, hashlib.sha256(data).hexdigest()


def _numbers(act: CarryAct) -> list[JSON]:
    found = act.files.filter(state__in=[State.RELEASED, *TAKEN_STATES]).order_by("sequence")
    return list(found.values_list("sequence", flat=True))


def _subjects(act: CarryAct) -> list[Subject]:
    return [Subject("medium", str(act.pk))]


_DO: dict[str, Callable[[CarryAct, MediumDesk], None]] = {
    Kind.RELEASE.value: _release,
    Kind.TAKE_IN.value: _take_in,
    Kind.ERASE.value: _erase,
}
