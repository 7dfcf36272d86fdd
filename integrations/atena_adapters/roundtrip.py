"""書式の往復: a made-up record of every message is written, read again and compared.  No person is in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from integrations.atena_adapters.dialects.base import Dialect, Made
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import CODE_WORDS, MESSAGES, FieldSpec, Form, Message, Row
from integrations.atena_adapters.port import CheckResult, CheckState

_NAME = "書式の往復"
_MADE = Made("CHECK0001", 1, datetime(2026, 4, 1, tzinfo=UTC))
_EXACT = frozenset({Form.IDENTIFIER, Form.DATE, Form.YEAR, Form.AMOUNT, Form.CODE})
_VALUES = {
    Form.IDENTIFIER: "1",
    Form.TEXT: "サンプル",
    Form.NAME: "サンプル　太郎",
    Form.KANA: "サンプル　タロウ",
    Form.ADDRESS: "サンプル県サンプル市1番地",
    Form.DATE: "2019-05-01",
    Form.YEAR: "2026",
    Form.AMOUNT: "1234567",
}


def check_round_trip(dialect: Dialect) -> CheckResult:
    """One line of 接続試験 about all layouts."""
    wrong = list(dict.fromkeys(_differences(dialect)))
    if not wrong:
        return CheckResult(_NAME, CheckState.OK, "すべての書式で、書いたサンプルを読み戻せました。")
    text = f"サンプルを読み戻せない項目があります: {'、'.join(wrong[:5])}{'ほか' if wrong[5:] else ''}"
    return CheckResult(_NAME, CheckState.FAILED, text, "列・バイト数・日付・コードの設定を確かめてください。")


def _differences(dialect: Dialect) -> Iterator[str]:
    for message in Message:
        row: Row = {spec.name: _value(spec) for spec in MESSAGES[message]}
        encoded = dialect.encode(message, _MADE, [row])
        if encoded.refused:
            yield from encoded.refused.values()
            continue
        try:
            back = dialect.decode(message, encoded.payload).rows[0]
        except AnswerUnreadable as error:
            yield error.message
            continue
        yield from _changed(message, row, back.values, back.error)


def _changed(message: Message, row: Row, back: Row, error: str) -> Iterator[str]:
    if error:
        yield error
    for spec in MESSAGES[message]:
        if spec.name in back and spec.form in _EXACT and back[spec.name] != row[spec.name]:
            yield spec.title


def _value(spec: FieldSpec) -> str:
    return CODE_WORDS[spec.codes][0] if spec.codes else _VALUES[spec.form]
