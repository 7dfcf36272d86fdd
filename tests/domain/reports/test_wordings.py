"""文面: two people, a day from which it holds, what the notice prints, and what the pages say while there is none."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.errors import RequestStale, SamePerson
from accounts.roles import Role
from domain.reports import board_words, services
from domain.reports.board_words import Words
from domain.reports.errors import WordingRefused
from domain.reports.models import NoticeWording
from domain.statements.models import Statement
from tests.domain.reports import support
from tests.domain.reports.test_pages import body, browser
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR
from tests.support.stale import ways_to_go_stale

TEXT = "見本の教示文の一段目\n\n見本の教示文の二段目"
WORDS = Words(TEXT, "見本課\n電話見本", "見本教育長", True)
FORM = {"instruction": TEXT, "contact": "見本課", "sender": "見本教育長", "seal_omitted": "on"}


@pytest.fixture(autouse=True)
def school(in_a: Any) -> Any:
    return records.school("S01")


def in_force(day: datetime.date, words: Words = WORDS) -> NoticeWording:
    row = board_words.propose(words, day, records.staff(Role.BOARD_OFFICER))
    return board_words.approve(row, records.staff(Role.APPROVER))


def test_a_notice_prints_the_version_that_holds_on_its_day(school: Any) -> None:
    support.decided_homes(school, 1)
    today = timezone.localdate()
    in_force(today - datetime.timedelta(days=30), Words("古い教示文", "古い課", "古い発信者", False))
    in_force(today)
    in_force(today + datetime.timedelta(days=1), Words("先の教示文", "先の課", "先の発信者", False))
    support.done(services.start_notices(YEAR, "S01"))
    (page,) = support.pages(support.outputs()[0])
    for text in (
        "この決定に不服があるとき",
        "見本の教示文の一段目",
        "見本の教示文の二段目",
        "見本課",
        "電話見本",
        "見本教育長",
        "（公印省略）",
    ):
        assert text in page, text
    assert "古い" not in page
    assert "先の" not in page


def test_without_a_version_nothing_is_invented_and_a_later_one_makes_a_new_file(school: Any) -> None:
    support.decided_homes(school, 1)
    today = timezone.localdate()
    first = services.start_notices(YEAR, "S01")
    support.done(first)
    (page,) = support.pages(support.outputs()[0])
    assert "不服" not in page
    in_force(today + datetime.timedelta(days=1))
    assert services.start_notices(YEAR, "S01").pk == first.pk
    NoticeWording.objects.update(starts_on=today)
    assert services.start_notices(YEAR, "S01").pk != first.pk


def test_nobody_approves_their_own_words_not_even_in_the_database() -> None:
    officer = records.staff(Role.BOARD_OFFICER)
    row = board_words.propose(WORDS, datetime.date(2025, 4, 1), officer)
    with pytest.raises(SamePerson):
        board_words.approve(row, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeWording.objects.filter(pk=row.pk).update(state="approved", approved_by=officer.username)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeWording.objects.filter(pk=row.pk).update(state="approved", approved_by=None)


def test_one_waits_at_a_time_and_days_run_forward() -> None:
    in_force(datetime.date(2025, 4, 1))
    officer = records.staff(Role.BOARD_OFFICER)
    with pytest.raises(WordingRefused, match="令和7年4月1日から適用する文面が承認済み"):
        board_words.propose(WORDS, datetime.date(2025, 3, 31), officer)
    row = board_words.propose(WORDS, datetime.date(2025, 4, 1), officer)
    with pytest.raises(WordingRefused, match="承認待ち"):
        board_words.propose(WORDS, datetime.date(2025, 5, 1), officer)
    board_words.withdraw(row)
    with pytest.raises(WordingRefused, match="取下げ"):
        board_words.approve(row, records.staff(Role.APPROVER))
    events = list(outbox.values_list("event", flat=True))
    for act in ("proposed", "approved", "withdrawn"):
        assert f"print:wording:{act}" in events


def test_the_pages_lead_from_the_missing_words_to_the_approval() -> None:
    officer, approver = browser(Role.BOARD_OFFICER), browser(Role.APPROVER)
    shown = body(officer.get("/reports/"))
    assert "教示文が登録されていません" in shown
    assert 'href="/reports/wordings/"' in shown
    today = timezone.localdate().isoformat()
    assert officer.post("/reports/wordings/new/", {**FORM, "starts_on": today, "sender": ""}).status_code == 422
    assert officer.post("/reports/wordings/new/", {**FORM, "starts_on": today}).status_code == 302
    row = NoticeWording.objects.get()
    place = f"/reports/wordings/{row.pk}/approve/"
    assert officer.post(place).status_code == 403
    assert "見本の教示文の一段目" in body(approver.get(place))
    approver.post(place)
    row.refresh_from_db()
    assert (row.state, row.approved_by) == ("approved", "approver-all")
    assert "教示文が登録されていません" not in body(officer.get("/reports/"))
    assert "からの文面を印字しています" in body(browser(Role.SCHOOL_CLERK, "S01").get("/reports/wordings/"))


def test_approving_wants_the_one_time_password_again(monkeypatch: pytest.MonkeyPatch) -> None:
    row = board_words.propose(WORDS, datetime.date(2025, 4, 1), records.staff(Role.BOARD_OFFICER))
    approver = browser(Role.APPROVER)
    monkeypatch.setattr("accounts.session_state.otp_age", lambda session: None)
    answer = approver.post(f"/reports/wordings/{row.pk}/approve/")
    assert answer.status_code == 302
    assert "step-up" in answer["Location"]
    row.refresh_from_db()
    assert row.state == "proposed"


def test_a_proposal_is_taken_back_and_a_decision_before_the_first_day_is_told(school: Any) -> None:
    officer = browser(Role.BOARD_OFFICER)
    row = board_words.propose(WORDS, datetime.date(2025, 4, 1), records.staff(Role.BOARD_OFFICER))
    officer.post(f"/reports/wordings/{row.pk}/withdraw/")
    row.refresh_from_db()
    assert row.state == "withdrawn"
    support.decided_homes(school, 1)
    in_force(timezone.localdate())
    assert board_words.lacking_words(YEAR) == ""
    Statement.objects.get().determinations.update(approved_at=timezone.now() - datetime.timedelta(days=3))
    assert "より前の日付の決定には" in board_words.lacking_words(YEAR)


def test_the_list_of_versions_asks_the_same_number_of_queries() -> None:
    client = browser(Role.BOARD_OFFICER)
    counts = []
    for day in range(1, 4):
        in_force(datetime.date(2025, 4, day))
        with CaptureQueriesContext(connection) as queries:
            client.get("/reports/wordings/")
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_words_that_waited_too_long_or_whose_proposer_is_gone_are_not_approved(school: Any) -> None:
    officer, approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
    row = board_words.propose(WORDS, timezone.localdate(), officer)
    for words in ways_to_go_stale(officer):
        with pytest.raises(RequestStale, match=words):
            board_words.approve(row, approver)
    NoticeWording.objects.update(proposed_at=timezone.now() - datetime.timedelta(days=14))
    approving = browser(Role.APPROVER)
    assert "期限切れ" in body(approving.get("/reports/wordings/"))
    page = body(approving.get(f"/reports/wordings/{row.pk}/approve/"))
    assert "必要なら、もう一度提案してください" in page
    assert "文面を承認する</button>" not in page
    assert "承認待ちの文面が" not in body(approving.get("/reports/wordings/"))
    again = board_words.propose(WORDS, timezone.localdate(), officer)
    assert NoticeWording.objects.get(pk=row.pk).state == "withdrawn"
    board_words.withdraw(again)
    assert in_force(timezone.localdate()).state == "approved"
