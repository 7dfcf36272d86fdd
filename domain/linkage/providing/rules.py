"""Whether and how this prefecture provides, on a day: its dated rules over the legal basis of the year pack in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
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
    """Of rules that began, the newest; without any, nothing is provided."""
    newest = ProvisionRule.objects.filter(starts_on__lte=day).order_by("starts_on", "pk").last()
    rule = newest or ProvisionRule()
    basis = rule.basis or legal_basis(require_prefecture().working_year, day, "provision")
    return Rules(
        rule.provided and bool(basis),
        rule.two_people_answer,
        rule.answer_days,
        rule.record_years,
        basis,
        rule.notice,
        rule.by,
    )


def add_provision_rule(user: User, rule: ProvisionRule) -> ProvisionRule:
    """Record a rule from a day on. Raises ItemRefused for a day that is past."""
    if rule.starts_on < timezone.localdate():
        raise ItemRefused("適用開始日は今日以後にしてください。過去の提供には、その日の設定が使われています。")
    with transaction.atomic():
        rule.by = user.username
        rule.save(force_insert=True)
        record(
            Event.LINKAGE_PROVISION_CONFIGURED,
            subjects=[Subject("provision_rule", str(rule.pk))],
            detail={
                "from": rule.starts_on.isoformat(),
                "provided": rule.provided,
                "two_people_answer": rule.two_people_answer,
                "answer_days": rule.answer_days,
                "record_years": rule.record_years,
            },
            allowed_by=Permission.APPROVE_INQUIRY.value,
        )
    return rule
