"""Each reason of E1–E6 explains the access it is for and leaves the one beside it unexplained; special households are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Role
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.entries import Subject
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from tests.support.records import YEAR, family, household, pupil, school, staff
from web.text import fold_name


@pytest.fixture
def clerk(in_a: Any) -> Any:
    return staff(Role.SCHOOL_CLERK, "reason-clerk", "S01")


@pytest.fixture
def board(in_a: Any) -> Any:
    return staff(Role.BOARD_OFFICER, "reason-board")


def home_of(**values: Any) -> Any:
    """A family whose pupil has been at S01 since before anybody remembers."""
    home = family(**values)
    from domain.households.models import Pupil, StatusPeriod

    Pupil.objects.filter(member__household=home).update(enrolled_on=date(2020, 4, 1))
    StatusPeriod.objects.filter(pupil__member__household=home).update(
        starts_on=date(2020, 4, 1), recorded_at=timezone.now() - timedelta(days=400)
    )
    return home


def reasons_for(user: Any, home: Any, day: date | None = None) -> str:
    from audit.detection.reasons import explained

    subject = Subject("household", str(home.pk))
    found = explained(user, [subject], day or timezone.localdate())
    assert found is not None
    return found.get(subject, "")


def test_nothing_known_explains_nothing(clerk: Any) -> None:
    assert reasons_for(clerk, home_of()) == ""


def test_every_letter_has_an_explainer(in_a: Any) -> None:
    from audit.detection.reasons import explainers

    assert {explainer.code for explainer in explainers()} == {"E1", "E2", "E3", "E4", "E5", "E6"}


def test_a_statement_in_work_explains_for_its_own_school_and_time(clerk: Any, board: Any) -> None:
    from domain.statements.models import Statement

    home = home_of()
    Statement.objects.create(household=home, fiscal_year=YEAR, school=school("S01"))
    assert reasons_for(clerk, home) == "E1 調書の処理中"
    assert reasons_for(staff(Role.SCHOOL_CLERK, "elsewhere", "S02"), home) == ""
    assert reasons_for(clerk, home, timezone.localdate() + timedelta(days=46)) == ""
    assert reasons_for(board, home) == ""  # not yet the board's to look at
    Statement.objects.update(state="forwarded")
    assert reasons_for(board, home) == "E1 調書の処理中"
    assert reasons_for(clerk, home) == ""


def test_an_open_redetermination_explains_however_long_it_takes(clerk: Any) -> None:
    from domain.statements.models import Statement

    home = home_of()
    first = Statement.objects.create(household=home, fiscal_year=YEAR, school=school("S01"), state="noticed")
    again = Statement.objects.create(
        household=home, fiscal_year=YEAR, school=school("S01"), revises=first, state="forwarded",
        change_reason="illness", income_basis="latest", effective_from=date(2025, 10, 1),
    )  # fmt: skip
    late = timezone.localdate() + timedelta(days=90)
    assert reasons_for(clerk, home, late) == "E4 再判定の処理中"
    Statement.objects.filter(pk=again.pk).update(state="noticed")
    assert reasons_for(clerk, home, late) == ""


def test_a_recent_move_explains_at_the_own_school(clerk: Any) -> None:
    from domain.households.models import Pupil

    home = home_of()
    Pupil.objects.filter(member__household=home).update(enrolled_on=timezone.localdate() - timedelta(days=45))
    assert reasons_for(clerk, home).startswith("E6")
    assert reasons_for(staff(Role.SCHOOL_CLERK, "elsewhere", "S02"), home) == ""
    Pupil.objects.filter(member__household=home).update(enrolled_on=timezone.localdate() - timedelta(days=46))
    assert reasons_for(clerk, home) == ""


def test_a_parked_line_of_a_roster_explains(clerk: Any) -> None:
    from domain.households.models import RosterImport, RosterProblem

    home = home_of()
    roster = RosterImport.objects.create(
        school=school("S01"), fiscal_year=YEAR, file_name="名簿.xlsx", digest="0" * 64, created_by="見本"
    )
    problem = RosterProblem.objects.create(
        roster=roster, sheet="世帯", row=3, severity="warning", code="x", message="確認", household_number=home.number
    )
    assert reasons_for(clerk, home) == "E2 名簿取込の要確認の行"
    RosterProblem.objects.filter(pk=problem.pk).update(settled_at=timezone.now())
    assert reasons_for(clerk, home) == ""


def written(user: Any, event: Event, subject: Subject, kind: ActorKind = ActorKind.PERSON) -> None:
    """The event as it arrives in the trail."""
    with acting_as(Actor(kind, str(user.pk), user.display_name, "学校事務担当")):
        record_access(event, subjects=[subject])


@pytest.fixture
def stranger(clerk: Any) -> Any:
    """The clerk, with a surname that no household has."""
    clerk.display_name = "架空 鈴子"
    clerk.save()
    return clerk


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the clock to so many minutes after noon of yesterday: the trail keeps what tests write, and nothing is of tomorrow."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return lambda minutes: monkeypatch.setattr("django.utils.timezone.now", lambda: noon + timedelta(minutes=minutes))


def looked(user: Any, home: Any) -> None:
    written(user, Event.READ_HOUSEHOLD_SHOWN, Subject("household", str(home.pk)))


OWN = "E2 本人が新しく取り込んだ・個人番号を入力した世帯（2時間以内）"


def test_what_the_person_brought_in_or_typed_explains_the_looks_that_follow(stranger: Any, at: Any) -> None:
    """The new households of one's own roster, and those of which one has just typed a 個人番号."""
    clerk, imported, typed, other = stranger, home_of(), home_of(), home_of()
    colleague = staff(Role.SCHOOL_CLERK, "colleague", "S01")
    at(0)
    written(clerk, Event.HOUSEHOLD_RECORD_CREATED, Subject("household", str(imported.pk)), ActorKind.JOB)
    written(clerk, Event.NUMBER_INDIVIDUAL_STORED, Subject("member", str(typed.members.all()[0].pk)))
    at(119)
    for home in (imported, typed, other):
        looked(clerk, home)
    looked(colleague, imported)
    assert reasons_for(clerk, imported) == reasons_for(clerk, typed) == OWN
    assert reasons_for(clerk, other) == ""
    assert reasons_for(clerk, imported, timezone.localdate() + timedelta(days=1)) == ""
    assert reasons_for(colleague, imported) == "", "brought in by somebody else"
    at(120)
    looked(clerk, imported)
    assert reasons_for(clerk, imported) == "", "one look came too late to be a part of it"


