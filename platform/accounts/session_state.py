"""What our log-in keeps in the session, and nothing else writes.

A session is one of: nothing; *pending* (password right, one-time password missing); *enrolling* (activation code right, may do
nothing but enrol); *signed in*. In the first three `request.user` is anonymous, so a page that forgot its guard still shows
nothing. Every session of ours is bound to the scope (schema) it began in; the session record holds its terminal.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

SCOPE: Final = "accounts.scope"
PENDING: Final = "accounts.pending"
ENROLLING: Final = "accounts.enrolling"
ENROLLED: Final = "accounts.enrolled"
RECORD: Final = "accounts.record"
OTP_AT: Final = "accounts.otp_at"
RENEWAL: Final = "accounts.renewal"
LAST_LOGIN: Final = "accounts.last_login"
DRAFTS: Final = "accounts.drafts"
DRAFT_TO_FILL: Final = "accounts.draft_to_fill"
FORM_PAGES: Final = "accounts.form_pages"
MOST_FORM_PAGES: Final = 10
"""Of the last refused forms: one person does not correct more at once."""
MOST_DRAFTS: Final = 20
"""As many as one person may have (`services.drafts`): the session's row does not grow with every form of a long day."""

PENDING_VALID: Final = timedelta(minutes=10)
ENROLLING_VALID: Final = timedelta(minutes=30)


def is_ours(session: SessionBase) -> bool:
    """Whether the session carries anything of a person."""
    return any(key in session for key in (SCOPE, PENDING, ENROLLING, RECORD, SESSION_KEY))


# --- password right, one-time password missing ------------------------------------------------------------------------


def start_pending(session: SessionBase, scope: str, user_id: int, next_path: str, password: str) -> None:
    """A fresh key, and nothing of an earlier session is kept. `password`: the person's `get_session_auth_hash`."""
    session.flush()
    session[SCOPE] = scope
    session[PENDING] = {"user": user_id, "at": _stamp(timezone.now()), "next": next_path, "password": password}


def pending_user_id(session: SessionBase) -> int | None:
    return _id_within(session.get(PENDING), PENDING_VALID)


def is_pending_with(session: SessionBase, password: str) -> bool:
    """Whether the password that was given is still the person's (their `get_session_auth_hash` now)."""
    return constant_time_compare(str(session.get(PENDING, {}).get("password", "")), password)


def pending_next(session: SessionBase) -> str:
    return str(session.get(PENDING, {}).get("next", ""))


# --- enrolment --------------------------------------------------------------------------------------------------------


def start_enrolling(session: SessionBase, scope: str, user_id: int, code_id: int) -> None:
    """A fresh key; this session can do nothing but enrol, and only with the activation code it was opened with."""
    session.flush()
    session[SCOPE] = scope
    session[ENROLLING] = {"user": user_id, "code": code_id, "at": _stamp(timezone.now())}


def enrolling_user_id(session: SessionBase) -> int | None:
    return _id_within(session.get(ENROLLING), ENROLLING_VALID)


def enrolling_code_id(session: SessionBase) -> int | None:
    """The activation code this session was opened with, for ENROLLING_VALID after that moment."""
    if enrolling_user_id(session) is None:
        return None
    code_id = session[ENROLLING].get("code")
    return code_id if isinstance(code_id, int) else None


def enrolled_step(session: SessionBase, step: str) -> None:
    """Note that a step of the enrolment is done; each opens the next."""
    session[ENROLLING] = {**session[ENROLLING], step: True}


def enrolment_over(session: SessionBase) -> None:
    """Nothing is left of the enrolment but that it came to its end here: for whoever loads its last page again."""
    session.flush()
    session[ENROLLED] = True


def has_enrolled(session: SessionBase) -> bool:
    return bool(session.get(ENROLLED))


def note_picture(session: SessionBase, device_id: int) -> None:
    """The picture (QR) of this device may be fetched, once."""
    session[ENROLLING] = {**session[ENROLLING], "picture": device_id}


def take_picture(session: SessionBase) -> int:
    """The device whose picture may be fetched; afterwards none (0).

    For a transaction in which the person's row is locked: what counts is the session as it is kept now, not as this request
    read it, so that of several at once one gets the picture.
    """
    kept = dict(type(session)(session.session_key).get(ENROLLING, {}))
    device_id = kept.pop("picture", 0)
    if device_id:
        session[ENROLLING] = kept
        session.save()
    return int(device_id)


