"""Versions compared, and as signed files from one deployment to another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.tenants.console.adapter_form import HERE, SECRET, drafts, newest, typed
from tests.tenants.console.conftest import config, draft_of, text_of


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
    from tests.support.outbox import outbox

    detail = outbox.get(event="console:adapter:imported").detail
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


def test_a_file_for_another_destination_brings_no_stored_secret(kou: Any, operator: Any) -> None:
    from tenants.console.adapters import secrets_of

    draft_of(kou)
    content = json.loads(operator.get(f"{HERE}1/export/").content)
    content["config"]["transport"]["base_url"] = "https://thief.example"
    handed = SimpleUploadedFile("adapter.json", signed(content), "application/json")
    operator.post(f"{HERE}import/", {"file": handed})
    assert (newest().version, secrets_of(newest())) == (2, {})