def test_an_act_of_ones_own_excuses_no_look_before_it(stranger: Any, at: Any) -> None:
    clerk, home = stranger, home_of()
    at(0)
    looked(clerk, home)
    at(1)
    written(clerk, Event.NUMBER_INDIVIDUAL_STORED, Subject("member", str(home.members.all()[0].pk)))
    at(2)
    looked(clerk, home)
    assert reasons_for(clerk, home) == ""


def test_what_anybody_can_do_to_any_household_or_is_no_entry_explains_nothing(stranger: Any) -> None:
    """A correction, a roster with a changed cell, looking, a file that names everybody: else the act would be the excuse."""
    clerk, home = stranger, home_of()
    subject, person = Subject("household", str(home.pk)), Subject("member", str(home.members.all()[0].pk))
    for event in (Event.HOUSEHOLD_FACTS_CORRECTED, Event.HOUSEHOLD_STATUS_CHANGED, Event.HOUSEHOLD_MEMBER_MOVED):
        written(clerk, event, subject)
    written(clerk, Event.NUMBER_INDIVIDUAL_REFUSED, person)
    written(clerk, Event.NUMBER_INDIVIDUAL_REPLACED, person)
    written(clerk, Event.NUMBER_INDIVIDUAL_REVEALED, person)
    written(clerk, Event.NUMBER_INDIVIDUAL_STORED, person, ActorKind.JOB)
    written(clerk, Event.HOUSEHOLD_RECORD_CHANGED, subject, ActorKind.JOB)
    written(clerk, Event.HOUSEHOLD_RECORD_CREATED, subject)
    looked(clerk, home)
    assert reasons_for(clerk, home) == ""


