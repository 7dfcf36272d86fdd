"""The home page: the state of the year, the work that waits, and what is stuck, for each kind of person."""

from __future__ import annotations

import datetime
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.review.models import Alert
from audit.trail.recorder import TrailUnavailable
from config.home import sections
from domain.households.models import RosterImport
from domain.linkage.models import HeldInquiry, Inquiry, Registration
from domain.payments.models import PaymentRound
from domain.statements import services
from jobs import services as jobs
from tests.domain.statements import people
from tests.support import records
from tests.support.records import YEAR


def shown(browser: Any) -> str:
    """The page's words without its tags, each run of white space as one space."""
    page = people.text(browser.get("/"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]))


def imported(code: str) -> None:
    RosterImport.objects.create(
        school=records.school(code),
        fiscal_year=YEAR,
        file_name="名簿.xlsx",
        digest=code,
        state=RosterImport.State.IMPORTED,
        created_by="見本",
    )


def test_a_clerk_sees_the_year_and_the_work_of_the_own_school(in_a: Any) -> None:
    imported("S01")
    people.computed()
    people.lacking()
    people.lacking(records.school("S02"))
    records.family()
    page = shown(people.clerk_of())
    assert "サンプル支援学校S01" in page
    assert "名簿 ● 完了" in page
    assert "調書受付 ◐ 途中 2/3" in page
    assert "照会（宛名未登録 9人、未照会 2世帯） ◐ 途中 2/2" in page
    assert "算定 ◐ 途中 1/2" in page
    assert "進達 ○ これから" in page
    assert "調書の要確認 1件 続ける" in page
    assert "差し戻し 0件" in page
    assert "調書のまだない世帯 「学校にある調書をまとめて算定する」で調書を作ります 1世帯 調書を作る" in page
    assert "調書の入力 0件" in page
    assert "あなたの仕事が 2件あります" in page
    assert "進達できる" not in page
    assert "学校ごとの調書" not in page


def test_a_household_that_another_school_handles_is_not_waited_for(in_a: Any) -> None:
    home = records.family()
    records.pupil(records.member(home), records.school("S02"))
    services.open_statements(YEAR)
    assert home.statements.get().school.code == "S01"
    assert "調書受付 ○ これから" in shown(people.clerk_of("S02"))
    assert "調書受付 ● 完了" in shown(people.clerk_of())


