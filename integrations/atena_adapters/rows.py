"""Requests to canonical rows, canonical answer rows to outcomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from integrations.atena_adapters.config.templates import JAPAN
from integrations.atena_adapters.config.workflow import Workflow
from integrations.atena_adapters.fields import Row
from integrations.atena_adapters.outcomes import (
    Absence,
    Amount,
    Answered,
    AnsweredPerson,
    CommunicationFailed,
    Decided,
    Expired,
    Facts,
    Held,
    Linked,
    Listed,
    ListedEntry,
    MalformedAnswer,
    NotAccepted,
    NotDeclared,
    NotFound,
    NotLinked,
    Outcome,
    Pending,
    Provided,
    Refused,
    Registered,
    RegistrationRejected,
    ResidentFacts,
    TaxFacts,
    Updated,
    WelfareFacts,
    Withdrawn,
)
from integrations.atena_adapters.requests import (
    AnyBatch,
    AnyLine,
    InquiryKind,
    LinkageLine,
    ListingLine,
    Operator,
    ProvisionLine,
    RegistrationLine,
    ReleaseLine,
    RequestKind,
    UpdateLine,
    WithdrawalLine,
)

_NO_REASON = "理由は示されていません。"


def request_rows(batch: AnyBatch, operator: Operator, workflow: Workflow) -> list[Row]:
    """One row per line, with what the workflow adds to each."""
    common: Row = {
        "staff_number": operator.staff_number,
        "organisation_number": operator.organisation_number,
        "approval_number": operator.approval_number,
        "duty_code": workflow.duty_code,
        "procedure_code": workflow.procedure_code,
        "layout_version": workflow.layout_version,
    }
    return [_line(line) | common for line in batch.lines]


def _line(line: AnyLine) -> Row:
    match line:
        case RegistrationLine() | UpdateLine():
            return {
                "atena_number": line.atena_number,
                "individual_number": line.individual_number,
                "name": line.name,
                "kana": line.kana,
                "born": line.born.isoformat(),
                "address": line.address,
            }
        case LinkageLine():
            return {"atena_number": line.atena_number}
        case WithdrawalLine():
            return {"atena_number": line.atena_number, "withdrawn_on": line.withdrawn_on.isoformat()}
        case ListingLine():
            return {
                "line_id": line.line_id,
                "listed": line.listed.value,
                "since": line.since.isoformat(),
                "until": line.until.isoformat(),
            }
        case ReleaseLine():
            return {
                "line_id": line.line_id,
                "entry": line.entry,
                "decision": line.decision.value,
                "reason": line.reason,
            }
        case ProvisionLine():
            return {
                "line_id": line.line_id,
                "act": line.act.value,
                "atena_number": line.atena_number,
                "fiscal_year": str(line.fiscal_year),
                "period_from": line.period_from.isoformat(),
                "period_to": line.period_to.isoformat(),
                "amount": str(line.amount),
                "record_number": line.record_number,
            }
    return {
        "line_id": line.line_id,
        "atena_number": line.atena_number,
        "unified_number": line.unified_number,
        "kind": line.kind.value,
        "base_date": line.base_date.isoformat(),
        "tax_year": str(line.tax_year),
        "base_address": line.base_address,
    }


def outcome_of(request: RequestKind, kind: InquiryKind | None, row: Row) -> Outcome:
    """The outcome that an answer row states."""
    readers: dict[RequestKind, Callable[[], Outcome]] = {
        RequestKind.REGISTRATION: lambda: _registration(row),
        RequestKind.LINKAGE: lambda: _linkage(row),
        RequestKind.UPDATE: lambda: _act(row, Updated(row.get("unified_number") or "")),
        RequestKind.WITHDRAWAL: lambda: _act(row, Withdrawn()),
        RequestKind.PROVISION: lambda: _act(row, Provided(row.get("record_number") or "")),
        RequestKind.LISTING: lambda: _act(row, Listed(_entries(row))),
        RequestKind.RELEASE: lambda: _act(row, Decided()),
        RequestKind.INQUIRY: lambda: _inquiry(kind or InquiryKind.RESIDENT, row),
    }
    return readers[request]()


def _registration(row: Row) -> Outcome:
    if row["result"] == "pending":
        return Pending()
    if row["result"] == "rejected":
        return RegistrationRejected(row.get("reason") or _NO_REASON)
    number = row.get("unified_number") or ""
    return Registered(number) if number else MalformedAnswer("付番済とありますが、団体内統合宛名番号がありません。")


def _act(row: Row, done: Outcome) -> Outcome:
    if row["result"] == "pending":
        return Pending()
    return done if row["result"] == "done" else NotAccepted(row.get("reason") or _NO_REASON)


def _entries(row: Row) -> tuple[ListedEntry, ...]:
    """The row of a list; a list without rows says so by one without 記録番号."""
    if not row.get("entry"):
        return ()
    return (
        ListedEntry(
            entry=row["entry"] or "",
            atena_number=row.get("atena_number") or "",
            provided=row.get("side") != "asked",
            party=row.get("party") or "",
            item=row.get("item") or "",
            asked_at=_moment(row.get("asked_at")),
            provided_at=_moment(row.get("provided_at")),
            record_number=row.get("record_number") or "",
        ),
    )


def _moment(text: str | None) -> datetime | None:
    """YYYYMMDDHHMMSS, Japanese time."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=JAPAN) if text else None
    except ValueError:
        return None