def test_an_act_of_ones_own_leaves_a_special_record_special(stranger: Any) -> None:
    """支援措置, and a colleague's: whoever looks where they should not would act as well."""
    from audit.detection.gathering import day_of
    from audit.detection.signals.access import related, watched
    from tests.support.records import member

    clerk, colleague = stranger, staff(Role.BOARD_OFFICER, "colleague")
    hidden, known, plain = home_of(address_hidden=True), home_of(), home_of()
    member(known, name=colleague.display_name, name_key=fold_name(colleague.display_name))
    for home in (hidden, known, plain):
        written(clerk, Event.HOUSEHOLD_RECORD_CREATED, Subject("household", str(home.pk)), ActorKind.JOB)
        looked(clerk, home)
    assert [reasons_for(clerk, home) for home in (hidden, known, plain)] == ["", "", OWN]
    day = day_of(clerk, timezone.localdate())
    marks = [found.mark for rule in (watched, related) for found in rule.evaluate(day, 1) if not isinstance(found, str)]
    assert marks == [f"household:{hidden.pk}", f"household:{known.pk}"]


def test_receipts_explain_while_they_are_new(clerk: Any, board: Any) -> None:
    from audit.detection.reasons import explained
    from domain.households.models import Pupil
    from domain.payments.models import Expense

    home = home_of()
    Expense.objects.create(
        school=school("S01"), pupil=Pupil.objects.get(member__household=home), fiscal_year=YEAR, item="school_lunch",
        used_on=date(2025, 5, 1), amount=100, evidence="1", created_by="見本",
    )  # fmt: skip
    assert reasons_for(clerk, home) == "E2 14日以内の使用経費の入力"
    assert reasons_for(clerk, home, timezone.localdate() + timedelta(days=15)) == ""
    assert reasons_for(board, home) == "", "typed at a school, no reason for the board to open the household"
    pages = explained(
        board, [Subject("pupil", str(Pupil.objects.get(member__household=home).pk))], timezone.localdate()
    )
    assert list((pages or {}).values()) == ["E2 14日以内の使用経費の入力"]


def test_an_approved_payment_explains_for_the_board_alone(clerk: Any, board: Any) -> None:
    from domain.households.models import Pupil
    from domain.payments.models import PaymentRound, PupilPayment

    home = home_of()
    round_ = PaymentRound.objects.create(
        fiscal_year=YEAR, number=1, title="第1回", starts_on=date(2025, 4, 1), ends_on=date(2025, 7, 31),
        pay_on=date(2025, 9, 1), approved_at=timezone.now(), approved_by="見本",
    )  # fmt: skip
    PupilPayment.objects.create(
        round=round_,
        pupil=Pupil.objects.get(member__household=home),
        state="payable",
        total=100,
        ledgers={"statutory": 100},
    )
    assert reasons_for(board, home) == "E5 30日以内に承認された支給"
    assert reasons_for(clerk, home) == ""
    PaymentRound.objects.update(approved_at=timezone.now() - timedelta(days=31))
    assert reasons_for(board, home) == ""


def test_an_answer_explains_for_the_board_alone(clerk: Any, board: Any) -> None:
    from domain.linkage.models import Inquiry

    home = home_of()
    Inquiry.objects.create(
        member=home.members.all()[0], fiscal_year=YEAR, kind="tax", base_date=date(2025, 1, 1), base_address="見本",
        answered_at=timezone.now(),
    )  # fmt: skip
    assert reasons_for(board, home) == "E3 30日以内の照会の回答"
    assert reasons_for(clerk, home) == ""
    assert reasons_for(board, home, timezone.localdate() + timedelta(days=31)) == ""


def test_hidden_addresses_are_watched(clerk: Any) -> None:
    from audit.detection.reasons import watched

    hidden, plain = home_of(address_hidden=True), home_of()
    subjects = [Subject("household", str(home.pk)) for home in (hidden, plain)]
    assert watched(clerk, subjects) == {subjects[0]: "支援措置の世帯"}


