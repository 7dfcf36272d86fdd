"""書式の往復: a made-up record of every message is written, read again and compared.  No person is in it.

What we make ourselves is as long as it will be (batch and line ids, 業務宛名番号, 個人番号, SHA-256), and one file has as many lines
as a batch may: a layout that holds a short value only would pass here and fail on every batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from integrations.atena_adapters.config.workflow import Workflow
from integrations.atena_adapters.dialects.base import Dialect, Made
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.fields import CODE_WORDS, MESSAGES, FieldSpec, Form, Message, Row
from integrations.atena_adapters.port import CheckResult, CheckState

_NAME = "書式の往復"
ID_LENGTH = 36  # of the number of a batch, a UUID

_SEQUENCE = 9999  # of the 通番; batches of some years
_MADE = Made("CHECK".ljust(ID_LENGTH, "0"), _SEQUENCE, datetime(2026, 4, 1, tzinfo=UTC))
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


_OURS = {
    "line_id": "9999999999-99",  # a row's number and how often it was asked
    "atena_number": "A99999999999",
    "individual_number": "9" * 12,
    "sha256": "9" * 64,
}
"""Identifiers whose length we know, since they are made here or by law; others are the other side's."""


def check_round_trip(dialect: Dialect, workflow: Workflow | None = None) -> CheckResult:
    """One line of 接続試験 about all layouts."""
    wrong = list(dict.fromkeys(_differences(dialect, workflow or Workflow())))
    if not wrong:
        return CheckResult(_NAME, CheckState.OK, "すべての書式で、書いたサンプルを読み戻せました。")
    text = f"サンプルを読み戻せない項目があります: {'、'.join(wrong[:5])}{'ほか' if wrong[5:] else ''}"
    return CheckResult(_NAME, CheckState.FAILED, text, "列・バイト数・日付・コードの設定を確かめてください。")


def _differences(dialect: Dialect, workflow: Workflow) -> Iterator[str]:
    for message in Message:
        row: Row = {spec.name: _value(spec, workflow) for spec in MESSAGES[message]}
        # Head and tail are the same for all messages: that they hold the greatest count is seen with the shortest one.
        count = workflow.batch_limit if message is Message.LINKAGE else 1
        try:
            yield from _there_and_back(dialect, message, row, count)
        except AtenaError as error:
            yield error.message


def _there_and_back(dialect: Dialect, message: Message, row: Row, count: int) -> Iterator[str]:
    encoded = dialect.encode(message, _MADE, [row] * count)
    if encoded.refused:
        yield from encoded.refused.values()
        return
    rows = dialect.decode(message, encoded.payload).rows
    if len(rows) != count:
        yield f"明細の件数({count}件を書き、{len(rows)}件を読みました)"
        return
    yield from _changed(message, row, rows[-1].values, rows[-1].error)


def _changed(message: Message, row: Row, back: Row, error: str) -> Iterator[str]:
    if error:
        yield error
    for spec in MESSAGES[message]:
        if spec.name in back and spec.form in _EXACT and back[spec.name] != row[spec.name]:
            yield spec.title


def _value(spec: FieldSpec, workflow: Workflow) -> str:
    if spec.codes:
        return CODE_WORDS[spec.codes][0]
    if spec.name in ("accepted", "rejected"):
        return str(workflow.batch_limit)
    return _configured(workflow).get(spec.name) or _OURS.get(spec.name, _VALUES[spec.form])


def _configured(workflow: Workflow) -> dict[str, str]:
    """Values that every request will repeat as they are set."""
    operator = workflow.fixed_operator()
    return {
        "duty_code": workflow.duty_code,
        "procedure_code": workflow.procedure_code,
        "layout_version": workflow.layout_version,
        "staff_number": operator.staff_number,
        "organisation_number": operator.organisation_number,
    }
