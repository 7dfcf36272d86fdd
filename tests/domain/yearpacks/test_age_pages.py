"""税情報を照会する年齢 as a row of a revision: on the pages, by two people, in Excel and back, until the link asks by it."""

from __future__ import annotations

import datetime

from accounts.models import User
from accounts.roles import Role
from domain.linkage.ages import tax_from_age
from domain.rules import load_pack
from domain.yearpacks.ages import age_row
from domain.yearpacks.differences import differences
from domain.yearpacks.drafting import open_draft
from domain.yearpacks.models import InForce, Revision
from domain.yearpacks.resolving import draft_pack
from domain.yearpacks.workbook import applying
from domain.yearpacks.workbook.reading import read_filled
from domain.yearpacks.workbook.writing import workbook_of
from tests.domain.statements.people import Browser, browser_of, text
from tests.domain.yearpacks.test_workbooks import Grid, filled, put
from tests.support.records import YEAR

BASE = "R07-former-standard"
SHEET = "照会する年齢"
AGE = age_row().id


def _eighteen(grid: Grid) -> None:
    put(grid, SHEET, "年齢", 18)
    put(grid, SHEET, "出典", "見本の通知")


def test_the_age_is_typed_by_one_person_approved_by_another_and_then_asked_by(board: Browser) -> None:
    second = browser_of(Role.APPROVER)
    row = open_draft(YEAR, BASE, ("sample-operator",), board.person)
    place = f"/yearpacks/{row.pk}/rows/{AGE}/"
    listed = text(board.get(f"/yearpacks/{row.pk}/rows/", {"kind": "inquiry_age"}))
    assert place in listed
    assert "満16歳以上" in listed
    assert "未確認" in listed
    assert "いま使う値: 満16歳以上（未確認）" in text(board.get(place))
    for wrong in ({"full_years": "31", "source": "見本"}, {"full_years": "18", "source": ""}):
        assert "field-error" in text(board.post(place, wrong))
    newborn = text(board.post(place, {"full_years": "0", "source": "見本"}))
    assert "1歳から30歳までの整数で入力してください（例: 16）。0歳からの照会はできません。" in newborn
    board.post(place, {"full_years": "18", "source": "見本の通知", "article": "要綱3条"})
    shown = text(board.get(f"/yearpacks/{row.pk}/"))
    assert "満16歳以上（未確認）" in shown
    assert "満18歳以上（団体設定）" in shown
    assert 'value="18"' in text(board.get(place)), "an own row is changed on the same page"
    board.post(f"/yearpacks/{row.pk}/propose/")
    proposed = Revision.objects.get(pk=row.pk)
    assert "満18歳以上（団体設定）" in text(second.get(f"/yearpacks/{row.pk}/approve/"))
    second.post(f"/yearpacks/{row.pk}/approve/", {"act": "approve", "digest": proposed.digest})
    approved = Revision.objects.get(pk=row.pk)
    assert approved.state == "approved"
    assert tax_from_age(YEAR) == 16, "approved is not yet in use"
    InForce.objects.create(
        fiscal_year=YEAR, revision=approved, starts_on=datetime.date(2025, 4, 1), state="approved", proposed_by="a",
        approved_by="b",
    )  # fmt: skip
    assert tax_from_age(YEAR) == 18


def test_taken_out_again_the_shipped_age_holds(board: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    place = f"/yearpacks/{row.pk}/rows/{AGE}/"
    board.post(place, {"full_years": "18", "source": "見本の通知", "article": ""})
    assert draft_pack(Revision.objects.get(pk=row.pk)).inquiry_age[0].full_years == 18
    board.post(f"{place}remove/")
    back = draft_pack(Revision.objects.get(pk=row.pk))
    assert back.inquiry_age[0].full_years == 16
    assert differences(load_pack(BASE), back) == []


def test_the_age_goes_out_in_excel_and_comes_back(officer: User) -> None:
    draft = open_draft(YEAR, BASE, (), officer)
    upload = applying.receive(draft, "a.xlsx", filled(draft, _eighteen), officer)
    assert upload.problems == []
    (row,) = upload.rows
    assert (row["state"], row["before"], row["after"]) == ("new", "満16歳以上（未確認）", "満18歳以上")
    applying.apply(upload, officer)
    done = Revision.objects.get(pk=draft.pk)
    assert draft_pack(done).inquiry_age[0].full_years == 18
    assert [each.state for each in read_filled(workbook_of(done), done).rows] == ["same"]

    def wrong(grid: Grid) -> None:
        put(grid, SHEET, "年齢", 31)

    def newborn(grid: Grid) -> None:
        put(grid, SHEET, "年齢", 0)

    for edit in (wrong, newborn):
        assert [found.column for found in read_filled(filled(done, edit), done).problems] == ["年齢"]


def test_the_unconfirmed_age_is_accepted_by_its_name(board: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    board.post(f"/yearpacks/{row.pk}/accept/?row=inquiry_age", {"reason": "県の決裁で確認"})
    (age,) = draft_pack(Revision.objects.get(pk=row.pk)).inquiry_age
    assert (age.full_years, age.origin.standing) == (16, "operator")
    assert age.origin.accepted is not None
    assert age.origin.accepted.reason == "県の決裁で確認"
