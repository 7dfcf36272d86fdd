"""The way into force: a day of its own, a stop at any point, and what the database itself refuses."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.tenants.console.conftest import draft_of, put_into, text_of

HERE = "/prefectures/290009/adapter/"
TODAY = datetime.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def first_of_june(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What reached the prefecture."""
    from domain.linkage import services

    reached: list[dict[str, Any]] = []
    monkeypatch.setattr(services, "put_in_force", lambda config, _: reached.append(config))
    return reached


def state_of(draft: Any) -> str:
    draft.refresh_from_db()
    return str(draft.state)


def asked(draft: Any, day: datetime.date | None = None) -> Any:
    from accounts.models import User
    from tenants.console.activation import activate

    second, _ = User.objects.get_or_create(username="operator2")
    return activate(draft, second, day)


def test_a_version_waits_for_its_day(kou: Any, operator: Any, handed: list[Any], monkeypatch: Any) -> None:
    from tenants.console.activation import put_in_force, start_due
    from tenants.console.adapters import NotReady

    draft = draft_of(kou, state="checked")
    later = TODAY + datetime.timedelta(days=30)
    assert asked(draft, later) is None
    assert (state_of(draft), draft.valid_from) == ("requested", later)
    assert start_due(TODAY) == 0
    with pytest.raises(NotReady, match="適用開始日がまだ来ていない"):
        put_in_force(draft.pk)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)
    assert start_due(later) == 1
    assert start_due(later) == 0, "a job that is at work already is not started twice"
    put_in_force(draft.pk)
    assert state_of(draft) == "active"
    assert len(handed) == 1


def test_a_day_in_the_past_is_refused(kou: Any, operator: Any) -> None:
    from tenants.console.adapters import NotReady

    draft = draft_of(kou, state="checked")
    with pytest.raises(NotReady, match="今日以降の日"):
        asked(draft, TODAY - datetime.timedelta(days=1))
    assert state_of(draft) == "checked"


@pytest.mark.parametrize("typed", ["R8.6.1", "令和8年6月1日", ""])
def test_the_day_is_typed_on_the_page(kou: Any, operator: Any, browse: Any, typed: str) -> None:
    draft = draft_of(kou, state="checked")
    second = browse("operator2")
    assert 'name="valid_from"' in second.get(f"{HERE}1/").content.decode()
    second.post(f"{HERE}1/activate/", {"valid_from": typed})
    assert state_of(draft) == "requested"
    assert draft.valid_from == TODAY


def test_a_day_that_cannot_be_read_changes_nothing(kou: Any, operator: Any, browse: Any) -> None:
    draft = draft_of(kou, state="checked")
    answer = browse("operator2").post(f"{HERE}1/activate/", {"valid_from": "来月"}, follow=True)
    assert "日付として読めません" in text_of(answer), text_of(answer)
    assert state_of(draft) == "checked"


def test_a_request_is_taken_back_until_the_prefecture_has_it(kou: Any, operator: Any) -> None:
    draft = draft_of(kou, state="checked")
    asked(draft, TODAY + datetime.timedelta(days=3))
    assert "有効化の依頼を取り消す" in text_of(operator.get(f"{HERE}1/"))
    operator.post(f"{HERE}1/withdraw/")
    assert (state_of(draft), draft.activated_by, draft.valid_from) == ("checked", None, None)
    put_into(draft, "handed")
    assert "取り消せません" in text_of(operator.post(f"{HERE}1/withdraw/", follow=True))
    assert state_of(draft) == "handed"


@pytest.mark.parametrize("stop", ["before", "after_the_prefecture", "before_the_switch"])
def test_a_stop_at_any_point_is_gone_on_from(
    kou: Any, operator: Any, handed: list[Any], monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    """A killed worker leaves what was committed; the next run comes to the same end."""
    from domain.linkage import services
    from tenants.console import activation
    from tests.support.outbox import outbox

    draft = draft_of(kou, state="checked")
    old = draft_of(kou, attempts=2)
    put_into(draft, "active")
    put_into(old, "checked")
    old, draft = draft, old
    asked(draft)

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    def reached_and_killed(config: Any, _: Any) -> None:
        handed.append(config)
        raise Killed

    with monkeypatch.context() as broken:
        if stop == "before":
            broken.setattr(services, "put_in_force", killed)
        elif stop == "after_the_prefecture":
            broken.setattr(services, "put_in_force", reached_and_killed)
        else:
            broken.setattr(activation, "_switch", killed)
        with pytest.raises(Killed):
            activation.put_in_force(draft.pk)
    assert state_of(draft) == ("handed" if stop == "before_the_switch" else "requested")
    assert state_of(old) == "active", "until the switch the earlier version is the one in force"
    for _ in range(2):
        activation.put_in_force(draft.pk)
    assert (state_of(draft), state_of(old)) == ("active", "retired")
    assert old.retired_at is not None
    assert outbox.filter(event="console:adapter:activated").count() == 1
    assert all(config == draft.config for config in handed)


def test_what_stopped_half_way_in_the_prefecture_goes_on_by_itself(kou: Any, operator: Any) -> None:
    from jobs.models import Job
    from tenants.console.activation import start_due

    draft = draft_of(kou, state="checked")
    job = asked(draft)
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=timezone.now())
    assert start_due(TODAY) == 0, "what failed before the prefecture had it waits for people"
    put_into(draft, "handed")
    assert start_due(TODAY) == 1


