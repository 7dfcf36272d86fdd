"""Asking for files. The key of a job names form, year or round, school and the fingerprint of the records behind it:

asking again for the same thing gives the same job and the same files; after a change, a new one.
"""

from __future__ import annotations

from audit.trail.entries import JSON
from domain.households.models import School
from domain.payments.models import PaymentRound, PupilPayment
from domain.reports import fingerprints, printing
from domain.reports.errors import NotDecided, NothingNew, NotReleased
from domain.reports.gathering import calculations, notices
from domain.reports.targets import Form, Target
from domain.statements.models import Statement
from jobs import services as jobs
from jobs.models import Job

NOTICES, SLIPS = "reports.notices", "reports.slips"
LEDGERS, STATEMENTS = "reports.ledgers", "reports.statements"
CALCULATION, BANK_FILE = "reports.calculation", "reports.bank_file"
PAYMENT_CALCULATION = "reports.payment_calculation"
_SHOWN = 16


def start_notices(fiscal_year: int, school_code: str) -> Job:
    """決定通知書 of a school's decided households; afterwards they are 通知済."""
    return _start_of_year(NOTICES, printing.NOTICES, fiscal_year, school_code)


def start_new_notices(fiscal_year: int, school_code: str) -> Job:
    """決定通知書 of those decided households alone that have none yet. Raises NothingNew."""
    school = School.objects.get(code=school_code)
    only = notices.without_notice(fiscal_year, school)
    if not only:
        raise NothingNew(f"{school.name}には")
    args: dict[str, JSON] = {"fiscal_year": fiscal_year, "school": school_code, "only": [*only]}
    return _start(NOTICES, printing.NOTICES, Target(fiscal_year, school, only=tuple(only)), args)


def start_ledgers(fiscal_year: int, school_code: str) -> Job:
    """個人別支給台帳 of a school's pupils, over the approved rounds of the year."""
    return _start_of_year(LEDGERS, printing.LEDGERS, fiscal_year, school_code)


def start_statements(fiscal_year: int, school_code: str) -> Job:
    """収入額・需要額調書 of a school's computed households."""
    return _start_of_year(STATEMENTS, printing.STATEMENTS, fiscal_year, school_code)


def start_calculation(statement_id: int) -> Job:
    """決定の計算書 of one household, from the receipt that its decision keeps. Raises NotDecided."""
    statement = Statement.objects.select_related("school").get(pk=statement_id)
    if not calculations.decisions_of(statement_id).exists():
        raise NotDecided
    target = Target(statement.fiscal_year, statement.school, statement=statement.pk)
    args: dict[str, JSON] = {"statement": statement.pk, "school": statement.school.code}
    return _start(CALCULATION, printing.CALCULATIONS, target, args)


def start_payment_calculation(payment_id: int) -> Job:
    """支給額の計算書 of one pupil in a released round, from the receipt that the payment keeps. Raises NotReleased."""
    payment = PupilPayment.objects.select_related("pupil__school").defer("receipt").get(pk=payment_id)
    target = Target(payment.round.fiscal_year, payment.pupil.school, released(payment.round_id), payment=payment.pk)
    args: dict[str, JSON] = {"payment": payment.pk, "school": target.school.code}
    return _start(PAYMENT_CALCULATION, printing.PAYMENT_CALCULATIONS, target, args)


def start_slips(round_id: int, school_code: str) -> Job:
    """支給明細書 of a school's pupils who are paid in a released round. Raises NotReleased."""
    round_ = released(round_id)
    school = School.objects.get(code=school_code)
    target = Target(round_.fiscal_year, school, round_)
    return _start(SLIPS, printing.SLIPS, target, {"round": round_.pk, "school": school.code})


def start_bank_file(round_id: int) -> Job:
    """総合振込データ of a released round. Raises NotReleased."""
    round_ = released(round_id)
    key = f"{BANK_FILE}:{round_.pk}:{fingerprints.of_round(round_)[:_SHOWN]}"
    return jobs.start(BANK_FILE, {"round": round_.pk}, key=key, title=f"総合振込データの作成（{round_.title}）")


def released(round_id: int) -> PaymentRound:
    """The round, if it is released. Raises NotReleased."""
    round_ = PaymentRound.objects.get(pk=round_id)
    if round_.state != PaymentRound.State.RELEASED:
        raise NotReleased(round_.title, round_.get_state_display())
    return round_


def _start_of_year(kind: str, form: Form, fiscal_year: int, school_code: str) -> Job:
    target = Target(fiscal_year, School.objects.get(code=school_code))
    return _start(kind, form, target, {"fiscal_year": fiscal_year, "school": school_code})


def _start(kind: str, form: Form, target: Target, args: dict[str, JSON]) -> Job:
    key = f"{kind}:{target.about}:{target.school.pk}:{fingerprints.of_target(form, target)[:_SHOWN]}"
    some = "、新しく決定した分" if target.only is not None else ""
    return jobs.start(kind, args, key=key, title=f"{form.kind.label}の作成（{target.school.name}{some}）")
