"""お知らせ of changed authenticators and of places for numbers: to the people concerned, in the app, until seen.

The first enrolment is expected: it is told to the manager who issued the code and to those responsible for the person
(`_responsible_for`). What changes later is rare and told to every manager: whoever resets a factor is never the only one to know.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.hooks import FactorChanged
from accounts.models import FactorNotice, RoleAssignment, User
from accounts.permissions import Permission, roles_with
from accounts.roles import CONSOLE_ROLES
from audit.trail.actors import ActorKind, current_actor


def factor_changed(changed: FactorChanged) -> None:
    """Listens to `hooks.on_factor_change`, in the transaction of the change."""
    tell(User.objects.get(pk=changed.user_id), changed.what, changed.at)


def tell(about: User, what: str, at: datetime | None = None) -> int:
    """One notice for the person and one for each manager whom it concerns. Returns how many."""
    actor = current_actor()
    by = "" if actor.kind is ActorKind.PERSON and actor.id in ("", str(about.pk)) else actor.name
    managers = managers_today() if about.enrolled_at is not None else concerned_by_first(about)
    return _tell({about.pk, *managers}, about, what, by, at)


def tell_of_places(what: str) -> int:
    """That 番号を扱う場所 are no longer limited: to everybody who manages or approves accounts. Returns how many."""
    readers = set(_holders(Permission.MANAGE_USERS, Permission.APPROVE_ACCOUNT))
    return _tell(readers, None, what, current_actor().name, None)


def _tell(readers: set[int], about: User | None, what: str, by: str, at: datetime | None) -> int:
    moment = at or timezone.now()
    FactorNotice.objects.bulk_create(
        [FactorNotice(reader_id=reader, about=about, what=what, by=by[:100], at=moment) for reader in sorted(readers)]
    )
    return len(readers)


def concerned_by_first(about: User) -> set[int]:
    """Of today's managers: who issued the code of this first enrolment, and those responsible for the person."""
    code, managers = about.activation_codes.first(), _managers()
    issuer = {code.issued_by_id} if code is not None and code.issued_by_id is not None else set()
    return (issuer & set(managers)) | _responsible_for(about, managers)


_Holders = dict[int, str]
"""Each person with their 所属."""


def _responsible_for(about: User, managers: _Holders) -> set[int]:
    """The managers nearest to a person: of their 所属; else all of them."""
    return {pk for pk, section in managers.items() if section and section == about.section} or set(managers)


def managers_today() -> set[int]:
    """Who may manage people now: role in force, account in use."""
    return set(_managers())


def _managers() -> _Holders:
    return _holders(Permission.MANAGE_USERS)


def _holders(*permissions: Permission) -> _Holders:
    """Who holds one of the permissions by a role in force today, and may use their account. One query."""
    today = timezone.localdate()
    roles = {role for one in permissions for role in roles_with(one) if role not in CONSOLE_ROLES}
    given = RoleAssignment.objects.filter(role__in=roles, user__is_active=True, user__vendor_window=None)
    found: _Holders = {}
    for one in given.select_related("user", "acting_for").order_by("user__username"):
        if one.is_in_force(today) and one.user.is_current(today):
            found[one.user_id] = one.user.section
    return found


def unseen(reader: User) -> list[FactorNotice]:
    return list(reader.notices.filter(seen_at=None).select_related("about"))


def mark_seen(reader: User, up_to: int) -> int:
    """Notices the page showed: those up to this number, so that one that came in the meantime stays."""
    return reader.notices.filter(seen_at=None, pk__lte=up_to).update(seen_at=timezone.now())
