"""What can be asked: people to register, linkage codes (符号) to check, facts to inquire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from integrations.atena_adapters.errors import BatchInvalid
from integrations.atena_adapters.masking import HIDDEN, Masked

_BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class RequestKind(StrEnum):
    """The kinds of request; also the default word for them in file names and paths."""

    REGISTRATION = "registration"
    LINKAGE = "linkage"
    INQUIRY = "inquiry"
    UPDATE = "update"
    WITHDRAWAL = "withdrawal"
    PROVISION = "provision"
    LISTING = "listing"
    RELEASE = "release"


class InquiryKind(StrEnum):
    """住民票関係情報 / 地方税関係情報 / 生活保護実施関係情報."""

    RESIDENT = "resident"
    TAX = "tax"
    WELFARE = "welfare"


class ProvisionAct(StrEnum):
    """What happens to a copy (副本) at 中間サーバー: 追加 / 変更 / 削除."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


class ListKind(StrEnum):
    """Which list is fetched: 保留された照会 (自動応答不可) of other bodies, or 情報提供等記録."""

    INCOMING = "incoming"
    RECORDS = "records"


class Decision(StrEnum):
    """What a clerk decided about a held inquiry of another body: 提供する / 提供しない."""

    RELEASE = "release"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who asks: 統合宛名システムの職員番号, 組織番号, and the 決裁番号 of the approval."""

    staff_number: str = ""
    organisation_number: str = ""
    approval_number: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class RegistrationLine(Masked):
    """One person to be known to 統合宛名 under our `atena_number` (業務宛名番号)."""

    atena_number: str = field(metadata=HIDDEN)
    individual_number: str = field(metadata=HIDDEN)
    name: str = field(metadata=HIDDEN)
    kana: str = field(metadata=HIDDEN)
    born: date = field(metadata=HIDDEN)
    address: str = field(metadata=HIDDEN)

    @property
    def line_id(self) -> str:
        """Registrations answer by the addressee number itself."""
        return self.atena_number


@dataclass(frozen=True, slots=True, repr=False)
class UpdateLine(Masked):
    """異動: what a registered person is called and where they live now; `individual_number` only when it was changed (番号変更)."""

    atena_number: str = field(metadata=HIDDEN)
    name: str = field(metadata=HIDDEN)
    kana: str = field(metadata=HIDDEN)
    born: date = field(metadata=HIDDEN)
    address: str = field(metadata=HIDDEN)
    individual_number: str = field(metadata=HIDDEN, default="")

    @property
    def line_id(self) -> str:
        """Updates answer by the addressee number itself."""
        return self.atena_number


@dataclass(frozen=True, slots=True, repr=False)
class WithdrawalLine(Masked):
    """廃止: a registered person who is no longer dealt with from `withdrawn_on` on."""

    atena_number: str = field(metadata=HIDDEN)
    withdrawn_on: date

    @property
    def line_id(self) -> str:
        """Withdrawals answer by the addressee number itself."""
        return self.atena_number


@dataclass(frozen=True, slots=True, repr=False)
class LinkageLine(Masked):
    """One registered person whose linkage code (符号) is to be checked."""

    atena_number: str = field(metadata=HIDDEN)

    @property
    def line_id(self) -> str:
        """Linkage checks answer by the addressee number itself."""
        return self.atena_number


@dataclass(frozen=True, slots=True, repr=False)
class InquiryLine(Masked):
    """One question about one person.

    `base_date` is the day the facts are asked for (基準日), `tax_year` the fiscal year of the resident tax,
    `base_address` the address on which the providing municipality is found (前年末住所).  `unified_number` is only
    needed where `Capabilities.needs_unified_number` says so.
    """

    line_id: str
    atena_number: str = field(metadata=HIDDEN)
    kind: InquiryKind
    base_date: date
    tax_year: int
    base_address: str = field(metadata=HIDDEN)
    unified_number: str = field(metadata=HIDDEN, default="")


@dataclass(frozen=True, slots=True, repr=False)
class ProvisionLine(Masked):
    """One copy (副本) of what was paid: `amount` 円 for the period from `period_from` to `period_to` in `fiscal_year` (年度).

    `change` and `delete` name the `record_number` that the answer to `add` gave.
    """

    line_id: str
    act: ProvisionAct
    atena_number: str = field(metadata=HIDDEN)
    fiscal_year: int
    period_from: date
    period_to: date
    amount: int = field(metadata=HIDDEN)
    record_number: str = ""


@dataclass(frozen=True, slots=True)
class ListingLine:
    """One list to fetch, of the days from `since` to `until`, both included."""

    line_id: str
    listed: ListKind
    since: date
    until: date

    @property
    def atena_number(self) -> str:
        """A list is of nobody in particular."""
        return ""


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """The answer to one held inquiry, by the number (`entry`) under which it was listed."""

    line_id: str
    entry: str
    decision: Decision
    reason: str = ""

    @property
    def atena_number(self) -> str:
        """The inquiry is named by its own number."""
        return ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What every submission carries.  The same `batch_id` with the same content may be sent any number of times.

    `made_at` (timezone aware) and `sequence` may become part of a file name, so a resend must repeat them unchanged.
    """

    batch_id: str
    made_at: datetime
    operator: Operator = field(default_factory=Operator)
    sequence: int = 0

    def __post_init__(self) -> None:
        """Refuse an id that is no safe file name, and a time without zone."""
        if not _BATCH_ID.fullmatch(self.batch_id):
            raise BatchInvalid("送信単位の番号は半角英数字・ハイフン・下線で40文字までにしてください。")
        if self.made_at.tzinfo is None:
            raise BatchInvalid("送信単位の作成日時にはタイムゾーンが必要です。")


