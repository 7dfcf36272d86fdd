"""How the link of each prefecture is doing, as the console may know it: counts of the trail since yesterday, nothing of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from audit.trail.vocabulary import Event
from tenants.console.trail_counts import words_by_scope
from web.states import Tone

_FAILED = Event.LINKAGE_EXCHANGE_FAILED
_ANSWERED = (
    Event.LINKAGE_REGISTRATION_ACCEPTED,
    Event.LINKAGE_CHANGE_ACCEPTED,
    Event.LINKAGE_ANSWER_RECEIVED,
    Event.LINKAGE_PROVISION_ACCEPTED,
)


def link_states() -> dict[str, tuple[str, Tone]]:
    """Word and tone by scope; a scope without any exchange is not among them. Raises TrailUnavailable."""
    words = words_by_scope(timezone.localdate() - timedelta(days=1), (_FAILED, *_ANSWERED))
    return {scope: _state(counts) for scope, counts in words.items()}


def _state(counts: Mapping[str, int]) -> tuple[str, Tone]:
    if failed := counts.get(_FAILED.value, 0):
        return f"送受信の失敗 {failed:,}件", Tone.ATTENTION
    return "送受信あり", Tone.DONE
