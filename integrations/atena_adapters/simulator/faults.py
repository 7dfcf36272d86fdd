"""Faults on demand, each a number of times, for one kind of request or all (`truncated`, `shuffled@inquiry:3`)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum


class Fault(StrEnum):
    """What can go wrong on purpose."""

    HTTP_401 = "http_401"
    HTTP_429 = "http_429"
    HTTP_503 = "http_503"
    TIMEOUT = "timeout"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - no secret, the name of a fault
    DROP_UPLOAD = "drop_upload"
    DROP_ANSWER = "drop_answer"
    TRUNCATED = "truncated"
    TRUNCATED_LINE = "truncated_line"
    PARTIAL_UPLOAD = "partial_upload"
    MISSING_LINE = "missing_line"
    DOUBLED_LINE = "doubled_line"
    DOUBLED_FILE = "doubled_file"
    OUT_OF_ORDER = "out_of_order"
    SAME_SEQUENCE = "same_sequence"
    WRONG_BATCH = "wrong_batch"
    WRONG_TENANT = "wrong_tenant"
    SHUFFLED = "shuffled"
    STRANGER = "stranger"
    CONFLICT = "conflict"
    WRONG_PERSON = "wrong_person"
    WRONG_ITEM = "wrong_item"
    SWAPPED_FAMILY = "swapped_family"
    NAMESAKE = "namesake"
    UNIFIED_ONLY = "unified_only"
    GAIJI = "gaiji"
    IVS = "ivs"
    BOM = "bom"
    MIXED_NEWLINES = "mixed_newlines"
    LATE_RECEIPT = "late_receipt"
    FORGET = "forget"


TITLES = {
    Fault.HTTP_401: "認証を拒む(401)", Fault.HTTP_429: "混雑(429)", Fault.HTTP_503: "停止中(503)",
    Fault.TIMEOUT: "応答が遅い", Fault.TOKEN_EXPIRED: "トークンの期限切れ", Fault.DROP_UPLOAD: "送信の途中で切断",
    Fault.DROP_ANSWER: "回答の途中で切断", Fault.TRUNCATED: "途中で切れたファイル", Fault.TRUNCATED_LINE: "途中で切れた行",
    Fault.PARTIAL_UPLOAD: "書きかけのファイル", Fault.MISSING_LINE: "足りない行",
    Fault.DOUBLED_LINE: "同じ行が二度", Fault.DOUBLED_FILE: "同じファイルが二度",
    Fault.OUT_OF_ORDER: "順番の入れ替わったファイル", Fault.SAME_SEQUENCE: "同じ通番で別の内容",
    Fault.WRONG_BATCH: "別の学校・別の送信のファイル", Fault.WRONG_TENANT: "別の団体の媒体ファイル",
    Fault.SHUFFLED: "行の順の入れ替わり", Fault.STRANGER: "頼んでいない人の行",
    Fault.CONFLICT: "食い違う二つの回答", Fault.WRONG_PERSON: "別人の宛名番号", Fault.WRONG_ITEM: "意味の違う項目(2019年の例)",
    Fault.SWAPPED_FAMILY: "家族の取り違え", Fault.NAMESAKE: "同姓同名・同じ生年月日の別人",
    Fault.UNIFIED_ONLY: "団番だけの拒否", Fault.GAIJI: "外字", Fault.IVS: "異体字セレクター", Fault.BOM: "BOM",
    Fault.MIXED_NEWLINES: "改行の混在", Fault.LATE_RECEIPT: "遅い受領通知", Fault.FORGET: "依頼を忘れる",
}  # fmt: skip


class Faults:
    """Counts down the faults that were asked for: `name`, `name:times`, `name:*`, each also as `name@kind...`."""

    def __init__(self, wanted: Iterable[str] = ()) -> None:
        self._left: dict[tuple[Fault, str], float] = {}
        self._lock = threading.Lock()
        for text in wanted:
            self.add(text)

    def add(self, text: str) -> None:
        """Ask for one more fault.  Raises `ValueError` for a name nobody knows."""
        named, _, times = text.partition(":")
        name, _, kind = named.partition("@")
        count = float("inf") if times == "*" else int(times or 1)
        with self._lock:
            self._left[Fault(name), kind] = count

    def left(self) -> dict[str, str]:
        """What is still to strike."""
        with self._lock:
            return {f"{fault}@{kind}" if kind else fault.value: str(n) for (fault, kind), n in self._left.items() if n}

    def strikes(self, fault: Fault, kind: str = "") -> bool:
        """Whether the fault happens now, for an exchange of this kind; each call uses up one time."""
        with self._lock:
            key = next((key for key in ((fault, kind), (fault, "")) if self._left.get(key, 0) > 0), None)
            if key is not None:
                self._left[key] -= 1
            return key is not None
