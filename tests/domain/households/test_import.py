"""A roster becomes households, members, pupils and their status; again and corrected; refused; parked."""

from __future__ import annotations

from datetime import date
from typing import Any

from stdnum import luhn

from audit.review.models import Alert
from domain.households import atena_numbers
from domain.households.models import (
    Household,
    IncomeCertificate,
    Member,
    Pupil,
    RosterImport,
    RosterProblem,
    School,
    StatusPeriod,
)
from domain.households.queries import status_on
from domain.households.roster.workbook.codes import SEVERITY_LABELS
from tests.domain.households.conftest import CLERK, TakeIn
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, member, pupil


def test_good_roster_is_taken_in(take_in: TakeIn) -> None:
    roster = take_in()
    assert roster.state == RosterImport.State.IMPORTED
    assert roster.created_by == CLERK
    assert roster.counts["世帯"] == {"new": 1, "changed": 0, "same": 0, "parked": 0, "wrong": 0}
    assert roster.counts["世帯構成員"]["new"] == 3
    assert roster.counts["児童生徒"]["new"] == 1
    home = Household.objects.get()
    assert (home.number, home.winter_zone, home.living_cost_grade) == ("H29-000001", 6, "1-2")
    assert home.maintained_by == roster.school
    assert [each.key for each in home.members.all()] == ["1", "2", "3"]
    assert Pupil.objects.get().member.key == "2"
    period = StatusPeriod.objects.get()
    assert (period.starts_on, period.department, period.grade) == (date(2025, 4, 1), "elementary", 5)
    assert (period.attendance, period.seat, period.category) == ("commuter", "1", None)


def test_atena_numbers_are_well_formed_and_never_given_twice(take_in: TakeIn) -> None:
    take_in()
    first = set(Member.objects.values_list("atena_number", flat=True))
    assert len(first) == 3
    assert all(number.startswith("A29") and len(number) == 12 and luhn.is_valid(number[1:]) for number in first)
    Pupil.objects.all().delete()
    Member.objects.all().delete()
    take_in(members=[member("1"), member("2"), member("3"), member("4")])
    again = set(Member.objects.values_list("atena_number", flat=True))
    assert len(again) == 4
    assert not first & again


def test_atena_number_finds_slips() -> None:
    number = atena_numbers.compose("29", 12_345)
    assert number == "A2900012345" + number[-1]
    assert luhn.is_valid(number[1:])
    assert not luhn.is_valid(number[1:].replace("12345", "12354"))


def test_same_bytes_again_give_the_same_import(take_in: TakeIn) -> None:
    data = books.roster()
    first, again = take_in(data), take_in(data)
    assert first.pk == again.pk
    assert RosterImport.objects.count() == 1
    assert Member.objects.count() == 3


def test_corrected_roster_changes_only_what_changed(take_in: TakeIn) -> None:
    take_in()
    numbers = dict(Member.objects.values_list("key", "atena_number"))
    untouched = Member.objects.get(key="3").updated_at
    roster = take_in(
        households=[household(住所="奈良市見本町9丁目9番9号")],
        members=[member("1"), member("2", 年額通学費=24000), member("3"), member("4")],
        pupils=[pupil(学年=6)],
    )
    assert roster.counts == {
        "世帯": {"new": 0, "changed": 1, "same": 0, "parked": 0, "wrong": 0},
        "世帯構成員": {"new": 1, "changed": 1, "same": 2, "parked": 0, "wrong": 0},
        "児童生徒": {"new": 0, "changed": 1, "same": 0, "parked": 0, "wrong": 0},
    }
    assert Household.objects.get().address == "奈良市見本町9丁目9番9号"
    assert Member.objects.get(key="2").annual_commuting == 24000
    assert StatusPeriod.objects.get().grade == 6
    assert numbers.items() <= dict(Member.objects.values_list("key", "atena_number")).items()
    assert Member.objects.get(key="3").updated_at == untouched


def test_unchanged_content_in_other_bytes_is_all_the_same(take_in: TakeIn) -> None:
    take_in()
    roster = take_in(marks=[("年度", "2025")])
    assert all(sheet["new"] == sheet["changed"] == 0 for sheet in roster.counts.values())
    assert sum(sheet["same"] for sheet in roster.counts.values()) == 5


