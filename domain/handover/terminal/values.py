"""What a person types from the terminal's screen, in the canonical form of its item; refusals in words."""

from __future__ import annotations

import re

from integrations.atena_adapters.fields import CODE_WORDS, FieldSpec, Form
from web.dates import DateError, parse_japanese_date
from web.text import YenError, digits_like_number, normalise_digits, parse_yen

WORDS = {
    "registered": "登録済", "rejected": "受け付けられない", "done": "処理済", "linked": "符号あり", "not_linked": "符号なし",
    "answered": "回答あり", "not_found": "該当なし", "not_declared": "未申告", "held": "保留（自動応答不可）", "refused": "拒否",
    "communication_error": "通信エラー", "communication_stopped": "通信停止", "expired": "期限切れ", "yes": "有", "no": "無",
    "add": "追加", "change": "変更", "delete": "削除", "pending": "処理中",
    "incoming": "保留の照会", "records": "情報提供等記録", "asked": "照会", "provided": "提供",
    "release": "提供する", "refuse": "提供しない",
    "resident": "住民票関係情報", "tax": "地方税関係情報", "welfare": "生活保護実施関係情報",
}  # fmt: skip
LONGEST = 240
_UNIFIED = re.compile(r"[0-9A-Za-z-]{1,40}")


def choices(spec: FieldSpec) -> list[tuple[str, str]]:
    """The words of a code. 「処理中」 is none: what the terminal has not answered is entered when it has."""
    return [(word, WORDS[word]) for word in CODE_WORDS[spec.codes] if word != "pending"]


def canonical(spec: FieldSpec, typed: str) -> str:
    """Canonical text ("" = the terminal shows nothing there). Raises ValueError with what to do."""
    text = typed.strip()
    if not text:
        return ""
    if len(text) > LONGEST:
        raise ValueError(f"{LONGEST}文字までで入力してください。")
    if spec.name == "unified_number":
        if not _UNIFIED.fullmatch(normalise_digits(text)):
            raise ValueError("半角の英数字で入力してください。")
        return normalise_digits(text)
    if digits_like_number(text):
        raise ValueError("個人番号と同じ形の12桁の数字は書けません。")
    return _by_form(spec, text)


def _by_form(spec: FieldSpec, text: str) -> str:
    try:
        match spec.form:
            case Form.DATE:
                return parse_japanese_date(text).isoformat()
            case Form.AMOUNT:
                return str(parse_yen(text))
    except (DateError, YenError) as error:
        raise ValueError(str(error)) from None
    if spec.form is Form.YEAR:
        if not re.fullmatch(r"[12][0-9]{3}", normalise_digits(text)):
            raise ValueError("西暦4桁で入力してください（例: 2025）。")
        return normalise_digits(text)
    if spec.form is Form.CODE and text not in dict(choices(spec)):
        raise ValueError("一覧から選んでください。")
    return normalise_digits(text) if spec.form is Form.IDENTIFIER else text
