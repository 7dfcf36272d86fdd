"""Putting a configuration in force."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.atena_adapters import registry
from integrations.atena_adapters.port import Registered
from integrations.atena_adapters.registry import preset

TOKEN = "a-secret-of-the-sample"


def _nara(**transport: Any) -> dict[str, Any]:
    values = preset("nara").model_dump(mode="json")
    values["transport"] |= transport
    return values


def test_a_new_version_retires_the_old_one(in_a: Any) -> None:
    from domain.linkage.models import AdapterConfiguration
    from domain.linkage.services import adapter_in_force, put_in_force

    first = put_in_force(_nara(), {"token": TOKEN})
    second = put_in_force(_nara(timeout_seconds=5.0), {"token": TOKEN})
    assert (first.version, second.version) == (1, 2)
    assert list(AdapterConfiguration.objects.filter(retired_at=None)) == [second]
    assert adapter_in_force().capabilities().batch_limit == 1000


def test_the_same_again_changes_nothing(in_a: Any) -> None:
    from domain.linkage.services import put_in_force
    from tests.support.outbox import outbox

    assert put_in_force(_nara(), {"token": TOKEN}).pk == put_in_force(_nara(), {"token": TOKEN}).pk
    assert outbox.filter(event="console:adapter:activated").count() == 1
    assert put_in_force(_nara(), {"token": "renewed"}).version == 2


def test_a_renewed_secret_is_a_version_of_its_own_and_fetches_what_the_earlier_one_sent(
    in_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event says that nothing else changed, and no value; a secret for another destination is not sent to the earlier one."""
    from domain.linkage.exchange.adapters import adapter_of_version
    from domain.linkage.models import AdapterConfiguration
    from domain.linkage.services import put_in_force
    from tests.support.outbox import outbox

    used: list[str] = []

    def build(model: Any, **more: Any) -> Any:
        used.append(more["secrets"]["token"].get_secret_value())
        return registry.build(model, **more)

    monkeypatch.setattr("domain.linkage.exchange.adapters.build", build)

    def token_of(version: int) -> str:
        adapter_of_version(version)
        return used[-1]

    put_in_force(_nara(), {"token": TOKEN})
    put_in_force(_nara(), {"token": "renewed"})
    put_in_force(_nara(timeout_seconds=5.0), {"token": "renewed"})
    told = [
        (one.detail["version"], one.detail["settings_changed"], one.detail["secrets_changed"])
        for one in outbox.filter(event="console:adapter:activated").order_by("occurred_at")
    ]
    assert told == [(1, True, ["token"]), (2, False, ["token"]), (3, True, [])]
    kept = AdapterConfiguration.objects.order_by("version")
    assert kept[0].config == kept[1].config
    assert bytes(kept[0].secrets) != bytes(kept[1].secrets)
    assert (token_of(1), token_of(2)) == ("renewed", "renewed")
    put_in_force(_nara(base_url="http://127.0.0.1:9"), {"token": "of another"})
    assert (token_of(2), token_of(4)) == ("renewed", "of another")


def test_secrets_are_sealed_in_their_row(in_a: Any) -> None:
    from domain.linkage.services import put_in_force

    row = put_in_force(_nara(), {"token": TOKEN})
    row.refresh_from_db()
    assert TOKEN.encode() not in bytes(row.secrets)
    assert TOKEN not in repr(row.config)


@pytest.mark.parametrize(
    ("changes", "secrets", "named"),
    [
        ({"base_url": "http://example.jp"}, {"token": TOKEN}, "https://"),
        ({"unheard_of": 1}, {"token": TOKEN}, "unheard_of"),
        ({}, {}, "認証情報「token」が登録されていません"),
    ],
)
def test_what_cannot_work_is_refused_with_its_place(
    changes: dict[str, Any], secrets: dict[str, str], named: str, in_a: Any
) -> None:
    from domain.linkage.errors import ConfigurationRefused
    from domain.linkage.models import AdapterConfiguration
    from domain.linkage.services import put_in_force

    with pytest.raises(ConfigurationRefused, match="有効にできません") as caught:
        put_in_force(_nara(**changes), secrets)
    assert named in str(caught.value)
    assert not AdapterConfiguration.objects.exists()


def test_without_a_configuration_the_job_says_so(in_a: Any) -> None:
    from domain.linkage.services import start_registration
    from tests.domain.linkage.conftest import work

    job = work(start_registration())
    assert (job.state, job.error_id.split("/")[0]) == ("failed", "linkage.no-configuration")


def test_reasons_of_the_other_side_are_kept_without_numbers() -> None:
    from domain.linkage.exchange.masking import LONGEST, without_numbers

    assert without_numbers("団番９１２３４５６７８９０１２３４は停止中です。") == "団番＊＊＊は停止中です。"
    assert without_numbers("1234 5678 9012 が重複") == "＊＊＊ が重複"
    assert without_numbers("令和7年度の記録がありません。") == "令和7年度の記録がありません。"
    assert len(without_numbers("長" * 500)) == LONGEST


def test_an_outcome_of_another_request_is_a_malformed_answer() -> None:
    from domain.linkage.exchange.outcomes import kept

    assert kept(Registered("9")).state == "failed"
