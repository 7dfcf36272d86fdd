"""The form of an adapter configuration; its secrets are never shown again."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings

from integrations.atena_adapters.presets import preset_names
from tests.tenants.console.adapter_form import HERE, SECRET, VALUE, drafts, newest, typed
from tests.tenants.console.conftest import config, filled, text_of


def in_place(values: dict[str, Any], prefecture: Any) -> dict[str, Any]:
    """A preset with this prefecture's own folder and 団体コード in the place of the sample's."""
    transport = values["transport"]
    if transport["kind"] in ("folder", "medium", "terminal"):
        transport["folder"] = str(settings.EXCHANGE_ROOT / prefecture.code)
    if "tenant" in transport:
        transport["tenant"] = prefecture.code
    return values


@pytest.mark.parametrize("name", ["osaka", "medium", "terminal"])
def test_the_form_begins_in_the_prefectures_own_folder_and_names_it(kou: Any, operator: Any, name: str) -> None:
    """Also where nothing was there before, and where somebody wrote another one."""
    place = str(settings.EXCHANGE_ROOT / kou.code)
    for start in (f"?preset={name}", ""):
        page = operator.get(f"{HERE}new/{start}").content.decode()
        if 'name="transport.folder"' in page:
            assert f'name="transport.folder" value="{place}"' in page
            assert f"この団体の場所: {place}" in page
            assert "/var/lib/shugaku-shorei" not in page
    assert "この団体の場所" not in operator.get(f"{HERE}new/?preset=sftp").content.decode()


@pytest.mark.parametrize(("name", "needed", "key"), [("nara", True, False), ("medium", True, True)])
def test_a_value_without_which_nothing_is_saved_is_called_required(
    kou: Any, operator: Any, name: str, needed: bool, key: bool
) -> None:
    def value_field() -> str:
        page: str = operator.get(f"{HERE}new/?preset={name}").content.decode()
        return page[page.index("認証情報の値") :].partition("</div>")[0]

    assert ("必須" in value_field()) is needed
    assert ("32バイトの鍵をBase64で書いた44文字" in value_field()) is key
    operator.post(f"{HERE}new/?preset={name}", typed(operator, f"?preset={name}", **_values(operator, name)))
    assert "必須" not in value_field(), "the stored one is kept"


def _values(operator: Any, name: str) -> dict[str, str]:
    page = operator.get(f"{HERE}new/?preset={name}").content.decode()
    return {field: VALUE for field in filled(page) if field.startswith("secret-value.")}


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_sent_unchanged_is_stored_as_it_is(kou: Any, operator: Any, name: str) -> None:
    page = operator.get(f"{HERE}new/?preset={name}").content.decode()
    values = {field: VALUE for field in filled(page) if field.startswith("secret-value.")}
    answer = operator.post(f"{HERE}new/?preset={name}", typed(operator, f"?preset={name}", **values))
    assert answer.status_code == 302, text_of(answer)
    assert newest().config == in_place(config(name), kou)
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
    from jobs.models import Job
    from tests.support.outbox import outbox

    operator.post(f"{HERE}new/", typed(operator))
    operator.post(f"{HERE}1/check/")
    kept = [*outbox.values_list("detail", flat=True), *Job.objects.values_list("args", flat=True)]
    assert kept
    assert VALUE not in json.dumps(kept)


@pytest.mark.parametrize("query", ["?preset=nagano", "?from=9", "?from=x", "?from=99999999999999999999"])
def test_an_unknown_beginning_is_not_found(kou: Any, operator: Any, query: str) -> None:
    assert operator.get(f"{HERE}new/{query}").status_code == 404
