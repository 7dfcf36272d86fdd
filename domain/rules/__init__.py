"""算定規則: income, need, 支弁区分 and payment arithmetic of 特別支援教育就学奨励費.

Pure: no framework, no clock, no input or output but its own year packs.  Amounts are integer yen; figures live in packs.
"""

from domain.rules.assessment.assessing import Assessment, PupilCategory, assess
from domain.rules.assessment.category import Reason
from domain.rules.assessment.explaining import explain, how_text
from domain.rules.assessment.steps import TraceStep
from domain.rules.assessment.wire import case_from_json, case_to_json
from domain.rules.canonical import canonical, digest_of, is_intact
from domain.rules.cases import (
    Category,
    Decline,
    Disability,
    HouseholdCase,
    IncomeAbsence,
    IncomeFacts,
    MemberFacts,
    SchoolStage,
)
from domain.rules.errors import CaseError, Missing, PackError, RuleMissing, RulesError
from domain.rules.explained import ExplainedLine, Explanation
from domain.rules.payment.explaining import explain_payment
from domain.rules.payment.groups import Component, PaymentGroup, Stopped, Unpaid
from domain.rules.payment.paying import PaymentResult, pay
from domain.rules.payment.settling import SettlementLine, paid_by, settle, settle_amounts
from domain.rules.payment.trace import SettledMonth, with_settlement
from domain.rules.payment.wire import payment_case_from_json, payment_case_to_json
from domain.rules.payment_cases import (
    Attendance,
    CarJourney,
    CarriedAmount,
    Department,
    ExpenseLine,
    PaidOnce,
    PaymentCase,
    StatusPeriod,
)
from domain.rules.standing import Standing
from domain.rules.yearpack.files import PackInfo, available_packs
from domain.rules.yearpack.loading import load_pack
from domain.rules.yearpack.model import Cap, ExpenseItem, Ledger, Pack, Rate

__all__ = [
    "Assessment",
    "Attendance",
    "Cap",
    "CarJourney",
    "CarriedAmount",
    "CaseError",
    "Category",
    "Component",
    "Decline",
    "Department",
    "Disability",
    "ExpenseItem",
    "ExpenseLine",
    "ExplainedLine",
    "Explanation",
    "HouseholdCase",
    "IncomeAbsence",
    "IncomeFacts",
    "Ledger",
    "MemberFacts",
    "Missing",
    "Pack",
    "PackError",
    "PackInfo",
    "PaidOnce",
    "PaymentCase",
    "PaymentGroup",
    "PaymentResult",
    "PupilCategory",
    "Rate",
    "Reason",
    "RuleMissing",
    "RulesError",
    "SchoolStage",
    "SettledMonth",
    "SettlementLine",
    "Standing",
    "StatusPeriod",
    "Stopped",
    "TraceStep",
    "Unpaid",
    "assess",
    "available_packs",
    "canonical",
    "case_from_json",
    "case_to_json",
    "digest_of",
    "explain",
    "explain_payment",
    "how_text",
    "is_intact",
    "load_pack",
    "paid_by",
    "pay",
    "payment_case_from_json",
    "payment_case_to_json",
    "settle",
    "settle_amounts",
    "with_settlement",
]
