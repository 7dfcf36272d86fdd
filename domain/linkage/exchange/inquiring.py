"""情報照会: questions out, answers in, each compared with our record before anything may use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from audit.trail.entries import JSON
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.linkage import bulk
from domain.linkage.exchange import batches
from domain.linkage.exchange.fitting import fitting
from domain.linkage.exchange.outcomes import Kept, kept
from domain.linkage.exchange.work import Tally, Terms
from domain.linkage.history import Step, note_steps
from domain.linkage.items import items_on
from domain.linkage.matching_records import Matcher
from domain.linkage.models import Batch, Consent, Inquiry, Registration, TargetList
from domain.linkage.persons.due import askable_states
from domain.linkage.planning import follow_needs, stale_of
from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from domain.vault.services import reveal_many
from integrations.atena_adapters.port import (
    AtenaAdapter,
    Capabilities,
    Collection,
    Expired,
    InquiryBatch,
    InquiryKind,
    InquiryLine,
    Outcome,
    Pending,
    Problem,
    ProblemCode,
    SubmissionReceipt,
)

_LATE = "回答が後から届きました。"
_OPEN = (Inquiry.State.WAITING, Inquiry.State.SENT, Inquiry.State.HELD, Inquiry.State.EXPIRED)
"""期限切れ: nobody waits any more, and an answer that comes is taken all the same."""
_UNANSWERED = (Inquiry.State.WAITING, Inquiry.State.SENT)


class Inquiring:
    """Implements `Work` for one fiscal year."""

    kind = Batch.Kind.INQUIRE
    title = "情報照会"

    def __init__(self, fiscal_year: int, duty_code: str) -> None:
        self._fiscal_year = fiscal_year
        self._duty_code = duty_code

    def prepare(self, terms: Terms) -> Batch | None:
        """The next waiting lines of people who can be inquired (照会可), of items that may be asked here."""
        ready = self._ready(terms.capabilities).filter(state=Inquiry.State.WAITING, batch=None).order_by("pk")
        ids = list(ready.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[: terms.limit])
        if not ids:
            return None
        batch = batches.create(
            self.kind,
            fiscal_year=self._fiscal_year,
            adapter_version=terms.adapter_version,
            operator=terms.operator,
            size=len(ids),
        )
        Inquiry.objects.filter(pk__in=ids).update(batch=batch, asked=F("asked") + 1)
        return batch

    def leave_out(self, batch: Batch, capabilities: Capabilities) -> bool:
        """What would not be sent if it were prepared now waits again, or is withdrawn when it is not needed; the batch is smaller.

        A line that the other side lost (照会中) is asked under a new line id, should it be asked once more.
        """
        ready = self._ready(capabilities).filter(batch=batch)
        stale = stale_of(ready, self._fiscal_year)
        going = set(ready.values_list("pk", flat=True)) - stale
        others = batch.inquiries.exclude(pk__in=going)
        fewer = others.filter(state=Inquiry.State.WAITING).update(batch=None, asked=F("asked") - 1)
        fewer += others.filter(state=Inquiry.State.SENT).update(batch=None, state=Inquiry.State.WAITING)
        Batch.objects.filter(pk=batch.pk).update(size=F("size") - fewer)
        follow_needs(Inquiry.objects.filter(pk__in=stale), self._fiscal_year)
        return bool(going)

    def submit(self, adapter: AtenaAdapter, batch: Batch) -> SubmissionReceipt:
        lines = list(batch.inquiries.order_by("pk").select_related("member").defer("answer"))
        numbers: Mapping[int, Number] = {}
        if adapter.capabilities().needs_unified_number:
            members = sorted({line.member_id for line in lines})
            case = batches.case_of(batch)
            numbers = reveal_many(members, PersonNumber.Field.UNIFIED, duty=self._duty_code, case=case)
        return adapter.submit_inquiry(
            InquiryBatch(
                **batches.envelope(batch),
                lines=tuple(_line(inquiry, numbers.get(inquiry.member_id)) for inquiry in lines),
            )
        )

    def mark_sent(self, batch: Batch) -> None:
        batch.inquiries.filter(state=Inquiry.State.WAITING).update(state=Inquiry.State.SENT)
        members = sorted(set(batch.inquiries.values_list("member_id", flat=True)))
        record(
            Event.LINKAGE_INQUIRY_SENT,
            subjects=batches.people(members),
            detail={"lines": batch.size, "approved": _approvals(batch)},
            duty=self._duty_code,
            case=batches.case_of(batch),
        )

    def apply(self, batch: Batch, collection: Collection) -> int:
        """Outcomes and matches of the lines that changed since the last time."""
        asked = {line_id(inquiry): inquiry for inquiry in batch.inquiries.select_related("member__household")}
        changes = [
            (asked[line], new)
            for line, outcome in collection.outcomes.items()
            if line in asked
            and _tells(asked[line], outcome)
            and _differs(asked[line], new := kept(fitting(asked[line], outcome)))
        ]
        batches.note_findings(batch, _contradictions(changes))
        changes = [(one, new) for one, new in changes if one.state in _OPEN]
        matcher = Matcher()
        rows = matcher.rows(changes)
        batches.note_findings(batch, _suspicions(matcher))
        batches.note_findings(batch, _beside_certificates(changes))
        bulk.update_inquiries(rows)
        note_steps(_late_steps(changes, rows))
        self._note(batch, changes, rows)
        return len(rows)

    def release(self, batch: Batch) -> None:
        batch.inquiries.update(batch=None, state=Inquiry.State.WAITING, asked=F("asked") - 1)

    def answers_in_call(self, capabilities: Capabilities) -> bool:
        return capabilities.inquiry_in_call

    def is_settled(self, collection: Collection) -> bool:
        return collection.settled

    def uncleared(self) -> list[Batch]:
        return list(batches.uncleared(self.kind).filter(fiscal_year=self._fiscal_year))

    def may_change(self, batch: Batch) -> bool:
        """Held lines may have been answered since, and those nobody answered in time."""
        return batch.inquiries.filter(state__in=[Inquiry.State.HELD, Inquiry.State.EXPIRED]).exists()

    def tally(self, capabilities: Capabilities) -> Tally:
        sendable = Q(pk__in=self._sendable(capabilities).values("pk"))
        closed = ~Q(state__in=_UNANSWERED)
        mine = Inquiry.objects.filter(fiscal_year=self._fiscal_year)
        figures = mine.aggregate(done=Count("pk", filter=closed), total=Count("pk", filter=closed | sendable))
        return Tally(figures["done"], figures["total"])

    def counters(self) -> dict[str, int]:
        mine = Inquiry.objects.filter(fiscal_year=self._fiscal_year).order_by()
        states = Counter(dict(mine.values_list("state").annotate(lines=Count("pk"))))
        matches = Counter(dict(mine.values_list("match").annotate(lines=Count("pk"))))
        shown = {state.label: states[state] for state in Inquiry.State}
        shown |= {f"突合 {match.label}": matches[match] for match in Inquiry.Match if match != Inquiry.Match.NONE}
        return {name: figure for name, figure in shown.items() if figure}

    def _ready(self, capabilities: Capabilities) -> QuerySet[Inquiry]:
        """What may be asked now and has to be: a certificate stands in for the others, and who is doubted waits for a person."""
        doubted = Registration.objects.filter(member=OuterRef("member"), state=Registration.State.DOUBTED)
        wanted = self._sendable(capabilities).filter(settlement=Inquiry.Settlement.NONE)
        return wanted.exclude(Exists(doubted))

    def _sendable(self, capabilities: Capabilities) -> QuerySet[Inquiry]:
        """Approved lines of items that this link and this day allow; what consent was taken back for stays here."""
        today = timezone.localdate()
        items = items_on(self._fiscal_year, today)
        kinds = [kind.value for kind in capabilities.inquiry_kinds if items[Inquiry.Kind(kind.value)].asked]
        wanting = [kind.value for kind, item in items.items() if item.needs_consent]
        found = Inquiry.objects.filter(
            fiscal_year=self._fiscal_year, kind__in=kinds, approved_list__state=TargetList.State.APPROVED
        )
        if wanting:
            given = Consent.objects.filter(member=OuterRef("member"), kind=OuterRef("kind"), withdrawn_on=None)
            found = found.filter(~Q(kind__in=wanting) | Exists(given.filter(given_on__lte=today)))
        askable = askable_states(capabilities)
        return found if askable is None else found.filter(member__registration__state__in=askable)

    def _note(self, batch: Batch, changes: list[tuple[Inquiry, Kept]], rows: list[dict[str, Any]]) -> None:
        if not changes:
            return
        case, by_match = batches.case_of(batch), {"matched": list[int](), "held": list[int]()}
        for (inquiry, _), row in zip(changes, rows, strict=True):
            if row["match"] != Inquiry.Match.NONE:
                by_match["matched" if row["match"] == Inquiry.Match.MATCHED else "held"].append(inquiry.member_id)
        detail = dict(Counter(row["state"] for row in rows))
        record(Event.LINKAGE_ANSWER_RECEIVED, subjects=[], detail=detail, duty=self._duty_code, case=case)
        for event, members in (
            (Event.LINKAGE_ANSWER_MATCHED, by_match["matched"]),
            (Event.LINKAGE_ANSWER_HELD, by_match["held"]),
        ):
            if members:
                record(event, subjects=batches.people(sorted(set(members))), duty=self._duty_code, case=case)


def _approvals(batch: Batch) -> list[JSON]:
    """Number and digest of the lists by which the lines of a batch were approved."""
    lists = TargetList.objects.filter(inquiries__batch=batch).order_by("number").distinct()
    return [f"{number} {digest}" for number, digest in lists.values_list("number", "digest")]


def line_id(inquiry: Inquiry) -> str:
    """Names a line on the wire; asking again makes a new one."""
    return f"{inquiry.pk}-{inquiry.asked}"


def _line(inquiry: Inquiry, unified_number: Number | None) -> InquiryLine:
    return InquiryLine(
        line_id=line_id(inquiry),
        atena_number=inquiry.member.atena_number,
        kind=InquiryKind(inquiry.kind),
        base_date=inquiry.base_date,
        tax_year=inquiry.fiscal_year,
        base_address=inquiry.base_address,
        unified_number=unified_number.clear() if unified_number else "",
    )


def _tells(inquiry: Inquiry, outcome: Outcome) -> bool:
    """That nothing came in time says nothing of a line that has an outcome."""
    if isinstance(outcome, Expired) and outcome.overdue:
        return inquiry.state in _UNANSWERED
    return not isinstance(outcome, Pending)


def _differs(inquiry: Inquiry, new: Kept) -> bool:
    return (inquiry.state, inquiry.reason, inquiry.answer) != (new.state, new.reason, new.answer)


def _contradictions(changes: list[tuple[Inquiry, Kept]]) -> list[Problem]:
    """A line that has its answer keeps it, whatever comes later; that something else came is said."""
    other = [one for one, _ in changes if one.state not in _OPEN]
    said = f"回答済みの {len(other):,}件に、前と違う回答が後から届きました。前の回答のままにしています。"
    return [Problem(ProblemCode.CONFLICT, said)] if other else []


def _suspicions(matcher: Matcher) -> list[Problem]:
    return [Problem(ProblemCode.CONFLICT, matcher.suspicion)] if matcher.suspicion else []


def _beside_certificates(changes: list[tuple[Inquiry, Kept]]) -> list[Problem]:
    """Answers to lines for which a certificate stands in: they are kept and compared, and replace nothing."""
    late = [one for one, new in changes if one.settlement == Inquiry.Settlement.CERTIFICATE and new.answer]
    said = f"証明書で代替した {len(late):,}件に、回答が後から届きました。証明書の額はそのままです。調書の画面で比べて、使う方を選べます。"
    return [Problem(ProblemCode.CONFLICT, said)] if late else []


def _late_steps(changes: list[tuple[Inquiry, Kept]], rows: list[dict[str, Any]]) -> list[Step]:
    return [
        Step(inquiry, row["state"], row["match"], inquiry.settlement, _LATE)
        for (inquiry, _), row in zip(changes, rows, strict=True)
        if inquiry.state not in _UNANSWERED
    ]