@pytest.mark.parametrize("state", ["requested", "handed", "active"])
@pytest.mark.parametrize("lacking", ["green", "checked_at", "activated_by", "valid_from"])
def test_the_database_refuses_a_version_that_was_not_green_or_not_asked_for(
    kou: Any, operator: Any, state: str, lacking: str
) -> None:
    draft = draft_of(kou)
    put_into(draft, "active")
    setattr(draft, lacking, False if lacking == "green" else None)
    draft.state = state
    with pytest.raises(IntegrityError, match="only_a_green_adapter_goes_live"), transaction.atomic():
        draft.save()


def test_the_database_knows_one_active_version(kou: Any, operator: Any) -> None:
    put_into(draft_of(kou), "active")
    with pytest.raises(IntegrityError, match="one_adapter_active"), transaction.atomic():
        put_into(draft_of(kou, attempts=2), "active")


def test_a_checked_version_that_is_not_green_is_refused(kou: Any, operator: Any) -> None:
    from tenants.console.adapters import NotReady

    draft = draft_of(kou, state="checked")
    draft.green = False
    draft.save(update_fields=["green"])
    with pytest.raises(NotReady, match="接続試験に合格していない"):
        asked(draft)


def test_the_list_shows_from_when_until_when(kou: Any, operator: Any) -> None:
    put_into(draft_of(kou), "active")
    assert "R8.6.1 から" in text_of(operator.get(HERE))


def test_a_content_that_no_green_run_was_made_with_is_refused(kou: Any, operator: Any, handed: list[Any]) -> None:
    """Whatever the row says of itself: the run names the SHA-256 of what was tried."""
    from tenants.console.activation import put_in_force
    from tenants.console.adapters import NotReady

    draft = draft_of(kou, state="checked")
    draft.config["transport"]["attempts"] = 7
    draft.save(update_fields=["config"])
    with pytest.raises(NotReady, match="接続試験に合格していない"):
        asked(draft)
    put_into(draft, "requested")
    with pytest.raises(NotReady, match="接続試験に合格していない"):
        put_in_force(draft.pk)
    assert handed == []


def test_the_periodic_task_starts_what_is_due(kou: Any, operator: Any) -> None:
    from jobs.models import Job
    from tenants.console import tasks

    draft = draft_of(kou)
    put_into(draft, "requested")
    tasks.start_due()
    job = Job.objects.get(kind="console.activate_adapter")
    assert job.args == {"draft": draft.pk}
    assert job.created_by_name == "適用開始日"


def test_a_version_waits_for_its_second_person_no_longer_than_any_request(kou: Any, browse: Any) -> None:
    """The day of the last green check counts; who wrote it must still be somebody who may. A new check lets it go on."""
    from accounts.errors import RequestStale
    from accounts.models import User

    writer, second = browse("operator"), browse("operator2")
    draft = draft_of(kou, state="checked")
    old = timezone.now() - datetime.timedelta(days=14)
    type(draft).objects.filter(pk=draft.pk).update(checked_at=old)
    for browser in (writer, second):
        page = text_of(browser.get(f"{HERE}1/"))
        assert "14日のあいだ、二人目が決めませんでした" in page
        assert "接続試験をもう一度実行するか" in page
        assert 'name="valid_from"' not in page
    assert "期限切れ" in text_of(writer.get(HERE))
    assert "もう承認できません" in text_of(second.post(f"{HERE}1/activate/", {}, follow=True))
    assert state_of(draft) == "checked"
    put_into(draft, "checked")
    User.objects.filter(username="operator").update(is_active=False)
    with pytest.raises(RequestStale, match="申請した人の利用が終わっている"):
        asked(draft)
    User.objects.filter(username="operator").update(is_active=True)
    asked(draft)
    assert state_of(draft) == "requested"
