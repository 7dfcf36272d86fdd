"""Job kinds of this package. Each may be killed anywhere and run again: what is kept is not made twice."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from accounts.permissions import Permission
from domain.households.models import School
from domain.payments.models import PupilPayment
from domain.reports import printing, starting
from domain.reports.banking import make_bank_file
from domain.reports.making import make
from domain.reports.targets import Target
from domain.statements.models import Statement
from jobs.handle import JobHandle
from jobs.registry import job_kind


def _of_schools(codes: Sequence[str]) -> Q:
    return Q(args__school__in=list(codes))


@job_kind(starting.NOTICES, "支弁区分決定通知書の作成", permission=Permission.DOWNLOAD_FILE, within=_of_schools)
def notices(handle: JobHandle) -> None:
    """Arguments: fiscal_year, school; only (ids of 調書, absent: all that are decided)."""
    only = handle.args.get("only")
    target = Target(int(handle.args["fiscal_year"]), _school(handle), only=None if only is None else tuple(only))
    make(handle, printing.NOTICES, target)


@job_kind(starting.LEDGERS, "個人別支給台帳の作成", permission=Permission.DOWNLOAD_FILE, within=_of_schools)
def ledgers(handle: JobHandle) -> None:
    """Arguments: fiscal_year, school."""
    make(handle, printing.LEDGERS, _of_year(handle))


@job_kind(starting.STATEMENTS, "収入額・需要額調書の作成", permission=Permission.DOWNLOAD_FILE, within=_of_schools)
def statements(handle: JobHandle) -> None:
    """Arguments: fiscal_year, school."""
    make(handle, printing.STATEMENTS, _of_year(handle))


@job_kind(starting.CALCULATION, "決定の計算書の作成", permission=Permission.DOWNLOAD_FILE, within=_of_schools)
def calculation(handle: JobHandle) -> None:
    """Arguments: statement (id), school."""
    statement = Statement.objects.select_related("school").get(pk=int(handle.args["statement"]))
    make(handle, printing.CALCULATIONS, Target(statement.fiscal_year, statement.school, statement=statement.pk))


@job_kind(starting.PAYMENT_CALCULATION, "支給額の計算書の作成", permission=Permission.DOWNLOAD_FILE, within=_of_schools)
def payment_calculation(handle: JobHandle) -> None:
    """Arguments: payment (id), school."""
    payment = PupilPayment.objects.defer("receipt").get(pk=int(handle.args["payment"]))
    round_ = starting.released(payment.round_id)
    make(handle, printing.PAYMENT_CALCULATIONS, Target(round_.fiscal_year, _school(handle), round_, payment=payment.pk))


@job_kind(starting.SLIPS, "支給明細書の作成", permission=Permission.DOWNLOAD_FILE, within=_of_schools)
def slips(handle: JobHandle) -> None:
    """Arguments: round, school."""
    round_ = starting.released(int(handle.args["round"]))
    make(handle, printing.SLIPS, Target(round_.fiscal_year, _school(handle), round_))


@job_kind(starting.BANK_FILE, "総合振込データの作成", permission=Permission.DOWNLOAD_FILE)
def bank_file(handle: JobHandle) -> None:
    """Argument: round."""
    make_bank_file(handle, int(handle.args["round"]))


def _of_year(handle: JobHandle) -> Target:
    return Target(int(handle.args["fiscal_year"]), _school(handle))


def _school(handle: JobHandle) -> School:
    return School.objects.get(code=handle.args["school"])
