"""The load of each prefecture's watch on the platform's page: counts and seals, no person and no alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.tenants.console.conftest import text_of


def events(prefecture: Any, word: str, number: int) -> None:
    """As the relay would have brought them from the prefecture's outbox."""
    from audit.trail import store
    from audit.trail.entries import Entry, compose
    from audit.trail.vocabulary import Event

    rows = [compose(Entry(Event(word))).content for _ in range(number)]
    store.insert(rows, scope=prefecture.schema_name, prefecture_code=prefecture.code)


def load_of(prefecture: Any) -> Any:
    from tenants.console.watch_load import loads

    return loads([prefecture])[0]


def test_more_alerts_than_the_budget_are_told(kou: Any, operator: Any) -> None:
    before = load_of(kou).alerts
    events(kou, "alert:record:raised", 5)
    events(kou, "alert:deadline:passed", 1)
    found = load_of(kou)
    assert found.alerts == before + 5
    assert found.budget[0] == "予算を超過"
    page = text_of(operator.get("/platform/"))
    assert "見守りの負荷（今月）" in page
    assert "予算を超過" in page


def test_events_that_wait_too_long_for_their_seal_are_told(kou: Any, monkeypatch: Any) -> None:
    from tenants.console import watch_load
    from tenants.console.trail_counts import Seal

    now = timezone.now()
    for waiting_since, word in ((now - timedelta(minutes=6), "封印の遅れ"), (now, "封印済"), (None, "封印済")):
        monkeypatch.setattr(
            watch_load, "seals_by_scope", lambda since=waiting_since: {kou.schema_name: Seal(3, now, 1, since)}
        )
        assert load_of(kou).seal[0] == word
    monkeypatch.setattr(watch_load, "seals_by_scope", dict)
    assert load_of(kou).seal[0] == "記録なし"


def test_the_page_stands_without_the_trail(kou: Any, operator: Any, monkeypatch: Any) -> None:
    from audit.trail.recorder import TrailUnavailable
    from tenants.console import watch_load

    def away(*_: Any) -> Any:
        raise TrailUnavailable

    monkeypatch.setattr(watch_load, "words_by_scope", away)
    page = operator.get("/platform/")
    assert page.status_code == 200
    assert "見守りの負荷" not in text_of(page)
