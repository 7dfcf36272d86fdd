"""The words of a notice (お知らせ) about an authenticator or about the places for numbers."""

from __future__ import annotations

from typing import Final

from accounts.models import FactorNotice

WORDS: Final = {
    "totp_enrolled": "認証器が登録されました。",
    "webauthn_enrolled": "セキュリティキーが登録されました。",
    "activation_issued": "利用開始コードが発行され、それまでの認証器・セキュリティキー・予備コードが使えなくなりました。",
    "token_returned": "ハードウェアトークンが返却され、使えなくなりました。",
    "token_lost": "ハードウェアトークンの紛失が記録され、使えなくなりました。",
    "declared_lost": "認証器の紛失が記録され、認証器・セキュリティキー・予備コードが使えなくなりました。",
    "password_changed": "パスワードが変更されました。",
    "lock_cleared": "続けて誤ったための一時停止が、利用者管理の担当者によって解除されました。",
    "backup_used": "予備コードが1つ使われました。",
    "backup_first": "予備コードが作られました。",
    "backup_issued": "予備コードが作られ、前のコードは使えなくなりました。",
}
"""By `FactorChanged.what`; a test compares them with what the product announces."""

PLACE_WORDS: Final = {
    "last_network": "番号を扱う場所の最後の回線が外されました。番号を扱う画面は、回線では限られていません。",
    "last_terminal": "番号を扱う場所の最後の端末が外されました。番号を扱う画面は、端末では限られていません。",
}


def sentence(notice: FactorNotice) -> str:
    """だれの、何が変わったか. Read by the person: あなたの."""
    by = f"（行った人: {notice.by}）" if notice.by else ""
    if notice.about is None:
        return PLACE_WORDS[notice.what] + by
    whose = "あなた" if notice.about_id == notice.reader_id else f"{notice.about.display_name}さん"
    return f"{whose}の{WORDS[notice.what]}{by}"
