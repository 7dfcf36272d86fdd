"""What is checked before anything is sent."""

from __future__ import annotations

from collections import Counter

from integrations.atena_adapters.config.workflow import Workflow
from integrations.atena_adapters.errors import BatchInvalid
from integrations.atena_adapters.individual_numbers import is_valid
from integrations.atena_adapters.requests import (
    AnyBatch,
    InquiryBatch,
    ListingBatch,
    Operator,
    ProvisionAct,
    ProvisionBatch,
    RegistrationBatch,
    ReleaseBatch,
    UpdateBatch,
    WithdrawalBatch,
)


def check_batch(batch: AnyBatch, workflow: Workflow, operator: Operator) -> None:
    """Refuse a batch that is too long, doubled, not permitted or without its operator data."""
    if not batch.lines:
        raise BatchInvalid("送る明細がありません。")
    if len(batch.lines) > workflow.batch_limit:
        raise BatchInvalid(f"一度に送れる件数({workflow.batch_limit}件)を超えています。分けて送ってください。")
    if Counter(line.line_id for line in batch.lines).most_common(1)[0][1] > 1:
        raise BatchInvalid("同じ明細が二度含まれています。")
    if missing := workflow.missing_operator_items(operator):
        raise BatchInvalid(f"この都道府県では次の職員情報が必要です: {'、'.join(missing)}")
    if isinstance(batch, RegistrationBatch) and not workflow.registers:
        raise BatchInvalid("この都道府県では、付番は統合宛名側の職員が行います。")
    if isinstance(batch, UpdateBatch | WithdrawalBatch) and not workflow.updates:
        raise BatchInvalid("この都道府県では、異動と廃止は統合宛名側の職員が行います。")
    if isinstance(batch, ListingBatch | ReleaseBatch) and not workflow.lists:
        raise BatchInvalid("この都道府県では、保留された照会と情報提供等記録は中間サーバーの端末で扱います。")
    if isinstance(batch, ProvisionBatch) and not workflow.provides:
        raise BatchInvalid("この都道府県では、副本の登録は中間サーバーの端末で行います。")


def unsendable(batch: AnyBatch, workflow: Workflow, *, needs_unified_number: bool) -> dict[str, str]:
    """Lines that must not go out, with the reason.  A wrong check digit never leaves the house."""
    if isinstance(batch, RegistrationBatch):
        reason = "個人番号の桁か検査用数字が正しくありません。番号を確かめてください。"
        return {line.line_id: reason for line in batch.lines if not is_valid(line.individual_number)}
    if isinstance(batch, UpdateBatch):
        reason = "新しい個人番号の桁か検査用数字が正しくありません。番号を確かめてください。"
        changed = (line for line in batch.lines if line.individual_number)
        return {line.line_id: reason for line in changed if not is_valid(line.individual_number)}
    if isinstance(batch, ProvisionBatch):
        reason = "変更・削除する副本の番号がありません。"
        later = (line for line in batch.lines if line.act is not ProvisionAct.ADD)
        return {line.line_id: reason for line in later if not line.record_number}
    if isinstance(batch, InquiryBatch):
        return _no_number(batch, needed=needs_unified_number) | _not_permitted(batch, workflow)
    return {}


def _no_number(batch: InquiryBatch, *, needed: bool) -> dict[str, str]:
    reason = "団体内統合宛名番号がまだありません。先に付番を済ませてください。"
    return {line.line_id: reason for line in batch.lines if needed and not line.unified_number}


def _not_permitted(batch: InquiryBatch, workflow: Workflow) -> dict[str, str]:
    reason = "この都道府県では、この情報を照会できない設定です。"
    return {line.line_id: reason for line in batch.lines if line.kind not in workflow.inquiry_kinds}