def has_enrolled_step(session: SessionBase, step: str) -> bool:
    return bool(session.get(ENROLLING, {}).get(step))


# --- signed in --------------------------------------------------------------------------------------------------------


def become_signed_in(session: SessionBase, scope: str, record: uuid.UUID, *, otp_is_fresh: bool) -> None:
    """After both factors; the key was cycled by the log-in. The row outlives the session, so that its end is ours to tell."""
    session.set_expiry(settings.SESSION_ABSOLUTE_SECONDS + 3600)
    session.pop(PENDING, None)
    session[SCOPE] = scope
    session[RECORD] = str(record)
    if otp_is_fresh:
        note_otp(session)


def record_id(session: SessionBase) -> uuid.UUID | None:
    text = session.get(RECORD)
    return uuid.UUID(text) if isinstance(text, str) else None


def note_otp(session: SessionBase) -> None:
    session[OTP_AT] = _stamp(timezone.now())


def otp_age(session: SessionBase) -> timedelta | None:
    """How long ago the one-time password of this session was checked; None when never."""
    moment = _moment(session.get(OTP_AT))
    return timezone.now() - moment if moment else None


def note_password_over(session: SessionBase) -> None:
    """This session can only choose a new password (`services.password_term`)."""
    session[RENEWAL] = True


def is_password_over(session: SessionBase) -> bool:
    return bool(session.get(RENEWAL))


def password_renewed(session: SessionBase) -> None:
    session.pop(RENEWAL, None)


def _id_within(entry: Any, valid: timedelta) -> int | None:
    if not isinstance(entry, dict):
        return None
    started = _moment(entry.get("at"))
    if started is None or timezone.now() - started >= valid:
        return None
    return int(entry["user"])


def _stamp(moment: datetime) -> str:
    return moment.isoformat()


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def keep_last_login(session: SessionBase, at: datetime | None, terminal: str, failures: int) -> None:
    """What the 最終ログイン panel shows: the log-in before this one, and failures since."""
    session[LAST_LOGIN] = {"at": _stamp(at) if at else None, "terminal": terminal, "failures": failures}


def last_login_at(session: SessionBase) -> datetime | None:
    return _moment(session.get(LAST_LOGIN, {}).get("at"))


def failures_before(session: SessionBase) -> int:
    return int(session.get(LAST_LOGIN, {}).get("failures", 0))


# --- drafts of unsaved input: which may be offered, and on which page; never what is in them --------------------------


def drafts(session: SessionBase) -> dict[str, str]:
    """Ids of the drafts this session may offer, each with the path of its page."""
    return dict(session.get(DRAFTS, {}))


def note_draft(session: SessionBase, draft_id: str, path: str) -> None:
    """The newest stands last; beyond MOST_DRAFTS the oldest is no longer offered."""
    known = drafts(session)
    if known.get(draft_id) != path:
        others = [pair for pair in known.items() if pair[0] != draft_id]
        session[DRAFTS] = dict([*others[1 - MOST_DRAFTS :], (draft_id, path)])


def drop_draft(session: SessionBase, draft_id: str) -> None:
    session[DRAFTS] = {known: path for known, path in drafts(session).items() if known != draft_id}
    if is_to_fill(session, draft_id):
        filled_draft(session)


def fill_draft(session: SessionBase, draft_id: str) -> None:
    """The next time its page is opened, the form comes filled."""
    session[DRAFT_TO_FILL] = draft_id


def is_to_fill(session: SessionBase, draft_id: str) -> bool:
    return bool(session.get(DRAFT_TO_FILL) == draft_id)


def filled_draft(session: SessionBase) -> None:
    session.pop(DRAFT_TO_FILL, None)


# --- where the forms stood that were answered with a page of their own ------------------------------------------------


def form_page(session: SessionBase, path: str) -> str:
    """The page whose form was last answered at this address; "" for any other address."""
    return str(session.get(FORM_PAGES, {}).get(path, ""))


def note_form_page(session: SessionBase, path: str, page: str) -> None:
    """The newest stands last; beyond MOST_FORM_PAGES the oldest is forgotten."""
    known: dict[str, str] = session.get(FORM_PAGES, {})
    if known.get(path) != page:
        others = [pair for pair in known.items() if pair[0] != path]
        session[FORM_PAGES] = dict([*others[1 - MOST_FORM_PAGES :], (path, page)])
