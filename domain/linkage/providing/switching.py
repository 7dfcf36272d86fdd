"""副本 switched off, or on again: proposed by one person, approved by another who saw what goes with it.

Such a rule drops lines that two people approved and that did not go out yet (`stopping`), and off puts every copy on the next
list of deletions: one person alone must not do that. A proposed rule holds nowhere until it is approved.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.access import may
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.vocabulary import Event
from domain.linkage.errors import ItemRefused
from domain.linkage.frozen import UNDECIDED
from domain.linkage.models import Copy, CopyLine, CopyList, ProvisionRule
from domain.linkage.providing.rules import note_rule, save_rule
from domain.linkage.providing.stopping import unwanted_when

State = ProvisionRule.State

APPROVAL = two_person(
    "linkage.provision",
    "副本の登録を止める・もう一度始める設定の承認",
    second=Permission.APPROVE_INQUIRY,
    refusal="自分が提案した設定は承認できません。別の人が承認してください。",
    again="必要なら、もう一度提案してください。前の提案は、そのときに取り下げられます。",
    everywhere=True,
    asker="by",
    asked_at="at",
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What goes with the switch as things stand: approved lines not sent, the list that waits, copies and their 円 to be deleted."""

    lines: int
    waiting_lines: int
    copies: int
    amount: int

    @property
    def shown(self) -> str:
        """What the approver saw, to be compared when the approval comes."""
        return f"{self.lines}/{self.waiting_lines}/{self.copies}/{self.amount}"


def effect_of(rule: ProvisionRule) -> Effect:
    """Two queries."""
    going = CopyLine.objects.filter(unwanted_when(provided=rule.provided), state=CopyLine.State.WAITING)
    unsent = Q(listed__state=CopyList.State.APPROVED) & (Q(batch=None) | Q(batch__tried_at=None))
    lines = going.aggregate(
        approved=Count("pk", filter=unsent), waiting=Count("pk", filter=Q(listed__state=CopyList.State.PROPOSED))
    )
    held = Copy.objects.none() if rule.provided else Copy.objects.exclude(amount=None)
    copies = held.aggregate(count=Count("pk"), amount=Sum("amount", default=0))
    return Effect(lines["approved"], lines["waiting"], copies["count"], copies["amount"])


def propose_rule(user: User, rule: ProvisionRule) -> ProvisionRule:
    """For a second person to approve. Raises ItemRefused: a day that is past, or another proposal waits."""
    rule.state, rule.switches = State.PROPOSED, True
    allowed_by = Permission.RUN_LINKAGE if may(user, Permission.RUN_LINKAGE) else Permission.APPROVE_INQUIRY
    try:
        with transaction.atomic():
            waiting = ProvisionRule.objects.filter(state=State.PROPOSED)
            APPROVAL.gives_way(waiting, lambda old: withdraw_rule(old, user, UNDECIDED), why_stale=why_stale)
            return save_rule(user, rule, Event.LINKAGE_SWITCH_PROPOSED, allowed_by)
    except IntegrityError as error:
        raise ItemRefused("承認を待つ設定があります。承認するか取り下げてから、提案してください。") from error


def approve_rule(rule: ProvisionRule, user: User, shown: str) -> ProvisionRule:
    """The second person's yes to what was shown (`Effect.shown`). Raises ItemRefused."""
    with transaction.atomic():
        current = _locked(rule)
        if refused := APPROVAL.why_refused(current.by, user):
            raise ItemRefused(refused)
        if stale := why_stale(current):
            raise ItemRefused(stale)
        effect = effect_of(current)
        if effect.shown != shown:
            raise ItemRefused("取りやめる件数が、確かめたものと違います。画面を開き直して、もう一度確かめてください。")
        current.state, current.approved_by, current.decided_at = State.IN_FORCE, user.username, timezone.now()
        current.save(update_fields=["state", "approved_by", "decided_at"])
        note_rule(
            Event.LINKAGE_PROVISION_CONFIGURED, current, Permission.APPROVE_INQUIRY,
            proposed_by=current.by, lines=effect.lines, copies=effect.copies,
        )  # fmt: skip
    return current


def why_stale(rule: ProvisionRule) -> str:
    """Why nobody may approve it any more; "" while somebody may."""
    if rule.starts_on < timezone.localdate():
        return f"適用開始日が過ぎたため、承認できません。{APPROVAL.again}"
    return APPROVAL.why_stale(rule.by, rule.at)


def withdraw_rule(rule: ProvisionRule, user: User, reason: str) -> ProvisionRule:
    """Nothing changes. Raises ItemRefused without a reason, or when it is decided already."""
    if not reason.strip():
        raise ItemRefused("取り下げる理由を入力してください。")
    with transaction.atomic():
        current = _locked(rule)
        current.state, current.decided_at, current.reason = State.WITHDRAWN, timezone.now(), reason.strip()
        current.save(update_fields=["state", "decided_at", "reason"])
        allowed_by = Permission.RUN_LINKAGE if may(user, Permission.RUN_LINKAGE) else Permission.APPROVE_INQUIRY
        note_rule(Event.LINKAGE_SWITCH_WITHDRAWN, current, allowed_by)
    return current


def waiting_rule() -> ProvisionRule | None:
    """What waits for the second person."""
    return ProvisionRule.objects.filter(state=State.PROPOSED).first()


def _locked(rule: ProvisionRule) -> ProvisionRule:
    current = ProvisionRule.objects.select_for_update().get(pk=rule.pk)
    if current.state != State.PROPOSED:
        raise ItemRefused(f"この設定は{current.get_state_display()}です。画面を開き直してください。")
    return current