def test_wrong_and_parked_rows_are_listed_and_good_ones_taken(take_in: TakeIn) -> None:
    roster = take_in(
        households=[household(), household("H29-000002", 級地区分="")],
        members=[member("1"), member("2"), member("1", "H29-000002"), member("2", "H29-000002")],
        pupils=[pupil(), pupil("S29001-0002", number="H29-000002"), pupil("S29001-0003", key="1", 転入学日="令和99年")],
    )
    assert roster.state == RosterImport.State.IMPORTED
    assert list(Household.objects.values_list("number", flat=True)) == ["H29-000001"]
    assert Pupil.objects.count() == 1
    found = {(each.code, each.severity, each.sheet, each.row, each.column) for each in roster.problems.all()}
    assert ("import.grade-missing", "parked", "世帯", 3, "級地区分") in found
    assert any(severity == "error" and sheet == "児童生徒" and row == 4 for _, severity, sheet, row, _ in found)
    assert roster.counts["世帯"]["parked"] == 1
    assert roster.counts["児童生徒"]["wrong"] == 1


def test_later_roster_settles_what_was_parked(take_in: TakeIn) -> None:
    first = take_in(households=[household(級地区分="")])
    assert first.problems.filter(severity="parked", settled_at=None).exists()
    take_in()
    assert not first.problems.filter(severity="parked", settled_at=None).exists()
    assert Household.objects.count() == 1


def test_roster_with_individual_numbers_is_refused_and_not_kept(take_in: TakeIn, files_of_this_test: Any) -> None:
    from integrations.atena_adapters.individual_numbers import sample_number

    roster = take_in(households=[household(特記事項=f"番号 {sample_number(1, 77)}")])
    assert roster.state == RosterImport.State.REFUSED
    assert roster.path == ""
    assert {each.code for each in roster.problems.all()} == {"import.number-found"}
    assert roster.problems.get().severity == "refused"
    assert (roster.problems.get().sheet, roster.problems.get().row) == ("世帯", 2)
    assert roster.problems.get().column == "M列", "the place to the cell, never the number"
    assert [path for path in files_of_this_test.rglob("*") if path.is_file()] == []
    assert not Household.objects.exists()
    (alert,) = Alert.objects.all()
    assert (alert.rule, alert.detail["file"]) == ("number_in_file", "名簿")
    assert sample_number(1, 77) not in alert.sentence


def test_the_kinds_of_findings_have_one_name_on_every_page() -> None:
    assert dict(RosterProblem.Severity.choices) == {kind.value: label for kind, label in SEVERITY_LABELS.items()}


def test_no_workbook_and_other_schools_workbook_are_refused(take_in: TakeIn) -> None:
    assert take_in(b"no workbook").problems.get().code == "import.not-a-workbook"
    refused = take_in(marks=[("学校コード", "S29009")])
    assert refused.state == RosterImport.State.REFUSED
    assert "import.other-school" in {each.code for each in refused.problems.all()}
    assert not Alert.objects.exists()


def test_certificates_are_kept_for_the_year(take_in: TakeIn) -> None:
    take_in(members=[member("1", 総所得金額=1_234_000, 社会保険料=0), member("2"), member("3")])
    certificate = IncomeCertificate.objects.get()
    assert (certificate.fiscal_year, certificate.total_income) == (2025, 1_234_000)
    assert (certificate.social_insurance, certificate.life_insurance) == (0, None)


def test_leaving_adds_a_period_from_the_day_after(take_in: TakeIn) -> None:
    take_in()
    take_in(pupils=[pupil(就学状況="転出済", 転出日=date(2025, 6, 30))])
    left = Pupil.objects.get()
    assert left.left_on == date(2025, 6, 30)
    periods = list(StatusPeriod.objects.values_list("starts_on", "attendance"))
    assert periods == [(date(2025, 4, 1), "commuter"), (date(2025, 7, 1), "left")]
    status = status_on(left, date(2025, 6, 30))
    assert status is not None
    assert status.attendance == "commuter"
    assert status_on(left, date(2025, 3, 31)) is None
    take_in()
    assert list(StatusPeriod.objects.values_list("attendance", flat=True)) == ["commuter"]


def test_attendance_before_leaving_is_said_to_be_assumed(take_in: TakeIn) -> None:
    roster = take_in(
        members=[member("1"), member("2"), member("3")],
        pupils=[pupil(就学状況="転出済", 転出日=date(2025, 6, 30)),
                pupil("S29001-0002", "3", 就学状況="転出済", 転出日=date(2025, 6, 30), 寝具購入費=5000)],
    )  # fmt: skip
    assert list(StatusPeriod.objects.order_by("pupil__student_number", "starts_on").values_list("attendance", flat=True)) == [
        "commuter", "left", "boarder", "left",
    ]  # fmt: skip
    notice = roster.problems.get(code="import.attendance-assumed")
    assert (notice.severity, notice.row) == ("notice", 2)


