"""Pupils with a category, their receipts, and rounds calculated the way a worker does it."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from accounts.models import User
from accounts.roles import Role
from domain.households.models import Household, Member, Pupil, School, StatusPeriod
from domain.payments import services
from domain.payments.models import Expense, PaymentLine, PaymentRound, PupilPayment
from jobs.models import Job
from jobs.running import run_job
from tests.domain.households.roster.books import Row, book
from tests.support import records
from tests.support.records import YEAR

PACK, OVERLAYS = "R07-former-standard", ("sample-operator",)
FIRST, SECOND = (4, 7), (8, 11)
_serial = itertools.count(1)


def day(month: int, number: int = 15) -> datetime.date:
    """A day of the fiscal year."""
    return datetime.date(YEAR if month >= 4 else YEAR + 1, month, number)


def child(home: Household | None = None) -> Member:
    return records.member(home or records.household(), relation="子", born=datetime.date(2016, 5, 5))


def pupil(category: int | None = 1, *, at: Member | None = None, where: School | None = None, **values: Any) -> Pupil:
    """A pupil of the 小学部 with a category from the first day on; `status` overrides the period's values."""
    status = {"category": category} | values.pop("status", {})
    return records.pupil(at or child(), where, status=status, **values)


def changed(who: Pupil, from_day: datetime.date, **values: Any) -> StatusPeriod:
    """From this day on, the status says something else."""
    period = StatusPeriod.objects.filter(pupil=who).order_by("-starts_on")[0]
    period.pk, period.starts_on = None, from_day
    for name, value in values.items():
        setattr(period, name, value)
    period.save()
    return period


def spend(who: Pupil, item: str, amount: int, used_on: datetime.date | None = None, **values: Any) -> Expense:
    """A receipt as the services would keep it."""
    return Expense.objects.create(
        school=who.school,
        pupil=who,
        fiscal_year=YEAR,
        item=item,
        amount=amount,
        used_on=used_on or day(6),
        evidence=f"E{next(_serial):06}",
        created_by="見本",
        **values,
    )


def opened(number: int = 1, months: tuple[int, int] = FIRST, **values: Any) -> PaymentRound:
    first, last = months
    defaults: dict[str, Any] = {
        "fiscal_year": YEAR,
        "pack": PACK,
        "overlays": OVERLAYS,
        "number": number,
        "title": f"第{number}期",
        "starts_on": day(first, 1),
        "ends_on": day(last + 1, 1) - datetime.timedelta(days=1),
        "pay_on": day(last + 1, 25),
    }
    return services.open_round(**(defaults | values))


def asked(round_: PaymentRound, by: User | None = None) -> Job:
    """The job of a calculation that a board officer asked for; nobody works on it yet."""
    with records.acting(by or records.staff(Role.BOARD_OFFICER)):
        return services.start_calculation(round_)


def calculated(round_: PaymentRound, by: User | None = None) -> PaymentRound:
    """As asked for by a board officer and done by a worker."""
    job = asked(round_, by)
    run_job(job.pk)
    job = Job.objects.get(pk=job.pk)
    assert job.state == "succeeded", job.error
    round_.refresh_from_db()
    return round_


def ready(*amounts: int) -> PaymentRound:
    """A calculated round in which as many pupils of as many households get these amounts."""
    for amount in amounts or (4_000,):
        spend(pupil(1), "school_lunch", amount)
    return calculated(opened())


def approved(round_: PaymentRound, by: User | None = None) -> PaymentRound:
    totals = services.totals_of(round_)
    approver = by or records.staff(Role.APPROVER)
    with records.acting(approver):
        services.approve_round(round_, approver, totals.count, totals.total)
    round_.refresh_from_db()
    return round_


def released(round_: PaymentRound) -> PaymentRound:
    approver = records.staff(Role.APPROVER)
    with records.acting(approver):
        services.release_round(round_, approver)
    round_.refresh_from_db()
    return round_


def payment_of(round_: PaymentRound, who: Pupil) -> PupilPayment:
    return PupilPayment.objects.get(round=round_, pupil=who)


def amounts(round_: PaymentRound, who: Pupil) -> tuple[int, int, int]:
    """負担金, 補助金, 支給額."""
    payment = payment_of(round_, who)
    return payment.ledgers["statutory"], payment.ledgers["subsidy"], payment.total


def rows(round_: PaymentRound) -> list[Any]:
    """Everything a calculation leaves behind, without row ids."""
    payments = PupilPayment.objects.filter(round=round_).order_by("pupil")
    lines = PaymentLine.objects.filter(payment__round=round_).order_by("payment__pupil", "item", "month")
    return [
        list(payments.values_list("pupil", "state", "reason", "ledgers", "total", "receipt_digest", "run")),
        list(lines.values_list("payment__pupil", "item", "month", "spent", "eligible", "ledgers", "total")),
        PaymentRound.objects.values_list("state", "run", "finished_run", "facts", "figures").get(pk=round_.pk),
    ]


def receipt_row(evidence: str = "R-1", number: str = "P1", **more: Any) -> Row:
    row = {"証憑番号": evidence, "学籍番号": number, "経費項目": "学校給食費", "使用日": day(4, 30), "金額": 4_950}
    return row | more


def workbook(*receipts: Row, **options: Any) -> bytes:
    from domain.payments.expense_sheet.layout import EXPENSES

    return book([EXPENSES], {"使用経費": receipts}, **options)
