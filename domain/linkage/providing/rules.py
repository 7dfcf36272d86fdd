"""Whether and how this prefecture provides, on a day: its dated rules over the legal basis of the year pack in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import ItemRefused
from domain.linkage.items import legal_basis
from domain.linkage.models import ProvisionRule
from tenants.core.context import require_prefecture


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds on one day. `answer_days` and `record_years` as in ProvisionRule; `by`: 職員ID of who set it."""

    provided: bool
    two_people_answer: bool
    answer_days: int
    record_years: int
    basis: str
    notice: str = ""
    by: str = ""


def rules_on(day: date) -> Rules:
    """Of rules in force that began, the newest; without any, nothing is provided."""
    rule = _rule_on(day)
    basis = basis_of(rule, day)
    return Rules(
        rule.provided and bool(basis),
        rule.two_people_answer,
        rule.answer_days,
        rule.record_years,
        basis,
        rule.notice,
        rule.by,
    )


def rule_after(day: date, *, provided: bool, notice: str) -> ProvisionRule:
    """A rule from a day on that changes nothing but whether copies are provided. Not saved."""
    now = _rule_on(day)
    return ProvisionRule(
        starts_on=day,
        provided=provided,
        two_people_answer=now.two_people_answer,
        answer_days=now.answer_days,
        record_years=now.record_years,
        basis=now.basis,
        notice=notice,
    )


def _rule_on(day: date) -> ProvisionRule:
    began = in_order(ProvisionRule.objects.filter(state=ProvisionRule.State.IN_FORCE, starts_on__lte=day))
    return began.last() or ProvisionRule()


def in_order(rules: QuerySet[ProvisionRule]) -> QuerySet[ProvisionRule]:
    """Of two that begin on one day the one decided later holds."""
    return rules.order_by("starts_on", Coalesce("decided_at", "at"), "pk")


def basis_of(rule: ProvisionRule, day: date) -> str:
    """The rule's own legal basis, else the one the year pack cites for the day."""
    return rule.basis or legal_basis(require_prefecture().working_year, day, "provision")


def add_provision_rule(user: User, rule: ProvisionRule) -> ProvisionRule:
    """Record a rule from a day on. Raises ItemRefused: a day that is past, or one person's switch (`switching.propose_rule`)."""
    if is_switch(rule):
        raise ItemRefused("副本の登録を止める設定、もう一度始める設定は、別の人の承認が要ります。")
    return save_rule(user, rule, Event.LINKAGE_PROVISION_CONFIGURED, Permission.APPROVE_INQUIRY)


def save_rule(user: User, rule: ProvisionRule, event: Event, allowed_by: Permission) -> ProvisionRule:
    """Keep a new rule with its event. Raises ItemRefused for a day that is past."""
    refuse_past(rule)
    with transaction.atomic():
        rule.by = user.username
        rule.save(force_insert=True)
        note_rule(event, rule, allowed_by)
    return rule


def refuse_past(rule: ProvisionRule) -> None:
    """Raises ItemRefused."""
    if rule.starts_on < timezone.localdate():
        raise ItemRefused("適用開始日は今日以後にしてください。過去の提供には、その日の設定が使われています。")


def note_rule(event: Event, rule: ProvisionRule, allowed_by: Permission, **more: JSON) -> None:
    detail: dict[str, JSON] = {
        "from": rule.starts_on.isoformat(),
        "provided": rule.provided,
        "two_people_answer": rule.two_people_answer,
        "answer_days": rule.answer_days,
        "record_years": rule.record_years,
        **more,
    }
    record(event, subjects=[Subject("provision_rule", str(rule.pk))], detail=detail, allowed_by=allowed_by.value)


def is_switch(rule: ProvisionRule) -> bool:
    """Whether it would stop providing on some day, begin it again, or undo such a day that was decided.

    Not the very first start: nothing of what two people approved can be lost by it.
    """
    known = list(in_order(ProvisionRule.objects.filter(state=ProvisionRule.State.IN_FORCE)))
    before = _turns(known)
    later = [one for one in known if one.starts_on > rule.starts_on]
    changed = before ^ _turns([*known[: len(known) - len(later)], rule, *later])
    return bool(changed) and (bool(before) or len(changed) > 1)


def _turns(rules: Sequence[ProvisionRule]) -> set[tuple[date, bool]]:
    """The days on which providing begins or ends by rules in the order in which they hold."""
    by_day = {rule.starts_on: rule.provided and bool(basis_of(rule, rule.starts_on)) for rule in rules}
    days = sorted(by_day)
    return {
        (day, by_day[day])
        for earlier, day in zip([None, *days], days, strict=False)
        if by_day[day] != (by_day[earlier] if earlier else False)
    }
