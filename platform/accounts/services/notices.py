"""お知らせ of changed authenticators: to the person and to those who manage people, in the app, until seen."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.hooks import FactorChanged
from accounts.models import FactorNotice, User
from accounts.permissions import Permission, roles_with
from accounts.roles import CONSOLE_ROLES
from audit.trail.actors import ActorKind, current_actor


def factor_changed(changed: FactorChanged) -> None:
    """Listens to `hooks.on_factor_change`, in the transaction of the change."""
    tell(User.objects.get(pk=changed.user_id), changed.what, changed.at)


def tell(about: User, what: str, at: datetime | None = None) -> int:
    """One notice for the person and one for each manager of today. Returns how many."""
    moment, actor = at or timezone.now(), current_actor()
    by = "" if actor.kind is ActorKind.PERSON and actor.id in ("", str(about.pk)) else actor.name
    readers = {about.pk, *managers_today()}
    FactorNotice.objects.bulk_create(
        [FactorNotice(reader_id=reader, about=about, what=what, by=by[:100], at=moment) for reader in sorted(readers)]
    )
    return len(readers)


def managers_today() -> set[int]:
    """Who may manage people now: role in force, account in use."""
    today = timezone.localdate()
    roles = [role for role in roles_with(Permission.MANAGE_USERS) if role not in CONSOLE_ROLES]
    found = User.objects.filter(role_assignments__role__in=roles, is_active=True).distinct()
    return {
        person.pk
        for person in found.prefetch_related("role_assignments")
        if person.is_current(today) and any(role.role in roles for role in person.roles_today)
    }


def unseen(reader: User) -> list[FactorNotice]:
    return list(reader.notices.filter(seen_at=None).select_related("about"))


def mark_seen(reader: User, up_to: int) -> int:
    """Notices the page showed: those up to this number, so that one that came in the meantime stays."""
    return reader.notices.filter(seen_at=None, pk__lte=up_to).update(seen_at=timezone.now())
