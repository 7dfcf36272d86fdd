"""Whether an outcome can be the answer to what was asked, before anything of it is kept."""

from __future__ import annotations

from domain.linkage.models import Inquiry
from integrations.atena_adapters.port import Answered, MalformedAnswer, NotDeclared, NotFound, Outcome, TaxFacts
from web.dates import fiscal_year_label

YEARS_TOLD = range(1990, 2100)
"""Years that a counterpart may have meant; beyond them the era's words say nothing, and some years have none."""


def fitting(inquiry: Inquiry, outcome: Outcome) -> Outcome:
    """The outcome itself, or a form error: figures of another year, or nothing told of somebody else.

    Of an answer with facts the 突合 compares the person; one without facts (該当なし, 未申告) has no 突合, though it settles the
    line as well. So where it names a birth date, that must be the member's. `inquiry` with its member.
    """
    match outcome:
        case Answered(TaxFacts(tax_year=int(year))) if year != inquiry.fiscal_year:
            told = fiscal_year_label(year) if year in YEARS_TOLD else "別の年度"
            asked = fiscal_year_label(inquiry.fiscal_year)
            return MalformedAnswer(f"照会したのは{asked}で、回答は{told}の課税です。取り込んでいません。")
        case NotFound(person=person) | NotDeclared(person=person) if person.born not in (None, inquiry.member.born):
            return MalformedAnswer(
                "回答の生年月日が、照会した人と違います。別の人の回答のおそれがあるため、取り込んでいません。"
            )
    return outcome
