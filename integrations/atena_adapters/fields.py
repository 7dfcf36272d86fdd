"""The canonical messages: which items each one has, and what kind of value each item is.

Workflows and matching speak these names only; a dialect decides how each is written.  Canonical text: dates are ISO,
amounts are plain digits (円), codes are the words of `codes` below, "" is blank and None is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Row = dict[str, str | None]


class Message(StrEnum):
    """The messages that travel: a request and its answer for every kind, and the receipt."""

    REGISTRATION = "registration"
    REGISTRATION_ANSWER = "registration_answer"
    UPDATE = "update"
    UPDATE_ANSWER = "update_answer"
    WITHDRAWAL = "withdrawal"
    WITHDRAWAL_ANSWER = "withdrawal_answer"
    LINKAGE = "linkage"
    LINKAGE_ANSWER = "linkage_answer"
    INQUIRY = "inquiry"
    INQUIRY_ANSWER = "inquiry_answer"
    PROVISION = "provision"
    PROVISION_ANSWER = "provision_answer"
    LISTING = "listing"
    LISTING_ANSWER = "listing_answer"
    RELEASE = "release"
    RELEASE_ANSWER = "release_answer"
    RECEIPT = "receipt"


class Form(StrEnum):
    """How a value is treated when written or read."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    NAME = "name"
    KANA = "kana"
    ADDRESS = "address"
    DATE = "date"
    YEAR = "year"
    AMOUNT = "amount"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One item; `codes` names the code table of a CODE."""

    name: str
    title: str
    form: Form = Form.TEXT
    required: bool = False
    codes: str = ""


_LINE = FieldSpec("line_id", "明細番号", Form.IDENTIFIER, required=True)
_ATENA = FieldSpec("atena_number", "宛名番号", Form.IDENTIFIER, required=True)
_UNIFIED = FieldSpec("unified_number", "団体内統合宛名番号", Form.IDENTIFIER)
_REASON = FieldSpec("reason", "理由")
_PERSON = (
    FieldSpec("name", "氏名", Form.NAME),
    FieldSpec("kana", "氏名カナ", Form.KANA),
    FieldSpec("born", "生年月日", Form.DATE),
    FieldSpec("address", "住所", Form.ADDRESS),
)
_OPERATOR = (
    FieldSpec("staff_number", "職員番号", Form.IDENTIFIER),
    FieldSpec("organisation_number", "組織番号", Form.IDENTIFIER),
    FieldSpec("approval_number", "決裁番号", Form.IDENTIFIER),
)
_DUTY = (
    FieldSpec("duty_code", "事務コード", Form.IDENTIFIER),
    FieldSpec("procedure_code", "事務手続コード", Form.IDENTIFIER),
    FieldSpec("layout_version", "版番号", Form.IDENTIFIER),
)
AMOUNTS = (
    FieldSpec("total_income", "総所得金額", Form.AMOUNT),
    FieldSpec("retirement_income", "退職所得金額", Form.AMOUNT),
    FieldSpec("forest_income", "山林所得金額", Form.AMOUNT),
    FieldSpec("social_insurance", "社会保険料控除", Form.AMOUNT),
    FieldSpec("life_insurance", "生命保険料控除", Form.AMOUNT),
    FieldSpec("earthquake_insurance", "地震保険料控除", Form.AMOUNT),
)


def _result(codes: str) -> FieldSpec:
    return FieldSpec("result", "結果", Form.CODE, required=True, codes=codes)


MESSAGES: dict[Message, tuple[FieldSpec, ...]] = {
    Message.REGISTRATION: (
        _ATENA,
        FieldSpec("individual_number", "個人番号", Form.IDENTIFIER, required=True),
        *_PERSON,
        *_OPERATOR,
        *_DUTY,
    ),
    Message.REGISTRATION_ANSWER: (
        _ATENA,
        _result("registration_results"),
        _UNIFIED,
        _REASON,
    ),
    Message.UPDATE: (
        _ATENA,
        FieldSpec("individual_number", "個人番号", Form.IDENTIFIER),
        *_PERSON,
        *_OPERATOR,
        *_DUTY,
    ),
    Message.UPDATE_ANSWER: (_ATENA, _result("act_results"), _UNIFIED, _REASON),
    Message.WITHDRAWAL: (_ATENA, FieldSpec("withdrawn_on", "廃止日", Form.DATE), *_OPERATOR, *_DUTY),
    Message.WITHDRAWAL_ANSWER: (_ATENA, _result("act_results"), _REASON),
    Message.LINKAGE: (_ATENA, *_OPERATOR, *_DUTY),
    Message.LINKAGE_ANSWER: (_ATENA, _result("linkage_results"), _REASON),
    Message.INQUIRY: (
        _LINE,
        FieldSpec("atena_number", "宛名番号", Form.IDENTIFIER),
        _UNIFIED,
        FieldSpec("kind", "照会区分", Form.CODE, required=True, codes="kinds"),
        FieldSpec("base_date", "基準日", Form.DATE),
        FieldSpec("tax_year", "課税年度", Form.YEAR),
        FieldSpec("base_address", "基準住所", Form.ADDRESS),
        *_OPERATOR,
        *_DUTY,
    ),
    Message.INQUIRY_ANSWER: (
        _LINE,
        FieldSpec("atena_number", "宛名番号", Form.IDENTIFIER),
        FieldSpec("kind", "照会区分", Form.CODE, codes="kinds"),
        _result("inquiry_results"),
        _REASON,
        *_PERSON,
        FieldSpec("household", "世帯番号", Form.IDENTIFIER),
        FieldSpec("tax_year", "課税年度", Form.YEAR),
        FieldSpec("municipality", "課税団体"),
        *AMOUNTS,
        FieldSpec("welfare", "生活保護受給", Form.CODE, codes="yes_no"),
        FieldSpec("welfare_from", "生活保護開始日", Form.DATE),
        FieldSpec("welfare_to", "生活保護終了日", Form.DATE),
    ),
    Message.PROVISION: (
        _LINE,
        FieldSpec("act", "異動区分", Form.CODE, required=True, codes="acts"),
        _ATENA,
        FieldSpec("fiscal_year", "年度", Form.YEAR, required=True),
        FieldSpec("period_from", "支給期間の開始日", Form.DATE),
        FieldSpec("period_to", "支給期間の終了日", Form.DATE),
        FieldSpec("amount", "支給額", Form.AMOUNT, required=True),
        FieldSpec("record_number", "副本番号", Form.IDENTIFIER),
        *_OPERATOR,
        *_DUTY,
    ),
    Message.PROVISION_ANSWER: (
        _LINE,
        FieldSpec("atena_number", "宛名番号", Form.IDENTIFIER),
        _result("act_results"),
        _REASON,
        FieldSpec("record_number", "副本番号", Form.IDENTIFIER),
    ),
    Message.LISTING: (
        _LINE,
        FieldSpec("listed", "一覧の種類", Form.CODE, required=True, codes="lists"),
        FieldSpec("since", "期間の初日", Form.DATE, required=True),
        FieldSpec("until", "期間の末日", Form.DATE, required=True),
        *_OPERATOR,
        *_DUTY,
    ),
    Message.LISTING_ANSWER: (
        _LINE,
        _result("act_results"),
        _REASON,
        FieldSpec("entry", "記録番号", Form.IDENTIFIER, required=True),
        FieldSpec("atena_number", "宛名番号", Form.IDENTIFIER),
        FieldSpec("side", "照会・提供の別", Form.CODE, codes="sides"),
        FieldSpec("party", "相手機関"),
        FieldSpec("item", "情報の項目"),
        FieldSpec("asked_at", "照会日時", Form.IDENTIFIER),
        FieldSpec("provided_at", "提供日時", Form.IDENTIFIER),
        FieldSpec("record_number", "副本番号", Form.IDENTIFIER),
    ),
    Message.RELEASE: (
        _LINE,
        FieldSpec("entry", "記録番号", Form.IDENTIFIER, required=True),
        FieldSpec("decision", "回答区分", Form.CODE, required=True, codes="decisions"),
        _REASON,
        *_OPERATOR,
        *_DUTY,
    ),
    Message.RELEASE_ANSWER: (_LINE, _result("act_results"), _REASON),
    Message.RECEIPT: (
        FieldSpec("line_id", "明細番号", Form.IDENTIFIER, required=True),
        FieldSpec("status", "受領結果", Form.CODE, required=True, codes="receipt_statuses"),
        _REASON,
        FieldSpec("accepted", "受付件数", Form.IDENTIFIER, required=True),
        FieldSpec("rejected", "受付不可件数", Form.IDENTIFIER, required=True),
        FieldSpec("sha256", "受領ファイルのSHA-256", Form.IDENTIFIER),
    ),
}

ANSWER_TO: dict[str, Message] = {
    "registration": Message.REGISTRATION_ANSWER,
    "update": Message.UPDATE_ANSWER,
    "withdrawal": Message.WITHDRAWAL_ANSWER,
    "linkage": Message.LINKAGE_ANSWER,
    "inquiry": Message.INQUIRY_ANSWER,
    "provision": Message.PROVISION_ANSWER,
    "listing": Message.LISTING_ANSWER,
    "release": Message.RELEASE_ANSWER,
}

CODE_WORDS: dict[str, tuple[str, ...]] = {
    "kinds": ("resident", "tax", "welfare"),
    "registration_results": ("registered", "rejected", "pending"),
    "act_results": ("done", "rejected", "pending"),
    "acts": ("add", "change", "delete"),
    "lists": ("incoming", "records"),
    "sides": ("asked", "provided"),
    "decisions": ("release", "refuse"),
    "linkage_results": ("linked", "pending", "not_linked"),
    "inquiry_results": (
        "answered", "not_found", "not_declared", "held", "refused", "communication_error", "communication_stopped",
        "expired", "pending",
    ),
    "receipt_statuses": ("accepted", "partly", "rejected"),
    "yes_no": ("yes", "no"),
}  # fmt: skip


def specs(message: Message) -> dict[str, FieldSpec]:
    """The items of a message by name."""
    return {spec.name: spec for spec in MESSAGES[message]}


_BY_LINE = frozenset(
    {
        Message.INQUIRY,
        Message.INQUIRY_ANSWER,
        Message.PROVISION,
        Message.PROVISION_ANSWER,
        Message.LISTING,
        Message.LISTING_ANSWER,
        Message.RELEASE,
        Message.RELEASE_ANSWER,
        Message.RECEIPT,
    }
)


def key_of(message: Message) -> str:
    """The item that identifies a line within a message."""
    return "line_id" if message in _BY_LINE else "atena_number"
