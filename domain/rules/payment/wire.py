"""The payment case.json format to and from JSON (docs/receipt-format.md)."""

from __future__ import annotations

from datetime import date

from domain.rules.cases import Category, Decline
from domain.rules.errors import CaseError
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
from domain.rules.reading import Reader, ReadFault


def payment_case_from_json(data: object) -> PaymentCase:
    """PaymentCase of a decoded JSON object; CaseError (Japanese, naming the place) for anything else."""
    try:
        return read_payment_case(Reader(data, "case"))
    except ReadFault as fault:
        raise CaseError(str(fault)) from None


def read_payment_case(reader: Reader) -> PaymentCase:
    """PaymentCase of what is left in `reader`; ReadFault for anything else, unknown names included."""
    case = PaymentCase(
        pupil=reader.text("pupil"),
        fiscal_year=reader.integer("fiscal_year"),
        statuses=tuple(_status(each) for each in reader.children("statuses")),
        expenses=tuple(_expense(each) for each in reader.children("expenses")),
        carried=tuple(_carried(each) for each in reader.children("carried")),
        paid_once=tuple(_once(each) for each in reader.children("paid_once")),
        entered_on=_day(reader, "entered_on"),
        paid_on=_day(reader, "paid_on"),
    )
    reader.done()
    return case


def _day(reader: Reader, key: str) -> date | None:
    return reader.day(key) if _optional(reader, key) else None


def _optional(reader: Reader, key: str) -> bool:
    """Whether a name is given and is not null; a null is read as not given."""
    return reader.has(key) and reader.value(key) is not None


def _status(reader: Reader) -> StatusPeriod:
    status = StatusPeriod(
        starts_on=reader.day("starts_on"),
        ends_on=_day(reader, "ends_on"),
        department=reader.choice("department", Department),
        grade=reader.integer("grade", least=1),
        category=reader.choice("category", Category) if _optional(reader, "category") else None,
        attendance=reader.choice_or("attendance", Attendance, Attendance.COMMUTER),
        physical_multiple=reader.flag_or("physical_multiple", False),
        article22_3=reader.flag_or("article22_3", True),
        welfare=reader.flag_or("welfare", False),
        decline=reader.choice_or("decline", Decline, Decline.NONE),
        home_visit=reader.flag_or("home_visit", False),
        institution_aid=reader.flag_or("institution_aid", False),
    )
    reader.done()
    return status


def _expense(reader: Reader) -> ExpenseLine:
    line = ExpenseLine(
        key=reader.text("key"),
        item=reader.text("item"),
        used_on=reader.day("used_on"),
        amount=reader.integer_or("amount", 0) if _optional(reader, "car") else reader.integer("amount"),
        count_no=reader.integer("count_no", least=1) if _optional(reader, "count_no") else None,
        purpose=reader.text("purpose") if reader.has("purpose") and reader.value("purpose") != "" else "",
        times=reader.integer("times") if _optional(reader, "times") else None,
        received=reader.integer_or("received", 0),
        before_entry=reader.flag_or("before_entry", False),
        car=_car(reader.child("car")) if _optional(reader, "car") else None,
    )
    reader.done()
    return line


def _car(reader: Reader) -> CarJourney:
    car = CarJourney(reader.integer("metres"), reader.integer("days"), reader.integer("legs"))
    reader.done()
    return car


def _carried(reader: Reader) -> CarriedAmount:
    carried = CarriedAmount(reader.text("item"), reader.integer("expense"), reader.integer("paid"))
    reader.done()
    return carried


def _once(reader: Reader) -> PaidOnce:
    once = PaidOnce(
        reader.text("item"),
        reader.choice("department", Department),
        reader.integer("fiscal_year"),
        reader.integer_or("count_no", 1),
        reader.flag_or("outside", False),
    )
    reader.done()
    return once


def payment_case_to_json(case: PaymentCase) -> dict[str, object]:
    """Plain mapping that `payment_case_from_json` reads back unchanged."""
    return {
        "pupil": case.pupil,
        "fiscal_year": case.fiscal_year,
        "statuses": [_status_json(each) for each in case.statuses],
        "expenses": [_expense_json(each) for each in case.expenses],
        "carried": [{"item": each.item, "expense": each.expense, "paid": each.paid} for each in case.carried],
        "paid_once": [_once_json(each) for each in case.paid_once],
        "entered_on": case.entered_on.isoformat() if case.entered_on else None,
        "paid_on": case.paid_on.isoformat() if case.paid_on else None,
    }


def _status_json(status: StatusPeriod) -> dict[str, object]:
    return {
        "starts_on": status.starts_on.isoformat(),
        "ends_on": status.ends_on.isoformat() if status.ends_on else None,
        "department": status.department.value,
        "grade": status.grade,
        "category": None if status.category is None else int(status.category),
        "attendance": status.attendance.value,
        "physical_multiple": status.physical_multiple,
        "article22_3": status.article22_3,
        "welfare": status.welfare,
        "decline": status.decline.value,
        "home_visit": status.home_visit,
        "institution_aid": status.institution_aid,
    }


def _expense_json(line: ExpenseLine) -> dict[str, object]:
    return {
        "key": line.key,
        "item": line.item,
        "used_on": line.used_on.isoformat(),
        "amount": line.amount,
        "count_no": line.count_no,
        "purpose": line.purpose,
        "times": line.times,
        "received": line.received,
        "before_entry": line.before_entry,
        "car": {"metres": line.car.metres, "days": line.car.days, "legs": line.car.legs} if line.car else None,
    }


def _once_json(once: PaidOnce) -> dict[str, object]:
    return {
        "item": once.item,
        "department": once.department.value,
        "fiscal_year": once.fiscal_year,
        "count_no": once.count_no,
        "outside": once.outside,
    }
