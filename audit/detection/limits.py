"""Thresholds of a prefecture, and exceptions in force."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from audit.detection.bearing import FOR_NOBODY
from audit.detection.models import SignalException, SignalSetting
from audit.detection.rules import AllowedWords


def threshold(rule: str, standard: float) -> float:
    """The prefecture's own threshold, or the standard."""
    own = SignalSetting.objects.filter(rule=rule).values_list("threshold", flat=True).first()
    return standard if own is None else own


def thresholds() -> dict[str, float]:
    """All that differ from the standard, by rule."""
    return dict(SignalSetting.objects.values_list("rule", "threshold"))


def allowed_words(rule: str, username: str, since: datetime, until: datetime) -> tuple[AllowedWords, ...]:
    """What is allowed to this person at some moment of the time, by two others."""
    found = _about(username).filter(rule=rule, starts_at__lt=until, ends_at__gt=since).exclude(words="")
    return tuple(AllowedWords(*row) for row in found.values_list("words", "starts_at", "ends_at"))


def is_excepted(rule: str, username: str, at: datetime) -> bool:
    """Whether a dated exception keeps the rule from raising an alert about this person at this moment.

    One about anybody does not hold for the two who gave it: nobody takes themselves out of the watch.
    """
    if rule in FOR_NOBODY:
        return False
    return _about(username).filter(rule=rule, words="", starts_at__lte=at, ends_at__gt=at).exists()


def _about(username: str) -> QuerySet[SignalException]:
    about = Q(username=username) | (Q(username="") & ~Q(author=username) & ~Q(approved_by=username))
    return SignalException.objects.filter(about)