def test_names_tell_the_own_household_a_colleagues_and_a_namesakes(clerk: Any) -> None:
    from accounts.models import User
    from audit.detection.reasons import related
    from tests.support.records import member

    User.objects.filter(pk=clerk.pk).update(display_name="架空 鈴子")
    me = User.objects.get(pk=clerk.pk)
    staff(Role.BOARD_OFFICER, "colleague")
    User.objects.filter(username="colleague").update(display_name="仮名 次郎")

    def household_of(guardian: str, code: str = "S01") -> Any:
        home = household(guardian_name=guardian, address=f"見本市{guardian}{code}")
        pupil(member(home, name=f"{guardian.split()[0]} 一子", born=date(2016, 1, 1)), school(code))
        member(home, name=guardian, name_key=fold_name(guardian), is_guardian=True)
        return home

    homes = [
        household_of(name, code)
        for name, code in (("架空 鈴子", "S02"), ("仮名 次郎", "S02"), ("架空 太郎", "S01"), ("架空 太郎", "S02"))
    ]
    subjects = [Subject("household", str(home.pk)) for home in homes]
    found = related(me, subjects)
    assert found is not None
    assert [found.get(subject, "") for subject in subjects] == [
        "本人と氏名の同じ人の世帯",
        "同僚と氏名の同じ人の世帯",
        "同じ姓で担当校の児童生徒の世帯",
        "",
    ]


def test_asking_costs_the_same_for_many(clerk: Any, django_assert_max_num_queries: Any) -> None:
    from audit.detection.reasons import explained

    subjects = [Subject("household", str(home_of().pk)) for _ in range(12)]
    with django_assert_max_num_queries(40):
        explained(clerk, subjects, timezone.localdate())


def test_an_address_or_account_of_somebody_with_the_own_name_is_told(clerk: Any) -> None:
    """All that is held of staff is a name: the rest is compared with the household in which that name stands."""
    from accounts.models import User
    from audit.detection.reasons import related
    from tests.support.records import member

    User.objects.filter(pk=clerk.pk).update(display_name="架空 鈴子", kana="かくう すずこ")
    me = User.objects.get(pk=clerk.pk)
    bank = {"bank_code": "0001", "branch_code": "001", "account_type": "1", "account_number": "1234567"}
    own = household(guardian_name="架空 鈴子", address="見本市一丁目１", **bank)
    member(own, name="架空 鈴子", name_key=fold_name("架空 鈴子"), is_guardian=True)
    others = [
        household(address="見本市一丁目1"),
        household(address="見本市二丁目", **bank),
        household(address="見本市三丁目", account_holder="カクウ　スズコ"),
        household(address="見本市四丁目", **bank | {"account_number": "7654321"}),
    ]
    subjects = [Subject("household", str(home.pk)) for home in others]
    found = related(me, subjects)
    assert found is not None
    assert [found.get(subject, "") for subject in subjects] == [
        "住所が、氏名が本人と同じ人の世帯と同じ世帯",
        "振込先の名義か口座が、氏名が本人と同じ人と重なる世帯",
        "振込先の名義か口座が、氏名が本人と同じ人と重なる世帯",
        "",
    ]


def test_the_years_row_of_every_pupil_is_no_move(clerk: Any) -> None:
    """進級 comes with the year's first roster for all of them; a 就学状況 that is another from 1 April on is a move."""
    from domain.households.models import Pupil, StatusPeriod

    home, first_of_april = home_of(), date(timezone.localdate().year, 4, 1)
    at_school = Pupil.objects.get(member__household=home)
    old = StatusPeriod.objects.get(pupil=at_school)
    row = StatusPeriod.objects.create(
        pupil=at_school,
        starts_on=first_of_april,
        department=old.department,
        grade=old.grade + 1,
        attendance=old.attendance,
    )
    day = first_of_april + timedelta(days=20)
    StatusPeriod.objects.filter(pk=row.pk).update(recorded_at=timezone.now().replace(month=4, day=10))
    assert reasons_for(clerk, home, day) == ""
    StatusPeriod.objects.filter(pk=row.pk).update(attendance="boarder")
    assert reasons_for(clerk, home, day).startswith("E6")
    StatusPeriod.objects.filter(pk=old.pk).update(voided_at=timezone.now(), voided_by="見本", void_reason="誤り")
    assert reasons_for(clerk, home, day) == ""
