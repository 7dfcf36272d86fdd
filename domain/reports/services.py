"""The use cases of 帳票: each asks for a job and returns it; asking again for the same content gives the same job."""

from domain.reports.starting import (
    start_bank_file,
    start_calculation,
    start_ledgers,
    start_new_notices,
    start_notices,
    start_payment_calculation,
    start_slips,
    start_statements,
)

__all__ = [
    "start_bank_file",
    "start_calculation",
    "start_ledgers",
    "start_new_notices",
    "start_notices",
    "start_payment_calculation",
    "start_slips",
    "start_statements",
]
