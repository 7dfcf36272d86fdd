"""The first person's half: what is to be carried out, taken in or erased, under which approval number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.handover.errors import AlreadyProposed, NothingToDo, PlaceUnreadable
from domain.handover.links import medium_desk
from domain.handover.medium.confirming import CONFIRMATION, why_stale, withdraw
from domain.handover.models import CarriedFile, CarryAct
from domain.handover.queries import files_on_media
from integrations.atena_adapters.transports.medium_package import Manifest, PackageRefused
from tenants.core import files
from web.text import digits_like_number


def waiting() -> list[Manifest]:
    """Requests that the jobs sealed and that wait for their release, oldest first. Raises NotThisLink, PlaceUnreadable."""
    desk, _ = medium_desk()
    try:
        return desk.waiting()
    except (PackageRefused, OSError):
        raise PlaceUnreadable from None


def propose_release(user: User, *, approval_number: str, medium: str) -> CarryAct:
    """All that waits now, by its content: what comes to wait later is not part of it."""
    found = waiting()
    with _proposed(CarryAct.Kind.RELEASE, user, approval_number, medium) as act:
        CarriedFile.objects.bulk_create(
            CarriedFile(
                act=act, direction=CarriedFile.Direction.OUT, digest=manifest.digest, request=manifest.kind,
                batch=manifest.batch, content=manifest.content, lines=manifest.count,
            )
            for manifest in found
        )  # fmt: skip
        _note(act, len(found))
    return act


def propose_taking_in(user: User, uploads: Mapping[str, bytes], *, approval_number: str, medium: str) -> CarryAct:
    """Files from a medium, kept sealed until the second person takes them in. The same bytes count once. Raises DiskFull."""
    medium_desk()
    kept = {hashlib.sha256(data).hexdigest(): (name, data) for name, data in sorted(uploads.items())}
    for digest, (name, data) in kept.items():
        files.write_atomically(_path(digest), data, _name(name))
    with _proposed(CarryAct.Kind.TAKE_IN, user, approval_number, medium) as act:
        CarriedFile.objects.bulk_create(
            CarriedFile(
                act=act, direction=CarriedFile.Direction.BACK, name=_name(name), digest=digest, path=_path(digest)
            )
            for digest, (name, _) in kept.items()
        )
        _note(act, len(kept))
    return act


def propose_erasing(user: User, chosen: Iterable[int], *, approval_number: str, medium: str, method: str) -> CarryAct:
    """`chosen`: keys of files that are on a medium and not recorded as erased."""
    with _proposed(CarryAct.Kind.ERASE, user, approval_number, medium, method) as act:
        count = files_on_media().filter(pk__in=list(chosen), erased_in=None).update(erased_in=act)
        _note(act, count)
    return act


@contextmanager
def _proposed(kind: str, user: User, approval_number: str, medium: str, method: str = "") -> Iterator[CarryAct]:
    """A new act in a transaction; a second open one of its kind is refused, by the database too."""
    before = CarryAct.objects.filter(kind=kind, state=CarryAct.State.PROPOSED)
    act = CarryAct(kind=kind, approval_number=approval_number, medium=medium, method=method, proposed_by=user.username)
    with transaction.atomic():
        if CONFIRMATION.gives_way(before, lambda row: withdraw(row.pk), why_stale=why_stale):
            raise AlreadyProposed
        try:
            with transaction.atomic():
                act.save()
        except IntegrityError:
            raise AlreadyProposed from None
        yield act


def _note(act: CarryAct, count: int) -> None:
    if not count:
        raise NothingToDo
    record(
        Event.LINKAGE_MEDIUM_PROPOSED,
        subjects=[Subject("medium", str(act.pk))],
        detail={"act": act.kind, "files": count, "approval": act.approval_number, "medium": act.medium},
    )


def _path(digest: str) -> str:
    return f"handover/{digest}.pkg"


def _name(given: str) -> str:
    """What the uploader's file was called, never with something like an individual number."""
    return "媒体のファイル" if digits_like_number(given) else given[-100:]
