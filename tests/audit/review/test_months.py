"""月次点検: closed by name and with a finding, once, signed; then nothing can change it unseen."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_init
from django.utils import timezone

from tests.audit.review.conftest import World, text_of
from tests.audit.review.test_loop import events
from tests.audit.review.test_signal_pages import another

FINDING = "夜間のログイン1件は年度末の処理で、届が遅れたもの。課内に周知した。"


def last_month(world: World) -> date:
    return (world.back.replace(day=1) - timedelta(days=1)).replace(day=1)


class Began:
    """The moment at which each prefecture is read to have begun, by the test and by the requests of its browsers."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self, instance: Any, **_: Any) -> None:
        instance.created_at = self.moment


@pytest.fixture(autouse=True)
def began(prefecture_a: Any) -> Iterator[Began]:
    """Years ago: what is closed here is a month of its own, whenever the tests run."""
    from tenants.core.models import Prefecture

    found = Began(datetime(2024, 4, 1, tzinfo=UTC))
    found(prefecture_a)
    post_init.connect(found, sender=Prefecture)
    yield found
    post_init.disconnect(found, sender=Prefecture)


def text_of_pdf(made: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(made)).pages)


def test_a_month_is_closed_once_by_name_with_a_finding(office: World) -> None:
    from audit.review.errors import MonthClosed, MonthNotOver, TextUnfit
    from audit.review.months.closing import close_month, is_intact

    month = last_month(office)
    with pytest.raises(MonthNotOver):
        close_month(office.back.replace(day=1), office.manager, FINDING)
    for finding in ("", "   ", "異常なし"):
        with pytest.raises(TextUnfit):
            close_month(month, office.manager, finding)
    review = close_month(month, office.manager, FINDING)
    assert (review.closed_by, review.finding) == ("w-manager", FINDING)
    assert is_intact(review)
    with pytest.raises(MonthClosed):
        close_month(month, office.manager, FINDING)
    assert len(events("alert:month:signed")) == 1


def test_only_who_judges_alerts_closes_a_month(office: World) -> None:
    from accounts.errors import PermissionRefused
    from audit.review.months.closing import close_month

    with pytest.raises(PermissionRefused):
        close_month(last_month(office), office.monitor, FINDING)


