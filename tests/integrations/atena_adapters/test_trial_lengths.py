"""接続試験 fails where a layout holds what the trial would make, and not what every live batch holds."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.dialects.base import Made
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import ConfigurationInvalid
from integrations.atena_adapters.fields import Message
from integrations.atena_adapters.port import CheckResult, CheckState
from integrations.atena_adapters.registry import preset, preset_names
from integrations.atena_adapters.roundtrip import check_round_trip

LIVE_ID = "8e3082b8-2957-4086-820f-0060508be29b"


def _config(name: str, **dialect: Any) -> AdapterConfig:
    values = preset(name).model_dump()
    values["dialect"] |= dialect
    return AdapterConfig.model_validate(values)


def _told(config: AdapterConfig) -> CheckResult:
    return check_round_trip(build_dialect(config.dialect), config.workflow)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_holds_what_live_batches_hold(name: str) -> None:
    assert _told(preset(name)).state is CheckState.OK


def _narrow(message: str, item: str, width: int) -> dict[str, Any]:
    layouts = preset("fixed").model_dump()["dialect"]["layouts"]
    return {
        "layouts": layouts
        | {message: [one | ({"width": width} if one["field"] == item else {}) for one in layouts[message]]}
    }


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"head_record": ["=区分=1@1", "batch=送信単位@30"]}, "送信単位"),
        ({"head_record": ["=区分=1@1", "sequence=通番@3"]}, "通番"),
        ({"tail_record": ["=区分=8@1", "count=件数@1"], "hash_fields": []}, "件数"),
        ({"tail_record": ["=区分=8@1", "count=件数@3"], "hash_fields": []}, "件数"),
        (_narrow("registration", "atena_number", 5), "業務宛名番号"),
        (_narrow("registration", "individual_number", 6), "個人番号"),
        (_narrow("registration", "individual_number", 11), "個人番号"),
        (_narrow("inquiry", "line_id", 8), "明細通番"),
        (_narrow("inquiry", "duty_code", 2), "事務"),
        (_narrow("receipt", "sha256", 40), "照合値"),
        (_narrow("receipt", "accepted", 3), "受付数"),
    ],
)
def test_a_field_too_short_for_live_values_is_named(changes: dict[str, Any], text: str) -> None:
    told = _told(_config("fixed", **changes))
    assert told.state is CheckState.FAILED
    assert text in told.message


@pytest.mark.parametrize("trailer", ["E,D", 'E"'])
def test_a_trailer_that_cannot_be_written_fails_the_trial_and_stops_nothing_else(trailer: str) -> None:
    told = _told(_config("osaka", trailer=trailer, quoting="none"))
    assert told.state is CheckState.FAILED
    assert "末尾行" in told.message


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("fixed", {"head_record": ["=区分=1@1", "batch=送信単位@30"]}),
        ("fixed", {"head_record": ["=区分=𠮷@4", "batch=送信単位@40"]}),
        ("osaka", {"trailer": "E,D", "quoting": "none"}),
        ("osaka", {"trailer": "𠮷"}),
    ],
)
def test_what_cannot_be_written_around_the_lines_is_an_error_of_the_configuration(
    name: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationInvalid):
        build_dialect(_config(name, **changes).dialect).encode(Message.LINKAGE, Made(LIVE_ID, 1), [])
