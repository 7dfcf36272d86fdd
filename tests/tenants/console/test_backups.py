"""The site's backup script says that it is done; the list of prefectures shows how old each backup is, and how the trail stands."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.tenants.console.conftest import draft_of, text_of


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("backup_done", *arguments, stdout=out)
    return out.getvalue()


def hours_ago(hours: int) -> str:
    return (timezone.now() - timedelta(hours=hours, minutes=5)).isoformat()


def test_the_list_shows_how_old_a_backup_is_and_marks_an_old_one(kou: Any, operator: Any) -> None:
    assert "▲ 記録なし" in text_of(operator.get("/prefectures/"))
    assert "2団体のバックアップを記録しました" in told("--taken-at", hours_ago(27))
    assert text_of(operator.get("/prefectures/")).count("▲ 27時間前") == 2
    told("--taken-at", hours_ago(3))
    page = text_of(operator.get("/prefectures/"))
    assert page.count("● 3時間前") == 2
    assert "▲ 記録なし" not in page


def test_one_prefecture_alone_can_be_told_of_and_the_trail_says_so(kou: Any, operator: Any) -> None:
    from tests.support.outbox import outbox

    assert "1団体" in told("--prefecture", kou.code)
    page = text_of(operator.get("/prefectures/"))
    assert (page.count("● 0秒前") + page.count("● 1秒前"), page.count("▲ 記録なし")) == (1, 1)
    event = outbox.get(event="console:backup:done")
    assert (event.subjects, event.actor_kind) == ([{"kind": "prefecture", "id": kou.code}], "command")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--taken-at", "2999-01-01T00:00"), "未来"),
        (("--taken-at", "昨日"), "の形で"),
        (("--prefecture", "999999"), "999999 の団体はありません"),
    ],
)
def test_what_cannot_be_is_refused(kou: Any, in_console: None, arguments: tuple[str, str], words: str) -> None:
    from tenants.console.models import BackupNote

    with pytest.raises(CommandError, match=words):
        told(*arguments)
    assert not BackupNote.objects.exists()


def test_seal_and_alerts_stand_in_the_line(kou: Any, operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.trail.vocabulary import Event
    from tenants.console import watch_load
    from tenants.console.trail_counts import Seal

    draft_of(kou, state="active")
    now, scope = timezone.now(), kou.schema_name
    counts = {scope: {Event.ALERT_RECORD_RAISED.value: 5}}
    monkeypatch.setattr(watch_load, "words_by_scope", lambda *_: counts)
    monkeypatch.setattr(watch_load, "seals_by_scope", lambda: {scope: Seal(3, now, 1, now - timedelta(minutes=9))})
    page = text_of(operator.get("/prefectures/"))
    assert "▲ 封印の遅れ" in page
    assert "5 ▲ 予算を超過" in page
