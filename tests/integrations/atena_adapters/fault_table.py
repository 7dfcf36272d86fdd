"""Every fault that the other side can have, on every link: what has to come of it, or why it cannot be there.

`test_fault_table.py` walks it, and compares the table in docs/adapters.md with what `rendered` makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.atena_adapters.simulator.faults import TITLES, Fault

LINKS: Mapping[str, str] = {
    "A": "rest", "B": "sftp", "C": "fixed", "D": "database", "E": "medium", "F": "terminal",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    "retryable": "通信エラー(再送可)", "batch_unknown": "送信単位が不明(再送可)", "unreadable": "ファイル全体を取り込まない",
    "malformed": "その明細は形式エラー", "conflict": "食い違いを報告", "doubled": "重複を報告", "stranger": "照会外を報告",
    "gaiji": "外字を報告", "bom": "BOMを報告", "newlines": "改行を報告", "open": "その明細は回答待ち",
    "receipt_missing": "受領通知なしを報告",
    "other_facts": "取り込み、突合で人が見る", "package_refused": "媒体ファイルを受け取らない", "entry_refused": "入力を断る",
}  # fmt: skip
FAULTY = frozenset(WORDS)


@dataclass(frozen=True, slots=True)
class Expected:
    """Words that must be seen and words that may be (a fault that ends by itself may end unseen); no other word may be."""

    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()

    @property
    def told(self) -> str:
        """For the document."""
        parts = [WORDS[word] for word in WORDS if word in self.must] + [
            f"({WORDS[word]})" for word in WORDS if word in self.may
        ]
        return "、".join(parts) or "何も起きない"


@dataclass(frozen=True, slots=True)
class Never:
    """The fault cannot be on this link."""

    why: str


def _must(*words: str) -> Expected:
    return Expected(frozenset(words))


def _may(*words: str) -> Expected:
    return Expected(may=frozenset(words))


NOTHING = Expected()
_NO_HTTP = Never("HTTPではない")
_NO_TOKEN = Never("トークンを使わない")
_LIES = Never("接続を使わず、置いた物を読む")
_DATABASE = Never("DBの接続(誤った認証と待ちは`test_database.py`)")
_CARRIED, _KEYED = Never("人が運ぶ"), Never("人が端末を読んで入力する")
_ONE_ANSWER = Never("回答は一つの応答で返る")
_COUNTED = Never("行と件数がDBで一緒に見える")
_COLUMNS = Never("列ごとに届き、ファイルの字面がない")
_NUMBERED = Never("通番が続かない物は受け取らない")
_NO_FILE = Never("ファイルを受け取らない")

_FACTS: Mapping[str, Expected | Never] = dict.fromkeys("ABCDEF", _must("other_facts"))

TABLE: Mapping[Fault, Mapping[str, Expected | Never]] = {
    Fault.HTTP_401: {"A": NOTHING, "B": Never("鍵で入る(誤りは`test_sftp.py`)"), "C": _LIES, "D": _DATABASE, "E": _CARRIED, "F": _KEYED},
    Fault.HTTP_429: {"A": _must("retryable"), "B": _NO_HTTP, "C": _LIES, "D": _DATABASE, "E": _CARRIED, "F": _KEYED},
    Fault.HTTP_503: {"A": _must("retryable"), "B": _must("retryable"), "C": _LIES, "D": _DATABASE, "E": _CARRIED, "F": _KEYED},
    Fault.TIMEOUT: {"A": _must("retryable"), "B": _must("retryable"), "C": _LIES, "D": _DATABASE, "E": _CARRIED, "F": _KEYED},
    Fault.TOKEN_EXPIRED: {"A": NOTHING, "B": _NO_TOKEN, "C": _NO_TOKEN, "D": _NO_TOKEN, "E": _NO_TOKEN, "F": _NO_TOKEN},
    Fault.DROP_UPLOAD: {
        "A": _must("retryable"), "B": _must("retryable"), "C": Never("名前を変えるまで読まれない"),
        "D": Never("一つのトランザクションで置く"), "E": _CARRIED, "F": _KEYED,
    },
    Fault.DROP_ANSWER: {
        "A": _must("retryable"), "B": Never("切れた読取りは大きさとSHA-256で分かる(途中で切れたファイル)"), "C": _LIES,
        "D": _DATABASE, "E": _CARRIED, "F": _KEYED,
    },
    Fault.TRUNCATED: {
        "A": _must("unreadable"), "B": _may("unreadable"), "C": _may("unreadable"), "D": NOTHING, "E": _must("package_refused"),
        "F": _KEYED,
    },
    Fault.TRUNCATED_LINE: {
        "A": _must("unreadable"), "B": _must("malformed"), "C": _must("unreadable", "open"), "D": _COLUMNS, "E": _must("malformed"),
        "F": _KEYED,
    },
    Fault.PARTIAL_UPLOAD: {
        "A": _ONE_ANSWER, "B": NOTHING, "C": NOTHING, "D": NOTHING, "E": _must("package_refused"), "F": _KEYED,
    },
    Fault.MISSING_LINE: {"A": NOTHING, "B": NOTHING, "C": NOTHING, "D": NOTHING, "E": NOTHING, "F": _KEYED},
    Fault.DOUBLED_LINE: dict.fromkeys("ABCDE", _must("doubled")) | {"F": _must("entry_refused")},
    Fault.DOUBLED_FILE: {
        "A": _ONE_ANSWER, "B": _must("doubled"), "C": _must("doubled"), "D": _must("doubled"), "E": _must("doubled"), "F": _NO_FILE,
    },
    Fault.OUT_OF_ORDER: {"A": _ONE_ANSWER, "B": NOTHING, "C": NOTHING, "D": _COUNTED, "E": _NUMBERED, "F": _NO_FILE},
    Fault.SAME_SEQUENCE: {"A": _ONE_ANSWER, "B": NOTHING, "C": NOTHING, "D": _COUNTED, "E": _must("package_refused"), "F": _NO_FILE},
    Fault.WRONG_BATCH: dict.fromkeys("BCDE", _must("stranger", "open")) | {"A": _must("stranger"), "F": _must("stranger", "open")},
    Fault.WRONG_TENANT: {
        "A": Never("団体ごとの口で応答する"), "B": Never("団体ごとのフォルダー"), "C": Never("団体ごとのフォルダー"),
        "D": Never("団体ごとのDB"), "E": _must("package_refused"), "F": _KEYED,
    },
    Fault.SHUFFLED: dict.fromkeys("ABCDEF", NOTHING),
    Fault.STRANGER: dict.fromkeys("ABCDE", _must("stranger")) | {"F": _must("entry_refused")},
    Fault.CONFLICT: dict.fromkeys("ABCDE", _must("conflict", "malformed")) | {"F": _must("entry_refused")},
    Fault.WRONG_PERSON: dict.fromkeys("ABCDEF", _must("malformed")),
    Fault.WRONG_ITEM: _FACTS,
    Fault.SWAPPED_FAMILY: _FACTS,
    Fault.NAMESAKE: _FACTS,
    Fault.UNIFIED_ONLY: dict.fromkeys("BCDEF", _must("stranger", "open")) | {"A": _must("stranger")},
    Fault.GAIJI: dict.fromkeys("ABCDEF", _must("gaiji", "other_facts")),
    Fault.IVS: _FACTS,
    Fault.BOM: {
        "A": NOTHING, "B": _must("bom"), "C": _must("unreadable", "open"), "D": _COLUMNS, "E": _must("bom"), "F": _KEYED,
    },
    Fault.MIXED_NEWLINES: {
        "A": NOTHING, "B": _must("newlines"), "C": _must("newlines"), "D": _COLUMNS, "E": _must("newlines"), "F": _KEYED,
    },
    Fault.LATE_RECEIPT: {
        "A": Never("受領は応答そのもの"), "B": _may("receipt_missing"), "C": _may("receipt_missing"), "D": _may("receipt_missing"),
        "E": _CARRIED, "F": Never("受領通知がない"),
    },
    Fault.FORGET: {
        "A": _must("batch_unknown"), "B": _LIES, "C": _LIES, "D": _LIES, "E": _CARRIED, "F": _KEYED,
    },
}  # fmt: skip


def rendered() -> list[str]:
    """The table of the document, line by line."""
    head = ["| 障害 | " + " | ".join(f"{letter} `{name}`" for letter, name in LINKS.items()) + " |", "|---" * 7 + "|"]
    rows = [
        f"| {TITLES[fault]} `{fault.value}` | " + " | ".join(_cell(cells[letter]) for letter in LINKS) + " |"
        for fault, cells in TABLE.items()
    ]
    return head + rows


def _cell(cell: Expected | Never) -> str:
    return f"– {cell.why}" if isinstance(cell, Never) else cell.told
