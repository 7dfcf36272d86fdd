"""A roster as it should be: typed rows, one form for every value, names kept as written."""

import hashlib
from datetime import date

import pytest

from domain.households.roster.reader import read_roster
from domain.households.roster.rows import BankAccount, Counts
from domain.households.roster.workbook.codes import Code, Severity
from tests.domain.households.roster.books import household, member, pupil, roster


def test_everything_becomes_typed_rows() -> None:
    reading = read_roster(roster())
    assert reading.problems == ()
    assert not reading.refused
    home = reading.households[0]
    assert (home.row, home.household_number, home.winter_zone, home.living_cost_grade) == (2, "H29-000001", 6, "1-2")
    assert (home.postal_code, home.phone, home.decline) == ("0000001", "000-0000-0001", "none")
    assert home.account == BankAccount("9990", "サンプル銀行", "901", "見本支店", "1", "0000001", "ミホン　タロウ")
    father, daughter, _ = reading.members
    assert (father.born, father.is_guardian, father.certificate) == (date(1985, 5, 6), True, None)
    assert (daughter.member_number, daughter.school_stage, daughter.annual_commuting_cost) == ("2", "none", None)
    child = reading.pupils[0]
    assert (child.pupil_number, child.department, child.grade, child.attendance) == (
        "S29001-0001",
        "elementary",
        5,
        "commuter",
    )
    assert (child.enrolled_on, child.left_on, child.placement_grant) == (date(2021, 4, 1), None, False)
    assert reading.counts["世帯構成員"] == Counts(good=3, parked=0, wrong=0)


def test_the_digest_is_that_of_the_file_so_the_same_file_is_known() -> None:
    data = roster()
    assert read_roster(data).digest == hashlib.sha256(data).hexdigest()
    assert read_roster(b"x").digest == hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "name", ["髙橋　花子", "山﨑　花子", "𠮷田　花子", "辻\U000e0101　花子", "神\ufa19　花子", "グエン　ティ　マイ"]
)
def test_names_are_kept_to_the_code_point(name: str) -> None:
    reading = read_roster(roster(members=[member("1"), member("2", 氏名=name)], pupils=[pupil(氏名=name)]))
    assert reading.problems == ()
    assert reading.members[1].name == name
    assert reading.pupils[0].name == name


def test_a_pupil_and_the_member_may_write_the_name_in_variant_kanji() -> None:
    reading = read_roster(
        roster(members=[member("1"), member("2", 氏名="髙橋 花子")], pupils=[pupil(氏名="高橋　花子")])
    )
    assert reading.problems == ()


def test_figures_of_an_income_certificate_are_read_and_blank_is_not_zero() -> None:
    rows = [member("1", 総所得金額="2,500,000", 社会保険料=0), member("2")]
    certificate = read_roster(roster(members=rows)).members[0].certificate
    assert certificate is not None
    assert (certificate.total_income, certificate.social_insurance, certificate.life_insurance) == (2_500_000, 0, None)


def test_marks_above_the_headings_tell_school_and_year() -> None:
    marks = [("【サンプル】", ""), ("学校コード", "S29001"), ("年度", "令和7年度")]
    reading = read_roster(roster(marks=marks))
    assert (reading.school_code, reading.fiscal_year, reading.households[0].row) == ("S29001", 2025, 5)


def test_blank_rows_are_skipped() -> None:
    reading = read_roster(roster(pupils=[{}, pupil(), {}]))
    assert [row.row for row in reading.pupils] == [3]


def test_a_household_may_hold_nobody_but_a_pupil_with_placement_grant() -> None:
    rows = [pupil(就学状況="施設生", 措置費="○")]
    reading = read_roster(roster(members=[member("2")], pupils=rows))
    assert reading.problems == ()
    assert reading.pupils[0].attendance == "institution"


def test_a_household_whose_pupil_is_elsewhere_is_taken_with_a_notice() -> None:
    reading = read_roster(roster(pupils=[]))
    assert [(problem.code, problem.severity) for problem in reading.problems] == [(Code.NO_PUPIL_HERE, Severity.NOTICE)]
    assert len(reading.households) == 1


def test_rows_say_nothing_about_people_in_repr() -> None:
    reading = read_roster(roster())
    assert "見本" not in repr(reading.households[0])
    assert "見本" not in repr(reading.members[0])
    assert "0000001" not in repr(reading.households[0].account)


def test_a_thousand_pupils_are_read() -> None:
    homes = [f"H{n:05d}" for n in range(900)]
    data = roster(
        [household(number) for number in homes],
        [member(str(key), number) for number in homes for key in (1, 2, 3, 4)],
        [pupil(f"S{n}", "2" if n < 900 else "3", homes[n % 900]) for n in range(1000)],
    )
    reading = read_roster(data)
    assert len(reading.pupils) == 1000
