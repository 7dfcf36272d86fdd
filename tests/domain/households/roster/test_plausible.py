"""What hardly ever is so: the row is taken and the page says 参考."""

from datetime import date
from typing import Any

import pytest

from domain.households.roster.layout import ROSTER
from domain.households.roster.reader import read_roster
from domain.households.roster.workbook.codes import Code
from domain.households.roster.workbook.problems import CellProblem
from tests.domain.households.roster.books import member, pupil, roster

YEAR = 2025


def notes(**rows: Any) -> list[CellProblem]:
    reading = read_roster(roster(**rows), fiscal_year=YEAR)
    assert [len(sheet) for sheet in (reading.households, reading.members, reading.pupils)] == [1, 3, 1]
    return [each for each in reading.problems if each.code is Code.IMPLAUSIBLE]


def of_pupil(born: date, department: str, grade: int, **more: Any) -> list[str]:
    people = [member("1"), member("2", 生年月日=born), member("3")]
    rows = [pupil(学部=department, 学年=grade, **more)]
    return [each.message for each in notes(members=people, pupils=rows) if each.sheet == "児童生徒"]


def test_a_usual_roster_is_not_asked_about() -> None:
    assert notes() == []


@pytest.mark.parametrize(
    ("born", "department", "grade", "asked"),
    [
        (date(2018, 4, 2), "小学部", 1, False),
        (date(2019, 4, 1), "小学部", 1, False),  # 早生まれ: six when 31 March ends
        (date(2019, 4, 2), "小学部", 1, True),
        (date(2017, 4, 2), "小学部", 1, False),  # 就学の猶予
        (date(2017, 4, 1), "小学部", 1, True),
        (date(1953, 5, 1), "小学部", 1, True),
        (date(2000, 5, 1), "高等部", 1, False),
        (date(1953, 5, 1), "高等部", 1, True),
    ],
)
def test_age_against_department_and_grade(born: date, department: str, grade: int, asked: bool) -> None:
    found = of_pupil(born, department, grade, 転入学日=date(2025, 4, 1))
    assert bool(found) == asked
    if born.year == 1953 and department == "小学部":
        assert "小学部1年は、年度の初めに6歳がふつうです（生年月日からは71歳）" in found[0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"転入学日": date(2026, 4, 1)}, "令和7年度が終わった後の転入学日（令和8年4月1日）"),
        ({"転入学日": date(2014, 8, 1)}, "生年月日より前か、その直後"),
        ({"転出日": date(2024, 3, 31)}, "令和7年度の日ではありません"),
        ({"転出日": date(2026, 4, 1)}, "令和7年度の日ではありません"),
    ],
)
def test_days_against_the_school_year(values: dict[str, Any], said: str) -> None:
    days = {"転入学日": date(2021, 4, 1)} | values
    if "転出日" in values:
        days["転入学日"] = date(2020, 4, 1)
    found = of_pupil(date(2014, 7, 2), "小学部", 5, **days)
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (member("1", 生年月日=date(2024, 5, 6)), "保護者等ですが、年度の初めに0歳です"),
        (member("1", 続柄="母", 生年月日=date(2002, 1, 1)), "続柄は「母」ですが、児童生徒との年の差が15年未満です"),
        (member("1", 続柄="祖母", 生年月日=date(1990, 1, 1)), "児童生徒との年の差が30年未満です"),
    ],
)
def test_ages_against_the_relation(who: dict[str, Any], said: str) -> None:
    found = notes(members=[who, member("2"), member("3")])
    assert [said in each.message for each in found] == [True]
    assert "（目安）" in found[0].message


def test_a_stage_that_the_age_does_not_fit() -> None:
    found = notes(members=[member("1"), member("2"), member("3", 学種="高等学校")])
    assert [(each.sheet, each.column) for each in found] == [("世帯構成員", "学種")]


def test_the_example_of_the_form_is_itself_a_usual_roster() -> None:
    """One father, and a pupil of the third year who entered two years before."""
    told = {layout.name: {column.name: column.example for column in layout.columns} for layout in ROSTER}
    father, child = told["世帯構成員"], told["児童生徒"]
    assert (father["続柄"], father["学種"], father["学校名"]) == ("父", "", "")
    people = [father, member("3", "H29-000012", 氏名=child["氏名"], 生年月日=date(2016, 7, 1))]
    reading = read_roster(roster([told["世帯"]], people, [child]), fiscal_year=YEAR)
    assert [len(sheet) for sheet in (reading.households, reading.members, reading.pupils)] == [1, 2, 1]
    assert [each for each in reading.problems if each.code is not Code.NORMALISED] == []
    assert reading.pupils[0].enrolled_on == date(YEAR - (reading.pupils[0].grade - 1), 4, 1)
