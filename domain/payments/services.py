"""The use cases of 支給, each one act, one transaction, its events."""

from domain.payments.calculation.starting import job_of, start_calculation
from domain.payments.expenses.checking import ExpenseFacts
from domain.payments.expenses.entering import change_expense, enter_expense, held_expense, remove_expense
from domain.payments.expenses.receiving import read_again, receive_expenses
from domain.payments.rounds.approved_accounts import approve_accounts
from domain.payments.rounds.approving import approve_round
from domain.payments.rounds.banking import bank_file, payer_account
from domain.payments.rounds.opening import open_round
from domain.payments.rounds.recovering import accept_recovery
from domain.payments.rounds.releasing import release_round
from domain.payments.totals import Totals, totals_of

__all__ = [
    "ExpenseFacts",
    "Totals",
    "accept_recovery",
    "approve_accounts",
    "approve_round",
    "bank_file",
    "change_expense",
    "enter_expense",
    "held_expense",
    "job_of",
    "open_round",
    "payer_account",
    "read_again",
    "receive_expenses",
    "release_round",
    "remove_expense",
    "start_calculation",
    "totals_of",
]