def test_what_is_stuck_is_counted_in_households_and_people_with_the_longest_wait(
    in_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = records.family()
    people.answer(home, state=Inquiry.State.NOT_FOUND, match=Inquiry.Match.NONE, answer=None)
    people.compute(people.opened_of(home))
    doubted = records.family()
    people.answer(doubted, match=Inquiry.Match.REVIEW)
    Registration.objects.create(member=doubted.members.all()[0], state=Registration.State.REGISTERED, known=True)
    # Nobody may change when a step was taken, so the home page reads it twelve days later.
    later = timezone.localdate() + datetime.timedelta(days=12)
    clock = SimpleNamespace(
        now=timezone.now, localdate=lambda moment=None: timezone.localdate(moment) if moment else later
    )
    monkeypatch.setattr(sections, "timezone", clock)
    page = shown(people.clerk_of())
    assert "証明書待ち 最長 12日 1世帯 見る" in page
    assert "突合で要確認 2人" in page
    assert "宛名未登録 番号が届いていない 5人 5人" in page
    assert "照会結果の確認 2件 続ける" in page
    assert "待ち 0" in shown(people.clerk_of("S02")).replace("証明書待ち", "待ち")


def test_who_is_not_registered_is_listed_with_the_reason(in_a: Any) -> None:
    home = records.family()
    father, mother, child = home.members.order_by("key")
    Registration.objects.create(member=father, state=Registration.State.REJECTED, reason="生年月日が違います")
    Registration.objects.create(member=mother, state=Registration.State.REGISTERED, known=True)
    clerk = people.clerk_of()
    assert "宛名未登録 番号が届いていない 1人、登録不可 1人 2人 見る" in shown(clerk)
    listed = people.text(clerk.get("/unregistered/"))
    for words in ("番号が届いていない", "登録不可", "生年月日が違います", father.name, child.name):
        assert words in listed, words
    assert mother.name + "<" not in listed
    assert "番号受入を開く" not in listed
    assert "番号受入を開く" in people.text(people.browser_of((Role.NUMBER_HANDLER, "S01")).get("/unregistered/"))
    assert "0人" in people.text(people.clerk_of("S02").get("/unregistered/"))


def test_held_inquiries_past_their_day_stand_where_they_are_answered_and_approved(in_a: Any) -> None:
    handler, approver = people.browser_of(Role.NUMBER_HANDLER), people.browser_of(Role.APPROVER)
    today, member = timezone.localdate(), records.family().members.all()[0]
    for number, days in enumerate((-3, 0, 3)):
        HeldInquiry.objects.create(
            entry=f"K{number}", member=member, party="サンプル県", item="支弁", asked_at=timezone.now(),
            due_on=today + datetime.timedelta(days=days),
        )  # fmt: skip
    for browser in (handler, approver):
        assert "期限を過ぎた保留の照会 最長 3日 1件 回答する" in shown(browser)
    assert "期限を過ぎた保留の照会" not in shown(people.clerk_of())
    HeldInquiry.objects.filter(entry="K0").update(due_on=today)
    assert "期限を過ぎた保留の照会" not in shown(handler)


def test_rows_on_hold_and_new_households_are_counted(in_a: Any) -> None:
    imported("S01")
    people.lacking()
    records.family()
    page = shown(people.clerk_of())
    assert "名簿 ● 完了" in page
    assert "調書のまだない世帯 「学校にある調書をまとめて算定する」で調書を作ります 1世帯 調書を作る" in page
    roster = RosterImport.objects.get()
    roster.problems.create(sheet="世帯", row=3, severity="parked", code="import.grade-missing", message="x")
    page = shown(people.clerk_of())
    assert "名簿（保留1行） ▲ 要確認" in page


def test_a_household_left_out_for_a_wrong_row_is_missed(in_a: Any) -> None:
    imported("S01")
    people.lacking()
    clerk = people.clerk_of()
    page = shown(clerk)
    assert "名簿 ● 完了" in page
    assert "調書受付 ● 完了" in page
    assert "名簿から取り込めていない世帯" not in page
    before = people.queries(clerk, "/")
    for row, code in enumerate(("import.bad-date", "import.household-incomplete")):
        RosterImport.objects.get().problems.create(
            sheet="世帯構成員", row=row, severity="error" if row == 0 else "parked", code=code, message="x",
            household_number="H29-000017",
        )  # fmt: skip
    page = shown(clerk)
    assert "名簿（誤り1行） ▲ 要確認" in page
    assert "調書受付 ◐ 途中 1/2" in page
    assert "名簿から取り込めていない世帯 誤り 1世帯 1世帯 直す" in page
    assert people.queries(clerk, "/") == before
    assert "名簿（誤り1行） ▲ 要確認" in shown(people.browser_of((Role.PRINCIPAL, "S01")))
    assert "取り込めていない" not in shown(people.clerk_of("S02"))


def test_links_lead_to_lists_of_as_many(in_a: Any) -> None:
    people.lacking()
    clerk = people.clerk_of()
    page = people.text(clerk.get("/"))
    assert 'href="/statements/?state=checking"' in page
    assert "全1件" in people.text(clerk.get("/statements/?state=checking"))


def test_a_principal_is_led_to_forwarding(in_a: Any) -> None:
    people.computed()
    page = shown(people.browser_of((Role.PRINCIPAL, "S01")))
    assert "進達できる調書 1件 進達へ進む" in page
    assert "調書の要確認" not in page


@pytest.mark.parametrize(
    "role", [Role.SCHOOL_CLERK, Role.PRINCIPAL, Role.NUMBER_HANDLER, Role.BOARD_OFFICER, Role.APPROVER]
)
def test_every_link_of_the_home_may_be_followed(in_a: Any, role: Role) -> None:
    people.lacking()
    records.family()
    browser = people.browser_of(role)
    page = people.text(browser.get("/")).partition("<main")[2]
    links = set(re.findall(r'href="(/[^"#]*)"', page))
    assert links
    assert {link: browser.get(link.replace("&amp;", "&")).status_code for link in links} == dict.fromkeys(links, 200)


def test_the_board_sees_every_school_with_totals(in_a: Any) -> None:
    people.forwarded()
    people.lacking(records.school("S02"))
    people.computed(records.school("S02"))
    records.school("S03")
    page = shown(people.browser_of(Role.BOARD_OFFICER))
    assert "サンプル支援学校S01 0 0 0 0 1 0 0 1" in page
    assert "サンプル支援学校S02 0 1 0 1 0 0 0 2" in page
    assert "サンプル支援学校S03 0 0 0 0 0 0 0 0" in page
    assert "合計 0 1 0 1 1 0 0 3" in page
    assert "審査を待つ調書 1件 審査する" in page


def test_an_approver_sees_what_waits_but_for_the_own_proposals(in_a: Any) -> None:
    statement = people.forwarded()
    both = people.browser_of(Role.BOARD_OFFICER, Role.APPROVER)
    services.propose([statement.pk], both.person, "7教特第1号", datetime.date(YEAR, 4, 1))
    assert "決定を待つ調書 0件" in shown(both)
    assert "決定を待つ調書 1件 決定する" in shown(people.browser_of(Role.APPROVER))


def test_the_next_round_ends_the_strip(in_a: Any) -> None:
    records.school()
    values = {"fiscal_year": YEAR, "starts_on": datetime.date(YEAR, 4, 1), "ends_on": datetime.date(YEAR, 7, 31)}
    PaymentRound.objects.create(number=1, title="第1期", pay_on=datetime.date(YEAR, 9, 25), **values)
    assert "支給1期 ○ これから" in shown(people.clerk_of())
    PaymentRound.objects.update(starts_on=None, ends_on=None)
    assert "追給・戻入 ○ これから" in shown(people.clerk_of())


def alert(n: int, state: str, **values: Any) -> None:
    from audit.review.models import Alert

    given = {"username": "x", "sentence": "x", "rule": "x", "occurred_at": timezone.now()} | values
    Alert.objects.create(key=f"key {n}", state=state, **given)


def forget_alerts() -> None:
    """Those that the log-ins of the test itself raised, depending on the hour at which it runs."""
    from audit.review.models import Alert

    Alert.objects.update(state="closed")


def away(*_: Any, **__: Any) -> None:
    raise TrailUnavailable


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SECURITY_MANAGER])
def test_a_monitor_sees_open_alerts_and_nothing_of_households(
    in_a: Any, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[dict[str, Any]] = []
    monkeypatch.setattr("audit.trail.store.insert", lambda rows, **_: read.extend(map(json.loads, rows)))
    browser = people.browser_of(role)
    forget_alerts()
    alert(1, "raised")
    alert(2, "asked", due_at=timezone.now() - datetime.timedelta(days=1))
    alert(3, "closed")
    records.family()
    page = shown(browser)
    assert "未完了の警報 2件、うち期限切れ 1件" in page
    assert "検知したまま 1件、確認・照会中 1件、判定待ち 0件" in page
    assert "未完了の警報（期限の近い順）" in page
    assert page.index("月の警報") < page.index("操作の記録")
    assert Alert.objects.get(state="raised").sentence in page
    told = [row["subjects"] for row in read if row["event"] == "read:list:shown"]
    assert [{one["kind"] for one in subjects} for subjects in told] == [{"alert"}]
    monkeypatch.setattr("audit.review.board.record_access", away)
    assert "未完了の警報 2件" in (without := shown(browser))
    assert "期限の近い順" not in without
    assert "わたしの仕事" not in page
    assert "調書" not in page


def test_who_is_asked_about_an_alert_finds_the_question_at_home(in_a: Any) -> None:
    asked, other = people.clerk_of(), people.clerk_of()
    forget_alerts()
    alert(1, "asked", username=asked.person.username)
    alert(2, "raised", username=asked.person.username)
    assert "監視担当または情報セキュリティ管理者から 1件の問い合わせがあります" in shown(asked)
    manager = records.staff(Role.SECURITY_MANAGER)
    step = Alert.objects.get(state="asked").steps.create(to_state="asked", by=manager.display_name)
    assert f"情報セキュリティ管理者（{manager.display_name}）から 1件の問い合わせがあります" in shown(asked)
    assert step.by == manager.display_name
    assert "問い合わせ" not in shown(other)


def test_the_manager_of_people_is_led_to_them(in_a: Any) -> None:
    browser = people.browser_of(Role.TENANT_ADMIN)
    records.staff(Role.SCHOOL_CLERK)
    everybody, new = User.objects.count(), User.objects.filter(must_enrol=True).count()
    assert new
    assert f"{everybody}人。認証器の登録待ち {new}人" in shown(browser)
    assert 'href="/users/"' in people.text(browser.get("/"))


def test_work_under_way_is_shown_to_who_asked_for_it_and_to_the_board(in_a: Any) -> None:
    clerk, other, board = people.clerk_of(), people.clerk_of(), people.browser_of(Role.BOARD_OFFICER)
    people.opened()
    with records.acting(clerk.person):
        job = jobs.start("statements.compute", {"fiscal_year": YEAR}, key="k", title="算定の仕事")
    assert "算定の仕事" in shown(clerk)
    assert f'id="job-{job.pk}"' in people.text(clerk.get("/"))
    assert "算定の仕事" in shown(board)
    assert "算定の仕事" not in shown(other)


@pytest.mark.parametrize("role", [(Role.SCHOOL_CLERK, "S01"), Role.BOARD_OFFICER, Role.APPROVER])
def test_the_number_of_queries_does_not_grow(in_a: Any, role: Any) -> None:
    people.computed()
    people.lacking()
    browser = people.browser_of(role)
    before = people.queries(browser, "/")
    for code in ("S01", "S02", "S03"):
        people.computed(records.school(code))
        people.lacking(records.school(code))
    assert people.queries(browser, "/") == before
    assert before <= 25


def test_an_empty_year_has_its_next_act(in_a: Any) -> None:
    assert "学校がまだありません" in shown(people.browser_of(Role.BOARD_OFFICER))


def test_nobody_is_led_to_the_log_in(in_a: Any) -> None:
    from tests.platform.accounts.sign_in import client_of

    response = client_of("kou.localhost").get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_who_has_no_roster_yet_is_led_to_its_import(in_a: Any) -> None:
    records.school("S01")
    page = shown(people.clerk_of())
    assert "名簿のない学校 1校 名簿を取り込む" in page
    assert "いま待っている仕事はありません" not in page
    imported("S01")
    assert "名簿のない学校" not in shown(people.clerk_of())
    RosterImport.objects.update(state=RosterImport.State.LOOKED)
    page = shown(people.clerk_of())
    assert "名簿のない学校 読んだ名簿 1件を、まだ取り込んでいません 1校" in page
