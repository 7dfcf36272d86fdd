"""The viewer of the trail, through the browser's door: log-in, one-time password, page."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.urls import include, path

from audit.trail import connections, reader
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.leaving import taken
from audit.trail.recorder import Entry, Subject, record_access, record_access_many
from audit.trail.vocabulary import Event
from tests.platform.accounts.sign_in import client_of, make_person, sign_in

urlpatterns = [path("", include("accounts.urls")), path("trail/", include("audit.review.urls_trail"))]


@pytest.fixture(autouse=True)
def kept_connections_closed() -> Any:
    yield
    connections.close_all()


@pytest.fixture
def urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.audit.review.test_trail_page"
    middleware = "audit.trail.middleware.TrailMiddleware"
    if middleware not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]


@pytest.fixture
def monitor(in_a: Any, urls: None) -> Any:
    from accounts.roles import Role

    client = client_of("kou.localhost")
    sign_in(client, make_person(f"monitor-{uuid.uuid4().hex[:6]}", Role.MONITOR))
    return client


def somebody(name: str = "山田 花子") -> Actor:
    return Actor(ActorKind.PERSON, f"u-{uuid.uuid4()}", name, "学校事務担当", terminal="t-9")


def text_of(response: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (
            {"list": "statements", "count": 50, "criteria": ["school", "words"]},
            ["一覧 調書", "件数 50", "使った条件 学校、語句"],
        ),
        ({"kind": "vault.import_numbers", "error_id": "x/1"}, ["種類 個人番号の受入", "誤りの番号 x/1"]),
        ({"規則": "outside_hours"}, ["規則 利用時間外の利用"]),
        ({"permission": "manage_users", "method": "POST"}, ["必要な権限 利用者", "方法 送る"]),
        ({"counts": {"new": 3, "parked": 1}, "page": "households:list"}, ["新しいもの: 3、保留（件）: 1", "画面 世帯"]),
        ({"fields": ["born"], "protected": True}, ["項目 生年月日", "支援措置 はい"]),
        ({"state": "computed", "sha256": "0f3a", "of_old": "x"}, ["状態 算定済", "0f3a", "of_old x"]),
    ],
)
def test_details_stand_in_words_whatever_the_codes(in_a: Any, detail: dict[str, Any], words: list[str]) -> None:
    from audit.review.trail_words import details_of

    said = "　".join(f"{term} {value}" for term, value in details_of(detail))
    assert [one for one in words if one not in said] == [], said


def test_the_page_shows_the_words_and_not_the_codes(monitor: Any) -> None:
    clerk = somebody()
    with acting_as(clerk):
        record_access(Event.READ_LIST_SHOWN, detail={"list": "statements", "criteria": ["school"]})
    page = text_of(monitor.get("/trail/", {"actor": clerk.id}))
    assert "使った条件" in page
    assert "criteria" not in page


@pytest.mark.parametrize(
    ("kinds", "names", "words"),
    [
        (["household"], ["note", "born"], "項目 特記事項、生年月日"),
        (["household", "member"], ["name"], "項目 氏名"),
        (["expense", "pupil"], ["note"], "項目 備考"),
        ([], ["is_active"], "項目 有効"),
    ],
)
def test_a_column_is_called_as_the_table_of_the_subject_calls_it(
    in_a: Any, kinds: list[str], names: list[str], words: str
) -> None:
    """One name stands in many tables: the shortest word of any of them was another table's."""
    from audit.review.trail_words import details_of

    assert [" ".join(each) for each in details_of({"fields": names}, kinds)] == [words]


def test_the_page_asks_the_subjects_of_the_event(monitor: Any) -> None:
    clerk = somebody()
    with acting_as(clerk):
        record_access(
            Event.HOUSEHOLD_FACTS_CORRECTED, subjects=[Subject("household", "12")], detail={"fields": ["note"]}
        )
    assert "特記事項" in text_of(monitor.get("/trail/", {"actor": clerk.id}))


def test_a_monitor_reads_one_sentence_per_event_and_why_it_was_allowed(monitor: Any) -> None:
    clerk = somebody()
    with acting_as(clerk):
        record_access(
            Event.READ_HOUSEHOLD_SHOWN,
            subjects=[Subject("household", "12")],
            allowed_by="view_household",
            duty="就学奨励費",
            case="R8-3",
        )
    response = monitor.get("/trail/", {"actor": clerk.id})
    assert response.status_code == 200
    page = text_of(response)
    assert "山田 花子（学校事務担当）が世帯を閲覧しました（世帯 1件）。" in page
    assert "世帯・児童生徒・調書を見る" in page
    assert "R8-3" in page
    assert f"操作者: {clerk.name}" in page
    assert f"actor={clerk.id}" in response.content.decode()


