"""The items of every message, as docs/adapters.md §Wire lists them: which there are, their titles and the kind of value."""

from __future__ import annotations

from enum import StrEnum

Row = dict[str, str | None]
"""Canonical values: days ISO, amounts digits (円), codes the words of the tables; "" is blank and None is missing."""


class Kind(StrEnum):
    """What may be asked of the other side."""

    REGISTRATION = "registration"
    UPDATE = "update"
    WITHDRAWAL = "withdrawal"
    LINKAGE = "linkage"
    INQUIRY = "inquiry"
    PROVISION = "provision"
    LISTING = "listing"
    RELEASE = "release"

    @property
    def answer(self) -> str:
        """The message that answers."""
        return f"{self.value}_answer"

    @property
    def key(self) -> str:
        """The item that tells the lines of a batch apart."""
        return "line_id" if self in (Kind.INQUIRY, Kind.PROVISION, Kind.LISTING, Kind.RELEASE) else "atena_number"


RECEIPT = "receipt"
AMOUNTS = (
    "total_income", "retirement_income", "forest_income", "social_insurance", "life_insurance", "earthquake_insurance",
)  # fmt: skip
ALL_AMOUNTS = frozenset({*AMOUNTS, "amount"})
DAYS = frozenset(
    {"born", "withdrawn_on", "base_date", "period_from", "period_to", "welfare_from", "welfare_to", "since", "until"}
)
YEARS = frozenset({"tax_year", "fiscal_year"})
NUMBERS_TO_COUNT = frozenset({"count", "sequence", "sum", "hash"})
_SENDER = "staff_number organisation_number approval_number duty_code procedure_code layout_version"
_FACTS = (
    "name kana born address household tax_year municipality "
    + " ".join(AMOUNTS)
    + " welfare welfare_from welfare_to"
)  # fmt: skip
_ITEMS = {
    "registration": f"atena_number individual_number name kana born address {_SENDER}",
    "registration_answer": "atena_number result unified_number reason",
    "update": f"atena_number individual_number name kana born address {_SENDER}",
    "update_answer": "atena_number result unified_number reason",
    "withdrawal": f"atena_number withdrawn_on {_SENDER}",
    "withdrawal_answer": "atena_number result reason",
    "linkage": f"atena_number {_SENDER}",
    "linkage_answer": "atena_number result reason",
    "inquiry": f"line_id atena_number unified_number kind base_date tax_year base_address {_SENDER}",
    "inquiry_answer": f"line_id atena_number kind result reason {_FACTS}",
    "provision": f"line_id act atena_number fiscal_year period_from period_to amount record_number {_SENDER}",
    "provision_answer": "line_id atena_number result reason record_number",
    "listing": f"line_id listed since until {_SENDER}",
    "listing_answer": "line_id result reason entry atena_number side party item asked_at provided_at record_number",
    "release": f"line_id entry decision reason {_SENDER}",
    "release_answer": "line_id result reason",
    RECEIPT: "line_id status reason accepted rejected sha256",
}
ITEMS = {message: tuple(items.split()) for message, items in _ITEMS.items()}
_LEFT_OUT = {"unified_number", "duty_code", "procedure_code", "layout_version"}

TITLES = {
    "line_id": "明細番号", "atena_number": "宛名番号", "unified_number": "団体内統合宛名番号", "reason": "理由",
    "name": "氏名", "kana": "氏名カナ", "born": "生年月日", "address": "住所", "individual_number": "個人番号",
    "staff_number": "職員番号", "organisation_number": "組織番号", "approval_number": "決裁番号",
    "duty_code": "事務コード", "procedure_code": "事務手続コード", "layout_version": "版番号", "result": "結果",
    "withdrawn_on": "廃止日", "kind": "照会区分", "base_date": "基準日", "tax_year": "課税年度",
    "base_address": "基準住所", "household": "世帯番号", "municipality": "課税団体", "total_income": "総所得金額",
    "retirement_income": "退職所得金額", "forest_income": "山林所得金額", "social_insurance": "社会保険料控除",
    "life_insurance": "生命保険料控除", "earthquake_insurance": "地震保険料控除", "welfare": "生活保護受給",
    "welfare_from": "生活保護開始日", "welfare_to": "生活保護終了日", "act": "異動区分", "fiscal_year": "年度",
    "period_from": "支給期間の開始日", "period_to": "支給期間の終了日", "amount": "支給額", "record_number": "副本番号",
    "listed": "一覧の種類", "since": "期間の初日", "until": "期間の末日", "entry": "記録番号", "side": "照会・提供の別",
    "party": "相手機関", "item": "情報の項目", "asked_at": "照会日時", "provided_at": "提供日時", "decision": "回答区分",
    "status": "受領結果", "accepted": "受付件数", "rejected": "受付不可件数", "sha256": "受領ファイルのSHA-256",
}  # fmt: skip

CODES: dict[str, dict[str, str]] = {
    "kinds": {"resident": "1", "tax": "2", "welfare": "3"},
    "registration_results": {"registered": "00", "rejected": "90", "pending": "10"},
    "act_results": {"done": "00", "rejected": "90", "pending": "10"},
    "acts": {"add": "1", "change": "2", "delete": "3"},
    "lists": {"incoming": "1", "records": "2"},
    "sides": {"asked": "1", "provided": "2"},
    "decisions": {"release": "1", "refuse": "2"},
    "linkage_results": {"linked": "00", "pending": "10", "not_linked": "90"},
    "inquiry_results": {
        "answered": "00", "not_found": "20", "not_declared": "21", "held": "30", "refused": "40",
        "communication_error": "80", "communication_stopped": "81", "expired": "50", "pending": "10",
    },
    "receipt_statuses": {"accepted": "0", "partly": "1", "rejected": "9"},
    "yes_no": {"yes": "1", "no": "0"},
}  # fmt: skip
MESSAGE_CODES = {
    "registration": "11", "registration_answer": "12", "update": "13", "update_answer": "14", "withdrawal": "15",
    "withdrawal_answer": "16", "linkage": "21", "linkage_answer": "22", "inquiry": "31", "inquiry_answer": "32",
    "provision": "41", "provision_answer": "42", "listing": "51", "listing_answer": "52",
    "release": "61", "release_answer": "62", RECEIPT: "91",
}  # fmt: skip
_RESULTS = {
    "registration_answer": "registration_results", "linkage_answer": "linkage_results", "inquiry_answer": "inquiry_results",
    "update_answer": "act_results", "withdrawal_answer": "act_results", "provision_answer": "act_results",
    "listing_answer": "act_results", "release_answer": "act_results",
}  # fmt: skip
_TABLES = {
    "kind": "kinds", "act": "acts", "listed": "lists", "side": "sides", "decision": "decisions", "welfare": "yes_no",
    "status": "receipt_statuses",
}  # fmt: skip


def usual_items(message: str) -> tuple[str, ...]:
    """The items of a message whose layout a preset leaves open."""
    numbered = message in ("registration_answer", "update_answer")
    return tuple(item for item in ITEMS[message] if numbered or item not in _LEFT_OUT)


def table_of(message: str, item: str) -> str:
    """The code table of an item; "" when it is no code."""
    return _RESULTS.get(message, "") if item == "result" else _TABLES.get(item, "")