def test_corrected_start_leaves_no_earlier_period(take_in: TakeIn) -> None:
    take_in()
    take_in(pupils=[pupil(転入学日=date(2025, 5, 12))])
    assert [period.starts_on for period in StatusPeriod.objects.all()] == [date(2025, 5, 12)]
    period = StatusPeriod.objects.get()
    period.category = 1
    period.save()
    take_in()
    assert [period.starts_on for period in StatusPeriod.objects.all()] == [date(2025, 4, 1), date(2025, 5, 12)]


def test_moving_between_schools_makes_two_enrolments(take_in: TakeIn, other_school: School) -> None:
    take_in(pupils=[pupil(就学状況="通学生", 転出日=date(2025, 5, 31))])
    take_in(at=other_school, pupils=[pupil("S29002-0001", 転入学日=date(2025, 6, 1))])
    assert Member.objects.count() == 3
    enrolments = list(Pupil.objects.order_by("enrolled_on").values_list("school__code", "member__key", "left_on"))
    assert enrolments == [("S29001", "2", date(2025, 5, 31)), ("S29002", "2", None)]
    here = Pupil.objects.get(school=other_school)
    assert [period.starts_on for period in here.periods.all()] == [date(2025, 6, 1)]


def test_renumbered_and_absent_pupils_are_named(take_in: TakeIn) -> None:
    take_in()
    roster = take_in(pupils=[pupil("S29001-0099")])
    codes = {each.code: each.severity for each in roster.problems.all()}
    assert codes == {"import.student-number-changed": "parked", "import.pupil-absent": "notice"}
    assert Pupil.objects.get().student_number == "S29001-0001"


def test_student_number_of_another_person_is_parked(take_in: TakeIn) -> None:
    take_in()
    roster = take_in(pupils=[pupil(key="3")])
    assert roster.problems.get().code == "import.pupil-other-member"
    assert roster.counts["児童生徒"]["parked"] == 1
    assert Pupil.objects.get().member.key == "2"


def test_another_person_under_a_known_key_is_parked(take_in: TakeIn) -> None:
    take_in()
    roster = take_in(members=[member("1", 氏名="別人　一郎", 生年月日=date(1990, 1, 1)), member("2"), member("3")])
    assert roster.problems.get(severity="parked").code == "import.person-replaced"
    assert Member.objects.get(key="1").name == "見本　太郎"


def test_known_person_under_a_new_key_is_parked(take_in: TakeIn) -> None:
    take_in()
    roster = take_in(members=[member("1"), member("2"), member("4", 氏名="見本　三子", 生年月日=date(2014, 7, 3))])
    assert roster.problems.get(severity="parked").code == "import.known-under-other-key"
    assert Member.objects.count() == 3


def test_names_keep_their_variant_characters(take_in: TakeIn) -> None:
    name = "髙﨑\U000e0101　𠮷子"
    take_in(members=[member("1", 氏名=name), member("2"), member("3")])
    stored = Member.objects.get(key="1")
    assert stored.name == name
    assert stored.name_key == "高崎吉子"


def test_events_name_records_but_nobody(take_in: TakeIn) -> None:
    from tests.support.outbox import outbox

    before = list(outbox.values_list("pk", flat=True))
    take_in()
    events = list(outbox.exclude(pk__in=before))
    assert {"import:file:received", "household:record:created", "import:rows:applied"} <= {
        each.event for each in events
    }
    assert "見本" not in "".join(f"{each.detail}{each.subjects}" for each in events)
    of_files = [each.subjects for each in events if each.event.startswith("import:")]
    assert {subject["kind"] for subjects in of_files for subject in subjects} == {"roster_import", "school"}
    take_in(households=[household(支援措置="○")])
    changed = outbox.get(event="household:record:changed")
    assert changed.detail == {"fields": ["address_hidden"]}
    assert outbox.get(event="household:protection:changed").detail == {"protected": True}


def test_400_pupils_are_taken_in(take_in: TakeIn) -> None:
    numbers = [f"H29-{index:06d}" for index in range(400)]
    data = books.roster(
        [household(number) for number in numbers],
        [member(str(key), number) for number in numbers for key in (1, 2, 3, 4)],
        [pupil(f"S29001-{index:04d}", number=number) for index, number in enumerate(numbers)],
    )
    roster = take_in(data)
    assert roster.counts["世帯構成員"]["new"] == 1600
