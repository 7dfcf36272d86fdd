"""Results of 接続試験 as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from integrations.atena_adapters.port import CheckState
from web.states import Tone

_WORDS = {
    CheckState.OK: ("正常", Tone.DONE),
    CheckState.WARNING: ("要確認", Tone.ATTENTION),
    CheckState.FAILED: ("失敗", Tone.STOPPED),
}


@dataclass(frozen=True, slots=True)
class ShownCheck:
    name: str
    word: str
    tone: str
    message: str
    remedy: str


def shown_checks(stored: Iterable[Mapping[str, str]]) -> list[ShownCheck]:
    return [_shown(one) for one in stored]


def _shown(stored: Mapping[str, str]) -> ShownCheck:
    word, tone = _WORDS[CheckState(stored["state"])]
    return ShownCheck(stored["name"], word, tone.value, stored["message"], stored.get("remedy", ""))
