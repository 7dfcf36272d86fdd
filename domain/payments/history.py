"""Before and after of what people enter, in words for people (django-auditlog). Not the trail: it misses bulk writes."""

from __future__ import annotations

from auditlog.registry import auditlog

from domain.payments.models import Expense, OutsideGrant, PayerAccount, PaymentRound

_STAMPS = ["created_at", "updated_at"]


def register_models() -> None:
    for model in (Expense, OutsideGrant, PaymentRound, PayerAccount):
        names = {field.name for field in model._meta.get_fields()}
        auditlog.register(model, exclude_fields=[name for name in _STAMPS if name in names])
