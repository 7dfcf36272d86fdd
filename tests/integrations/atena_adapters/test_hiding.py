"""What is kept in the place of an exchange with numbers: nothing of a number, whatever the file is like, and else the same."""

from __future__ import annotations

import pytest

from integrations.atena_adapters.dialects.base import Made
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.hiding import of_answer, of_request, of_unreadable
from integrations.atena_adapters.individual_numbers import sample_number
from integrations.atena_adapters.registry import preset

MADE = Made("00000000-0000-4000-8000-00000000000a", 1)
NUMBERS = [sample_number(7, n) for n in (1, 2, 3)]
PRESETS = ["nara", "hiroshima", "osaka", "rest", "sftp", "fixed", "database"]


def _answer(atena: str, number: str, reason: str = "") -> Row:
    return {"atena_number": atena, "result": "registered", "unified_number": number, "reason": reason}


@pytest.mark.parametrize("name", PRESETS)
def test_an_answer_reads_the_same_but_for_its_numbers(name: str) -> None:
    dialect, message = build_dialect(preset(name).dialect), Message.REGISTRATION_ANSWER
    quoting = f"別の番号{NUMBERS[2]}"
    rows = [_answer("100001", NUMBERS[0]), _answer("100002", NUMBERS[1]), _answer("100002", NUMBERS[0], quoting)]
    wire = dialect.encode(message, MADE, [*rows, _answer(NUMBERS[2], "")]).payload
    kept = of_answer(dialect, message, MADE, {"100001", "100002"}, wire)()
    assert not any(number.encode() in kept for number in NUMBERS)
    before, after = dialect.decode(message, wire), dialect.decode(message, kept)
    assert after.batch_id == before.batch_id
    read = [
        (row.values["atena_number"], row.values["result"], int(row.values["unified_number"] or 0)) for row in after.rows
    ]
    assert read[:3] == [("100001", "registered", 1), ("100002", "registered", 2), ("100002", "registered", 1)]
    assert int(read[3][0] or 0) == 0


@pytest.mark.parametrize("name", PRESETS)
def test_a_receipt_tells_no_checksum_of_a_file_with_numbers(name: str) -> None:
    dialect, digest = build_dialect(preset(name).dialect), "0123456789abcdef" * 4
    row: Row = {"line_id": "", "status": "accepted", "reason": "", "accepted": "3", "rejected": "0", "sha256": digest}
    wire = dialect.encode(Message.RECEIPT, MADE, [row]).payload
    kept = of_answer(dialect, Message.RECEIPT, MADE, set(), wire)()
    (read,) = dialect.decode(Message.RECEIPT, kept).rows
    assert digest.encode() in wire
    assert not read.values.get("sha256")
    assert {item: read.values.get(item) for item in ("status", "accepted", "rejected")} == {
        "status": "accepted", "accepted": "3", "rejected": "0",
    }  # fmt: skip
    assert digest[:32].encode() not in of_unreadable(wire)()


@pytest.mark.parametrize("name", PRESETS)
def test_what_cannot_be_read_keeps_its_shape_without_a_digit(name: str) -> None:
    dialect, message = build_dialect(preset(name).dialect), Message.REGISTRATION_ANSWER
    torn = dialect.encode(message, MADE, [_answer("100001", NUMBERS[0])]).payload[:-2]
    kept = of_answer(dialect, message, MADE, {"100001"}, torn)()
    assert len(kept) == len(torn)
    assert not set(b"123456789") & set(kept)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16-le", "utf-16-be"])
def test_wide_digits_go_as_well(encoding: str) -> None:
    wide = NUMBERS[0].translate({ord("0") + n: chr(ord("０") + n) for n in range(10)})
    assert of_unreadable(f"番号 {wide}".encode(encoding))().decode(encoding).endswith("０" * 12)


def test_a_request_without_numbers_is_kept_as_it_went() -> None:
    dialect = build_dialect(preset("nara").dialect)
    assert of_request(dialect, Message.UPDATE, MADE, [{"atena_number": "100001", "individual_number": ""}]) is None
