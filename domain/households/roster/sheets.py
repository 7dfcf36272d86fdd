"""The roster's three tables side by side, with the look-ups the checks between them need."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import CellProblem
from domain.households.roster.workbook.table import Record, Table


@dataclass(slots=True)
class Sheets:
    households: Table
    members: Table
    pupils: Table

    def tables(self) -> tuple[Table, Table, Table]:
        return self.households, self.members, self.pupils

    def problems(self) -> list[CellProblem]:
        return [problem for table in self.tables() for problem in table.problems]

    def members_by_household(self) -> dict[str, list[Record]]:
        return group(self.members.records, "household_number")

    def household_of_row(self) -> dict[tuple[str, int], str]:
        return {
            (table.layout.name, record.row): number
            for table in self.tables()
            for record in table.records
            if (number := record.text("household_number"))
        }


def group(records: Iterable[Record], *keys: str) -> dict[str, list[Record]]:
    """Records by the text of their keys (joined by a space); records that lack one of the keys are left out."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        parts = [record.text(key) for key in keys]
        if all(parts):
            groups[" ".join(parts)].append(record)
    return groups


def report_duplicates(table: Table, *keys: str) -> None:
    """Every row of a doubled key is wrong: which one is right is not for us to guess."""
    for records in group(table.records, *keys).values():
        if len(records) < 2:
            continue
        rows = "、".join(f"{record.row}行目" for record in records)
        name = table.layout.column(keys[-1]).name
        for record in records:
            table.report(Code.DUPLICATE, record, keys[-1], f"同じ「{name}」の行が{len(records)}つあります（{rows}）。")
