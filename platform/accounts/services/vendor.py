"""Opening, entering and ending a vendor's window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import roles_in_force
from accounts.actors import subject
from accounts.errors import AccountError
from accounts.models import EndReason, User, VendorPass, VendorVisit, VendorWindow
from accounts.models.vendor import LONGEST
from accounts.roles import Role
from accounts.second_person import require_second_person
from accounts.services.attempts import canonical_username
from accounts.services.login import check_password_login
from accounts.services.otp import verify_totp
from accounts.services.sessions import end_live_session
from accounts.vendor import is_operator_now, pages_offered, was_ended_at_console
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core.context import console_context, require_prefecture


class WindowRefused(AccountError):
    """`accounts.window-refused`: a window that cannot be opened so."""

    identifier = "accounts.window-refused"


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody of the console, known by both factors."""

    username: str
    name: str


def require_operator(username: str) -> None:
    """Raises WindowRefused unless the console knows this operator now; each refusal is an event.

    One 職員ID is answered with yes or no, after a fresh one-time password: nothing lists the console's people here.
    Call outside of transactions.
    """
    if is_operator_now(username):
        return
    with transaction.atomic():
        record(Event.VENDOR_WINDOW_REFUSED)
    raise WindowRefused(
        "この職員IDの運用者はいません。運用事業者に、立ち入る人の職員IDと、その人が使える状態かを確かめてください。"
    )


def require_fit(purpose: str, pages: Iterable[str], length: timedelta) -> list[str]:
    """The chosen pages in order. Raises WindowRefused: no purpose, no page, unknown pages, too long."""
    chosen, offered = sorted(set(pages)), {row.name for row in pages_offered()}
    if not purpose.strip() or not chosen:
        raise WindowRefused("目的と、見せる画面を1つ以上選んでください。")
    if not set(chosen) <= offered:
        raise WindowRefused("運用事業者に見せられない画面が含まれています。選び直してください。")
    if not timedelta(0) < length <= LONGEST:
        raise WindowRefused("長さは、24時間以内にしてください。")
    return chosen


def open_window(operator: str, purpose: str, pages: Iterable[str], ends_at: datetime, by: User) -> VendorWindow:
    """Let one operator in from now on; `by` is who asked for it.

    Raises WindowRefused (as `require_fit`, or open already) and NeedsSecondPerson: a window lets somebody from outside
    in, as a new account does, so it takes two people. Whether there is such an operator was asked before
    (`require_operator`), and is asked again at the entry.
    """
    require_second_person()
    now = timezone.now()
    chosen = require_fit(purpose, pages, ends_at - now)
    window = VendorWindow(
        operator=operator, purpose=purpose.strip(), pages=chosen, opened_by=by.username, opens_at=now, ends_at=ends_at
    )
    _close_expired(operator, now)
    try:
        with transaction.atomic():
            window.save(force_insert=True)
            detail = {"operator": operator, "pages": chosen, "ends_at": ends_at.isoformat()}
            record(Event.VENDOR_WINDOW_OPENED, subjects=_subject(window), detail=detail)
    except IntegrityError as error:
        raise WindowRefused("この運用者には既に開いている立入りがあります。先に閉じてください。") from error
    return window


def close_window(window: VendorWindow, by: str) -> bool:
    """End it at once, the visit inside it too. False when it was closed already."""
    now = timezone.now()
    with transaction.atomic():
        if not VendorWindow.objects.filter(pk=window.pk, closed_at=None).update(closed_at=now, closed_by=by[:100]):
            return False
        record(Event.VENDOR_WINDOW_CLOSED, subjects=_subject(window), detail={"operator": window.operator})
        for visitor in User.objects.filter(vendor_window=window):
            VendorPass.objects.filter(user=visitor).delete()
            end_live_session(visitor, EndReason.WINDOW)
            User.objects.filter(pk=visitor.pk).update(is_active=False)
    return True


