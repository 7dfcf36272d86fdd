"""Files and configurations that must not be taken for what they are not: the whole is refused, or nothing of it is applied."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from integrations.atena_adapters.acknowledgement import read_acknowledgement
from integrations.atena_adapters.config import DelimitedDialect
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.outcomes import Registered
from integrations.atena_adapters.presets import preset
from integrations.atena_adapters.reading import read_answers
from integrations.atena_adapters.receipts import AskedLine, ProblemCode, SubmissionReceipt
from integrations.atena_adapters.reconcile import Reconciliation
from integrations.atena_adapters.requests import RequestKind

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("at", [0, 40, 2_999])
def test_a_quote_that_never_closes_refuses_the_file_whole(at: int) -> None:
    """Python's reader gives up on a cell of 131,072 characters with an error of its own."""
    lines = [f"A{number},00,{number:012},{'理' * 60}" for number in range(3_000)]
    lines[at] = lines[at].replace(",00,", ',"00,', 1)
    text = "\n".join(["宛名番号,結果,団体内統合宛名番号,理由", *lines, ""])
    dialect = build_dialect(preset("hiroshima").dialect)
    if at == len(lines) - 1:
        rows = dialect.decode(Message.REGISTRATION_ANSWER, text.encode()).rows
        assert [bool(row.error) for row in rows] == [False] * at + [True]
        return
    with pytest.raises(AnswerUnreadable, match="引用符が閉じていない") as refused:
        dialect.decode(Message.REGISTRATION_ANSWER, text.encode())
    assert refused.value.line > at


def test_a_file_that_breaks_a_reader_is_told_and_the_next_one_is_read() -> None:
    class Breaking:
        def __init__(self) -> None:
            self.sound = build_dialect(preset("hiroshima").dialect)

        def decode(self, message: Message, payload: bytes) -> Any:
            if payload == b"?":
                raise ValueError("as a library might")
            return self.sound.decode(message, payload)

    asked = (AskedLine("A1", "A1"),)
    receipt = SubmissionReceipt(RequestKind.REGISTRATION, "b", 1, NOW, NOW, "", asked)
    reconciliation = Reconciliation(receipt)
    whole = "宛名番号,結果,団体内統合宛名番号,理由\nA1,00,91,\n".encode()
    (problem,) = read_answers(Breaking(), receipt, reconciliation, [b"?", whole])  # type: ignore[arg-type]
    assert problem.code is ProblemCode.UNREADABLE
    assert isinstance(reconciliation.outcomes()["A1"], Registered)


def test_characters_are_named_by_code_point_in_both_tables() -> None:
    rules = {"replacements": {"U+20BB7": "吉"}, "received_gaiji": {"u+e000": "辻"}}
    dialect = build_dialect(DelimitedDialect.model_validate({"encoding": "cp932", "text": rules}))
    encoded = dialect.encode(Message.REGISTRATION, "b", [{"atena_number": "A1", "name": "サンプル　𠮷子"}])
    assert "サンプル　吉子" in encoded.payload.decode("cp932")


@pytest.mark.parametrize("table", ["replacements", "received_gaiji"])
@pytest.mark.parametrize("key", ["U+XYZ", "U+110000", "U+D800", "辻村", ""])
def test_a_table_of_characters_wants_one_character_a_key(table: str, key: str) -> None:
    with pytest.raises(ValidationError, match="1文字ではありません"):
        DelimitedDialect.model_validate({"text": {table: {key: "辻"}}})


@pytest.mark.parametrize("mark", ["0", "-1", "０", "00", "\n"])
def test_no_value_reads_as_the_mark_of_none(mark: str) -> None:
    with pytest.raises(ValidationError, match="値なしの印"):
        DelimitedDialect(missing_mark=mark)


def test_a_receipt_whose_counts_are_wrong_refuses_nobody() -> None:
    dialect = build_dialect(preset("hiroshima").dialect)
    receipt = SubmissionReceipt(RequestKind.REGISTRATION, "b", 1, NOW, NOW, "", (AskedLine("A1", "A1"),))
    summary: Row = {"status": "accepted", "accepted": "1", "rejected": "0"}
    refused: Row = {"line_id": "A1", "reason": "重複"}
    paper = dialect.encode(Message.RECEIPT, "b", [summary, refused]).payload
    told = read_acknowledgement(dialect, receipt, paper)
    assert (told.rejected, [problem.code for problem in told.problems]) == ({}, [ProblemCode.RECEIPT_MISMATCH])
    counted = dialect.encode(Message.RECEIPT, "b", [summary | {"accepted": "0", "rejected": "1"}, refused]).payload
    assert read_acknowledgement(dialect, receipt, counted).rejected == {"A1": "重複"}
