"""Hardware tokens: into stock, to a person, back, or lost."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actors import subject
from accounts.errors import AccountError
from accounts.hooks import FactorChanged, on_factor_change
from accounts.models import EndReason, HardwareToken, TotpDevice, User
from accounts.seed_files import SeedFileRefused, read_seed_file
from accounts.services.locking import lock_person
from accounts.services.people import refuse_self
from accounts.services.sessions import end_live_session
from audit.trail.actors import current_actor
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

State = HardwareToken.State


class TokenRefused(AccountError):
    """`accounts.token-refused`: a token that is not in the state for this act."""

    identifier = "accounts.token-refused"


def load_tokens(data: bytes, secret: str = "") -> int:
    """Take a seed file into stock, all of it or nothing. Returns how many. Raises SeedFileRefused."""
    found = read_seed_file(data, secret)
    now, by = timezone.now(), current_actor().name
    with transaction.atomic():
        known = HardwareToken.objects.filter(serial__in=[one.serial for one in found]).values_list("serial", flat=True)
        if known:
            raise SeedFileRefused(f"製造番号 {sorted(known)[0]} は登録済みです。何も登録していません。")
        rows = []
        for one in found:
            row = HardwareToken(serial=one.serial, maker=one.maker, loaded_at=now, loaded_by=by[:80], changed_at=now)
            row.seal_seed(one.seed)
            rows.append(row)
        HardwareToken.objects.bulk_create(rows, batch_size=500)
        record(Event.ACCOUNT_TOKENS_LOADED, detail={"count": len(rows)})
    return len(rows)


def assign_token(serial: str, user: User) -> HardwareToken:
    """Hand a token of the stock to a person, who proves it at the next enrolment. Raises TokenRefused, SamePerson."""
    refuse_self(user)
    with transaction.atomic():
        token = HardwareToken.objects.select_for_update().filter(serial=serial).first()
        if token is None or token.state != State.STOCK:
            raise TokenRefused("この製造番号のトークンは在庫にありません。在庫の一覧で確かめてください。")
        if HardwareToken.objects.filter(user=user).exists():
            raise TokenRefused("この人は既に別のトークンを持っています。先に返却か紛失の手続をしてください。")
        _move(token, State.ASSIGNED, user)
        record(Event.ACCOUNT_TOKEN_ASSIGNED, subjects=[_subject(token), subject(user)])
    return token


def return_token(token: HardwareToken) -> None:
    """Back into stock; the person cannot log in with it any more. Raises TokenRefused, SamePerson."""
    _take(token, State.STOCK, Event.ACCOUNT_TOKEN_RETURNED, "token_returned")


def lose_token(token: HardwareToken) -> None:
    """Lost (紛失): it never works again, for anybody. Raises TokenRefused, SamePerson."""
    _take(token, State.LOST, Event.ACCOUNT_TOKEN_LOST, "token_lost")


def _take(token: HardwareToken, state: HardwareToken.State, event: Event, why: str) -> None:
    with transaction.atomic():
        before = HardwareToken.objects.get(pk=token.pk).user_id
        if before is not None:
            lock_person(before)
        row = HardwareToken.objects.select_for_update().get(pk=token.pk)
        user = row.user
        if row.user_id != before:
            raise TokenRefused("このトークンは、いま別の人が手続をしました。一覧を開き直して確かめてください。")
        if row.state not in (State.ASSIGNED, State.STOCK) or row.state == state:
            raise TokenRefused(f"このトークンは{row.get_state_display()}です。一覧を開き直して確かめてください。")
        if user is not None:
            refuse_self(user)
        _move(row, state, None)
        record(event, subjects=[_subject(row), *([subject(user)] if user else [])])
        if user is not None:
            _switch_off(row, user, why)


def _switch_off(token: HardwareToken, user: User, why: str) -> None:
    """The device that was made from this token goes, and with it the session."""
    if not TotpDevice.objects.filter(user=user, token=token).delete()[0]:
        return
    now = timezone.now()
    user.factor_changed_at = now
    user.save(update_fields=["factor_changed_at"])
    record(Event.ACCOUNT_FACTOR_CHANGED, subjects=[subject(user)], detail={"change": why})
    on_factor_change.announce(FactorChanged(user.pk, now, why))
    end_live_session(user, EndReason.FACTOR)


def _move(token: HardwareToken, state: HardwareToken.State, user: User | None) -> None:
    token.state, token.user, token.changed_at = state, user, timezone.now()
    token.save(update_fields=["state", "user", "changed_at"])


def _subject(token: HardwareToken) -> Subject:
    return Subject("token", str(token.pk))
