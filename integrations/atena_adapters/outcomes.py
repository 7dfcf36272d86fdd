"""What can come back for one line: a closed set of types, never strings.

Amounts are 円.  `Absence.BLANK` (the column was there and empty) and `Absence.MISSING` (the item was not in the answer)
are different from 0 and from each other; a caller must not add them up as zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import assert_never

from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.where import Fault


class Absence(Enum):
    """Why there is no figure."""

    BLANK = "blank"
    MISSING = "missing"


Amount = int | Absence


@dataclass(frozen=True, slots=True, repr=False)
class AnsweredPerson(Masked):
    """The person as the other side wrote them, for 突合.  Characters may differ from ours (髙 comes back as 高).

    `born` is None when the answer holds no complete date; `born_text` is what it held then (不詳 and the like).
    """

    name: str = field(metadata=HIDDEN, default="")
    kana: str = field(metadata=HIDDEN, default="")
    born: date | None = field(metadata=HIDDEN, default=None)
    born_text: str = field(metadata=HIDDEN, default="")
    address: str = field(metadata=HIDDEN, default="")


@dataclass(frozen=True, slots=True, repr=False)
class ResidentFacts(Masked):
    """住民票関係情報.  `household` is the other side's mark for one 世帯, empty where it is not answered."""

    person: AnsweredPerson = field(metadata=HIDDEN)
    household: str = field(metadata=HIDDEN, default="")


@dataclass(frozen=True, slots=True, repr=False)
class TaxFacts(Masked):
    """地方税関係情報 (seed 004): incomes and deductions, 円 per year."""

    person: AnsweredPerson = field(metadata=HIDDEN)
    tax_year: int | None = None
    municipality: str = field(metadata=HIDDEN, default="")
    total_income: Amount = field(metadata=HIDDEN, default=Absence.MISSING)
    retirement_income: Amount = field(metadata=HIDDEN, default=Absence.MISSING)
    forest_income: Amount = field(metadata=HIDDEN, default=Absence.MISSING)
    social_insurance: Amount = field(metadata=HIDDEN, default=Absence.MISSING)
    life_insurance: Amount = field(metadata=HIDDEN, default=Absence.MISSING)
    earthquake_insurance: Amount = field(metadata=HIDDEN, default=Absence.MISSING)


@dataclass(frozen=True, slots=True, repr=False)
class WelfareFacts(Masked):
    """生活保護実施関係情報: receiving on the base date or not, and the period where it is answered."""

    person: AnsweredPerson = field(metadata=HIDDEN)
    receiving: bool = field(metadata=HIDDEN)
    since: date | None = field(metadata=HIDDEN, default=None)
    until: date | None = field(metadata=HIDDEN, default=None)


Facts = ResidentFacts | TaxFacts | WelfareFacts


@dataclass(frozen=True, slots=True, repr=False)
class Registered(Masked):
    """付番済: the number that 統合宛名 issued or already had for this 個人番号."""

    unified_number: str = field(metadata=HIDDEN)


@dataclass(frozen=True, slots=True)
class RegistrationRejected:
    """The person could not be registered."""

    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Updated(Masked):
    """異動済.  `unified_number` where the answer tells it: after a change of 個人番号 it may be another one."""

    unified_number: str = field(metadata=HIDDEN, default="")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """廃止済."""


@dataclass(frozen=True, slots=True)
class Provided:
    """副本登録済: the copy was added, changed or deleted; `record_number` names it where the answer tells."""

    record_number: str = ""


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """An update, withdrawal or provision that the other side did not carry out."""

    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class ListedEntry(Masked):
    """One row of a list: a held inquiry of another body, or one 情報提供等記録 (番号法23条).

    `provided` tells our side: we provided (else we asked). `party` is the other body. Times are None when they are not told.
    """

    entry: str
    atena_number: str = field(metadata=HIDDEN)
    provided: bool
    party: str
    item: str
    asked_at: datetime | None
    provided_at: datetime | None
    record_number: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """一覧: all rows, in the order told."""

    entries: tuple[ListedEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """回答済: the held inquiry was released or refused as we said."""


@dataclass(frozen=True, slots=True)
class Linked:
    """符号取得済: inquiries are possible."""


@dataclass(frozen=True, slots=True)
class NotLinked:
    """No linkage code; inquiries would fail."""

    reason: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Answered(Masked):
    """回答あり."""

    facts: Facts = field(metadata=HIDDEN)


@dataclass(frozen=True, slots=True, repr=False)
class NotFound(Masked):
    """該当なし: the asked municipality holds no record. `person`: whom the answer names, if it names anybody."""

    reason: str = ""
    person: AnsweredPerson = field(metadata=HIDDEN, default=AnsweredPerson())


@dataclass(frozen=True, slots=True, repr=False)
class NotDeclared(Masked):
    """未申告: the municipality has the person but no figures. `person`: whom the answer names, if it names anybody."""

    reason: str = ""
    person: AnsweredPerson = field(metadata=HIDDEN, default=AnsweredPerson())


@dataclass(frozen=True, slots=True)
class Held:
    """保留 (自動応答不可): a clerk of the provider decides; it may be answered later."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """拒否: not permitted, or the line itself cannot be sent or taken."""

    reason: str


@dataclass(frozen=True, slots=True)
class CommunicationFailed:
    """通信エラー between the other side and the provider, for this line."""

    reason: str = ""
    retryable: bool = True


@dataclass(frozen=True, slots=True)
class MalformedAnswer:
    """形式エラー: the line came back but cannot be trusted; `fault` tells where, and what stood there without its value."""

    reason: str
    fault: Fault | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Expired:
    """期限切れ: no answer within the workflow's time (`overdue`: one may still come), or removed by the other side."""

    reason: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """Not answered yet."""


Outcome = (
    Registered | RegistrationRejected | Updated | Withdrawn | Provided | Listed | Decided | NotAccepted | Linked | NotLinked | Answered
    | NotFound | NotDeclared | Held | Refused
    | CommunicationFailed | MalformedAnswer | Expired | Pending
)  # fmt: skip


def is_open(outcome: Outcome) -> bool:
    """Whether a later collection may still replace this outcome."""
    return isinstance(outcome, Pending | Held) or (isinstance(outcome, Expired) and outcome.overdue)


def reason_of(outcome: Outcome) -> str:
    """Why, in words; of an answer that cannot be trusted also where. Never a number or a name of ours."""
    reason: str = getattr(outcome, "reason", "")
    if isinstance(outcome, MalformedAnswer) and outcome.fault is not None:
        return f"{reason}（{outcome.fault.told}）"
    return reason


def title(outcome: Outcome) -> str:
    """The Japanese word for an outcome."""
    match outcome:
        case Registered():
            return "付番済"
        case RegistrationRejected():
            return "付番不可"
        case Updated():
            return "異動済"
        case Withdrawn():
            return "廃止済"
        case Provided():
            return "副本登録済"
        case Listed():
            return "受領済"
        case Decided():
            return "回答済"
        case NotAccepted():
            return "不可"
        case Linked():
            return "符号取得済"
        case NotLinked():
            return "符号なし"
        case Answered():
            return "回答あり"
        case NotFound():
            return "該当なし"
        case NotDeclared():
            return "未申告"
        case Held():
            return "保留(自動応答不可)"
        case Refused():
            return "拒否"
        case CommunicationFailed():
            return "通信エラー"
        case MalformedAnswer():
            return "形式エラー"
        case Expired():
            return "期限切れ"
        case Pending():
            return "回答待ち"
        case _:
            assert_never(outcome)
