"""`explain` of the command line: receipts in, Japanese text for a clerk or a guardian, or JSON, out."""

from __future__ import annotations

from collections.abc import Mapping

from domain.rules.assessment.explaining import explain
from domain.rules.canonical import is_intact
from domain.rules.commands.jsonlines import read_objects, told, write_objects
from domain.rules.errors import CaseError
from domain.rules.explained import Explanation
from domain.rules.payment.explaining import explain_payment

KINDS = {"assessment": explain, "payment": explain_payment, "refused": explain_payment}


def explain_text(text: str, form: str) -> str:
    """`form`: clerk, guardian or json.  CaseError for what is no intact receipt."""
    found = [_explained(where, data) for where, data in read_objects(text)]
    if form == "json":
        return write_objects([each.to_json() for each in found], spread=len(found) == 1)
    texts = (each.guardian_text() if form == "guardian" else each.clerk_text() for each in found)
    return "\n\n".join(texts)


def _explained(where: str, data: object) -> Explanation:
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(kind, str) or kind not in KINDS:
        raise CaseError(told(where, "計算書(receipt または receipt pay の出力)ではありません。"))
    if not is_intact(data):
        raise CaseError(told(where, "計算書の内容が識別値と合いません。書き換えられています。"))
    try:
        return KINDS[kind](data)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise CaseError(told(where, "計算書の形が正しくありません。")) from None
