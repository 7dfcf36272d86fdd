"""Sample files have a 保管期限: when it is over the bytes go, the finding stays, and the trail says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.domain.atena_trials.test_samples import HERE, answer, offered, officer, only, put
from tests.tenants.console.conftest import text_of

__all__ = ["officer"]


def test_the_bytes_go_when_the_term_is_over(officer: Any, files_of_this_test: Any) -> None:
    from audit.trail.vocabulary import Event
    from domain.atena_trials.models import KEPT_DAYS
    from domain.atena_trials.services import erase_expired
    from tenants.core import files
    from tests.support.outbox import outbox

    offered()
    put(officer, answer())
    sample, today = only(), timezone.localdate()
    assert sample.keep_until == today + timedelta(days=KEPT_DAYS)
    assert "まで）" in text_of(officer.get(HERE))
    assert erase_expired(sample.keep_until) == 0
    assert files.resolve(sample.path).exists()
    assert erase_expired(sample.keep_until + timedelta(days=1)) == 1
    assert not files.resolve(sample.path).exists()
    assert erase_expired(sample.keep_until + timedelta(days=1)) == 0
    found = outbox.filter(event=Event.LINKAGE_SAMPLE_ERASED.value)
    assert [event.detail["because"] for event in found] == ["term"]
    assert "保管期限により消去しました" in text_of(officer.get(f"{HERE}{sample.pk}/"))
    assert only().fits


def test_the_daily_task_goes_through_the_prefectures(officer: Any, files_of_this_test: Any) -> None:
    from config.celery_settings import beat_schedule
    from domain.atena_trials.models import SampleFile
    from domain.atena_trials.tasks import upkeep

    offered()
    put(officer, answer())
    SampleFile.objects.update(keep_until=timezone.localdate() - timedelta(days=1))
    upkeep()
    assert only().erased_at is not None
    assert upkeep.name in {str(entry["task"]) for entry in beat_schedule.values()}
