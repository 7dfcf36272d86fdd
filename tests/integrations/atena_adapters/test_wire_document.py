"""docs/adapters.md §Wire, the presets and the simulator's own reading of them say the same: whoever builds the other side has no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integrations.atena_adapters.config import FixedDialect
from integrations.atena_adapters.config.fixed import MESSAGE_CODES
from integrations.atena_adapters.config.layouts import Column, measure_text
from integrations.atena_adapters.fields import CODE_WORDS, Message
from integrations.atena_adapters.registry import preset, preset_names
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.simulator import profile as other_side
from integrations.atena_adapters.simulator.items import Kind
from tests.integrations.atena_adapters.fault_table import LINKS

TEXT = (Path(__file__).parents[3] / "docs" / "adapters.md").read_text("utf-8")
LAYOUT = re.compile(r"^    ([a-z_]+(?: = [a-z_]+)*) = \[(.*?)\]$", re.MULTILINE | re.DOTALL)


def _written(column: Column) -> str:
    head = f"={column.title}={column.constant}" if column.constant is not None else f"{column.field}={column.title}"
    return head + measure_text(column)


def test_every_fixed_layout_and_code_stands_in_the_document() -> None:
    dialect = preset("fixed").dialect
    assert isinstance(dialect, FixedDialect)
    told = {
        name: re.findall(r'"([^"]+)"', columns)
        for names, columns in LAYOUT.findall(TEXT)
        for name in names.split(" = ")
    }
    assert "update, update_answer: as registration, registration_answer" in TEXT
    told |= {"update": told["registration"], "update_answer": told["registration_answer"]}
    assert told == {message.value: [_written(one) for one in dialect.layouts.of(message)] for message in Message}
    said = dict(re.findall(r"([a-z_]+) (\d\d)[,.]", TEXT.partition("`message_codes`:")[2].partition("`batch`")[0]))
    assert said == MESSAGE_CODES
    lengths = {name: dialect.record_bytes(Message(name)) for name in ("linkage", "withdrawal")}
    assert f"(so {lengths['linkage']} for `linkage`, {lengths['withdrawal']} for `withdrawal`)" in TEXT


def test_what_each_reference_preset_offers_stands_in_the_document() -> None:
    def row(name: str) -> str:
        flow = preset(name).workflow
        needed = f"`{' '.join(flow.required_operator)}`" if flow.required_operator else "none"
        offers = ["yes" if one else "no" for one in (flow.checks_linkage, flow.lists)]
        return f"| `{name}` | {' | '.join(offers)} | {needed} | {flow.batch_limit:,} |"

    rows = [row(LINKS[letter]) for letter in sorted(LINKS)]
    assert "\n".join(rows) in TEXT, "docs/adapters.md should hold:\n" + "\n".join(rows)


@pytest.mark.parametrize("name", preset_names())
def test_the_simulator_reads_a_preset_as_the_adapters_do(name: str) -> None:
    """Two readers written apart: columns, fixed values and widths of every message, every code, every word for a kind."""
    config, read = preset(name), other_side.load(name)
    for message in Message:
        columns = config.dialect.layouts.of(message)
        ours = [(one.field, one.title, one.constant, one.width or 0) for one in columns]
        theirs = [(one.item, one.title, one.constant, one.width) for one in read.form.layouts[message.value]]
        assert ours == theirs, message
    for table in CODE_WORDS:
        wires = {word: tuple(str(wire).split("|")) for word, wire in getattr(config.dialect.codes, table).items()}
        assert wires == dict(read.form.codes[table]), table
    names = getattr(config.transport, "names", None)  # a terminal has no files, paths or tables to name
    assert {one.value: names.word(one) if names else one.value for one in RequestKind} == {
        one.value: read.word(one) for one in Kind
    }
