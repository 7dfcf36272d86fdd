"""Rows of a workbook against the pupils, the expenses and the rounds that are registered. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from domain.households.models import Pupil
from domain.payments.expense_sheet.rows import ExpenseRow
from domain.payments.expenses.checking import ExpenseFacts, Fault, faults, same
from domain.payments.expenses.findings import Finding, note_of_row, of_row
from domain.payments.expenses.plausible import CODE, Amounts
from domain.payments.items import items_of
from domain.payments.models import Expense, ExpenseImport, PaymentRound

_TAKEN = (
    "この証憑番号は、別の内容の経費に使われています。同じ領収書なら登録済みの経費を直し、"
    "別の領収書なら証憑番号を付け直してください。"
)


@dataclass(slots=True)
class Compared:
    """Expenses to insert; `same` rows are registered already; `findings` say which rows are left out and why, `notes` what
    is unusual in those that are taken."""

    new: list[Expense] = field(default_factory=list)
    same: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    @property
    def wrong_rows(self) -> set[int]:
        return {finding["row"] for finding in self.findings}


class Comparison:
    """`closed`: the approved rounds of the year; their days take no more expenses."""

    def __init__(self, received: ExpenseImport, closed: Sequence[PaymentRound]) -> None:
        self.received, self.closed = received, closed
        self.items = items_of(received.fiscal_year)
        self.amounts = Amounts(self.items)
        self.pupils = {pupil.student_number: pupil for pupil in Pupil.objects.filter(school=received.school)}
        self.known = {
            expense.evidence: expense
            for expense in Expense.objects.filter(school=received.school, fiscal_year=received.fiscal_year)
        }
        self.result = Compared()

    def run(self, rows: Sequence[ExpenseRow]) -> Compared:
        for row in rows:
            self._row(row, self.pupils[row.pupil_number])
        return self.result

    def _row(self, row: ExpenseRow, pupil: Pupil) -> None:
        facts = self._facts(row)
        known = self.known.get(row.voucher_number)
        if known is not None and same(known, pupil.pk, facts):
            self.result.same += 1
            return
        found = [of_row(row, fault.field, fault.code, fault.message) for fault in self._faults(facts, pupil)]
        if known is not None:
            found.append(of_row(row, "evidence", "expenses.evidence-taken", _TAKEN))
        self.result.findings += found
        if not found:
            self.result.new.append(self._expense(facts, pupil))
            if note := self.amounts.note(facts):
                self.result.notes.append(note_of_row(row, "amount", CODE, note, f"{facts.amount:,}"))

    def _faults(self, facts: ExpenseFacts, pupil: Pupil) -> list[Fault]:
        return list(faults(facts, pupil, self.items, self.closed))

    def _facts(self, row: ExpenseRow) -> ExpenseFacts:
        return ExpenseFacts(
            item=self.items.codes[row.item],
            used_on=row.used_on,
            amount=row.amount,
            evidence=row.voucher_number,
            times=row.times,
            trip=row.trip_number,
            purpose=row.purpose,
            note=row.note,
            car_metres=row.car_metres,
            car_days=row.car_days,
            car_legs=row.car_legs,
            received=row.received,
            before_entry=row.before_entry,
        )

    def _expense(self, facts: ExpenseFacts, pupil: Pupil) -> Expense:
        return Expense(
            school=self.received.school,
            pupil=pupil,
            fiscal_year=self.received.fiscal_year,
            **asdict(facts),
            imported=self.received,
            created_by=self.received.created_by,
        )
