"""A fingerprint of everything a file is made from: a decision or payment that changed leads to a new file."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from domain.payments.models import PayerAccount, PaymentRound
from domain.reports.targets import Form, Target
from tenants.core.context import require_prefecture

LAYOUT = 1
"""Counted up when a form changes so much that files made before it should be made again."""


def of_target(form: Form, target: Target) -> str:
    """Of one school's documents; two or three queries, no names read."""
    prefecture = require_prefecture()
    head = [LAYOUT, form.template, prefecture.name, prefecture.sample, target.school.name]
    return _digest([*head, *form.versions(target)])


def of_round(round_: PaymentRound) -> str:
    """Of the transfer file: the run that was released, and whose account pays."""
    payer = PayerAccount.objects.values_list().first() or ()
    return _digest([LAYOUT, round_.pk, round_.finished_run, round_.state, *payer])


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()
