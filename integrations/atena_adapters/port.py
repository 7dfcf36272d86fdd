"""The port: all that the rest of the product knows about a prefecture's 統合宛名."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from integrations.atena_adapters.errors import (
    AnswerUnreadable,
    AtenaError,
    AuthenticationRefused,
    BatchInvalid,
    BatchUnknown,
    CommunicationError,
    ConfigurationInvalid,
    OutOfHours,
)
from integrations.atena_adapters.hiding import Hidden
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
    is_open,
    reason_of,
    title,
)
from integrations.atena_adapters.receipts import (
    EVERYTHING,
    AskedLine,
    Collection,
    Problem,
    ProblemCode,
    SubmissionReceipt,
    Substitution,
)
from integrations.atena_adapters.requests import (
    AnyBatch,
    Decision,
    InquiryBatch,
    InquiryKind,
    InquiryLine,
    LinkageBatch,
    LinkageLine,
    ListingBatch,
    ListingLine,
    ListKind,
    Operator,
    ProvisionAct,
    ProvisionBatch,
    ProvisionLine,
    RegistrationBatch,
    RegistrationLine,
    ReleaseBatch,
    ReleaseLine,
    RequestKind,
    UpdateBatch,
    UpdateLine,
    WithdrawalBatch,
    WithdrawalLine,
)

__all__ = [
    "EVERYTHING",
    "Absence",
    "Amount",
    "AnswerUnreadable",
    "Answered",
    "AnsweredPerson",
    "AnyBatch",
    "AskedLine",
    "AtenaAdapter",
    "AtenaError",
    "AuthenticationRefused",
    "BatchInvalid",
    "BatchUnknown",
    "Capabilities",
    "CheckResult",
    "CheckState",
    "Collection",
    "CommunicationError",
    "CommunicationFailed",
    "ConfigurationInvalid",
    "Decided",
    "Decision",
    "Direction",
    "ExchangeKeeper",
    "Expired",
    "Facts",
    "Health",
    "Held",
    "Hidden",
    "InquiryBatch",
    "InquiryKind",
    "InquiryLine",
    "LinkageBatch",
    "LinkageLine",
    "Linked",
    "ListKind",
    "Listed",
    "ListedEntry",
    "ListingBatch",
    "ListingLine",
    "MalformedAnswer",
    "NotAccepted",
    "NotDeclared",
    "NotFound",
    "NotLinked",
    "Operator",
    "OutOfHours",
    "Outcome",
    "Pending",
    "Problem",
    "ProblemCode",
    "Provided",
    "ProvisionAct",
    "ProvisionBatch",
    "ProvisionLine",
    "Refused",
    "Registered",
    "RegistrationBatch",
    "RegistrationLine",
    "RegistrationRejected",
    "ReleaseBatch",
    "ReleaseLine",
    "RequestKind",
    "ResidentFacts",
    "SubmissionReceipt",
    "Substitution",
    "TaxFacts",
    "UpdateBatch",
    "UpdateLine",
    "Updated",
    "WelfareFacts",
    "WithdrawalBatch",
    "WithdrawalLine",
    "Withdrawn",
    "is_open",
    "reason_of",
    "title",
]  # fmt: skip

Direction = Literal["sent", "received"]


class ExchangeKeeper(Protocol):
    """Takes the raw bytes of every exchange so that the caller can seal them.  If it raises, nothing is sent."""

    def keep(self, direction: Direction, name: str, payload: bytes, hidden: Hidden | None = None) -> None:
        """Store one exchange; `name` tells kind, batch and part, never a number.

        Where `hidden` is given the payload may hold numbers: what it makes is stored in its place, the payload nowhere.
        """


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this prefecture's link can do, from its configuration.

    `sends` is off where nothing can go out (`Null`, `Retired`); `by_people` is on where people carry a medium or key a work sheet, so
    that an answer takes days and asking often is useless. `expire_hours`: how long an answer is waited for; 0: nobody said.
    """

    inquiry_kinds: frozenset[InquiryKind]
    batch_limit: int
    registers: bool
    registration_in_call: bool
    inquiry_in_call: bool
    poll_seconds: float
    operator_fields: frozenset[str]
    needs_unified_number: bool
    updates: bool = True
    provides: bool = True
    sends: bool = True
    by_people: bool = False
    act_in_call: bool = False
    checks_linkage: bool = True
    lists: bool = False
    expire_hours: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the other side can be reached now, in words for the health page."""

    ok: bool
    message: str


class CheckState(StrEnum):
    """The light of one check of 接続試験."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One finding of 接続試験: what was checked, how it ended, what to do about it."""

    name: str
    state: CheckState
    message: str
    remedy: str = ""


class AtenaAdapter(Protocol):
    """One prefecture's link.  Submitting raises `AtenaError`; what became of a line is in the collection.

    Errors: `BatchInvalid` before anything is sent; `CommunicationError` (see `.retryable`) when the other side cannot
    be reached; `BatchUnknown` when it lost the batch, after which the same batch is submitted again.
    """

    def capabilities(self) -> Capabilities:
        """What can be asked, in which portions."""

    def register(self, batch: RegistrationBatch) -> SubmissionReceipt:
        """付番依頼.  Outcomes by addressee number: Registered, RegistrationRejected, Pending, ..."""

    def update(self, batch: UpdateBatch) -> SubmissionReceipt:
        """異動.  Outcomes by addressee number: Updated, NotAccepted, Pending, ..."""

    def withdraw(self, batch: WithdrawalBatch) -> SubmissionReceipt:
        """廃止.  Outcomes by addressee number: Withdrawn, NotAccepted, Pending, ..."""

    def provide(self, batch: ProvisionBatch) -> SubmissionReceipt:
        """副本の追加・変更・削除.  Outcomes by line id: Provided, NotAccepted, Pending, ..."""

    def fetch_lists(self, batch: ListingBatch) -> SubmissionReceipt:
        """保留された照会・情報提供等記録の受領.  Outcomes by line id: Listed, NotAccepted, Pending, ..."""

    def release(self, batch: ReleaseBatch) -> SubmissionReceipt:
        """保留された照会への回答.  Outcomes by line id: Decided, NotAccepted, Pending, ..."""

    def is_open(self, moment: datetime) -> bool:
        """Whether the other side takes requests at a moment; outside its hours submitting raises `OutOfHours`."""

    def check_linkage(self, batch: LinkageBatch) -> SubmissionReceipt:
        """符号取得の確認.  Outcomes by addressee number: Linked, NotLinked, Pending, ..."""

    def submit_inquiry(self, batch: InquiryBatch) -> SubmissionReceipt:
        """情報照会.  Outcomes by line id: Answered, NotFound, NotDeclared, Held, Refused, Pending, ..."""

    def collect(self, receipt: SubmissionReceipt, *, gaps: bool = False) -> Collection:
        """What is known now.  Safe to repeat; nothing is removed at the other side but the request itself.

        `gaps`: also answers behind a part that is not there, because it was read and removed before.
        """

    def reread(self, receipt: SubmissionReceipt, payloads: Sequence[bytes]) -> Collection:
        """The outcomes that kept answers (as the keeper got them) state, read with this configuration.  Asks nobody."""

    def finish(self, receipt: SubmissionReceipt, read: Container[str]) -> bool:
        """Clear from the place of exchange what is stored: what a look had `read` (`Collection.read`).  Safe to repeat.

        Whether nothing is left there: what came, changed or was begun since that look stays, to be read by the next.
        """

    def health(self) -> Health:
        """A light look, without sending data."""

    def check_config(self) -> list[CheckResult]:
        """接続試験: sends a deliberately invalid request; never touches a real person."""
