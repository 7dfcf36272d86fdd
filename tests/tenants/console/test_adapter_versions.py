"""Versions of an adapter: checked, put in force by two people, and no stored secret that goes elsewhere."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.tenants.console.adapter_form import HERE, SECRET, drafts, newest, typed
from tests.tenants.console.conftest import config, draft_of, put_into, text_of


def test_the_check_runs_as_a_job_and_its_results_say_what_to_do(
    kou: Any, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrations.atena_adapters.port import CheckResult, CheckState
    from jobs.models import Job
    from jobs.running import run_job
    from tenants.console import adapters

    class Other:
        def check_config(self) -> list[CheckResult]:
            return [
                CheckResult("接続", CheckState.OK, "つながりました。"),
                CheckResult(
                    "認証", CheckState.FAILED, "認証情報が拒否されました。", "トークンを登録し直してください。"
                ),
            ]

    monkeypatch.setattr(adapters, "build", lambda *_, **__: Other())
    draft_of(kou)
    for _ in range(2):
        operator.post(f"{HERE}1/check/")
    job = Job.objects.get(kind="console.check_adapter")
    assert 'hx-get="/prefectures/290009/adapter/1/progress/"' in operator.get(f"{HERE}1/").content.decode()
    assert run_job(job.pk) == "succeeded"
    shown = text_of(operator.get(f"{HERE}1/progress/"))
    assert "認証 ■ 失敗 認証情報が拒否されました。 トークンを登録し直してください。" in shown
    assert "● 正常" in shown
    assert newest().state == "draft"


def test_a_check_that_breaks_is_told(kou: Any, operator: Any) -> None:
    from jobs.models import Job
    from jobs.running import run_job

    draft = draft_of(kou)
    draft.config["transport"]["auth_secret"] = "betsu-no-namae"
    draft.save(update_fields=["config"])
    operator.post(f"{HERE}1/check/")
    assert run_job(Job.objects.get(kind="console.check_adapter").pk) == "succeeded"
    assert "接続の準備 ■ 失敗" in text_of(operator.get(f"{HERE}1/"))
    draft.refresh_from_db()
    assert (draft.green, draft.state) == (False, "draft")


def test_the_writer_cannot_activate_and_is_told_why(kou: Any, operator: Any) -> None:
    from jobs.models import Job

    draft_of(kou, state="checked")
    shown = operator.get(f"{HERE}1/").content.decode()
    assert "ほかの運用者に依頼してください" in shown
    assert "1/activate/" not in shown
    answer = operator.post(f"{HERE}1/activate/", follow=True)
    assert "作成した人とは別の運用者が行います" in text_of(answer)
    assert newest().state == "checked"
    assert not Job.objects.filter(kind="console.activate_adapter").exists()


def test_a_second_operator_activates_once_it_was_green(kou: Any, operator: Any, browse: Any) -> None:
    from jobs.models import Job

    draft_of(kou)
    second = browse("operator2")
    assert "接続試験に合格していない" in text_of(second.post(f"{HERE}1/activate/", follow=True))
    draft = newest()
    put_into(draft, "checked")
    assert "1/activate/" in second.get(f"{HERE}1/").content.decode()
    assert "有効化を受け付けました" in text_of(second.post(f"{HERE}1/activate/", follow=True))
    assert (newest().state, newest().activated_by) == ("requested", "operator2")
    assert Job.objects.get(kind="console.activate_adapter").args == {"draft": draft.pk}


def test_activation_wants_a_fresh_one_time_password(kou: Any, operator: Any, browse: Any, settings: Any) -> None:
    draft_of(kou, state="checked")
    second = browse("operator2")
    settings.STEP_UP_SECONDS = 0
    assert second.post(f"{HERE}1/activate/").headers["Location"].startswith("/step-up/")
    assert newest().state == "checked"


def test_the_check_wants_a_fresh_one_time_password(kou: Any, operator: Any, settings: Any) -> None:
    from jobs.models import Job

    draft_of(kou)
    settings.STEP_UP_SECONDS = 0
    assert operator.post(f"{HERE}1/check/").headers["Location"].startswith("/step-up/")
    assert not Job.objects.filter(kind="console.check_adapter").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"transport.base_url": "https://thief.example"},
        {"transport.auth": "header"},
        {"transport.auth_header": "X-Thief"},
    ],
)
def test_a_stored_secret_does_not_follow_to_another_destination(
    kou: Any, operator: Any, change: dict[str, str]
) -> None:
    from tenants.console.adapters import secrets_of

    operator.post(f"{HERE}new/", typed(operator))
    answer = operator.post(f"{HERE}new/?from=1", typed(operator, "?from=1", **{SECRET: ""}, **change))
    assert answer.status_code == 400
    assert "値をもう一度入力してください" in text_of(answer)
    assert len(drafts()) == 1
    again = typed(operator, "?from=1", **{SECRET: "betsu-no-atai"}, **change)
    assert operator.post(f"{HERE}new/?from=1", again).status_code == 302
    assert secrets_of(newest()) == {"token": "betsu-no-atai"}


def test_a_version_with_another_name_for_its_secret_inherits_nothing(kou: Any, operator: Any) -> None:
    from tenants.console.adapters import secrets_of

    draft_of(kou)
    assert secrets_of(draft_of(kou, attempts=2)) == {"token": "himitsu-no-atai"}
    from accounts.models import User
    from tenants.console.adapters import save_adapter_draft

    user = User.objects.get(username="operator")
    assert secrets_of(save_adapter_draft(kou, config(auth_secret="other"), {}, user)) == {}


@pytest.mark.parametrize(
    "transport",
    [
        {"base_url": "https://thief.example"},
        {"name": "osaka", "folder": "/var/lib"},
    ],
)
def test_a_check_outside_the_bounds_of_the_deployment_sends_nothing(
    kou: Any, operator: Any, transport: dict[str, str]
) -> None:
    from integrations.atena_adapters.port import CheckState
    from tenants.console.adapters import run_check

    (told,) = run_check(draft_of(kou, **transport))
    assert (told.name, told.state) == ("接続の準備", CheckState.FAILED)


@pytest.mark.parametrize("kind", ["none", "retired"])
def test_what_sends_nothing_is_never_green(kou: Any, operator: Any, kind: str) -> None:
    from tenants.console.adapters import run_check

    draft = draft_of(kou)
    draft.config = draft.config | {"transport": {"kind": kind}}
    draft.save(update_fields=["config"])
    run_check(draft)
    draft.refresh_from_db()
    assert (draft.state, draft.green) == ("draft", False)
    assert "1/activate/" not in operator.get(f"{HERE}1/").content.decode()


@pytest.mark.parametrize("state", ["active", "requested"])
def test_an_older_version_is_not_activated_past_a_newer_one(kou: Any, operator: Any, browse: Any, state: str) -> None:
    from jobs.models import Job

    draft_of(kou, state="checked")
    draft_of(kou, state=state, attempts=2)
    second = browse("operator2")
    assert "1/activate/" not in second.get(f"{HERE}1/").content.decode()
    assert "これより新しい版が有効か" in text_of(second.post(f"{HERE}1/activate/", follow=True))
    assert drafts()[0].state == "checked"
    assert not Job.objects.filter(kind="console.activate_adapter").exists()


def test_two_versions_are_not_on_their_way_at_once(kou: Any, operator: Any, browse: Any) -> None:
    draft_of(kou, state="checked")
    draft_of(kou, state="checked", attempts=2)
    second = browse("operator2")
    second.post(f"{HERE}1/activate/")
    assert "ほかの版を有効にしている途中" in text_of(second.post(f"{HERE}2/activate/", follow=True))
    assert [draft.state for draft in drafts()] == ["requested", "checked"]


@pytest.mark.parametrize("states", [("requested", "active"), ("requested", "requested"), ("checked",), ("retired",)])
def test_a_late_activation_never_rolls_back(
    kou: Any, operator: Any, states: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from tenants.console.activation import put_in_force
    from tenants.console.adapters import NotReady

    put = list[Any]()
    monkeypatch.setattr(services, "put_in_force", lambda *given: put.append(given))
    first, *_ = [draft_of(kou, state=state, attempts=at) for at, state in enumerate(states, 1)]
    with pytest.raises(NotReady):
        put_in_force(first.pk)
    assert put == []
    assert [draft.state for draft in drafts()] == list(states)


def test_a_check_does_not_undo_a_request_made_meanwhile(
    kou: Any, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants.console import adapters
    from tenants.console.models import AdapterDraft

    draft = draft_of(kou, state="checked")

    class Slow:
        def check_config(self) -> list[Any]:
            asked_for = {"state": "requested", "activated_by": "operator2", "valid_from": datetime.date(2026, 6, 1)}
            AdapterDraft.objects.filter(pk=draft.pk).update(**asked_for)
            return []

    monkeypatch.setattr(adapters, "build", lambda *args, **more: Slow())
    adapters.run_check(draft)
    assert newest().state == "requested"