def identify_operator(
    username: str, password: str, token: str, terminal: str
) -> tuple[Operator | None, datetime | None]:
    """Both factors of somebody of the console, with the console's own throttles and guess budget.

    Anybody can knock here, so the console is asked only about a 職員ID for which a window of this prefecture is open: no
    stranger tries the passwords of its people, nor spends their guesses, from here. Without a window the refusal takes the
    time of a password and is an event, without what was typed. The second value: nothing is heard before.
    """
    if not _is_awaited(canonical_username(username)):
        make_password(password)
        with transaction.atomic():
            record(Event.VENDOR_ENTRY_REFUSED)
        return None, None
    with console_context():
        outcome = check_password_login(username, password, terminal)
        if outcome.user is None:
            return None, outcome.blocked_until
        tried = verify_totp(outcome.user, token, "login")
        if not tried.is_accepted:
            return None, tried.blocked_until
        roles = {assignment.role for assignment in roles_in_force(outcome.user)}
        found = Operator(outcome.user.username, outcome.user.display_name)
        return (found if Role.OPERATOR in roles else None), None


def _is_awaited(username: str) -> bool:
    """Whether a window is open now for this 職員ID. The console is asked only where the prefecture has one."""
    window = VendorWindow.objects.filter(operator=username, closed_at=None).first()
    return window is not None and window.is_open(timezone.now()) and not was_ended_at_console(window)


def visitor_of(operator: Operator) -> User | None:
    """The visitor's account of this prefecture for the operator's open window, or None (with an event) without one."""
    now = timezone.now()
    open_windows = list(VendorWindow.objects.filter(operator=operator.username, closed_at=None))
    for entered in open_windows:
        close_if_ended_by_operator(entered)
    with transaction.atomic():
        window = VendorWindow.objects.select_for_update().filter(operator=operator.username, closed_at=None).first()
        if window is None or not window.is_open(now):
            record(Event.VENDOR_ENTRY_REFUSED, detail={"operator": operator.username})
            return None
        user = User.objects.filter(vendor_window=window).first() or _visitor(operator, window)
        record(
            Event.VENDOR_VISIT_BEGUN,
            subjects=[*_subject(window), subject(user)],
            detail={"operator": operator.username},
        )
    return user


def _visitor(operator: Operator, window: VendorWindow) -> User:
    user = User(
        username=f"vendor-{window.pk}",
        display_name=f"{operator.name}（運用事業者）"[:80],
        section="運用事業者",
        must_enrol=False,
        vendor_window=window,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    VendorPass.objects.create(user=user, window=window, name="立入り", confirmed=True)
    return user


def note_visit(window: VendorWindow) -> None:
    """Write at the console where its operator is now, so that they find it on their page there."""
    prefecture = require_prefecture()
    known = {
        "operator": window.operator,
        "prefecture_name": prefecture.name,
        "begun_at": timezone.now(),
        "ends_at": window.ends_at,
    }
    with console_context():
        VendorVisit.objects.get_or_create(scope=prefecture.schema_name, window=window.pk, defaults=known)


def end_visit(visit: VendorVisit) -> bool:
    """The operator's act at the console. False when it had ended. The prefecture closes the window at the next request of
    the visit, or within a minute; no page opens in it from now on."""
    with transaction.atomic():
        if not VendorVisit.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=timezone.now()):
            return False
        record(Event.VENDOR_VISIT_ENDED, detail={"operator": visit.operator, "window": visit.window})
    return True


def close_if_ended_by_operator(window: VendorWindow) -> bool:
    """Close a window whose visit its operator ended at the console. Call outside of transactions."""
    if not was_ended_at_console(window):
        return False
    return close_window(window, f"{window.operator}（運用コンソール）")


def close_expired() -> int:
    """Windows whose time is over, or that were ended at the console, are closed, for the scheduler. Returns how many."""
    over = list(VendorWindow.objects.filter(closed_at=None))
    now = timezone.now()
    return sum(
        close_window(window, "時刻") if window.ends_at <= now else close_if_ended_by_operator(window) for window in over
    )


def _close_expired(operator: str, now: datetime) -> None:
    for window in VendorWindow.objects.filter(operator=operator, closed_at=None, ends_at__lte=now):
        close_window(window, "時刻")


def _subject(window: VendorWindow) -> list[Subject]:
    return [Subject("vendor_window", str(window.pk))]
