"""The four printed forms: which rows, which template, which event, how many documents to a file."""

from __future__ import annotations

from audit.trail.actors import current_actor
from audit.trail.vocabulary import Event
from domain.reports.gathering import ledgers, notices, slips, statements
from domain.reports.models import OutputFile
from domain.reports.targets import Form
from domain.statements import services as statement_services

Kind = OutputFile.Kind

NOTICES = Form(
    Kind.NOTICE,
    "determination_notice",
    Event.PRINT_NOTICE_MADE,
    notices.select,
    notices.versions,
    notices.gather,
    after=lambda ids: statement_services.mark_noticed(ids, current_actor().name),
)
SLIPS = Form(Kind.SLIP, "payment_slip", Event.PRINT_SLIP_MADE, slips.select, slips.versions, slips.gather)
LEDGERS = Form(
    Kind.LEDGER, "pupil_ledger", Event.PRINT_LEDGER_MADE, ledgers.select, ledgers.versions, ledgers.gather, per_file=80
)
STATEMENTS = Form(
    Kind.STATEMENT,
    "statement",
    Event.PRINT_STATEMENT_MADE,
    statements.select,
    statements.versions,
    statements.gather,
    per_file=80,
)
