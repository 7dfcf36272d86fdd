"""Job kinds of this package."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from accounts.permissions import Permission
from domain.households.models import Household, Member, Pupil, StatusPeriod
from domain.payments.calculation import run
from domain.payments.calculation.finishing import finish
from domain.payments.calculation.run import RunOver, calculate_members, members_left, note_facts
from domain.payments.calculation.starting import CALCULATE
from domain.payments.errors import PackChanged
from domain.payments.expenses.importing import import_expenses
from domain.payments.expenses.receiving import IMPORT_EXPENSES
from domain.payments.models import Expense, ExpenseImport, PaymentLine, PaymentRound, PupilPayment
from domain.payments.paging import pages
from domain.payments.rounds.opening import pack_of
from domain.rules import Pack
from jobs.handle import JobHandle
from jobs.registry import job_kind
from tenants.core import statistics

COUNT_LABELS = {"new": "新規", "same": "同じ", "parked": "保留", "wrong": "誤り"}


def _of_schools(codes: Sequence[str]) -> Q:
    imports = ExpenseImport.objects.filter(school__code__in=codes)
    return Q(args__import__in=list(imports.values_list("pk", flat=True)))


@job_kind(IMPORT_EXPENSES, "使用経費の取込", permission=Permission.ENTER_EXPENSE, within=_of_schools)
def run_import(handle: JobHandle) -> None:
    """Argument: import, the id of an ExpenseImport."""
    received = import_expenses(handle.args["import"], lambda done, total, step: handle.advance(done, total, step=step))
    for name, label in COUNT_LABELS.items():
        handle.set_count(label, received.counts.get(name, 0))


@job_kind(CALCULATE, "支給額の計算", permission=Permission.CALCULATE_ROUND, decides=True)
def run_calculation(handle: JobHandle) -> None:
    """Argument: round. Does the round's current run, or what is left of it; nothing when it is over already."""
    round_ = PaymentRound.objects.get(pk=handle.args["round"])
    if round_.finished_run == round_.run or not round_.is_open:
        return
    handle.advance(0, step="経費と状況履歴を確かめています")
    statistics.refresh(Expense, Household, Member, Pupil, StatusPeriod)
    pack = pack_of(round_)
    note_facts(round_, pack)
    try:
        _calculate(handle, round_, pack)
    except RunOver:
        return
    payments = PupilPayment.objects.filter(round=round_)
    for state in PupilPayment.State:
        handle.set_count(state.label, payments.filter(state=state).count())


def _calculate(handle: JobHandle, round_: PaymentRound, pack: Pack) -> None:
    if pack.digest != round_.pack_digest:
        raise PackChanged
    left = members_left(round_)
    done = PupilPayment.objects.filter(round=round_, run=round_.run).count()
    total = done + len(left)
    handle.advance(done, total, step="支給額を計算しています")
    for members in pages(left, run.CHUNK):
        done += calculate_members(round_, members, pack, handle.fence)
        handle.advance(min(done, total), total)
    statistics.refresh(PupilPayment, PaymentLine)  # what prints and pays reads them next
    finish(round_, handle.fence)
    handle.advance(total, total)