def _linkage(row: Row) -> Outcome:
    if row["result"] == "pending":
        return Pending()
    return Linked() if row["result"] == "linked" else NotLinked(row.get("reason") or "")


def _inquiry(kind: InquiryKind, row: Row) -> Outcome:
    reason = row.get("reason") or ""
    match row["result"]:
        case "answered":
            facts = _facts(kind, row)
            return Answered(facts) if facts else MalformedAnswer("生活保護の受給の有無が回答にありません。")
        case "not_found":
            return NotFound(reason, _person(row))
        case "not_declared":
            return NotDeclared(reason, _person(row))
        case "held":
            return Held(reason)
        case "refused":
            return Refused(reason or _NO_REASON)
        case "communication_error":
            return CommunicationFailed(reason, retryable=True)
        case "communication_stopped":
            return CommunicationFailed(reason, retryable=False)
        case "expired":
            return Expired(reason)
    return Pending()


def _facts(kind: InquiryKind, row: Row) -> Facts | None:
    person = _person(row)
    if kind is InquiryKind.RESIDENT:
        return ResidentFacts(person, row.get("household") or "")
    if kind is InquiryKind.TAX:
        return _tax(person, row)
    if not row.get("welfare"):
        return None
    return WelfareFacts(person, row["welfare"] == "yes", _day(row.get("welfare_from")), _day(row.get("welfare_to")))


def _tax(person: AnsweredPerson, row: Row) -> TaxFacts:
    year = row.get("tax_year")
    return TaxFacts(
        person=person,
        tax_year=int(year) if year else None,
        municipality=row.get("municipality") or "",
        total_income=_amount(row.get("total_income")),
        retirement_income=_amount(row.get("retirement_income")),
        forest_income=_amount(row.get("forest_income")),
        social_insurance=_amount(row.get("social_insurance")),
        life_insurance=_amount(row.get("life_insurance")),
        earthquake_insurance=_amount(row.get("earthquake_insurance")),
    )


def _person(row: Row) -> AnsweredPerson:
    born = _day(row.get("born"))
    return AnsweredPerson(
        name=row.get("name") or "",
        kana=row.get("kana") or "",
        born=born,
        born_text="" if born else row.get("born") or "",
        address=row.get("address") or "",
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _amount(text: str | None) -> Amount:
    if text is None:
        return Absence.MISSING
    return int(text) if text else Absence.BLANK