def test_looking_at_the_trail_is_in_the_trail(monitor: Any) -> None:
    from accounts.models import User

    monitor.get("/trail/", {"group": "read", "since": "R8.4.1"})
    looking = str(User.objects.get(username__startswith="monitor-").pk)
    newest = reader.search(reader.Filters(prefix="read:trail", actor=looking, limit=1))[0]
    assert newest.detail["条件"] == ["出来事", "期間"]
    assert newest.allowed_by == "view_trail"
    assert newest.actor_role == "監視担当"


def test_filters_stand_in_the_url_and_narrow(monitor: Any) -> None:
    clerk, subject = somebody(), Subject("pupil", uuid.uuid4().hex)
    with acting_as(clerk):
        record_access(Event.READ_PUPIL_SHOWN, subjects=[subject])
        record_access(Event.PRINT_NOTICE_MADE, subjects=[subject], detail=taken(1))
        record_access(Event.READ_PUPIL_SHOWN)
    by_subject = text_of(monitor.get("/trail/", {"kind": subject.kind, "id": subject.id}))
    assert "2件" in by_subject
    assert f"対象: 児童生徒 {subject.id}" in by_subject
    by_group = text_of(monitor.get("/trail/", {"actor": clerk.id, "group": "print"}))
    assert "決定通知書を印刷しました" in by_group
    assert "児童生徒を閲覧しました" not in by_group
    by_event = text_of(monitor.get("/trail/", {"actor": clerk.id, "group": "read:pupil:shown"}))
    assert "児童生徒を閲覧しました" in by_event
    assert "決定通知書を印刷しました" not in by_event
    before = text_of(monitor.get("/trail/", {"actor": clerk.id, "until": "R1.5.1"}))
    assert "あてはまる記録はありません" in before


def test_older_events_are_a_link_away_and_none_is_shown_twice(monitor: Any) -> None:
    clerk = somebody()
    with acting_as(clerk):
        made = record_access_many(Entry(Event.READ_LIST_SHOWN) for _ in range(230))
    seen: list[str] = []
    url = f"/trail/?actor={clerk.id}"
    pages = 0
    while url:
        content = monitor.get(url).content.decode()
        seen += re.findall(r"<dt>記録の番号</dt><dd>([0-9a-f-]{36})</dd>", content)
        older = re.search(r'href="([^"]+)" rel="next"', content)
        url = f"/trail/{unescape(older[1])}" if older else ""
        pages += 1
    assert pages == 3
    assert sorted(seen) == sorted(str(identity) for identity in made)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"since": "令和8年13月1日"}, "月"),
        ({"since": "R8.4.2", "until": "R8.4.1"}, "「いつまで」に、令和8年4月2日か、それより後の日を入力してください。"),
        ({"until": "9999-12-31"}, "この日付では絞り込めません。"),
        ({"since": "9999-12-31"}, "この日付では絞り込めません。"),
    ],
)
def test_a_wrong_day_is_told_beside_its_field(monitor: Any, parameters: dict[str, str], words: str) -> None:
    response = monitor.get("/trail/", parameters)
    assert response.status_code == 400
    assert words in text_of(response)
    assert "条件を直してください" in text_of(response)


def test_an_altered_place_leads_back_to_the_newest(monitor: Any) -> None:
    response = monitor.get("/trail/", {"after": "1-'; drop table"}, follow=True)
    assert response.redirect_chain == [("/trail/", 302)]
    assert "最初から開き直してください" in text_of(response)


def test_names_from_the_trail_are_text_and_never_markup(monitor: Any) -> None:
    rogue = somebody("<script>alert(1)</script>")
    with acting_as(rogue):
        record_access(Event.READ_LIST_SHOWN, detail={"<b>": "<i>x</i>"})
    content = monitor.get("/trail/", {"actor": rogue.id}).content.decode()
    assert "<script>alert" not in content
    assert "<i>x" not in content


def test_another_prefectures_events_are_not_there(prefecture_b: Any, monitor: Any) -> None:
    from tenants.core.context import prefecture_context

    subject = Subject("household", uuid.uuid4().hex)
    with prefecture_context(prefecture_b):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[subject])
    assert "あてはまる記録はありません" in text_of(monitor.get("/trail/", {"kind": subject.kind, "id": subject.id}))


def test_a_clerk_may_not_look(in_a: Any, urls: None) -> None:
    from accounts.roles import Role

    client = client_of("kou.localhost")
    sign_in(client, make_person("clerk", (Role.SCHOOL_CLERK, "S01")))
    response = client.get("/trail/")
    assert response.status_code == 403
    assert "操作記録を見る" in text_of(response)


def test_without_the_audit_database_the_page_stays_closed(monitor: Any, settings: Any) -> None:
    settings.AUDIT_DATABASE = {**settings.AUDIT_DATABASE, "port": 1}
    connections.close_all()
    response = monitor.get("/trail/")
    assert response.status_code == 503
    assert "記録が残せないため、表示を止めています" in text_of(response)
