"""無効な照会の拒否: a line that nobody can take is sent, and only its refusal, read with the configuration, is green.

Anything else would let a link go live that was never understood by the other side: an answer that is not read, one that comes at
another moment than configured, a request that is taken although nobody could have looked at it, or silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from integrations.atena_adapters.acknowledgement import read_acknowledgement
from integrations.atena_adapters.config.workflow import Workflow
from integrations.atena_adapters.dialects.base import Dialect, Made
from integrations.atena_adapters.errors import BatchUnknown
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.outcomes import Pending, Refused
from integrations.atena_adapters.port import CheckResult, CheckState, Direction
from integrations.atena_adapters.reading import reread
from integrations.atena_adapters.receipts import EVERYTHING, AskedLine, SubmissionReceipt
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.roundtrip import ID_LENGTH
from integrations.atena_adapters.transports.base import Address, Transport

Keep = Callable[[Direction, SubmissionReceipt, str, bytes], None]

INVALID_NUMBER = "0"
"""An addressee number that nobody has: our numbers are longer, and the line is meant to be refused."""

NAME = "無効な照会の拒否"
_LINE = "CHECK"
_TAKEN = "わざと無効にした照会が、拒否されずに受け付けられました。"


def check_refusal(transport: Transport, dialect: Dialect, workflow: Workflow, now: datetime, keep: Keep) -> CheckResult:
    """Sends the line and judges what comes back. Raises `AtenaError` when the other side is out of reach."""
    batch_id = f"CHECK{now:%Y%m%d%H%M%S%f}".ljust(ID_LENGTH, "0")
    encoded = dialect.encode(Message.INQUIRY, Made(batch_id, 0, now), [_invalid_row(workflow, now)])
    if encoded.refused:
        text = f"試しの照会をこの書式で書けません。{encoded.refused[_LINE]}"
        return _failed(text, "照会の列の設定を確かめてください。")
    payload = encoded.payload
    receipt = SubmissionReceipt(
        kind=RequestKind.INQUIRY,
        batch_id=batch_id,
        sequence=0,
        made_at=now,
        submitted_at=now,
        sha256=hashlib.sha256(payload).hexdigest(),
        lines=(AskedLine(_LINE, INVALID_NUMBER),),
    )
    address = Address(receipt.kind, batch_id, receipt.sequence, now)
    keep("sent", receipt, "request", payload)
    try:
        delivery = transport.send(address, payload, dialect.content_type)
        if delivery.answer is not None:
            keep("received", receipt, "answer-1", delivery.answer)
            return _judge_answer(dialect, workflow, receipt, delivery.answer)
        paper = delivery.receipt or transport.wait_for_receipt(address)
        if paper is None:
            remedy = "統合宛名側が依頼を見ているか、受領通知の名前の設定を確かめてください。"
            return _failed("待つ時間のうちに受領通知が届きませんでした。", remedy)
        keep("received", receipt, "receipt", paper)
        found = _judge_receipt(dialect, workflow, receipt, paper)
        if found.state is not CheckState.OK:
            return found
        return _looked_for_answer(transport, dialect, receipt, address) or found
    finally:
        transport.finish(address, EVERYTHING)


def _judge_answer(dialect: Dialect, workflow: Workflow, receipt: SubmissionReceipt, answer: bytes) -> CheckResult:
    """An answer on the spot counts where it is configured, and when it says of our line that it is refused."""
    if not workflow.answers_in_call(receipt.kind):
        text = "照会結果を後から取りに行く設定ですが、送信への応答としてその場で回答(状態200)が返りました。"
        return _failed(text, "「照会結果の受け取り」の設定と、送信先の経路を確かめてください。")
    found = reread(dialect, receipt, [answer])
    if found.problems:
        return _failed(found.problems[0].message, "照会結果の列・文字コード・見出しの設定を確かめてください。")
    outcome = found.outcomes[_LINE]
    if isinstance(outcome, Refused):
        return CheckResult(NAME, CheckState.OK, "わざと無効にした照会が、その場の回答で正しく拒否されました。")
    if isinstance(outcome, Pending):
        return _failed("その場の回答に、送った明細がありません。", "照会結果の列(明細番号)の設定を確かめてください。")
    return _failed(_TAKEN, "照会の列と結果のコードの設定、統合宛名側が明細を検査しているかを確かめてください。")


def _judge_receipt(dialect: Dialect, workflow: Workflow, receipt: SubmissionReceipt, paper: bytes) -> CheckResult:
    found = read_acknowledgement(dialect, receipt, paper)
    if found.problems:
        return _failed(found.problems[0].message, "受領通知の列・文字コード・見出しの設定を確かめてください。")
    if _LINE not in found.rejected:
        return _failed(_TAKEN, "照会の列の設定と、統合宛名側が明細を検査しているかを確かめてください。")
    if found.whole:
        text = "明細ではなく、ファイル全体が受け付けられませんでした。実際の送信も受け付けられません。"
        return _failed(text, "統合宛名側に理由を確かめ、照会の列・文字コード・見出しの設定を直してください。")
    if workflow.answers_in_call(receipt.kind):
        text = "照会は受領通知で拒否されましたが、その場の回答の形は確かめられていません。"
        remedy = "照会結果がその場で返る相手かを、統合宛名の担当に確かめてください。"
        return CheckResult(NAME, CheckState.WARNING, text, remedy)
    return CheckResult(NAME, CheckState.OK, "わざと無効にした照会が、受領通知で正しく拒否されました。")


def _looked_for_answer(
    transport: Transport, dialect: Dialect, receipt: SubmissionReceipt, address: Address
) -> CheckResult | None:
    """Where answers will be fetched, looked into once: nothing there is right, for the line was refused. None: nothing to say."""
    try:
        found = reread(dialect, receipt, list(transport.fetch_answers(address)))
    except BatchUnknown:
        text = "照会は正しく拒否されましたが、回答の受け取り先は、この送信単位を知らないと応答しました。"
        remedy = "回答の受け取り先(経路)の設定が正しいかを、統合宛名の担当に確かめてください。"
        return CheckResult(NAME, CheckState.WARNING, text, remedy)
    if found.problems:
        text = f"回答の受け取り先にあるものを、照会結果として読めません。{found.problems[0].message}"
        return _failed(text, "回答の受け取り先(経路・名前)と、照会結果の列の設定を確かめてください。")
    return None


def _failed(message: str, remedy: str) -> CheckResult:
    return CheckResult(NAME, CheckState.FAILED, message, remedy)


def _invalid_row(workflow: Workflow, now: datetime) -> Row:
    """A line that must be refused: an addressee number nobody has, and no base address."""
    return {
        "line_id": _LINE,
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