@pytest.mark.parametrize(
    "change", ["finding = 'すべて問題なかったことにする'", "closed_by = 'w-clerk'", "month = month"]
)
def test_the_database_refuses_to_change_or_remove_a_closed_month(office: World, change: str) -> None:
    from audit.review.months.closing import close_month

    close_month(last_month(office), office.manager, FINDING)
    for statement in (f"UPDATE review_monthlyreview SET {change}", "DELETE FROM review_monthlyreview"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_month_without_name_or_finding_cannot_be_stored(office: World) -> None:
    from audit.review.models import MonthlyReview

    for values in ({"finding": "短い", "closed_by": "x", "closed_by_name": "x"}, {"finding": FINDING, "closed_by": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MonthlyReview.objects.create(
                month=last_month(office),
                figures="{}",
                closed_at=office.clock.now,
                signature="",
                public_key="",
                **values,
            )


@pytest.mark.parametrize("field", ["figures", "finding", "closed_by", "signature"])
def test_what_was_bent_behind_the_triggers_back_is_seen(office: World, field: str) -> None:
    from audit.review.months.closing import close_month, is_intact

    review = close_month(last_month(office), office.manager, FINDING)
    value = getattr(review, field)
    setattr(review, field, value.replace(value[-2], "0" if value[-2] != "0" else "1"))
    assert getattr(review, field) != value
    assert not is_intact(review)


def test_the_figures_count_alerts_refusals_and_reveals(office: World) -> None:
    from audit.review.months.figures import sections_of
    from audit.trail.actors import Actor, ActorKind, acting_as
    from audit.trail.recorder import record_access
    from audit.trail.vocabulary import Event, label

    office.night(office.clerk)
    with acting_as(Actor(ActorKind.PERSON, "7", "見本 取扱子", "個人番号取扱者")):
        record_access(Event.NUMBER_INDIVIDUAL_REVEALED)
        record_access(Event.ACCESS_SCHOOL_REFUSED)
    found = {
        section.title: {what: count for what, count, _ in section.rows}
        for section in sections_of(office.back.replace(day=1))
    }
    assert found["警報"] == {"利用時間外の利用（判定前）": 1}
    assert found["確認の流れ"]["完了していない警報"] == 1
    assert found["個人番号を表示した人"]["見本 取扱子"] >= 1
    assert found["拒否された操作"][label(Event.ACCESS_SCHOOL_REFUSED)] >= 1
    assert found["操作の記録"]["番号"] >= 1


def test_accesses_without_a_reason_and_signals_that_are_only_reported_are_counted(office: World) -> None:
    from audit.detection.models import AccessDay, SignalSeen
    from audit.review.months.figures import sections_of

    month = last_month(office)
    AccessDay.objects.create(username="w-clerk", day=month, accesses=20, explained=17)
    AccessDay.objects.create(username="w-monitor", day=month, accesses=5, explained=5, related=2)
    AccessDay.objects.create(username="w-clerk", day=month - timedelta(days=1), accesses=9, explained=0)
    for number, outcome in enumerate(("report", "report", "excepted", "alert")):
        SignalSeen.objects.create(
            key=f"s{number}", rule="outside_hours", username="w-clerk", sentence="x", outcome=outcome,
            occurred_at=office.clock.now.replace(year=month.year, month=month.month, day=10),
        )  # fmt: skip
    found = {section.title: list(section.rows) for section in sections_of(month)}
    assert found["閲覧の理由"] == [
        ("閲覧された世帯（延べ）", 25, "世帯"), ("理由の分かった閲覧（延べ）", 22, "世帯"),
        ("理由の分からない閲覧（見本 事務子）", 3, "世帯"),
        ("理由のある、親族・同僚とみられる記録の閲覧（見本 監視郎）", 2, "世帯"),
    ]  # fmt: skip
    assert found["警報にしなかった信号"] == [
        ("利用時間外の利用（例外）", 1, "件"), ("利用時間外の利用（報告のみ）", 2, "件"),
    ]  # fmt: skip


def test_what_was_loosened_is_told_with_who_asked_who_approved_and_what_it_was(office: World) -> None:
    from audit.detection import services, tuning
    from audit.detection.models import Loosening, SignalException
    from audit.review.months.closing import close_month
    from audit.review.months.document import pdf
    from audit.review.months.figures import sections_of
    from domain.households.canaries import ask_removal, place
    from tests.support.records import school as make_school

    second, month = another(office), office.back.replace(day=1)
    rule = tuning.described("concurrent_sessions")
    assert rule is not None
    assert rule.standard is not None
    school = make_school()
    decoys = [place(school, office.manager) for _ in range(2)]
    day_off = services.add_day_off(office.back, "開庁記念日", office.manager)
    tuning.set_threshold(rule, rule.standard / 2, office.manager)
    until = office.clock.now + timedelta(days=30)
    tuning.ask_exception("volume", office.clerk, until, "年度末の処理のため", office.manager)
    tuning.ask_exception("volume", None, until, "承認されないもの", office.manager)
    tuning.set_hours(time(6), time(0), office.manager)
    tuning.ask_day_off_removal(day_off, office.manager)
    ask_removal(decoys[0], office.manager)
    for row in Loosening.objects.exclude(reason="承認されないもの").order_by("pk"):
        tuning.approve(row.pk, second)

    (rows,) = [list(one.rows) for one in sections_of(month) if one.title == "見守りを緩めた変更"]
    changes = [
        f"しきい値 「{rule.title}」 {rule.standard:g}から{rule.standard / 2:g}へ",
        "例外 「多数の記録の閲覧」 見本 事務子について",
        "利用時間を広げる変更 平日7:00〜21:00から平日6:00〜24:00へ",
        "休業日の取消し 令和",
        "おとりの世帯の除去 2世帯から1世帯減",
    ]
    assert len(rows) == len(changes)
    for (what, count, unit), change in zip(rows, changes, strict=True):
        assert what.startswith(change), what
        assert "（申請 見本 安全子、承認 見本 決子 令和" in what
        assert (count, unit) == (1, "件")
    assert not any(one.rows for one in sections_of(last_month(office)) if one.title == "見守りを緩めた変更")
    made = SignalException.objects.get()
    (following,) = [
        list(one.rows) for one in sections_of(until.date().replace(day=1)) if one.title == "見守りを緩めた変更"
    ]
    assert [what for what, _, _ in following] == [rows[1][0]], "while it is in force"
    SignalException.objects.update(ends_at=made.starts_at + timedelta(days=60))
    (bent,) = [list(one.rows) for one in sections_of(month) if one.title == "見守りを緩めた変更"]
    assert bent[1][0].startswith("▲承認の記録と合わない。例外 「多数の記録の閲覧」 見本 事務子について")
    SignalException.objects.update(ends_at=made.ends_at)
    office.clock.now += timedelta(days=31)
    text = text_of_pdf(pdf(close_month(month, office.manager, FINDING), "x"))
    assert "".join(changes[2].split()) in text
    assert "".join(changes[4].split()) in text


def test_the_newest_head_of_the_trail_is_signed_and_printed_with_the_month(office: World) -> None:
    from audit.review.months.closing import close_month, read_signed
    from audit.review.months.document import pdf
    from audit.trail.recorder import record_access
    from audit.trail.sealing.export import newest_head
    from audit.trail.sealing.handing import hand_out
    from audit.trail.sealing.sealer import seal_all
    from audit.trail.vocabulary import Event
    from tenants.core.context import console_context

    with console_context():
        record_access(Event.READ_LIST_SHOWN)
    then, office.clock.now = office.clock.now, datetime.now(UTC)
    record_access(Event.READ_LIST_SHOWN)
    seal_all()
    office.clock.now = then
    handed = hand_out()
    assert handed is not None
    head = newest_head()
    assert head is not None
    review = close_month(last_month(office), office.manager, FINDING)
    signed = read_signed(review)
    assert (signed.seal_number, signed.seal_head) == (head.number, head.line)
    assert signed.platform_head == handed.platform_head
    text = text_of_pdf(pdf(review, "x"))
    assert f"第{head.number}束" in text
    assert head.signature[:20] in text.replace("\n", "")
    assert json.loads(handed.platform_head)["signature"][:20] in text.replace("\n", ""), (
        "the platform's stands there too"
    )


def test_who_holds_the_pdf_alone_can_check_its_signature(office: World) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from audit.review.months.closing import close_month
    from audit.review.months.document import pdf

    review = close_month(last_month(office), office.manager, f"{FINDING}「見本」\u301c\U00020bb7")
    made = pdf(review, "x")
    ((name, (signed,)),) = pypdf.PdfReader(io.BytesIO(made)).attachments.items()
    printed = text_of_pdf(made)
    assert all(part in printed for part in (name, review.signature, review.public_key))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(review.public_key))
    key.verify(bytes.fromhex(review.signature), signed)
    assert json.loads(signed)["finding"] == review.finding


def test_the_pages_from_the_figures_to_the_signed_pdf(office: World) -> None:
    month = last_month(office)
    manager = office.browser(office.manager)
    assert "1か月分の点検が残っています" in text_of(manager.get("/review/months/"))
    url = f"/review/months/{month:%Y-%m}/"
    assert "まだ点検していません" in text_of(manager.get(url))
    assert manager.get(url + "page.pdf").status_code == 404
    short = manager.post(url, {"finding": "よし"})
    assert short.status_code == 400
    assert "10文字以上" in text_of(short)
    assert manager.post(url, {"finding": FINDING}).status_code == 302
    page = text_of(manager.get(url))
    assert FINDING in page
    assert "署名と一致" in page
    made = manager.get(url + "page.pdf")
    assert made.headers["Content-Type"] == "application/pdf"
    text = text_of_pdf(made.content)
    assert FINDING in text
    assert "この内容は署名と一致しています" in text
    assert "見本安全子" in text


def test_a_monitor_looks_but_does_not_sign(office: World) -> None:
    month = last_month(office)
    monitor = office.browser(office.monitor)
    assert "役割の人が行います" in text_of(monitor.get(f"/review/months/{month:%Y-%m}/"))
    assert monitor.post(f"/review/months/{month:%Y-%m}/", {"finding": FINDING}).status_code == 403
    assert monitor.get("/review/months/2026-13/").status_code == 404
    assert monitor.get("/review/months/2099-01/").status_code == 404


def test_months_left_open_are_listed_since_the_first_closed_one(office: World) -> None:
    from audit.review.months.closing import close_month, open_months

    today = office.back
    month = last_month(office)
    assert open_months(today) == [month]
    earlier = (month - timedelta(days=40)).replace(day=1)
    between = (month - timedelta(days=1)).replace(day=1)
    close_month(earlier, office.manager, FINDING)
    assert open_months(today) == [each for each in (month, between) if each > earlier]


def test_no_month_from_before_the_prefecture_began_is_asked_for_or_closed(prefecture_a: Any, office: World) -> None:
    from audit.review.errors import MonthTooEarly
    from audit.review.months.closing import close_month, open_months

    began = timezone.localdate(prefecture_a.created_at).replace(day=1)
    following = (began + timedelta(days=32)).replace(day=1)
    assert open_months(began) == open_months(following - timedelta(days=1)) == [], "brought in this month"
    assert open_months(following) == [began], "what there was of the first month is looked at"
    earlier = (began - timedelta(days=1)).replace(day=1)
    for month in (earlier, date(2001, 1, 1)):
        with pytest.raises(MonthTooEarly):
            close_month(month, office.manager, FINDING)
    browser, url = office.browser(office.manager), f"/review/months/{earlier:%Y-%m}/"
    page = browser.get(url)
    assert "団体の利用が始まる前の月です" in text_of(page)
    assert "署名して点検を終える" not in text_of(page)
    refused = browser.post(url, {"finding": FINDING})
    assert (refused.status_code, "月次点検の一覧から" in text_of(refused)) == (400, True)
    close_month(began, office.manager, FINDING)
    assert open_months(following) == [], "what was closed brings none from before it"


def test_a_prefecture_of_this_month_has_no_month_to_look_at(began: Began, office: World) -> None:
    began.moment = office.clock.now
    assert "点検する月は、まだありません" in text_of(office.browser(office.manager).get("/review/months/"))
