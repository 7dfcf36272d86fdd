"""接続試験: connection, credentials and refusal of a deliberately invalid request.  No person is asked about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from integrations.atena_adapters.acknowledgement import read_acknowledgement
from integrations.atena_adapters.config.workflow import Workflow
from integrations.atena_adapters.detection import Detection
from integrations.atena_adapters.dialects.base import Dialect
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.port import CheckResult, CheckState, Direction
from integrations.atena_adapters.receipts import AskedLine, SubmissionReceipt
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.roundtrip import check_round_trip
from integrations.atena_adapters.transports.base import Address, Transport

Keep = Callable[[Direction, SubmissionReceipt, str, bytes], None]

INVALID_NUMBER = "0"
"""An addressee number that nobody has: our numbers are longer, and the line is meant to be refused."""

_NAME = "無効な照会の拒否"


def check_guards(found: Detection) -> CheckResult:
    """What notices a changed birth date or amount; figures that nothing guards are named (and printed in 成績書)."""
    name = "書き換えの検出"
    if found.unguarded:
        text = f"1か所の書き換えに気づけない項目があります: {'、'.join(dict.fromkeys(found.unguarded))}"
        remedy = "合計の付いた書式か、SHA-256を確かめる受け渡しにできないか、統合宛名の担当に相談してください。"
        return CheckResult(name, CheckState.WARNING, text, remedy)
    how = "、".join(filter(None, ("末尾レコードの合計" if found.by_content else "", found.on_the_way)))
    more = "" if found.by_content else "書式そのものには合計がないため、送る前の書き換えには気づけません。"
    return CheckResult(name, CheckState.OK, f"生年月日と金額の書き換えに気づけます({how})。{more}")


def run_checks(
    transport: Transport,
    dialect: Dialect,
    workflow: Workflow,
    clock: Callable[[], datetime],
    keep: Keep,
    guards: CheckResult,
) -> list[CheckResult]:
    """All checks; later ones are left out when the connection itself fails."""
    results = [*_settings(workflow), check_round_trip(dialect), guards, *transport.check()]
    if any(result.state is CheckState.FAILED for result in results):
        return results
    if transport.by_people:
        text = "人が運ぶか入力する連携のため、無効な照会は送りません。最初の実物のやり取りで書式を確かめてください。"
        return [
            *results,
            CheckResult(_NAME, CheckState.WARNING, text, "試験用の媒体か端末で、一度往復させてください。"),
        ]
    try:
        return [*results, _refusal(transport, dialect, workflow, clock(), keep)]
    except AtenaError as error:
        return [
            *results,
            CheckResult(_NAME, CheckState.FAILED, error.message, "接続先・認証・書式の設定を確かめてください。"),
        ]


def _settings(workflow: Workflow) -> list[CheckResult]:
    fixed = workflow.fixed_operator()
    needed = [] if workflow.operator_source == "person" else workflow.missing_operator_items(fixed)
    missing = [title for title in needed if title != "決裁番号"]
    if not missing:
        return [CheckResult("職員情報", CheckState.OK, "職員情報の設定はそろっています。")]
    text = f"決まった職員情報が空です: {'、'.join(missing)}"
    return [CheckResult("職員情報", CheckState.FAILED, text, "職員情報の設定に値を入れてください。")]


def _refusal(transport: Transport, dialect: Dialect, workflow: Workflow, now: datetime, keep: Keep) -> CheckResult:
    batch_id = f"CHECK{now:%Y%m%d%H%M%S%f}"
    encoded = dialect.encode(Message.INQUIRY, batch_id, [_invalid_row(workflow, now)])
    if encoded.refused:
        text = f"試しの照会をこの書式で書けません。{encoded.refused['CHECK']}"
        return CheckResult(_NAME, CheckState.FAILED, text, "照会の列の設定を確かめてください。")
    payload = encoded.payload
    receipt = SubmissionReceipt(
        kind=RequestKind.INQUIRY,
        batch_id=batch_id,
        sequence=0,
        made_at=now,
        submitted_at=now,
        sha256=hashlib.sha256(payload).hexdigest(),
        lines=(AskedLine("CHECK", INVALID_NUMBER),),
    )
    address = Address(receipt.kind, batch_id, receipt.sequence, now)
    keep("sent", receipt, "request", payload)
    try:
        delivery = transport.send(address, payload, dialect.content_type)
        paper = delivery.receipt or transport.wait_for_receipt(address)
    finally:
        transport.finish(address)
    if paper is None:
        return _no_paper(answered=delivery.answer is not None)
    keep("received", receipt, "receipt", paper)
    return _judge(dialect, receipt, paper)


def _judge(dialect: Dialect, receipt: SubmissionReceipt, paper: bytes) -> CheckResult:
    found = read_acknowledgement(dialect, receipt, paper)
    if found.problems:
        text = found.problems[0].message
        return CheckResult(_NAME, CheckState.FAILED, text, "受領通知の列・文字コード・見出しの設定を確かめてください。")
    if "CHECK" in found.rejected:
        return CheckResult(_NAME, CheckState.OK, "わざと無効にした照会が、受領通知で正しく拒否されました。")
    remedy = "照会の列の設定と、統合宛名側が明細を検査しているかを確かめてください。"
    return CheckResult(_NAME, CheckState.WARNING, "わざと無効にした照会が、拒否されずに受け付けられました。", remedy)


def _no_paper(*, answered: bool) -> CheckResult:
    if answered:
        return CheckResult(_NAME, CheckState.OK, "わざと無効にした照会に、その場で応答がありました。")
    remedy = "統合宛名側がフォルダーを見ているか、受領通知の名前の設定を確かめてください。"
    return CheckResult(_NAME, CheckState.WARNING, "待つ時間のうちに受領通知が届きませんでした。", remedy)


def _invalid_row(workflow: Workflow, now: datetime) -> Row:
    """A line that must be refused: an addressee number nobody has, and no base address."""
    return {
        "line_id": "CHECK",
        "atena_number": INVALID_NUMBER,
        "unified_number": INVALID_NUMBER,
        "kind": workflow.inquiry_kinds[0].value,
        "base_date": now.date().isoformat(),
        "tax_year": str(now.year),
        "base_address": "",
        "staff_number": INVALID_NUMBER,
        "organisation_number": INVALID_NUMBER,
        "approval_number": INVALID_NUMBER,
        "duty_code": workflow.duty_code,
        "procedure_code": workflow.procedure_code,
        "layout_version": workflow.layout_version,
    }