@dataclass(frozen=True, slots=True)
class RegistrationBatch(Batch):
    """People to register (付番依頼)."""

    lines: tuple[RegistrationLine, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkageBatch(Batch):
    """People whose linkage code is checked (符号の確認)."""

    lines: tuple[LinkageLine, ...] = ()


@dataclass(frozen=True, slots=True)
class InquiryBatch(Batch):
    """Questions (情報照会)."""

    lines: tuple[InquiryLine, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateBatch(Batch):
    """People whose particulars changed (異動)."""

    lines: tuple[UpdateLine, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawalBatch(Batch):
    """People no longer dealt with (廃止)."""

    lines: tuple[WithdrawalLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvisionBatch(Batch):
    """Copies to add, change or delete (副本登録)."""

    lines: tuple[ProvisionLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingBatch(Batch):
    """Lists to fetch (保留された照会, 情報提供等記録)."""

    lines: tuple[ListingLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseBatch(Batch):
    """Answers to held inquiries of other bodies (照会への回答)."""

    lines: tuple[ReleaseLine, ...] = ()


AnyBatch = (
    RegistrationBatch
    | LinkageBatch
    | InquiryBatch
    | UpdateBatch
    | WithdrawalBatch
    | ProvisionBatch
    | ListingBatch
    | ReleaseBatch
)
AnyLine = (
    RegistrationLine
    | LinkageLine
    | InquiryLine
    | UpdateLine
    | WithdrawalLine
    | ProvisionLine
    | ListingLine
    | ReleaseLine
)

_KINDS: dict[type[Batch], RequestKind] = {
    RegistrationBatch: RequestKind.REGISTRATION,
    LinkageBatch: RequestKind.LINKAGE,
    InquiryBatch: RequestKind.INQUIRY,
    UpdateBatch: RequestKind.UPDATE,
    WithdrawalBatch: RequestKind.WITHDRAWAL,
    ProvisionBatch: RequestKind.PROVISION,
    ListingBatch: RequestKind.LISTING,
    ReleaseBatch: RequestKind.RELEASE,
}


def kind_of(batch: AnyBatch) -> RequestKind:
    """Which request a batch makes."""
    return _KINDS[type(batch)]
