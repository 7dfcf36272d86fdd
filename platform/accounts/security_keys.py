"""Security keys (セキュリティキー, WebAuthn): bound to the very host, with user verification (PIN or finger) always asked for.

A key registered at one prefecture's host answers on no other host: the browser and the key see to it (RP ID = host name).
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement, UserVerificationRequirement

from accounts.actors import subject
from accounts.errors import AccountError
from accounts.hooks import FactorChanged, on_factor_change
from accounts.models import User
from accounts.services.locking import lock_person
from accounts.services.otp import Where, note_failure
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core.context import current_prefecture

STATE: Final = "accounts.security_key"


class KeyRefused(AccountError):
    """`accounts.key-refused`: the answer of a security key that does not fit; the page says what to do."""

    identifier = "accounts.key-refused"

    def __init__(self) -> None:
        super().__init__("セキュリティキーを確かめられませんでした。登録したキーで、もう一度行ってください。")


class Helper(WebAuthnHelper):  # type: ignore[misc]
    """The library's ceremonies for this host."""

    def get_relying_party_domain(self) -> str:
        return host_of(self.request)

    def get_relying_party_name(self) -> str:
        prefecture = current_prefecture()
        return f"就学奨励費 {prefecture.name}" if prefecture else "就学奨励費 運用コンソール"

    def get_allowed_origins(self) -> list[str]:
        return [f"{self.request.scheme}://{self.request.get_host()}"]

    def get_credential_display_name(self, user: Any) -> str:
        return str(user.display_name)

    def get_generate_registration_options_kwargs(self, *, user: Any) -> dict[str, Any]:
        options: dict[str, Any] = super().get_generate_registration_options_kwargs(user=user)
        options["authenticator_selection"] = AuthenticatorSelectionCriteria(
            user_verification=UserVerificationRequirement.REQUIRED, resident_key=ResidentKeyRequirement.DISCOURAGED
        )
        return options


def host_of(request: HttpRequest) -> str:
    return request.get_host().rsplit(":", 1)[0]


def has_key(user: User) -> bool:
    return bool(WebAuthnCredential.objects.filter(user=user, confirmed=True).exists())


def begin_registration(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser asks the key for; the challenge waits in the session, for one answer."""
    options, state = Helper(request).register_begin(user=user)
    request.session[STATE] = {**state, "user": user.pk, "act": "register"}
    return dict(options)


def finish_registration(request: HttpRequest, user: User, answer: Any) -> WebAuthnCredential:
    """Keep the new key. Raises KeyRefused, with its event; in the same words for a key that somebody has already."""
    state = _take(request.session, user, "register")
    try:
        with transaction.atomic():
            device = Helper(request).register_complete(user, state, answer)
            device.name = "セキュリティキー"
            device.save(update_fields=["name"])
            now = timezone.now()
            user.factor_changed_at = now
            user.save(update_fields=["factor_changed_at"])
            record(Event.SESSION_OTP_ENROLLED, subjects=[subject(user)], detail={"method": "webauthn"})
            on_factor_change.announce(FactorChanged(user.pk, now, "webauthn_enrolled"))
    except _REFUSALS as error:
        with transaction.atomic():
            note_failure(user, "enrolment", "webauthn", "wrong")
        raise KeyRefused from error
    return device


def begin_check(request: HttpRequest, user: User) -> dict[str, Any]:
    options, state = Helper(request).authenticate_begin(user=user, require_user_verification=True)
    request.session[STATE] = {**state, "user": user.pk, "act": "check"}
    return dict(options)


def finish_check(request: HttpRequest, user: User, answer: Any, where: Where) -> WebAuthnCredential:
    """The key that answered, one of this person's. Raises KeyRefused, with its event."""
    state = _take(request.session, user, "check")
    try:
        with transaction.atomic():
            lock_person(user.pk)
            return Helper(request).authenticate_complete(user, state, answer)
    except _REFUSALS as error:
        with transaction.atomic():
            note_failure(user, where, "webauthn", "wrong")
        raise KeyRefused from error


_REFUSALS = (OTPWebAuthnApiError, WebAuthnException, KeyError, TypeError, ValueError, AttributeError, IntegrityError)
"""What a wrong, foreign, replayed or malformed answer makes the libraries raise; and one with a key that somebody has already."""


def _take(session: SessionBase, user: User, act: str) -> dict[str, Any]:
    """The waiting challenge, used up before anything is looked at: an answer counts once. Raises KeyRefused without one."""
    state = session.pop(STATE, None)
    session.save()
    if not isinstance(state, dict) or state.get("user") != user.pk or state.get("act") != act:
        raise KeyRefused
    return state
