"""Accounts for demonstrations (実演用). They are made by the same services as any other, one-time password included.

Everything here refuses to run unless `settings.DEVELOPMENT_TOOLS` is True; production settings never set it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts import actors, duties, services
from accounts.errors import DevelopmentOnly, UsernameTaken
from accounts.models import FactorNotice, TotpDevice, User
from accounts.roles import Role
from accounts.services.attempts import canonical_username
from audit.trail.actors import acting_as

TERMINAL = "T-DEMO-DEMO"
ENROLLED_BEFORE = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class CurrentCode:
    """`code` is accepted in `wait_seconds` (0: now)."""

    user: User
    code: str
    wait_seconds: int


def create_demo_account(
    username: str,
    display_name: str,
    roles: Iterable[Role | tuple[Role, str]],
    password: str,
    *,
    kana: str = "",
    section: str = "",
) -> User:
    """An enrolled person in the current scope; each role alone, or with the 学校コード it is limited to.

    Called again it changes nothing. Raises DevelopmentOnly, and UsernameTaken when the 職員ID is somebody real.
    """
    require_development()
    existing = User.objects.filter(username=canonical_username(username)).first()
    if existing is not None:
        if not existing.is_demo:
            raise UsernameTaken
        return existing
    user = services.create_user(username, display_name, kana=kana, section=section)
    for role in roles:
        _give(user, *(role if isinstance(role, tuple) else (role, "")))
    _enrol(user, password)
    with acting_as(actors.claimed(user, TERMINAL)):
        duties.acknowledge(user)
    user.is_demo = True
    # The story begins on a later day than the enrolment: past the day in which a new factor opens no numbers.
    user.factor_changed_at = timezone.now() - ENROLLED_BEFORE
    user.save(update_fields=["is_demo", "factor_changed_at"])
    FactorNotice.objects.filter(about=user).delete()
    return user


def current_code(user: User) -> CurrentCode:
    """The next unused one-time password of a demo account. Raises DevelopmentOnly for anybody else's."""
    require_development()
    device = TotpDevice.objects.filter(user=user, user__is_demo=True, confirmed=True).first()
    if device is None:
        raise DevelopmentOnly
    code, wait_seconds = device.unused_code()
    return CurrentCode(user, code, wait_seconds)


def current_codes() -> list[CurrentCode]:
    """Those of all demo accounts of the current scope."""
    require_development()
    return [current_code(user) for user in User.objects.filter(is_demo=True, must_enrol=False)]


def require_development() -> None:
    if settings.DEVELOPMENT_TOOLS is not True:
        raise DevelopmentOnly


def _give(user: User, role: Role, school_code: str) -> None:
    training_on = timezone.localdate() if role == Role.NUMBER_HANDLER else None
    services.assign_role(user, role, school_code=school_code, training_on=training_on)


def _enrol(user: User, password: str) -> None:
    code = services.issue_activation_code(user)
    services.redeem_activation_code(user.username, code, TERMINAL)
    with acting_as(actors.claimed(user, TERMINAL)):
        services.set_first_password(user, password)
        device = services.enrol_totp(user, "実演用の認証器")
        services.confirm_totp(user, device, device.unused_code()[0])
        services.issue_backup_codes(user, how_many=1)
    user.refresh_from_db()
