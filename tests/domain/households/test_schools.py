"""学校: registered, renamed, closed and taken from a list; the places that need one lead here."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from domain.households.models import Pupil, School
from domain.households.roster.workbook.blank import blank_workbook
from domain.households.schools.layout import LAYOUT_VERSION, SCHOOLS
from domain.households.schools.reading import read_schools
from domain.households.views.schools import _counted
from tests.domain.households.people import browser_of
from tests.support import records

LIST = "学校コード,名称,部,開始日\nS29001,サンプル第一支援学校,小学部・中学部,R7.4.1\nS29002,サンプル第二支援学校,高,2020/4/1\n"


pytestmark = pytest.mark.usefixtures("heard")


@pytest.fixture(params=[Role.BOARD_OFFICER, Role.TENANT_ADMIN])
def keeper(in_a: Any, request: Any) -> Any:
    return browser_of(request.param)


def shown(answer: Any, status: int = 200) -> str:
    text = str(answer.content.decode())
    assert answer.status_code == status, text
    return text


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    reading = read_schools(data)
    assert not reading.wrong, reading.problems
    return [(one.code, one.name, one.departments, one.opened_on) for one in reading.rows]


def test_a_school_is_registered_renamed_and_closed(keeper: Any) -> None:
    assert "学校はまだありません" in shown(keeper.get("/households/schools/"))
    new = {
        "code": "S29001",
        "name": "サンプル支援学校",
        "departments": ["junior_high", "elementary"],
        "opened_on": "R7.4.1",
    }
    assert "を登録しました" in shown(keeper.post("/households/schools/", new, follow=True))
    made = School.objects.get()
    assert (made.code, made.departments, made.opened_on) == (
        "S29001",
        ["elementary", "junior_high"],
        datetime.date(2025, 4, 1),
    )
    assert "登録されています" in shown(keeper.post("/households/schools/", new), 422)
    here = f"/households/schools/{made.pk}/"
    shown(keeper.post(here, {"name": "新サンプル支援学校", "departments": "elementary", "opened_on": "R7.4.1"}), 302)
    records.family(made)
    closing = {"name": "新サンプル支援学校", "closed_on": "R8.3.31", "opened_on": "R7.4.1"}
    assert "後も在籍する児童生徒が1人います" in shown(keeper.post(here, closing), 422)
    Pupil.objects.update(left_on=datetime.date(2026, 3, 31))
    shown(keeper.post(here, closing), 302)
    made.refresh_from_db()
    assert (made.name, made.closed_on) == ("新サンプル支援学校", datetime.date(2026, 3, 31))


def test_the_acts_are_in_the_trail(keeper: Any) -> None:
    from tests.support.outbox import outbox

    shown(keeper.post("/households/schools/", {"code": "S1", "name": "見本校"}), 302)
    shown(keeper.post(f"/households/schools/{School.objects.get().pk}/", {"name": "別の名前"}), 302)
    shown(
        keeper.post(f"/households/schools/{School.objects.get().pk}/", {"name": "別の名前", "closed_on": "R8.3.31"}),
        302,
    )
    found = outbox.filter(event__startswith="household:school:").order_by("pk").values_list("event", flat=True)
    assert sorted(found) == ["household:school:changed", "household:school:closed", "household:school:registered"]


@pytest.mark.parametrize(
    "wrong", [{"code": "学校"}, {"code": "S" * 14}, {"code": "123456789018"}, {"name": "123456789018"}]
)
def test_a_wrong_entry_is_refused(in_a: Any, wrong: dict[str, str]) -> None:
    page = shown(
        browser_of(Role.BOARD_OFFICER).post("/households/schools/", {"code": "S1", "name": "見本校"} | wrong), 422
    )
    assert "123456789018" not in page
    assert not School.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_is_previewed_then_taken(keeper: Any, encoding: str) -> None:
    records.school("S29002")
    page = shown(
        keeper.post("/households/schools/preview/", {"file": SimpleUploadedFile("a.csv", LIST.encode(encoding))})
    )
    assert "まだ保存していません" in page
    assert School.objects.count() == 1
    kept = page.split('name="rows" value="')[1].split('"')[0].replace("&quot;", '"')
    assert "新規 1校、変更 1校" in shown(keeper.post("/households/schools/take/", {"rows": kept}, follow=True))
    assert dict(School.objects.values_list("code", "name")) == {
        "S29001": "サンプル第一支援学校",
        "S29002": "サンプル第二支援学校",
    }
    assert "同じ 2校" in shown(keeper.post("/households/schools/take/", {"rows": kept}, follow=True))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("学校コード,名称\nS1,見本校\nS1,見本校\n", "同じ「学校コード」"),
        ("学校コード,名称,部\nS1,見本校,大学部\n", "区切って入力"),
        ("学校コード,名称,開始日,終了日\nS1,見本校,R7.4.1,R6.4.1\n", "開始日より前"),
        ("名称\n見本校\n", "見出し"),
        ("学校コード,名称\nS1,123456789018\n", "個人番号"),
        ("\x00\x01", "CSVとして読めません"),
    ],
)  # fmt: skip
def test_a_wrong_list_takes_nothing(in_a: Any, text: str, word: str) -> None:
    page = shown(
        browser_of(Role.BOARD_OFFICER).post(
            "/households/schools/preview/", {"file": SimpleUploadedFile("a.csv", text.encode())}
        ),
        422,
    )
    assert word in page
    assert "123456789018" not in page
    assert 'form="take"' not in page


def test_rows_that_no_page_of_ours_sent_are_refused(in_a: Any) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    for rows in ("", "[", "7", '[["S1"]]', '[["S1", "123456789018"]]'):
        assert "何も取り込んでいません" in shown(board.post("/households/schools/take/", {"rows": rows}, follow=True))
    assert not School.objects.exists()


def test_the_blank_form_is_read_back() -> None:
    rows = [
        {"code": f"S{n:05}", "name": f"見本{n}校", "departments": "小学部・高等部", "opened_on": "R7.4.1"}
        for n in range(40)
    ]
    filled = blank_workbook("学校の一覧", LAYOUT_VERSION, (SCHOOLS,), rows={"学校": rows})
    assert rows_of(filled) == [
        (row["code"], row["name"], ("elementary", "senior_high"), datetime.date(2025, 4, 1)) for row in rows
    ]
    assert not read_schools(blank_workbook("学校の一覧", LAYOUT_VERSION, (SCHOOLS,))).rows


def test_who_may(in_a: Any) -> None:
    for role in (Role.SCHOOL_CLERK, Role.APPROVER, Role.MONITOR):
        assert browser_of(role).get("/households/schools/").status_code == 403
    records.school("S01")
    assert browser_of((Role.BOARD_OFFICER, "S01")).get("/households/schools/").status_code == 403


def test_places_that_need_a_school_lead_to_it(in_a: Any) -> None:
    board, clerk = browser_of(Role.BOARD_OFFICER), browser_of(Role.SCHOOL_CLERK)
    for path in ("/", "/households/imports/"):
        assert "学校を登録する" in shown(board.get(path))
        page = shown(clerk.get(path))
        assert "学校を登録する" not in page
        assert "教委担当に" in page
    admin = browser_of(Role.TENANT_ADMIN)
    assert "学校を登録する" in shown(admin.get("/"))
    person = admin.get("/users/").context["people"][0]
    assert 'href="/households/schools/"' in shown(admin.get(f"/users/{person.pk}/"))
    records.school("S01")
    assert "学校を登録する" not in shown(board.get("/"))
    assert "学校を登録する" not in shown(admin.get("/"))


def test_a_closed_school_takes_no_roster_of_a_later_year(in_a: Any) -> None:
    records.school("S01")
    closed = records.school("S02")
    closed.closed_on = datetime.date(2025, 3, 31)
    closed.save()
    page = shown(browser_of(Role.BOARD_OFFICER).get("/households/imports/"))
    assert "サンプル支援学校S01" in page
    assert "サンプル支援学校S02" not in page


def test_schools_stand_by_code_whatever_their_pupils(in_a: Any) -> None:
    for code in ("S03", "S01", "S02"):
        records.family(records.school(code))
    answer = browser_of(Role.BOARD_OFFICER).get("/households/schools/")
    assert (found := re.findall(r"S0[123]", shown(answer))) == sorted(found)
    assert _counted().ordered
