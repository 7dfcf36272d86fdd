"""Pages of 影響試算 and 再計算照合: what is shown, to whom, what the trail hears first, and how many queries it takes."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.roles import Role
from domain.impact import services
from domain.impact.models import ImpactMover, ImpactRun
from domain.payments.models import PupilPayment
from jobs import services as jobs
from jobs.models import Job
from tests.domain.impact.support import (
    CATEGORIES,
    PAYMENTS,
    closed_round,
    done,
    draft,
    home,
    paid_home,
    pupil_of,
    tried,
)
from tests.domain.impact.test_replays import night
from tests.domain.payments.support import spend
from tests.domain.statements.people import browser_of, clerk_of, queries, text
from tests.support import records
from tests.support.outbox import outbox

ADDRESSES = ("/impact/", "/impact/{run}/", "/impact/{run}/movers/", "/impact/{run}/payments/", "/impact/replays/")


@pytest.fixture
def run(in_a: Any, heard: list[Any]) -> ImpactRun:
    """A draft tried: one household at each of two schools moves, one with an expense."""
    spend(pupil_of(home().household), "school_lunch", 10_000)
    home(records.school("S02"))
    return tried(draft())


def addresses(run: ImpactRun) -> list[str]:
    return [address.format(run=run.pk) for address in ADDRESSES]


def test_asking_for_a_run_starts_its_job(in_a: Any, heard: list[Any]) -> None:
    home()
    revision = draft()
    board = browser_of(Role.BOARD_OFFICER)
    assert "見本の改訂（作成中）" in text(board.get("/impact/"))
    response = board.post("/impact/", {"mode": CATEGORIES, "choice": f"revision:{revision.pk}"})
    asked = ImpactRun.objects.get()
    assert response["Location"] == f"/impact/{asked.pk}/"
    shown = text(board.get(f"/impact/{asked.pk}/"))
    assert "計算が終わると、結果をここに表示します。" in shown
    assert "progress" in shown
    done(asked)
    assert "1世帯のうち1世帯で区分が変わります" in text(board.get(f"/impact/{asked.pk}/"))
    assert asked.asked_by == board.person.display_name


@pytest.mark.parametrize("choice", ["in_force", "revision:999999", "shipped:nothing", ""])
def test_a_choice_that_cannot_be_is_refused_at_its_field(in_a: Any, heard: list[Any], choice: str) -> None:
    home()
    shown = text(browser_of(Role.BOARD_OFFICER).post("/impact/", {"mode": CATEGORIES, "choice": choice}), 422)
    assert "error-summary" in shown or "control-wrong" in shown
    assert not ImpactRun.objects.exists()


def test_the_page_shows_matrix_costs_schools_and_who_ran_it(run: ImpactRun) -> None:
    shown = text(browser_of(Role.APPROVER).get(f"/impact/{run.pk}/"))
    for words in (
        "世帯の支弁区分の移動",
        "▼ 2",
        "会計区分ごとの支給額",
        "－5,000",
        "サンプル支援学校S02",
        run.asked_by,
        "決定・支給は変わっていません",
        '<details class="digest">',
    ):
        assert words in shown
    assert shown.count("表で見る") >= 3
    assert f"/impact/{run.pk}/movers/?before=I&amp;after=II" in shown


def test_movers_lead_to_their_statement_with_the_reason(run: ImpactRun, heard: list[dict[str, Any]]) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    mover = ImpactMover.objects.order_by("pk")[0]
    heard.clear()
    shown = text(board.get(f"/impact/{run.pk}/movers/"))
    assert f"/statements/{mover.statement_id}/" in shown
    assert "下回らなくなる" in shown
    [row] = [row for row in heard if row["event"].startswith("read:")]
    assert row["event"] == "read:list:shown"
    assert {"kind": "statement", "id": str(mover.statement_id)} in row["subjects"]
    narrowed = text(board.get(f"/impact/{run.pk}/movers/", {"school": "S02", "direction": "less"}))
    assert narrowed.count("data-row>") == 1
    assert "あてはまる世帯はありません" in text(board.get(f"/impact/{run.pk}/movers/", {"direction": "more"}))


def test_payments_say_who_which_item_and_how_much(run: ImpactRun, heard: list[dict[str, Any]]) -> None:
    heard.clear()
    shown = text(browser_of(Role.BOARD_OFFICER).get(f"/impact/{run.pk}/payments/"))
    for words in ("見本 一郎", "学校給食費", "5,000", "－5,000"):
        assert words in shown
    assert [row["event"] for row in heard if row["event"].startswith("read:")] == ["read:list:shown"]


def test_the_workbook_asks_for_the_password_and_is_written_down(run: ImpactRun, heard: list[dict[str, Any]]) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    heard.clear()
    response = board.get(f"/impact/{run.pk}/workbook/")
    assert response.status_code == 200
    assert [row["event"] for row in heard] == ["export:table:made"]
    named = {(one["kind"], one["id"]) for one in heard[0]["subjects"]}
    moving = {("statement", str(pk)) for pk in run.movers.values_list("statement_id", flat=True)}
    paid = {("pupil", str(pk)) for pk in run.payments.values_list("pupil_id", flat=True)}
    assert (len(moving), len(paid)) == (2, 1)
    assert named == {("impact", str(run.pk))} | moving | paid
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    assert book.sheet_names == ["概要", "区分の移動", "学校別", "経費項目別", "世帯", "児童生徒別支給"]
    movers = book.get_sheet_by_name("世帯").to_python()
    assert [row[2:5] for row in movers[1:]] == [["Ⅰ", "Ⅱ", "薄くなる"]] * 2
    assert "区分Ⅰの上限" in str(movers[1][-1])
    (line,) = book.get_sheet_by_name("児童生徒別支給").to_python()[1:]
    assert line[-4:] == [10_000, 5_000, -5_000, 0]


def test_without_a_fresh_password_there_is_no_workbook(
    run: ImpactRun, heard: list[dict[str, Any]], settings: Any
) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    settings.STEP_UP_SECONDS = 0
    heard.clear()
    response = board.get(f"/impact/{run.pk}/workbook/")
    assert "step-up" in response["Location"]
    assert "export:table:made" not in [row["event"] for row in heard]


def test_repaid_rounds_are_shown_and_written_out(in_a: Any, heard: list[Any]) -> None:
    paid_home()
    closed_round()
    rates = [{"items": ["school_lunch"], "statutory": ["1", "1/4", "0"], "source": "own", "standing": "operator"}]
    repaid = tried(draft({"rates": rates}), PAYMENTS)
    board = browser_of(Role.BOARD_OFFICER)
    shown = text(board.get(f"/impact/{repaid.pk}/"))
    assert "計算書 1件のうち1件で支給額が違います" in shown
    assert "第1期" in text(board.get(f"/impact/{repaid.pk}/payments/"))
    text(board.get(f"/impact/{repaid.pk}/movers/"), 404)
    book = CalamineWorkbook.from_filelike(io.BytesIO(board.get(f"/impact/{repaid.pk}/workbook/").content))
    assert book.sheet_names == ["概要", "学校別", "経費項目別", "児童生徒別支給"]
    summary = {str(row[0]): str(row[1]) for row in book.get_sheet_by_name("概要").to_python()}
    after = repaid.plans[0]["after"]
    assert summary["令和7年度 試算の年度定義"] == f"{after['title']} {after['digest']}"


def test_a_run_is_removed_by_its_button(run: ImpactRun) -> None:
    response = browser_of(Role.BOARD_OFFICER).post(f"/impact/{run.pk}/delete/")
    assert response["Location"] == "/impact/"
    assert not ImpactRun.objects.exists()
    assert outbox.filter(event="impact:run:removed").count() == 1


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TENANT_ADMIN, Role.PRINCIPAL, Role.NUMBER_HANDLER])
def test_others_may_not(run: ImpactRun, role: Role) -> None:
    browser = browser_of(role)
    for address in addresses(run):
        text(browser.get(address), 403)


def test_a_role_for_one_school_may_not(run: ImpactRun) -> None:
    text(clerk_of("S01").get("/impact/"), 403)
    browser = browser_of((Role.BOARD_OFFICER, "S01"))
    for address in addresses(run):
        text(browser.get(address), 403)


def test_pages_ask_a_fixed_number_of_queries(run: ImpactRun) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    for address in addresses(run):
        text(board.get(address))
    before = [queries(board, address) for address in addresses(run)]
    for _ in range(8):
        spend(pupil_of(home().household), "school_lunch", 3_000)
    Job.objects.filter(kind="impact.run").update(state="failed", finished_at=timezone.now())
    jobs.start(services.RUN, {"run": run.pk}, key=services.job_key(run.pk))
    done(run)
    assert ImpactMover.objects.count() == 10
    assert [queries(board, address) for address in addresses(run)] == before
    assert max(before) <= 20


def test_a_difference_of_the_night_is_in_sight(in_a: Any, heard: list[dict[str, Any]]) -> None:
    paid_home()
    closed_round()
    board = browser_of(Role.BOARD_OFFICER)
    assert "まだ照合していません" in text(board.get("/impact/replays/"))
    night()
    assert "すべて一致しました" in text(board.get("/impact/replays/"))
    assert "再計算照合で一致しない" not in text(board.get("/"))
    payment = PupilPayment.objects.get()
    receipt = payment.receipt | {"result": payment.receipt["result"] | {"paid": 1}}
    PupilPayment.objects.update(receipt=receipt)
    bad = night(datetime.date(2026, 1, 11))
    for address in ("/", "/impact/", "/impact/replays/"):
        assert "一致しない" in text(board.get(address)) or "一致しません" in text(board.get(address))
    heard.clear()
    shown = text(board.get(f"/impact/replays/{bad.pk}/"))
    assert f"/payments/pupils/{payment.pk}/" in shown
    assert "result.paid" in shown
    [row] = [row for row in heard if row["event"].startswith("read:")]
    assert {"kind": "payment", "id": str(payment.pk)} in row["subjects"]
    assert "再計算照合で一致しない" not in text(clerk_of("S01").get("/"))


def test_a_revision_leads_to_its_impact(in_a: Any, heard: list[Any]) -> None:
    revision = draft()
    board = browser_of(Role.BOARD_OFFICER)
    address = f"/impact/?choice=revision:{revision.pk}"
    assert address in text(board.get(reverse("yearpacks:revision", "config.urls_tenant", args=[revision.pk])))
    assert f'value="revision:{revision.pk}" selected' in text(board.get(address))
