"""How the link of each prefecture is doing, as the console may know it: counts, times and kinds of failure, nothing of anybody.

The figures come through one function of the database's owner (`domain.linkage.grants`); no table of a prefecture is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from domain.linkage.exchange.batches import STOPPED
from domain.linkage.exchange.overdue import FAILURE
from domain.linkage.exchange.running import WINDOW
from domain.linkage.models import Batch
from web.states import Tone

_FIGURES = "SELECT * FROM public.link_figures() ORDER BY scope, kind"
NO_EXCHANGE = ("送受信なし", Tone.EMPTY)
FAILURES: Mapping[str, tuple[str, str]] = {
    FAILURE: (
        "期限内に回答なし",
        "統合宛名の担当に、受け付けているかを確かめてください（通番は団体の画面にあります）。",
    ),
    "atena.communication": ("通信できない", "接続先の稼働と回線を確かめてください。自動で再送します。"),
    "atena.out_of_hours": ("受付時間外", "受付時間になると自動で送ります。"),
    "atena.authentication": ("認証を断られた", "認証情報を新しい版で登録し、接続試験をしてください。"),
    "atena.batch_unknown": ("先方に送信の記録がない", "統合宛名の担当に確かめてください。"),
    "atena.answer_unreadable": ("読めない回答", "書式の設定と、統合宛名側の変更の有無を確かめてください。"),
    "atena.configuration": ("設定の誤り", "接続試験をして、設定を直してください。"),
    "atena.batch_altered": ("途中で番号が変わった", "残りの人は新しい通番で送られます。することはありません。"),
    STOPPED: ("団体が待つのをやめた", "団体が理由を書いて、回答を待つのをやめました。することはありません。"),
    "atena.batch_invalid": ("送信の規則に合わない", "職員情報と件数の設定を確かめてください。"),
}
"""By the kind that stands with the batch: its word, and what the operator does."""

_OTHER = ("その他の失敗", "団体の「送受信の問題」の画面で、内容を確かめてもらってください。")


@dataclass(frozen=True, slots=True)
class KindFigures:
    """One kind of exchange of one prefecture, in batches. `used`: places of the sending window of `WINDOW`."""

    kind: str
    sent_at: datetime | None
    answered_at: datetime | None
    failed_at: datetime | None
    failure: str
    waiting: int
    waiting_since: datetime | None
    overdue: int
    used: int

    @property
    def title(self) -> str:
        return str(Batch.Kind(self.kind).label) if self.kind in Batch.Kind.values else self.kind

    @property
    def failure_told(self) -> tuple[str, str]:
        """Word, and what to do."""
        return FAILURES.get(self.failure, _OTHER)

    @property
    def failing(self) -> bool:
        """Nothing was answered since the last failure."""
        return self.failed_at is not None and (self.answered_at is None or self.failed_at > self.answered_at)


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """One prefecture. `live_since`: since when the configuration in force is."""

    live_since: datetime | None
    kinds: Sequence[KindFigures]

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.kinds)

    @property
    def waiting_since(self) -> datetime | None:
        return min((one.waiting_since for one in self.kinds if one.waiting_since), default=None)

    @property
    def answered_at(self) -> datetime | None:
        return max((one.answered_at for one in self.kinds if one.answered_at), default=None)

    @property
    def fullest(self) -> KindFigures | None:
        """The kind with the least room in its window; None when nothing is out."""
        used = [one for one in self.kinds if one.used]
        return max(used, key=lambda one: one.used, default=None)

    @property
    def window(self) -> int:
        return WINDOW

    @property
    def state(self) -> tuple[str, Tone]:
        """The gravest, as word and tone."""
        if overdue := sum(one.overdue for one in self.kinds):
            return f"期限超過 {overdue:,}件", Tone.ATTENTION
        failing = [(one.failed_at, one) for one in self.kinds if one.failing and one.failed_at]
        if failing:
            return max(failing, key=lambda pair: pair[0])[1].failure_told[0], Tone.ATTENTION
        if self.waiting:
            return "回答待ち", Tone.HALF
        return ("送受信あり", Tone.DONE) if self.answered_at else NO_EXCHANGE


NOTHING = LinkFigures(None, ())


def link_states() -> dict[str, LinkFigures]:
    """By scope; a prefecture whose tables are not there yet is not among them. One query."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        names = [column.name for column in cursor.description or ()]
        for row in cursor.fetchall():
            values = dict(zip(names, row, strict=True))
            found[values.pop("scope")].append(values)
    return {scope: _figures(rows) for scope, rows in found.items()}


def _figures(rows: Sequence[dict[str, Any]]) -> LinkFigures:
    kinds = [
        KindFigures(**{name: value for name, value in row.items() if name != "live_since"})
        for row in rows
        if row["kind"]
    ]
    return LinkFigures(rows[0]["live_since"], kinds)
