"""The one adapter: a transport, a dialect and a workflow put together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from integrations.atena_adapters.acknowledgement import Acknowledgement, read_acknowledgement
from integrations.atena_adapters.batches import check_batch, unsendable
from integrations.atena_adapters.checks import run_checks
from integrations.atena_adapters.config.workflow import OPERATOR_TITLES, Workflow
from integrations.atena_adapters.dialects.base import Dialect, Made
from integrations.atena_adapters.errors import AnswerUnreadable, OutOfHours
from integrations.atena_adapters.fields import ANSWER_TO, Message, Row, key_of
from integrations.atena_adapters.hiding import Hidden, carries, of_answer, of_request, of_unreadable
from integrations.atena_adapters.outcomes import CommunicationFailed, Expired, Outcome, Pending
from integrations.atena_adapters.port import Capabilities, CheckResult, Direction, ExchangeKeeper, Health
from integrations.atena_adapters.reading import read_answers, reread
from integrations.atena_adapters.receipts import AskedLine, Collection, Problem, ProblemCode, SubmissionReceipt
from integrations.atena_adapters.reconcile import Reconciliation
from integrations.atena_adapters.requests import (
    AnyBatch,
    AnyLine,
    InquiryBatch,
    InquiryLine,
    LinkageBatch,
    ListingBatch,
    ProvisionBatch,
    RegistrationBatch,
    ReleaseBatch,
    RequestKind,
    UpdateBatch,
    WithdrawalBatch,
    kind_of,
)
from integrations.atena_adapters.rows import request_rows
from integrations.atena_adapters.transports.base import Address, Transport, digest_of


class ComposedAdapter:
    """Implements `AtenaAdapter` for every combination.  Holds no state between calls."""

    def __init__(
        self,
        transport: Transport,
        dialect: Dialect,
        workflow: Workflow,
        *,
        needs_unified_number: bool,
        keeper: ExchangeKeeper,
        clock: Callable[[], datetime],
        guards: CheckResult,
    ) -> None:
        self._transport = transport
        self._dialect = dialect
        self._workflow = workflow
        self._needs_unified_number = needs_unified_number
        self._keeper = keeper
        self._clock = clock
        self._guards = guards

    def capabilities(self) -> Capabilities:
        """What the configuration says."""
        return Capabilities(
            inquiry_kinds=frozenset(self._workflow.inquiry_kinds),
            batch_limit=self._workflow.batch_limit,
            registers=self._workflow.registers,
            registration_in_call=self._workflow.registration_answer == "in_call",
            inquiry_in_call=self._workflow.inquiry_answer == "in_call",
            poll_seconds=self._workflow.poll_seconds,
            operator_fields=self._operator_fields(),
            needs_unified_number=self._needs_unified_number,
            updates=self._workflow.updates,
            provides=self._workflow.provides,
            by_people=self._transport.by_people,
            act_in_call=self._workflow.act_answer == "in_call",
            checks_linkage=self._workflow.checks_linkage,
            lists=self._workflow.lists,
            expire_hours=self._workflow.expire_hours,
        )

    def is_open(self, moment: datetime) -> bool:
        """The hours of the configuration."""
        return self._workflow.is_open(moment)

    def register(self, batch: RegistrationBatch) -> SubmissionReceipt:
        """付番依頼."""
        return self._submit(batch)

    def update(self, batch: UpdateBatch) -> SubmissionReceipt:
        """異動."""
        return self._submit(batch)

    def withdraw(self, batch: WithdrawalBatch) -> SubmissionReceipt:
        """廃止."""
        return self._submit(batch)

    def provide(self, batch: ProvisionBatch) -> SubmissionReceipt:
        """副本の追加・変更・削除."""
        return self._submit(batch)

    def fetch_lists(self, batch: ListingBatch) -> SubmissionReceipt:
        """保留された照会・情報提供等記録の受領."""
        return self._submit(batch)

    def release(self, batch: ReleaseBatch) -> SubmissionReceipt:
        """保留された照会への回答."""
        return self._submit(batch)

    def check_linkage(self, batch: LinkageBatch) -> SubmissionReceipt:
        """符号取得の確認."""
        return self._submit(batch)

    def submit_inquiry(self, batch: InquiryBatch) -> SubmissionReceipt:
        """情報照会."""
        return self._submit(batch)

    def collect(self, receipt: SubmissionReceipt, *, gaps: bool = False) -> Collection:
        """What is known now."""
        if receipt.answer is not None:
            return receipt.answer
        if receipt.lines and len(receipt.rejected) == len(receipt.lines):
            return Collection(receipt.batch_id, Reconciliation(receipt).outcomes())
        if self._answers_in_call(receipt.kind):
            lost = CommunicationFailed("その場の回答を受け取れていません。同じ送信単位をもう一度送ってください。")
            return Collection(receipt.batch_id, {line.line_id: lost for line in receipt.lines})
        return self._collect_later(receipt, gaps=gaps)

    def reread(self, receipt: SubmissionReceipt, payloads: Sequence[bytes]) -> Collection:
        """The outcomes that kept answers state."""
        return reread(self._dialect, receipt, payloads)

    def finish(self, receipt: SubmissionReceipt, read: Container[str]) -> bool:
        """Clear the place of exchange of what was read."""
        return self._transport.finish(_address(receipt), read)

    def health(self) -> Health:
        """A light look."""
        return self._transport.health()

    def check_config(self) -> list[CheckResult]:
        """接続試験."""
        return run_checks(self._transport, self._dialect, self._workflow, self._clock, self._keep, self._guards)

    def _submit(self, batch: AnyBatch) -> SubmissionReceipt:
        operator = self._workflow.operator_for(batch.operator)
        check_batch(batch, self._workflow, operator)
        if not self._workflow.is_open(self._clock()):
            raise OutOfHours
        message = Message(kind_of(batch).value)
        refused = unsendable(batch, self._workflow, needs_unified_number=self._needs_unified_number)
        rows = request_rows(batch, operator, self._workflow)
        return self._send(batch, [row for row in rows if row[key_of(message)] not in refused], refused)

    def _send(self, batch: AnyBatch, rows: list[Row], refused: dict[str, str]) -> SubmissionReceipt:
        kind = kind_of(batch)
        made = Made(batch.batch_id, batch.sequence, batch.made_at)
        encoded = self._dialect.encode(Message(kind.value), made, rows)
        receipt = SubmissionReceipt(
            kind=kind,
            batch_id=batch.batch_id,
            sequence=batch.sequence,
            made_at=batch.made_at,
            submitted_at=self._clock(),
            sha256=hashlib.sha256(encoded.payload).hexdigest(),
            lines=tuple(_asked(line) for line in batch.lines),
            rejected=refused | dict(encoded.refused),
            substitutions=encoded.substitutions,
        )
        if not encoded.count:
            return receipt
        kept = [row for row in rows if row[key_of(Message(kind.value))] not in encoded.refused]
        hidden = of_request(self._dialect, Message(kind.value), made, kept)
        self._keep("sent", receipt, "request", encoded.payload, hidden)
        delivery = self._transport.send(_address(receipt, encoded.count), encoded.payload, self._dialect.content_type)
        if delivery.receipt:
            receipt = self._with_receipt(receipt, self._acknowledgement(receipt, delivery.receipt))
        if delivery.answer is not None:
            receipt = replace(receipt, acknowledged=True, answer=self._answer_in_call(receipt, delivery.answer))
        return receipt

    def _answer_in_call(self, receipt: SubmissionReceipt, payload: bytes) -> Collection:
        reconciliation = Reconciliation(receipt)
        problems = self._add_answers(receipt, reconciliation, [payload])
        asked_again = CommunicationFailed("その場の回答がありません。同じ送信単位をもう一度送ってください。")
        outcomes = _instead_of_pending(reconciliation.outcomes(), asked_again)
        return Collection(receipt.batch_id, outcomes, (*problems, *reconciliation.problems()))

    def _collect_later(self, receipt: SubmissionReceipt, *, gaps: bool) -> Collection:
        address, problems, read = _address(receipt), list[Problem](), set[str]()
        reconciliation = Reconciliation(receipt)
        acknowledged = receipt.acknowledged
        if not acknowledged and (paper := self._fetched_receipt(receipt, problems)):
            read.add(digest_of(paper))
            acknowledgement = self._acknowledgement(receipt, paper)
            reconciliation.reject(acknowledgement.rejected)
            problems.extend(acknowledgement.problems)
            acknowledged = acknowledgement.trusted
        try:
            answers = list(self._transport.fetch_answers(address, gaps=gaps))
        except AnswerUnreadable as error:
            answers = []
            problems.append(self._damaged(receipt, "answer", error))
        problems.extend(self._add_answers(receipt, reconciliation, answers))
        read.update(digest_of(answer) for answer in answers)
        if acknowledged:
            self._transport.withdraw(address)
        elif not answers and not problems and not self._transport.by_people:
            problems.append(Problem(ProblemCode.RECEIPT_MISSING, "受領通知がまだ届いていません。"))
        outcomes = self._expire(receipt, reconciliation.outcomes())
        return Collection(receipt.batch_id, outcomes, (*problems, *reconciliation.problems()), frozenset(read))

    def _fetched_receipt(self, receipt: SubmissionReceipt, problems: list[Problem]) -> bytes | None:
        """The receipt; one that is just being written again after a resend cannot be trusted, and is there the next time."""
        try:
            return self._transport.fetch_receipt(_address(receipt))
        except AnswerUnreadable as error:
            problems.append(self._damaged(receipt, "receipt", error))
            return None

    def _damaged(self, receipt: SubmissionReceipt, what: str, error: AnswerUnreadable) -> Problem:
        """A delivery that its transport did not hand over: its bytes are kept like any other's before it is reported."""
        if error.payload:
            hidden = of_unreadable(error.payload) if self._may_tell_numbers(receipt.kind) else None
            self._keep("received", receipt, f"damaged-{what}", error.payload, hidden)
        return Problem(ProblemCode.UNREADABLE, error.message)

    def _add_answers(
        self, receipt: SubmissionReceipt, reconciliation: Reconciliation, payloads: list[bytes]
    ) -> list[Problem]:
        for part, payload in enumerate(payloads, start=1):
            message = ANSWER_TO[receipt.kind.value]
            hidden = self._hidden(receipt, message, payload) if carries(message) else None
            self._keep("received", receipt, f"answer-{part}", payload, hidden)
        return read_answers(self._dialect, receipt, reconciliation, payloads)

    def _acknowledgement(self, receipt: SubmissionReceipt, paper: bytes) -> Acknowledgement:
        told = self._may_tell_numbers(receipt.kind)
        self._keep(
            "received", receipt, "receipt", paper, self._hidden(receipt, Message.RECEIPT, paper) if told else None
        )
        return read_acknowledgement(self._dialect, receipt, paper)

    def _with_receipt(self, receipt: SubmissionReceipt, acknowledgement: Acknowledgement) -> SubmissionReceipt:
        rejected = dict(receipt.rejected) | acknowledgement.rejected
        return replace(receipt, acknowledged=acknowledgement.trusted, rejected=rejected)

    def _expire(self, receipt: SubmissionReceipt, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
        limit = timedelta(hours=self._workflow.expire_hours)
        if not limit or self._clock() - receipt.submitted_at < limit:
            return outcomes
        return _instead_of_pending(outcomes, Expired("設定した時間内に回答が届きませんでした。", overdue=True))

    def _answers_in_call(self, kind: RequestKind) -> bool:
        return self._workflow.answers_in_call(kind)

    def _operator_fields(self) -> frozenset[str]:
        return {
            "none": frozenset[str](),
            "fixed": frozenset({"approval_number"}),
            "person": frozenset(OPERATOR_TITLES),
        }[self._workflow.operator_source]

    def _may_tell_numbers(self, kind: RequestKind) -> bool:
        """Whether the request held numbers: what comes back may quote one, or tell its checksum."""
        return carries(Message(kind.value)) and (kind is not RequestKind.INQUIRY or self._needs_unified_number)

    def _hidden(self, receipt: SubmissionReceipt, message: Message, payload: bytes) -> Hidden:
        made = Made(receipt.batch_id, receipt.sequence, receipt.made_at)
        asked = frozenset(line.line_id for line in receipt.lines)
        return of_answer(self._dialect, message, made, asked, payload)

    def _keep(
        self, direction: Direction, receipt: SubmissionReceipt, what: str, payload: bytes, hidden: Hidden | None = None
    ) -> None:
        self._keeper.keep(direction, f"{receipt.kind.value}-{receipt.batch_id}-{what}", payload, hidden)


def _instead_of_pending(outcomes: dict[str, Outcome], other: Outcome) -> dict[str, Outcome]:
    return {line: other if isinstance(found, Pending) else found for line, found in outcomes.items()}


def _address(receipt: SubmissionReceipt, count: int = 0) -> Address:
    return Address(receipt.kind, receipt.batch_id, receipt.sequence, receipt.made_at, count)


def _asked(line: AnyLine) -> AskedLine:
    return AskedLine(line.line_id, line.atena_number, line.kind if isinstance(line, InquiryLine) else None)
