"""接続試験 is kept with its version, printed as 成績書, and tells operators nothing of a person."""

from __future__ import annotations

import io
import json
from typing import Any

import pypdf
import pytest

from tests.domain.atena_trials.test_samples import NAME, NUMBER, answer, spoilt
from tests.tenants.console.conftest import config, draft_of, text_of, trial_of

HERE = "/prefectures/290009/adapter/"
RESULTS = [
    {"name": "接続", "state": "ok", "message": "つながりました。", "remedy": ""},
    {"name": "時計の差", "state": "warning", "message": "相手の時計との差は75秒です。", "remedy": "時刻の同期を確かめてください。"},
]  # fmt: skip


def pages_of(answer: Any) -> str:
    assert answer.headers["Content-Type"] == "application/pdf"
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    return "".join("".join(page.extract_text().split()) for page in read.pages)


@pytest.fixture
def green_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    from integrations.atena_adapters.port import CheckResult, CheckState
    from tenants.console import adapters

    class Other:
        def check_config(self) -> list[CheckResult]:
            return [CheckResult("接続", CheckState.OK, "つながりました。")]

    monkeypatch.setattr(adapters, "build", lambda *_, **__: Other())


def checked(draft: Any) -> str:
    """接続試験 as its job does it."""
    from jobs.models import Job
    from jobs.running import run_job
    from tenants.console.adapters import start_check

    job = start_check(draft)
    assert run_job(job.pk) == "succeeded", Job.objects.get(pk=job.pk).error
    draft.refresh_from_db()
    return str(draft.state)


@pytest.mark.parametrize("name", ["osaka", "fixed"])
def test_the_report_has_every_check_time_clock_and_who(kou: Any, operator: Any, name: str) -> None:
    draft = draft_of(kou)
    draft.config = config(name)
    draft.save(update_fields=["config"])
    trial = trial_of(draft, RESULTS)
    printed = pages_of(operator.get(f"{HERE}1/trials/1/"))
    for word in ("接続試験成績書", "サンプル甲県", "第1版", "つながりました。", "差は75秒です。", "要確認", "サンプルoperator",
                 trial.config_digest, "合格（この版は有効化できます）"):  # fmt: skip
        assert word in printed, word
    blind = "1か所の書き換えに気づけない項目"
    if name == "fixed":
        assert "合計で守られる項目:生年月日" in printed
        assert blind not in printed
    else:
        from integrations.atena_adapters.config import AdapterConfig
        from integrations.atena_adapters.detection import detection

        unguarded = detection(AdapterConfig.model_validate(draft.config)).unguarded
        assert (blind in printed) == bool(unguarded)
        assert all(title in printed for title in unguarded)


def test_a_layout_that_guards_nothing_is_named_in_the_report(kou: Any, operator: Any) -> None:
    draft = draft_of(kou)
    draft.config = config("osaka", completion="rename")
    draft.save(update_fields=["config"])
    trial_of(draft)
    printed = pages_of(operator.get(f"{HERE}1/trials/1/"))
    assert "1か所の書き換えに気づけない項目" in printed
    for title in ("生年月日", "総所得金額", "地震保険料控除"):
        assert title in printed


@pytest.mark.parametrize("breaks", ["host", "layout", "secret"])
def test_a_version_that_cannot_even_be_built_leaves_a_red_run(kou: Any, operator: Any, breaks: str) -> None:
    draft = draft_of(kou)
    if breaks == "host":
        draft.config["transport"]["base_url"] = "https://elsewhere.example.test"
    elif breaks == "layout":
        draft.config["dialect"]["layouts"] = {"inquiry": "gone"}
    else:
        draft.secrets = b"not what was sealed"
    draft.save(update_fields=["config", "secrets"])
    checked(draft)
    trial = draft.trials.get()
    assert (trial.green, [one["state"] for one in trial.results][:1]) == (False, ["failed"])
    assert trial.results[0]["name"] == "接続の準備"
    assert "不合格（この版は有効化できません）" in pages_of(operator.get(f"{HERE}1/trials/1/"))


def test_a_red_run_says_so(kou: Any, operator: Any) -> None:
    draft = draft_of(kou)
    trial_of(draft, [{"name": "接続", "state": "failed", "message": "届きません。", "remedy": "接続先を確かめる。"}])
    assert "不合格（この版は有効化できません）" in pages_of(operator.get(f"{HERE}1/trials/1/"))
    assert "■ 不合格" in text_of(operator.get(f"{HERE}1/"))
    assert operator.get(f"{HERE}1/trials/2/").status_code == 404


def test_the_print_is_in_the_trail(kou: Any, operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.console.views import adapter_versions

    noted: list[Any] = []
    monkeypatch.setattr(
        adapter_versions, "record_access", lambda event, **more: noted.append((str(event), more["detail"]))
    )
    trial_of(draft_of(kou))
    operator.get(f"{HERE}1/trials/1/")
    assert noted == [("print:report:made", {"種類": "接続試験成績書", "version": 1, "trial": 1, "taken_out": 0})]


def test_each_run_is_kept_with_its_version_and_needs_a_sample_to_be_green(
    kou: Any, operator: Any, green_adapter: None
) -> None:
    draft = draft_of(kou)
    draft.config = config("osaka")
    draft.save(update_fields=["config"])
    assert checked(draft) == "draft"
    assert "まだありません" in draft.checks[-1]["message"]
    _try(kou, answer("osaka"))
    assert checked(draft) == "checked"
    assert [(one.number, one.green) for one in draft.trials.all()] == [(2, True), (1, False)]
    assert "第2回" in text_of(operator.get(f"{HERE}1/"))


def _try(prefecture: Any, data: bytes) -> None:
    """A file of the prefecture's system, handed in by its own people."""
    from accounts.models import User
    from domain.atena_trials import services
    from domain.atena_trials.models import OfferedVersion
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture):
        user, _ = User.objects.get_or_create(username="kakari")
        services.try_sample(OfferedVersion.objects.get(version=1), "inquiry_answer", f"{NAME}.dat", data, user)


def test_a_sample_that_does_not_fit_keeps_the_version_from_going_live(
    kou: Any, operator: Any, green_adapter: None
) -> None:
    """The version goes to the prefecture, its people try a file there, and the next check is red without a word of the file."""
    draft = draft_of(kou)
    draft.config = config("osaka")
    draft.save(update_fields=["config"])
    checked(draft)
    _try(kou, answer("osaka"))
    assert checked(draft) == "checked"
    _try(kou, spoilt("osaka", household=NUMBER)[0])
    assert checked(draft) == "draft"
    assert not draft.green
    assert "「" in draft.checks[-1]["message"]
    from django.apps import apps

    everything = [
        json.dumps(list(model._default_manager.values()), ensure_ascii=False, default=str)
        for label in ("console", "jobs", "trail")
        for model in apps.get_app_config(label).get_models()
    ]
    for secret in (NAME, "太郎", NUMBER, "サンプル市"):
        assert not any(secret in table for table in everything), "nothing of a person in the console's tables"


def test_the_pages_cost_the_same_however_many_versions_and_runs(kou: Any, operator: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    draft = draft_of(kou)

    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            operator.get(HERE + page)
        return len(seen)

    trial_of(draft)
    pages = ("", "1/", "1/trials/1/", "new/?from=1")
    for page in pages:
        operator.get(HERE + page)
    before = [cost(page) for page in pages]
    for attempts in range(2, 6):
        trial_of(draft)
        trial_of(draft_of(kou, attempts=attempts))
    assert [cost(page) for page in pages] == before
