"""The printed forms: which rows, which template, which event, how many documents to a file.

A school's print is cut into numbered files (1/3, 2/3, …) rather than set in one go, because layout holds every page of
a compilation in memory. Measured with 1,600 documents: 100 notices or slips to a file need 180 MB and give about 360
and 270 pages a second of processor time; 100 ledgers need 260 MB, 180 pages a second; 300 would need 560 MB. Ledgers
and 調書 fill more of their pages towards the end of the year, so they have 80 to a file.
"""

from __future__ import annotations

from audit.trail.actors import current_actor
from audit.trail.vocabulary import Event
from domain.reports.gathering import calculations, ledgers, notices, payment_calculations, slips, statements
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
CALCULATIONS = Form(
    Kind.CALCULATION,
    "calculation",
    Event.PRINT_CALCULATION_MADE,
    calculations.select,
    calculations.versions,
    calculations.gather,
)
PAYMENT_CALCULATIONS = Form(
    Kind.PAYMENT_CALCULATION,
    "payment_calculation",
    Event.PRINT_PAYMENT_MADE,
    payment_calculations.select,
    payment_calculations.versions,
    payment_calculations.gather,
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
