"""Choosing a password (パスワード)."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.actors import subject
from accounts.errors import PasswordUnfit
from accounts.models import User
from accounts.passwords import composed
from accounts.services import notices
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

LONGEST = 128


def require_fit(user: User, password: str) -> None:
    """At least 12 characters, not common, not like the person's own data (settings.AUTH_PASSWORD_VALIDATORS).

    Judged as it is kept (`composed`).
    Any character may be used, nothing must (NIST SP 800-63B, ASVS 6.2). Raises PasswordUnfit.
    """
    password = composed(password)
    if len(password) > LONGEST:
        raise PasswordUnfit([f"パスワードは{LONGEST}文字以内にしてください。"])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordUnfit(list(error.messages)) from error


def change_password(user: User, password: str) -> None:
    """Set a new password. The caller has checked the old one (or the activation code) and cycles the session key."""
    require_fit(user, password)
    with transaction.atomic():
        user.set_password(password)
        user.password_set_at = timezone.now()
        user.save(update_fields=["password", "password_set_at"])
        record(Event.ACCOUNT_PASSWORD_CHANGED, subjects=[subject(user)])
        if user.enrolled_at is not None:
            notices.tell(user, "password_changed")
