"""The list of prefectures and the health page: what the console may know, and no more."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.tenants.console.conftest import draft_of, text_of

READABLE = ["/prefectures/", "/platform/", "/prefectures/290009/adapter/", "/prefectures/290009/adapter/1/"]


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch, kou: Any) -> None:
    from tenants.console import overview
    from tenants.console.trail_counts import TrailCount

    counts = {kou.schema_name: TrailCount(1_234, timezone.localdate())}
    monkeypatch.setattr(overview, "counts_by_scope", lambda: counts)


@pytest.fixture
def no_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from audit.trail import connections

    nobody = replace(connections.monitor(), database="no_such_database", login="nobody")
    monkeypatch.setattr(connections, "monitor", lambda: nobody)


def test_the_root_leads_to_the_prefectures(operator: Any) -> None:
    assert operator.get("/").headers["Location"] == "/prefectures/"


def test_a_line_says_how_a_prefecture_stands(kou: Any, operator: Any, trail: None) -> None:
    draft_of(kou, state="active")
    draft_of(kou)
    operator.post("/prefectures/290009/adapter/2/check/")
    shown = text_of(operator.get("/prefectures/"))
    assert "2団体のうち稼働 2、コンソールの処理待ち 1件" in shown
    line = (
        r"サンプル甲県 290009 サンプル ● 稼働 ● 一致 ● 有効 第1版 第2版 作成中 \S+ \S+(?: \d+件)?"
        r" 試験 令和\d+年\d+月\d+日 \d+時\d+分 （第1版） 1 ▲ 記録なし"
    )
    assert re.search(line, shown), shown
    assert "○ 未登録 ○ 未試験" in shown
    assert "1,234" in shown


def test_a_lagging_prefecture_stands_out(kou: Any, operator: Any) -> None:
    from tenants.core.models import Prefecture

    Prefecture.objects.filter(code="290009").update(migrations="older")
    assert "▲ 更新待ち" in text_of(operator.get("/prefectures/"))
    assert "表の更新を待つ団体が1あります" in text_of(operator.get("/platform/"))


def test_a_trail_that_is_away_does_not_hide_the_prefectures(kou: Any, operator: Any, no_trail: None) -> None:
    for url in ("/prefectures/", "/platform/"):
        shown = text_of(operator.get(url))
        assert "監査データベースが応答しないため" in shown
        assert "サンプル甲県" in shown
    assert "監査データベース ▲ 異常 応答がありません" in shown


def test_counts_and_partitions_are_really_read(rollback: None) -> None:
    from tenants.console import trail_counts

    assert isinstance(trail_counts.counts_by_scope(), dict)
    assert trail_counts.months_ahead() == 14
    assert trail_counts.months_ahead(3) == 3


def test_a_gap_in_the_partitions_is_counted_from_this_month(rollback: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.console import trail_counts

    monkeypatch.setattr(timezone, "localdate", lambda: date(2099, 5, 31))
    assert trail_counts.months_ahead() == -1


def test_health_says_what_is_wrong_and_what_to_do(operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.console import broker, trail_counts

    monkeypatch.setattr(broker, "look", lambda: broker.BrokerLook(False))
    monkeypatch.setattr(trail_counts, "months_ahead", lambda: 1)
    later = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr("tenants.console.health.timezone.now", lambda: later)
    shown = text_of(operator.get("/platform/"))
    assert "待ち行列 ▲ 異常 ブローカーが応答しません Valkey の稼働を確かめてください" in shown
    assert "記録の区画は 1か月先まで" in shown
    assert "定期実行と記録の転送 ▲ 異常" in shown


def test_a_queue_without_a_worker_is_ill(operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.console import broker

    seen = broker.BrokerLook(
        True,
        {"work": 7, "exchange": 0, "upkeep": 0, "watch": 0, "owner": 0},
        {"work": 0, "exchange": 1, "upkeep": 1, "watch": 1, "owner": 1},
    )
    monkeypatch.setattr(broker, "look", lambda: seen)
    shown = text_of(operator.get("/platform/"))
    assert "ワーカー 0、待ち 7件 work を受け持つワーカーを起動してください" in shown


def test_the_platform_monitor_reads_and_changes_nothing(kou: Any, operator: Any, browse: Any) -> None:
    draft_of(kou, state="checked")
    monitor = browse("platform")
    for url in READABLE:
        answer = monitor.get(url)
        assert answer.status_code == 200, url
        content = answer.content.decode()
        main = content[content.index("<main") :]
        assert "<form" not in main, url
        assert "/onboarding/" not in main, url
        assert "/new/" not in main, url
    for url in ("/onboarding/", "/onboarding/290009/", "/prefectures/290009/adapter/new/"):
        assert monitor.get(url).status_code == 403
    for url in ("run/", "handover/", "state/suspended/"):
        assert monitor.post(f"/onboarding/290009/{url}").status_code == 403
    for url in ("1/check/", "1/activate/", "import/", "new/"):
        assert monitor.post(f"/prefectures/290009/adapter/{url}").status_code == 403
    assert monitor.get("/prefectures/290009/adapter/1/export/").status_code == 403


@pytest.mark.parametrize("url", [*READABLE, "/onboarding/", "/onboarding/290009/", "/prefectures/290009/adapter/new/"])
def test_no_page_uses_any_login_but_the_consoles(kou: Any, operator: Any, url: str) -> None:
    """Every statement of a page, asked of the connection that ran it."""
    from django.db import connection

    from tenants.core.credentials import login_name
    from tenants.core.db import pool

    draft_of(kou)
    logins: list[str] = []
    activated: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        logins.append(context["connection"].login)
        return execute(sql, params, many, context)

    def entered(wrapper: Any) -> None:
        activated.append(wrapper.login)
        if note not in wrapper.execute_wrappers:
            wrapper.execute_wrappers.append(note)

    pool.activation_hooks.append(entered)
    connection.execute_wrappers.append(note)
    try:
        assert operator.get(url).status_code == 200
    finally:
        pool.activation_hooks.remove(entered)
    allowed = {login_name("console"), login_name("gateway")}
    assert logins
    assert set(logins) <= allowed
    assert set(activated) <= allowed


def test_the_lists_take_the_same_number_of_queries_for_more_prefectures(kou: Any, operator: Any, trail: None) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tenants.console.first_manager import stated_manager
    from tenants.console.onboarding import PrefectureRequest, register

    urls = ("/prefectures/", "/onboarding/", "/prefectures/290009/adapter/")

    def counted() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as captured:
                assert operator.get(url).status_code == 200
            found.append(len(captured))
        return found

    draft_of(kou)
    counted()
    before = counted()
    for number, code in enumerate(("010006", "020001", "030007", "040002")):
        draft_of(
            register(PrefectureRequest(code, f"サンプル{number}", f"sample{number}", 2025, stated_manager(kou.code)))
        )
        draft_of(kou)
    assert counted() == before
    assert max(before) <= 14
