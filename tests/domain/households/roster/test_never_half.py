"""Whatever stands in the cells: no exception, nothing half imported, no number echoed."""

import io
import zipfile
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.households.roster.layout import ROSTER
from domain.households.roster.reader import read_roster
from domain.households.roster.workbook.numbers import holds_number
from tests.domain.households.roster.books import household, member, pupil, roster

COLUMNS = [(layout.name, column.name) for layout in ROSTER for column in layout.columns]
CELLS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=50),
    st.text(alphabet="0123456789０１２３-ー年月日令和平成RHS./,円○", max_size=20),
    st.integers(-(10**13), 10**13),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(COLUMNS), CELLS), max_size=4))
def test_any_cells(changes: list[tuple[tuple[str, str], object]]) -> None:
    by_sheet: dict[str, dict[str, Any]] = {layout.name: {} for layout in ROSTER}
    for (sheet, column), value in changes:
        by_sheet[sheet][column] = value
    reading = read_roster(
        roster(
            [household(**by_sheet["世帯"]), household("H2")],
            [member("1", **by_sheet["世帯構成員"]), member("2"), member("1", "H2"), member("2", "H2")],
            [pupil(**by_sheet["児童生徒"]), pupil("S2", number="H2")],
        ),
        fiscal_year=2025,
    )
    taken = {home.household_number for home in reading.households}
    assert {person.household_number for person in reading.members} == taken
    assert {child.household_number for child in reading.pupils} <= taken
    assert not taken & set(reading.parked_households)
    assert not any(holds_number(problem.message) or holds_number(problem.seen) for problem in reading.problems)
    if not changes:
        assert len(taken) == 2


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 10_000), st.booleans())
def test_any_damage(junk: bytes, at: int, cut: bool) -> None:
    data = roster()
    spoiled = data[:at] + junk + (b"" if cut else data[at + len(junk) :])
    reading = read_roster(spoiled)
    assert reading.refused or reading.households or reading.parked_households


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]), st.data())
def test_any_damage_inside_a_part(part: str, data: st.DataObject) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(roster())) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                at = data.draw(st.integers(0, len(content)))
                junk = data.draw(st.binary(max_size=20))
                content = content[:at] + junk + content[at + len(junk) :]
            new.writestr(name, content)
    read_roster(target.getvalue())
