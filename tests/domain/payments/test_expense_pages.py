"""Pages of 使用経費: handing in a workbook, the list, one receipt; each within the person's schools."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.trail.vocabulary import Event
from domain.households.models import Member, Pupil
from domain.payments.models import Expense, ExpenseImport
from integrations.atena_adapters.individual_numbers import sample_number
from jobs.models import Job
from jobs.running import run_job
from tests.domain.households.roster.books import roster
from tests.domain.payments.support import approved, calculated, day, opened, pupil, receipt_row, spend, workbook
from tests.domain.statements.people import browser_of, clerk_of, text
from tests.support import records
from web.text import fold_name

ENTRY = {
    "student_number": "P1", "item": "school_lunch", "used_on": "R7.6.15", "amount": "４,９５０円", "evidence": "R-1",
    "trip": "", "purpose": "", "times": "15", "note": "６月分",
}  # fmt: skip


def upload(browser: Any, school: Any, data: bytes) -> Any:
    file = SimpleUploadedFile("経費.xlsx", data)
    return browser.post("/payments/imports/", {"school": school.pk, "file": file})


def test_a_clerk_hands_in_a_workbook_and_sees_its_problems(school: Any) -> None:
    clerk = clerk_of("S01")
    response = upload(clerk, school, workbook(receipt_row("R-1"), receipt_row("R-2", 学籍番号="P9")))
    address = response["Location"]
    waiting = text(clerk.get(address))
    assert "経費を取り込んでいます" in waiting
    polled = clerk.get(address, headers={"HX-Request": "true"})
    assert "待機中" in text(polled)
    run_job(Job.objects.get(kind="payments.import_expenses").pk)
    assert clerk.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    shown = text(clerk.get(address))
    assert "新規 1、同じ 0、保留 1、誤り 0（行）" in shown or "新規 1、同じ 0、保留 0、誤り 1（行）" in shown
    assert "使用経費 3行「学籍番号」" in shown
    assert "経費.xlsx" in text(clerk.get("/payments/imports/"))
    pupil(1, where=school, student_number="P9")
    assert "もう一度読む" in shown
    assert "経費を取り込んでいます" in text(clerk.post(f"{address}again/", follow=True))
    run_job(Job.objects.get(kind="payments.import_expenses", state="queued").pk)
    assert "すべての行を取り込みました" in text(clerk.get(address))
    assert Expense.objects.count() == 2
    Expense.objects.filter(evidence="R-2").delete()
    assert Expense.objects.get().created_by == clerk.person.display_name


def test_a_file_is_handed_in_for_the_own_school_alone(school: Any) -> None:
    other = records.school("S02")
    clerk = clerk_of("S01")
    assert "学校" in text(upload(clerk, other, workbook(receipt_row())))
    assert not ExpenseImport.objects.exists()
    made = upload(browser_of(Role.BOARD_OFFICER), other, workbook(receipt_row()))["Location"]
    text(clerk.get(made), 404)
    assert "経費.xlsx" not in text(clerk.get("/payments/imports/"))


@pytest.mark.parametrize(
    ("receipts", "word", "shape", "asks"),
    [
        ([receipt_row(金額="x"), receipt_row("R-2", "P9")], "取込0件", "attention", "何も取り込めませんでした"),
        ([], "取込0件", "attention", "取り込む行がありません"),
        ([receipt_row(), receipt_row("R-2", 金額="x")], "一部取込", "attention", "取り込まなかった行をどう直しますか"),
        ([receipt_row(), receipt_row("R-2", "P9")], "一部保留", "attention", "取り込まなかった行をどう直しますか"),
        ([receipt_row(金額="４，９５０")], "取込済", "done", "この経費は取り込まれましたか"),
    ],
)
def test_the_state_of_an_import_says_what_became_of_its_rows(
    school: Any, receipts: list[Any], word: str, shape: str, asks: str
) -> None:
    clerk = clerk_of("S01")
    address = upload(clerk, school, workbook(*receipts))["Location"]
    run_job(Job.objects.get(kind="payments.import_expenses").pk)
    page = text(clerk.get(address))
    assert asks in page
    for shown in (page, text(clerk.get("/payments/imports/"))):
        assert f'state-{shape}"' in shown.partition("<main")[2]
        assert f"</span>{word}</span>" in shown


def test_a_roster_is_led_to_its_page(school: Any) -> None:
    clerk = clerk_of("S01")
    shown = text(clerk.get(upload(clerk, school, roster())["Location"]))
    assert "名簿のブックです（使用経費ではありません）。「名簿取込」の画面で取り込みます。" in shown
    assert '<a href="/households/imports/">名簿取込</a></p>' in shown
    assert "のとおりにしてください" not in shown


def test_a_refused_file_says_why(school: Any) -> None:
    clerk = clerk_of("S01")
    number = sample_number(1, 77)
    shown = text(clerk.get(upload(clerk, school, workbook(receipt_row(備考=number)))["Location"]))
    assert "この経費は取り込めません" in shown
    assert number not in shown
    assert "使用経費 2行「I列」" in shown, "the place to the cell"
    assert "ファイル" in text(clerk.post("/payments/imports/", {"school": school.pk}))
    assert "使用経費の中身が空です。中身のあるファイルを選び直してください。" in text(upload(clerk, school, b""))


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.APPROVER, Role.MONITOR])
def test_who_may_not_enter_expenses_is_refused(school: Any, role: Role) -> None:
    browser = browser_of(role)
    expense = spend(pupil(1), "school_lunch", 1)
    for address in ("imports/", "expenses/new/", f"expenses/{expense.pk}/"):
        text(browser.get(f"/payments/{address}"), 403)
    text(browser.post(f"/payments/expenses/{expense.pk}/remove/"), 403)


def test_one_receipt_is_entered_corrected_and_taken_back(school: Any) -> None:
    clerk = clerk_of("S01")
    assert clerk.post("/payments/expenses/new/", ENTRY | {"school": school.pk}).status_code == 302
    expense = Expense.objects.get()
    assert (expense.amount, expense.used_on, expense.times, expense.note) == (4_950, day(6), 15, "６月分")
    address = f"/payments/expenses/{expense.pk}/"
    assert "4,950" in text(clerk.get(address))
    assert clerk.post(address, ENTRY | {"amount": "5000"}).status_code == 302
    assert Expense.objects.get().amount == 5_000
    assert clerk.post(f"{address}remove/").status_code == 302
    assert not Expense.objects.exists()
    text(clerk.get(address), 404)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"student_number": "P9"}, "この学籍番号の児童生徒はいません"),
        ({"amount": ""}, "金額を入力してください。"),
        ({"amount": "千円"}, "金額"),
        ({"used_on": "R7.4.31"}, "4月31日"),
        ({"used_on": "R6.6.1"}, "令和7年度の使用日ではありません"),
        ({"item": "homecoming_self"}, "「何回目」が必要です"),
        ({"item": "commuting_attendant"}, "「付添の別」が必要です"),
        ({"trip": "0"}, "1から999までの整数"),
        ({"evidence": "R-0"}, "別の経費に使われています"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(school: Any, change: dict[str, str], says: str) -> None:
    spend(pupil(1), "school_lunch", 1)
    Expense.objects.update(evidence="R-0")
    shown = text(clerk_of("S01").post("/payments/expenses/new/", ENTRY | {"school": school.pk} | change))
    assert says in shown
    assert "６月分" in shown
    assert Expense.objects.count() == 1


def test_an_individual_number_is_taken_nowhere_and_not_shown_again(school: Any) -> None:
    number = sample_number(1, 77)
    shown = text(clerk_of("S01").post("/payments/expenses/new/", ENTRY | {"school": school.pk, "note": number}))
    assert "個人番号と同じ形" in shown
    assert number not in shown
    searched = text(clerk_of("S01").post("/payments/expenses/", {"text": number}))
    assert "個人番号では検索できません" in searched
    assert number not in searched


def test_an_expense_of_another_school_does_not_exist(school: Any) -> None:
    other = spend(pupil(1, where=records.school("S02"), name="別校 二郎"), "school_lunch", 1)
    clerk = clerk_of("S01")
    text(clerk.get(f"/payments/expenses/{other.pk}/"), 404)
    text(clerk.post(f"/payments/expenses/{other.pk}/", ENTRY), 404)
    text(clerk.post(f"/payments/expenses/{other.pk}/remove/"), 404)
    assert "別校 二郎" not in text(clerk.get("/payments/expenses/"))
    refused = text(clerk.post("/payments/expenses/new/", ENTRY | {"school": other.school_id}))
    assert "学校" in refused
    assert Expense.objects.count() == 1


def test_an_expense_of_an_approved_round_is_closed(school: Any) -> None:
    expense = spend(school.pupils.get(), "school_lunch", 4_000)
    approved(calculated(opened()))
    clerk = clerk_of("S01")
    address = f"/payments/expenses/{expense.pk}/"
    shown = text(clerk.get(address))
    assert "承認済みのため、学校では変更も取消しもできません" in shown
    assert "保存する" not in shown
    clerk.post(address, ENTRY)
    clerk.post(f"{address}remove/")
    assert Expense.objects.get().amount == 4_000


def test_what_a_colleague_corrected_meanwhile_is_not_overwritten_unseen(school: Any) -> None:
    expense = spend(school.pupils.get(), "school_lunch", 4_000)
    clerk, address = clerk_of("S01"), f"/payments/expenses/{expense.pk}/"
    seen = dict(re.findall(r'<input type="hidden" name="(seen-\w+)" value="([^"]*)">', text(clerk.get(address))))
    assert seen["seen-amount"] == "4,000"
    Expense.objects.update(amount=3_000)
    stale = ENTRY | seen | {"amount": "5,000", "used_on": seen["seen-used_on"], "evidence": expense.evidence}
    shown = text(clerk.post(address, stale))
    assert "ほかの人が「金額」を変えました。まだ保存していません" in shown
    assert "ほかの人が「3,000」に変えました" in shown
    assert 'value="5,000"' in shown
    assert Expense.objects.get().amount == 3_000
    clerk.post(address, stale | {"seen-amount": "3,000"})
    assert Expense.objects.get().amount == 5_000


def test_the_list_is_narrowed_and_added_up(school: Any) -> None:
    one, other = school.pupils.get(), pupil(1, student_number="P2", name="見本 次郎")
    spend(one, "school_lunch", 4_000)
    spend(one, "commuting_self", 2_000)
    spend(other, "school_lunch", 1_000, day(9))
    opened()
    clerk = clerk_of("S01")
    assert "3件 7,000円" in text(clerk.get("/payments/expenses/"))
    assert "2件 5,000円" in text(clerk.get("/payments/expenses/", {"item": "school_lunch"}))
    assert "2件 6,000円" in text(clerk.get("/payments/expenses/", {"pupil": one.pk}))
    response = clerk.post("/payments/expenses/", {"text": "P2"}, follow=True)
    assert response.redirect_chain[-1][0] == "/payments/expenses/?searched=1"
    found = text(response)
    assert "見本 次郎" in found
    assert "見本 一郎" not in found
    assert "第1期" in text(clerk.get("/payments/expenses/", {"pupil": one.pk}))
    assert "0件 0円" in text(clerk.get("/payments/expenses/", {"school": "S02"}))


def test_lists_ask_a_fixed_number_of_queries(school: Any) -> None:
    clerk = clerk_of("S01")
    addresses = ("/payments/expenses/", "/payments/imports/")

    def count() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as context:
                text(clerk.get(address))
            counts.append(len(context))
        return counts

    spend(school.pupils.get(), "school_lunch", 1)
    upload(clerk, school, workbook(receipt_row("R-1")))
    count()
    before = count()
    for number in range(8):
        spend(pupil(1), "school_lunch", 100 + number)
        upload(clerk, school, workbook(receipt_row(f"R-{number}", 金額=number + 10)))
    assert count() == before


def test_a_receipt_is_found_by_the_pupils_name(school: Any) -> None:
    from domain.households.models import Member
    from web.text import fold_name

    child = pupil(1, where=school, student_number="P7", name="見本 花子")
    Member.objects.filter(pk=child.member_id).update(
        name_key=fold_name("見本 花子"), kana_key=fold_name("ミホン ハナコ")
    )
    spend(child, "school_lunch", 1_000)
    Expense.objects.filter(pupil=child).update(evidence="R-77")
    clerk = clerk_of("S01")
    for words in ("花子", "みほん　はなこ", "ハナコ", "P7", "R-77"):
        answer = clerk.post("/payments/expenses/", {"text": words}, follow=True)
        assert "R-77" in text(answer), words
    assert "R-77" not in text(clerk.post("/payments/expenses/", {"text": "太郎"}, follow=True))


def test_the_form_says_whose_number_was_typed(school: Any, heard: list[dict[str, Any]]) -> None:
    clerk = clerk_of("S01")
    page = text(clerk.get("/payments/expenses/new/"))
    assert 'hx-post="/payments/expenses/pupil/"' in page
    told = clerk.post("/payments/expenses/pupil/", {"school": school.pk, "student_number": "P1"})
    assert "見本 一郎" in told.content.decode()
    assert any(row["event"] == "read:pupil:shown" for row in heard)
    unknown = clerk.post("/payments/expenses/pupil/", {"school": school.pk, "student_number": "P404"})
    assert "児童生徒はいません" in unknown.content.decode()
    other = clerk_of("S02").post("/payments/expenses/pupil/", {"school": school.pk, "student_number": "P1"})
    assert "見本 一郎" not in other.content.decode()
    wrong = clerk.post("/payments/expenses/new/", ENTRY | {"school": school.pk, "amount": ""})
    assert "見本 一郎" in wrong.content.decode()  # without scripts: named when the form comes back
    done = clerk.post("/payments/expenses/new/", ENTRY | {"school": school.pk}, follow=True)
    assert "見本 一郎さんの証憑番号 R-1 を登録しました" in text(done)


def test_entering_one_stands_on_top(school: Any) -> None:
    page = text(clerk_of("S01").get("/payments/expenses/"))
    assert page.index("経費を1件登録する") < page.index("さがす")


def test_the_blank_sheet_of_expenses_is_read_back(school: Any) -> None:
    from domain.households.roster.workbook.blank import blank_workbook
    from domain.payments.expense_sheet.layout import EXPENSES, LAYOUT_VERSION
    from domain.payments.expense_sheet.reader import read_expenses

    clerk = clerk_of("S01")
    assert 'href="/payments/imports/blank/"' in text(clerk.get("/payments/imports/"))
    blank = clerk.get("/payments/imports/blank/").content
    reading = read_expenses(blank, school_code="S01", fiscal_year=2025)
    assert (reading.expenses, reading.problems) == ((), ())
    assert read_expenses(blank, school_code="S02", fiscal_year=2025).refused
    rows = [
        {
            "voucher_number": f"R-{n}",
            "pupil_number": "P1",
            "item": "学校給食費",
            "used_on": "R7.6.15",
            "amount": 4_950 + n,
        }
        for n in range(50)
    ]
    filled = blank_workbook("使用経費", LAYOUT_VERSION, (EXPENSES,), {"学校コード": "S01"}, {"使用経費": rows})
    reading = read_expenses(filled, school_code="S01", fiscal_year=2025)
    assert reading.problems == ()
    assert [one.amount for one in reading.expenses] == [4_950 + n for n in range(50)]
    refused = upload(clerk, school, b"text")
    assert 'href="/payments/imports/blank/?school=S01"' in text(clerk.get(refused["Location"]))


def test_a_pupil_is_searched_for_by_name_and_chosen_without_the_number_by_heart(
    school: Any, heard: list[dict[str, Any]]
) -> None:
    elsewhere = pupil(1, where=records.school("S02"), student_number="P8", name="見本 次郎")
    clerk, here = clerk_of("S01"), Pupil.objects.get(student_number="P1")
    Member.objects.filter(pk__in=(here.member_id, elsewhere.member_id)).update(name_key=fold_name("見本"))
    for words in ("見本", "P1"):
        shown = text(clerk.post("/payments/expenses/new/", {"text": words}))
        assert f'<a href="?pupil={here.pk}">見本 一郎</a>' in shown
        assert "見本 次郎" not in shown
        assert words not in str(heard)
    assert [each["event"] for each in heard].count(Event.READ_SEARCH_SHOWN) == 2
    assert "あてはまる児童生徒はいません" in text(clerk.post("/payments/expenses/new/", {"text": "いない人"}))
    assert "入力してください" in text(clerk.post("/payments/expenses/new/", {"text": ""}))
    form = clerk.get("/payments/expenses/new/", {"pupil": here.pk}).context["form"]
    assert (form["school"].value(), form["student_number"].value()) == (school.pk, "P1")
    assert clerk.get("/payments/expenses/new/", {"pupil": elsewhere.pk}).status_code == 404
    done = clerk.post("/payments/expenses/new/", ENTRY | {"school": school.pk})
    assert done["Location"] == f"/payments/expenses/new/?pupil={here.pk}"


def test_every_search_tells_whether_its_words_go_in_order(school: Any, heard: list[dict[str, Any]]) -> None:
    """From one page to the next as well: the words of all of them are one row."""
    clerk = clerk_of("S01")
    for place, address in enumerate(("/payments/expenses/", "/payments/expenses/new/", "/statements/", "/households/")):
        clerk.post(address, {"text": f"P{place}"}, follow=True)
    told = [each["detail"].get("next_prefix", False) for each in heard if each["event"] == Event.READ_SEARCH_SHOWN]
    assert told == [False, True, True, True]


def test_the_household_and_the_pupil_lead_to_the_entry(school: Any) -> None:
    who = Pupil.objects.get(student_number="P1")
    way = f'href="/payments/expenses/new/?pupil={who.pk}"'
    for address in (f"/households/{who.member.household_id}/", f"/households/pupils/{who.pk}/status/"):
        assert way in text(clerk_of("S01").get(address)), address
    assert way not in text(browser_of((Role.PRINCIPAL, "S01")).get(f"/households/{who.member.household_id}/"))
    assert way in text(clerk_of("S01").get("/payments/expenses/", {"pupil": who.pk}))
