"""What the scheduler does for this room, once a minute or so in each scope."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import uploads
from accounts.services import attempts, drafts, vendor
from accounts.services.sessions import end_expired_sessions


def tidy() -> int:
    """End sessions that ran out (with their events), drop old counts, drafts and session rows. Returns the sessions ended."""
    now = timezone.now()
    ended = end_expired_sessions()
    vendor.close_expired()
    attempts.prune(now)
    drafts.purge()
    uploads.prune(timezone.localdate())
    Session.objects.filter(expire_date__lt=now).delete()
    return ended
