"""事務コード of the vault: for what a number may be looked at. The codes are ours and provisional (仮): the prefecture's own
codes of 事務 replace them where it has such. An allow-list: a code that is not here opens nothing on a page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """`standing` says where the code comes from: 仮 means made up by this product."""

    code: str
    label: str
    standing: str = "仮"


DUTIES = (
    Duty("V01", "照会対象の登録（統合宛名へ登録できない人の確認）"),
    Duty("V02", "番号の訂正（届出・取り違えの確認）"),
    Duty("V03", "突合が不一致の人の本人確認"),
    Duty("V04", "開示・訂正・利用停止の請求への対応"),
    Duty("V05", "保管期限の過ぎた番号の廃棄の確認"),
    Duty("V06", "監査・点検への対応"),
)
_BY_CODE = {duty.code: duty for duty in DUTIES}


def duty_of(code: str) -> Duty | None:
    return _BY_CODE.get(code)


def choices() -> list[tuple[str, str]]:
    """(code, words) for a form."""
    return [(duty.code, f"{duty.code} {duty.label}（{duty.standing}）") for duty in DUTIES]
