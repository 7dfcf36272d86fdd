"""The difference between our clock and the other side's, as a line of 接続試験."""

from __future__ import annotations

from integrations.atena_adapters.port import CheckResult, CheckState

CLOCK = "時計の差"
_NOTICED = 60.0
_REMEDY = "どちらかの時計が合っていません。サーバーの時刻の同期(NTP)を確かめてください。"


def clock_result(seconds: float, *, most: float = 300.0) -> CheckResult:
    """`seconds`: how far the other side is ahead of us; beyond `most` the link cannot go live."""
    text = f"相手の時計との差は{abs(seconds):.0f}秒です。"
    if abs(seconds) > most:
        return CheckResult(CLOCK, CheckState.FAILED, text, _REMEDY)
    if abs(seconds) > _NOTICED:
        return CheckResult(CLOCK, CheckState.WARNING, text, _REMEDY)
    return CheckResult(CLOCK, CheckState.OK, text)
