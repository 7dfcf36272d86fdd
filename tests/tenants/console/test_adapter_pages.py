"""An adapter configuration from the form to force, by two people; its secrets are never shown again."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from integrations.atena_adapters.presets import preset_names
from tests.tenants.console.conftest import config, draft_of, filled, put_into, text_of

HERE = "/prefectures/290009/adapter/"
SECRET = "secret-value.transport.auth_secret"
VALUE = "zettai-ni-misenai-atai"


def typed(operator: Any, query: str = "?preset=nara", **changes: Any) -> dict[str, Any]:
    page = operator.get(f"{HERE}new/{query}")
    return {**filled(page.content.decode()), SECRET: VALUE, **changes}


def drafts() -> list[Any]:
    from tenants.console.models import AdapterDraft

    return list(AdapterDraft.objects.filter(prefecture__code="290009").order_by("version"))


def newest() -> Any:
    return drafts()[-1]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_sent_unchanged_is_stored_as_it_is(kou: Any, operator: Any, name: str) -> None:
    page = operator.get(f"{HERE}new/?preset={name}").content.decode()
    values = {field: VALUE for field in filled(page) if field.startswith("secret-value.")}
    answer = operator.post(f"{HERE}new/?preset={name}", typed(operator, f"?preset={name}", **values))
    assert answer.status_code == 302, text_of(answer)
    assert newest().config == config(name)
    assert newest().written_by == "operator"


@pytest.mark.parametrize("name", ["rest", "sftp", "database", "medium", "terminal"])
def test_every_way_that_names_a_secret_asks_for_it(kou: Any, operator: Any, name: str) -> None:
    from tenants.console.adapters import secrets_of

    page = operator.get(f"{HERE}new/?preset={name}").content.decode()
    (entry,) = [field for field in filled(page) if field.startswith("secret-value.")]
    sent = {**filled(page), entry: ""}
    answer = operator.post(f"{HERE}new/?preset={name}", sent)
    assert answer.status_code == 400
    assert "まだ登録されていません" in text_of(answer)
    assert operator.post(f"{HERE}new/?preset={name}", {**sent, entry: VALUE}).status_code == 302
    assert list(secrets_of(newest()).values()) == [VALUE]


@pytest.mark.parametrize("name", preset_names())
def test_every_entry_has_a_label_a_help_and_a_place(kou: Any, operator: Any, name: str) -> None:
    """Generated from the configuration model: a new way of connecting needs nothing written here."""
    page = operator.get(f"{HERE}new/?preset={name}").content.decode()
    controls = set(re.findall(r'<(?:input|select|textarea)[^>]* id="(id_[^"]+)"', page))
    labelled = set(re.findall(r'<label[^>]* for="(id_[^"]+)"', page))
    single = {control for control in controls if not re.search(r"_\d+$", control)}
    assert single
    assert single <= labelled
    assert "選べる値" not in page, "nothing is wrong before anything was typed"


def test_the_form_has_its_groups_and_helps(kou: Any, operator: Any) -> None:
    shown = operator.get(f"{HERE}new/?preset=osaka").content.decode()
    for group in ("通信", "書式", "文字", "日付", "手順", "職員情報"):
        assert f"<summary><strong>{group}</strong>" in shown
    assert "元号の数字は 1明治" in shown
    assert 'name="transport.base_url"' not in shown
    assert 'name="transport.folder"' in shown


def test_switching_the_kind_shows_its_entries_and_keeps_what_was_typed(kou: Any, operator: Any) -> None:
    sent = typed(operator, **{"transport.base_url": "https://atena.example/api", "transport.kind": "folder"})
    shown = operator.post(f"{HERE}new/?preset=nara", {**sent, "switch": "transport.kind"}).content.decode()
    assert 'name="transport.folder"' in shown
    back = filled(shown)
    assert back["transport.base_url"] == ["https://atena.example/api"]
    back["transport.kind"] = ["http"]
    again = filled(operator.post(f"{HERE}new/", {**back, "switch": "transport.kind"}).content.decode())
    assert again["transport.base_url"] == ["https://atena.example/api"]
    assert not drafts()


def test_json_to_delimited_begins_with_that_forms_own_defaults(kou: Any, operator: Any) -> None:
    sent = typed(operator, **{"dialect.kind": "delimited", "switch": "dialect.kind"})
    assert filled(operator.post(f"{HERE}new/", sent).content.decode())["dialect.header"] == ["true"]


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("transport.base_url", "http://atena.example/", "接続先は https:// で始まるURLにしてください。"),
        ("transport.base_url", "", "接続先: 入力してください。"),
        ("transport.attempts", "たくさん", "整数で入力してください。"),
        ("transport.attempts", "99", "10 以下の値にしてください。"),
        ("transport.submit_path", "/{kind}", "{kind} と、{batch} か {sequence} が必要です"),
        ("dialect.layouts.inquiry", "明細番号=a", "情報照会の列に必要な項目がありません"),
        ("dialect.codes.kinds", "住民票=1\n地方税=1\n生活保護=3", "二度使われているコード"),
        ("dialect.dates.day", "MMDD", "選べる値の中から選んでください。"),
        ("transport.names.linkage", "inquiry", "互いに違う語にしてください"),
    ],
)
def test_a_mistake_is_told_in_japanese_at_its_field(
    kou: Any, operator: Any, entry: str, value: str, message: str
) -> None:
    answer = operator.post(f"{HERE}new/", typed(operator, **{entry: value}))
    assert answer.status_code == 400
    content = answer.content.decode()
    assert message in text_of(answer)
    place = entry if f'id="id_{entry}_error"' in content else ""
    assert place or entry == "transport.names.linkage", f"not at its field: {text_of(answer)[:600]}"
    assert not drafts()


def test_a_secret_is_never_rendered_again(kou: Any, operator: Any) -> None:
    wrong = operator.post(f"{HERE}new/", typed(operator, **{"transport.attempts": "x"}))
    assert VALUE not in wrong.content.decode()
    operator.post(f"{HERE}new/", typed(operator))
    pages = ["", "new/?from=1", "1/", "1/export/", "1/since/1/"]
    for page in pages:
        answer = operator.get(HERE + page)
        assert answer.status_code == 200
        assert VALUE not in answer.content.decode(), page
    assert "登録済みです" in operator.get(f"{HERE}new/?from=1").content.decode()
    from tenants.console.adapters import secrets_of

    assert VALUE.encode() not in bytes(newest().secrets)
    assert secrets_of(newest()) == {"token": VALUE}


def test_a_secret_left_empty_stays_and_a_missing_one_is_asked_for(kou: Any, operator: Any) -> None:
    from tenants.console.adapters import secrets_of

    missing = operator.post(f"{HERE}new/", typed(operator, **{SECRET: ""}))
    assert "この名前の認証情報はまだ登録されていません" in text_of(missing)
    operator.post(f"{HERE}new/", typed(operator))
    assert operator.post(f"{HERE}new/", typed(operator, "?from=1", **{SECRET: ""})).status_code == 302
    assert [secrets_of(draft) for draft in drafts()] == [{"token": VALUE}] * 2


def test_no_events_or_jobs_hold_the_secret(kou: Any, operator: Any) -> None:
    from audit.trail.models import OutboxEvent
    from jobs.models import Job

    operator.post(f"{HERE}new/", typed(operator))
    operator.post(f"{HERE}1/check/")
    kept = [*OutboxEvent.objects.values_list("detail", flat=True), *Job.objects.values_list("args", flat=True)]
    assert kept
    assert VALUE not in json.dumps(kept)


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


def test_a_file_for_another_destination_brings_no_stored_secret(kou: Any, operator: Any) -> None:
    from tenants.console.adapters import secrets_of

    draft_of(kou)
    content = json.loads(operator.get(f"{HERE}1/export/").content)
    content["config"]["transport"]["base_url"] = "https://thief.example"
    handed = SimpleUploadedFile("adapter.json", signed(content), "application/json")
    operator.post(f"{HERE}import/", {"file": handed})
    assert (newest().version, secrets_of(newest())) == (2, {})


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


def test_differences_are_in_words(kou: Any, operator: Any) -> None:
    draft_of(kou)
    changed = typed(
        operator, "?from=1", **{"dialect.dates.day": "GYYMMDD", "workflow.registers": "false", SECRET: "atarashii"}
    )
    columns = changed["dialect.layouts.linkage"][0].splitlines()
    changed["dialect.layouts.linkage"] = "\n".join([*columns[:-1], "=版=01"])
    assert operator.post(f"{HERE}new/?from=1", changed).status_code == 302
    shown = text_of(operator.get(f"{HERE}2/since/1/"))
    assert "日付 年月日の形 2026-04-01 から → 5080401(元号は数字)" in shown
    assert "付番依頼を送る はい から → いいえ" in shown
    assert "符号確認の列 事務コード=jimuCode から → =版=01" in shown
    assert "認証情報「token」の値 登録済み から → 変更" in shown
    assert "4か所" in shown
    assert "atarashii" not in shown


def test_a_version_travels_as_a_file_without_secrets(kou: Any, operator: Any) -> None:
    draft_of(kou, name="osaka")
    answer = operator.get(f"{HERE}1/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="adapter-290009-v1.json"'
    content = json.loads(answer.content)
    assert content["config"] == config("osaka")
    assert set(content) == {"format", "format_version", "prefecture", "version", "config", "secrets", "signature"}
    assert content["secrets"] == ["token"]
    handed = SimpleUploadedFile("adapter.json", answer.content, "application/json")
    back = operator.post("/prefectures/270008/adapter/import/", {"file": handed})
    assert back.headers["Location"] == "/prefectures/270008/adapter/1/"
    from tenants.console.models import AdapterDraft

    assert AdapterDraft.objects.get(prefecture__code="270008").config == config("osaka")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe", "JSONとして読めません"),
        (b"[" * 100_000, "JSONとして読めません"),
        (b"[]", "宛名接続の設定ファイルではありません"),
        (b'{"format": "shugaku-adapter", "format_version": 2}', "形式の版には対応していません"),
        (b'{"format": "shugaku-adapter", "format_version": 1}', "署名が合いません"),
        (b" " * 200_001, "ファイルが大きすぎます"),
    ],
)
def test_a_bad_file_is_refused_with_words(kou: Any, operator: Any, data: bytes, message: str) -> None:
    handed = SimpleUploadedFile("adapter.json", data, "application/json")
    assert message in text_of(operator.post(f"{HERE}import/", {"file": handed}, follow=True))
    assert not drafts()


def signed(content: dict[str, Any]) -> bytes:
    """A file with these contents that this deployment signed."""
    from tenants.console.adapter_pages import files, signing

    rest = {name: value for name, value in content.items() if name != "signature"}
    return json.dumps(rest | {"signature": signing.sign(files._signed(rest))}).encode()


def hand_in(operator: Any, data: bytes, fingerprint: str = "") -> str:
    handed = SimpleUploadedFile("adapter.json", data, "application/json")
    return text_of(operator.post(f"{HERE}import/", {"file": handed, "fingerprint": fingerprint}, follow=True))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "設定（config）がありません"),
        ({"config": {"transport": {"kind": "http"}}}, "接続先: 入力"),
        ({"config": {"transport": {"kind": "none"}, "naisho": 1}}, "この設定項目はありません"),
    ],
)
def test_a_signed_file_with_a_bad_configuration_is_refused(
    kou: Any, operator: Any, content: dict[str, Any], message: str
) -> None:
    assert message in hand_in(operator, signed({"format": "shugaku-adapter", "format_version": 1, **content}))
    assert not drafts()


@pytest.mark.parametrize("place", ["version", "prefecture", "secrets", "config"])
def test_a_file_changed_after_it_was_signed_is_refused(kou: Any, operator: Any, place: str) -> None:
    draft_of(kou)
    content = json.loads(operator.get(f"{HERE}1/export/").content)
    content[place] = {"transport": {"kind": "none"}} if place == "config" else 7
    assert "署名が合いません" in hand_in(operator, json.dumps(content).encode())
    assert len(drafts()) == 1


def test_the_layout_of_the_file_does_not_matter(kou: Any, operator: Any) -> None:
    draft_of(kou)
    content = json.loads(operator.get(f"{HERE}1/export/").content)
    again = json.dumps(dict(reversed(content.items())), separators=(",", ":")).encode()
    assert "第2版として保存しました" in hand_in(operator, again)


def test_a_file_of_another_deployment_wants_the_fingerprint_of_its_signer(
    kou: Any, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tenants.console.adapter_pages import signing

    draft_of(kou)
    with monkeypatch.context() as elsewhere:
        other = Ed25519PrivateKey.generate()
        elsewhere.setattr(signing, "_key", lambda: other)
        data, told = operator.get(f"{HERE}1/export/").content, signing.fingerprint()
    assert "書き出した人に署名者の指紋を聞き" in hand_in(operator, data)
    assert "指紋が、ファイルの署名と合いません" in hand_in(operator, data, "0000-1111-2222-3333-4444")
    assert len(drafts()) == 1
    assert "第2版として保存しました" in hand_in(operator, data, told.lower().replace("-", " "))
    from audit.trail.models import OutboxEvent

    detail = OutboxEvent.objects.get(event="console:adapter:imported").detail
    assert detail == {"version": 2, "from": "290009", "from_version": 1, "ours": False}


def test_names_of_secrets_travel_and_are_asked_for(kou: Any, operator: Any) -> None:
    draft_of(kou)
    data = operator.get(f"{HERE}1/export/").content
    assert b"himitsu-no-atai" not in data
    handed = SimpleUploadedFile("adapter.json", data, "application/json")
    answer = operator.post("/prefectures/270008/adapter/import/", {"file": handed}, follow=True)
    assert "認証情報（token）の値を入力してください" in text_of(answer)


def test_no_file_is_told(kou: Any, operator: Any) -> None:
    assert "ファイルを選んでください" in text_of(operator.post(f"{HERE}import/", follow=True))


@pytest.mark.parametrize("query", ["?preset=nagano", "?from=9", "?from=x", "?from=99999999999999999999"])
def test_an_unknown_beginning_is_not_found(kou: Any, operator: Any, query: str) -> None:
    assert operator.get(f"{HERE}new/{query}").status_code == 404
