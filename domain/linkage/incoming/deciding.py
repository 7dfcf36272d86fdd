"""A clerk's answer to a held inquiry, and the second person's yes where the rules want one."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import SettlementRefused
from domain.linkage.incoming.history import note_steps
from domain.linkage.models import HeldInquiry
from domain.linkage.providing.rules import rules_on

State, Decision = HeldInquiry.State, HeldInquiry.Decision

APPROVAL = two_person(
    "linkage.answers",
    "保留された照会への回答の承認",
    first=Permission.RUN_LINKAGE,
    second=Permission.APPROVE_INQUIRY,
    refusal="自分が回答したものは承認できません。別の人が承認してください。",
    again="回答を取り消して、回答し直してください。",
    everywhere=True,
)


def decide(inquiry: HeldInquiry, user: User, decision: str, note: str) -> HeldInquiry:
    """提供する / 提供しない. Waits for a second person where the rules want one. Raises SettlementRefused.

    Whoever made the rule that one person is enough is not that person: else one could loosen it for an answer of one's own.
    """
    if not note.strip():
        raise SettlementRefused("回答の理由を入力してください（例: 本人の申出を確かめた）。")
    with transaction.atomic():
        current = _locked(inquiry, State.WAITING)
        rules = rules_on(timezone.localdate())
        alone = not rules.two_people_answer and rules.by != user.username
        current.decision, current.note, current.proposed_by = Decision(decision), note.strip()[:100], user.username
        _move(current, State.READY if alone else State.PROPOSED)
        event = Event.LINKAGE_INCOMING_DECIDED if alone else Event.LINKAGE_INCOMING_PROPOSED
        _note(event, current, Permission.RUN_LINKAGE)
    return current


def approve(inquiry: HeldInquiry, user: User, decision: str) -> HeldInquiry:
    """The second person's yes to exactly the answer that was shown. Raises SettlementRefused."""
    with transaction.atomic():
        current = _locked(inquiry, State.PROPOSED)
        if refused := APPROVAL.why_refused(current.proposed_by, user):
            raise SettlementRefused(refused)
        if stale := why_stale(current):
            raise SettlementRefused(stale)
        if current.decision != decision:
            raise SettlementRefused("回答の内容が、確かめたものと違います。画面を開き直してください。")
        current.approved_by = user.username
        _move(current, State.READY)
        _note(Event.LINKAGE_INCOMING_DECIDED, current, Permission.APPROVE_INQUIRY)
    return current


def why_stale(inquiry: HeldInquiry) -> str:
    """Why nobody may approve this answer any more; "" while somebody may. Its history says when it was given."""
    given = inquiry.steps.filter(to_state=State.PROPOSED).latest("at")
    return APPROVAL.why_stale(inquiry.proposed_by, given.at)


def take_back(inquiry: HeldInquiry) -> HeldInquiry:
    """The answer was not right: it is decided anew. Raises SettlementRefused."""
    with transaction.atomic():
        current = _locked(inquiry, State.PROPOSED)
        current.decision, current.note, current.proposed_by = Decision.NONE, "", ""
        _move(current, State.WAITING)
        _note(Event.LINKAGE_INCOMING_WITHDRAWN, current, Permission.RUN_LINKAGE)
    return current


def _locked(inquiry: HeldInquiry, state: str) -> HeldInquiry:
    current = HeldInquiry.objects.select_for_update().get(pk=inquiry.pk)
    if current.state != state:
        raise SettlementRefused(f"この照会は{current.get_state_display()}です。画面を開き直してください。")
    return current


def _move(current: HeldInquiry, to: str) -> None:
    current.state = to
    current.save()
    note_steps([current], to, {current.pk: current.note})


def _note(event: Event, inquiry: HeldInquiry, allowed_by: Permission) -> None:
    subjects = [Subject("member", str(inquiry.member_id)), Subject("held_inquiry", str(inquiry.pk))]
    record(event, subjects=subjects, detail={"decision": inquiry.decision}, allowed_by=allowed_by.value)
