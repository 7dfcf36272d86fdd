"""Rows against each other: doubled, missing, undecided; a household goes in whole or not at all."""

from typing import Any

import pytest

from domain.households.roster.reader import read_roster
from domain.households.roster.rows import RosterReading
from domain.households.roster.workbook.codes import Code, Severity
from tests.domain.households.roster.books import household, member, pupil, roster

OTHER = "H29-000002"


def two_households(**other_member: Any) -> RosterReading:
    return read_roster(
        roster(
            [household(), household(OTHER)],
            [member("1"), member("2"), member("1", OTHER), member("2", OTHER, **other_member)],
            [pupil(), pupil("S29001-0002", number=OTHER)],
        )
    )


def found(reading: RosterReading, severity: Severity) -> list[tuple[Code, str, int]]:
    return [(each.code, each.sheet, each.row) for each in reading.problems if each.severity is severity]


def test_a_wrong_member_parks_the_household_and_leaves_the_others() -> None:
    reading = two_households(生年月日="昭和70年1月1日")
    assert [home.household_number for home in reading.households] == ["H29-000001"]
    assert {person.household_number for person in reading.members} == {"H29-000001"}
    assert [child.pupil_number for child in reading.pupils] == ["S29001-0001"]
    assert reading.parked_households == (OTHER,)
    assert reading.household_of_row[("世帯構成員", 5)] == OTHER
    assert found(reading, Severity.ERROR) == [(Code.BAD_DATE, "世帯構成員", 5)]
    assert found(reading, Severity.PARKED) == [
        (Code.HOUSEHOLD_INCOMPLETE, "世帯", 3),
        (Code.HOUSEHOLD_INCOMPLETE, "世帯構成員", 4),
        (Code.HOUSEHOLD_INCOMPLETE, "児童生徒", 3),
    ]


def test_a_wrong_pupil_row_leaves_the_household_in() -> None:
    reading = read_roster(roster(pupils=[pupil(学年="?"), pupil("S29001-0002", "3")]))
    assert len(reading.households) == 1
    assert len(reading.members) == 3
    assert [child.pupil_number for child in reading.pupils] == ["S29001-0002"]


def test_of_doubled_pupil_numbers_none_is_taken() -> None:
    reading = read_roster(roster(pupils=[pupil(), pupil(key="3")]))
    assert reading.pupils == ()
    assert found(reading, Severity.ERROR) == [(Code.DUPLICATE, "児童生徒", 2), (Code.DUPLICATE, "児童生徒", 3)]
    assert "同じ「学籍番号」の行が2つあります（2行目、3行目）" in reading.problems[0].message


def test_one_member_is_one_pupil() -> None:
    reading = read_roster(roster(pupils=[pupil(), pupil("S29001-0002")]))
    assert {problem.code for problem in reading.problems} == {Code.DUPLICATE}


def test_doubled_households_and_members() -> None:
    reading = read_roster(roster([household(), household()]))
    assert (reading.households, reading.members, reading.pupils) == ((), (), ())
    again = read_roster(roster(members=[member("1"), member("2"), member("2", 氏名="見本　別人")]))
    assert found(again, Severity.ERROR) == [(Code.DUPLICATE, "世帯構成員", 3), (Code.DUPLICATE, "世帯構成員", 4)]
    assert again.parked_households == ("H29-000001",)


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        ({"pupils": [pupil(number="H29-999999")]}, Code.NO_HOUSEHOLD, ("児童生徒", 2)),
        ({"pupils": [pupil(key="8")]}, Code.NO_MEMBER, ("児童生徒", 2)),
        ({"pupils": [pupil(氏名="別人　花子")]}, Code.NAME_DIFFERS, ("児童生徒", 2)),
        ({"members": [member("1"), member("2"), member("1", "H29-999999")]}, Code.NO_HOUSEHOLD, ("世帯構成員", 4)),
        ({"members": []}, Code.NO_MEMBERS, ("世帯", 2)),
        ({"members": [member("1", 保護者等=""), member("2")]}, Code.NO_GUARDIAN, ("世帯", 2)),
        ({"households": [household(級地区分="")]}, Code.GRADE_MISSING, ("世帯", 2)),
        ({"households": [household(地区区分="")]}, Code.GRADE_MISSING, ("世帯", 2)),
    ],
)
def test_undecided_rows_are_parked(rows: dict[str, Any], code: Code, place: tuple[str, int]) -> None:
    reading = read_roster(roster(**rows))
    parked = [each for each in reading.problems if each.severity is Severity.PARKED and each.code is code]
    assert [(problem.sheet, problem.row) for problem in parked] == [place]
    assert parked[0].message.count("。") >= 2


def test_two_of_one_name_and_birthday_are_parked_until_somebody_says_they_are_two() -> None:
    twins = [member("1"), member("2"), member("3", 氏名="見本　二子", 生年月日=member("2")["生年月日"])]
    reading = read_roster(roster(members=twins))
    assert reading.parked_households == ("H29-000001",)
    assert [each.row for each in reading.problems if each.code is Code.SAME_PERSON_TWICE] == [3, 4]
    settled = read_roster(roster(members=twins), confirmed_distinct=["H29-000001"])
    assert settled.problems == ()
    assert len(settled.members) == 3


def test_two_of_one_name_and_birthday_in_two_households_are_two_people() -> None:
    assert two_households().problems == ()


def test_counts_add_up_to_the_rows_of_the_sheets() -> None:
    reading = two_households(生年月日="?")
    counts = reading.counts["世帯構成員"]
    assert (counts.good, counts.parked, counts.wrong) == (2, 1, 1)
