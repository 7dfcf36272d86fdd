"""Whose certificate stands beside an answer that came later and says something else."""

from __future__ import annotations

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from domain.linkage.models import Inquiry
from domain.statements.models import MemberFacts, Statement
from domain.statements.reading import AMOUNTS

_BASES = ("", Statement.IncomeBasis.CONFIRMED)
_OWN = Q(match=Inquiry.Match.MATCHED) | Q(settlement=Inquiry.Settlement.ACCEPTED)


def late_answers() -> QuerySet[MemberFacts]:
    """Facts beside which an answer waits to be chosen or left: 調書 of every year and state.

    Either a certificate that was entered (or chosen) before the answer came and says other amounts, or no amounts at all
    because a certificate was to stand in. An amount that was not given counts as none, as in the computation.
    """
    answers = Inquiry.objects.filter(
        _OWN,
        kind=Inquiry.Kind.TAX,
        state=Inquiry.State.ANSWERED,
        member=OuterRef("member"),
        fiscal_year=OuterRef("statement__fiscal_year"),
        answer__total_income__isnull=False,
    )
    given = {f"given_{item}": _given(item) for item in AMOUNTS.values()}
    same = Q(**{f"given_{item}": Coalesce(OuterRef(column), Value(0)) for column, item in AMOUNTS.items()})
    later = answers.annotate(**given).filter(~same, answered_at__gt=OuterRef("updated_at"))
    instead = answers.filter(settlement=Inquiry.Settlement.CERTIFICATE)
    beside = Q(Exists(later), source=MemberFacts.Source.CERTIFICATE)
    missing = Q(Exists(instead), source=MemberFacts.Source.MISSING)
    return MemberFacts.objects.filter(beside | missing, statement__income_basis__in=_BASES)


def _given(item: str) -> Coalesce:
    return Coalesce(Cast(KeyTextTransform(item, "answer"), BigIntegerField()), Value(0))
