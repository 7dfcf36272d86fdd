"""Whether a household's account can stand in a transfer file, and if not, why and what to do."""

from __future__ import annotations

import re

from domain.households.models import Household
from integrations.bank_transfer import refused_characters, to_bank_kana

PAYEE_LENGTH = 30
_DO = "世帯の振込先を名簿で直し、この回の分は窓口払いなど別の方法で支払ってください。"


def account_problem(home: Household) -> str:
    """Japanese reason with what to do, or "" for a usable account."""
    fault = _fault(home)
    return f"{fault}{_DO}" if fault else ""


def _fault(home: Household) -> str:
    if not home.account_number:
        return "振込先の口座が登録されていません。"
    if not _digits(home.bank_code, 4) or not _digits(home.branch_code, 3):
        return "金融機関コード（4桁）か支店コード（3桁）が正しくありません。"
    if home.account_type not in Household.AccountType.values:
        return "口座種類（普通・当座・貯蓄）が登録されていません。"
    if not _digits(home.account_number, 7):
        return "口座番号が7桁の数字ではありません。"
    return _holder_fault(to_bank_kana(home.account_holder).strip())


def _holder_fault(payee: str) -> str:
    if not payee:
        return "口座名義カナが登録されていません。"
    refused = refused_characters(payee)
    if refused:
        return f"口座名義カナに振込データで使えない文字があります（{'、'.join(refused)}）。"
    if len(payee) > PAYEE_LENGTH:
        return f"口座名義カナが半角{PAYEE_LENGTH}文字を超えます（濁点も1文字、今は{len(payee)}文字）。"
    return ""


def _digits(text: str, width: int) -> bool:
    return re.fullmatch(rf"[0-9]{{{width}}}", text) is not None
