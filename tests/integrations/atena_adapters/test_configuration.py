"""The configuration, its form, its refusals, and the adapter without a link."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.form import form_schema, form_values, from_form
from integrations.atena_adapters.config.problems import config_problems
from integrations.atena_adapters.config.templates import JAPAN
from integrations.atena_adapters.port import (
    AskedLine,
    BatchInvalid,
    CheckState,
    ConfigurationInvalid,
    InquiryBatch,
    InquiryKind,
    InquiryLine,
    Operator,
    Pending,
    Refused,
    Registered,
    RegistrationBatch,
    RequestKind,
    SubmissionReceipt,
)
from integrations.atena_adapters.registry import Bounds, build, preset, preset_names, relocated
from tests.integrations.atena_adapters.cases import CASES
from tests.integrations.atena_adapters.support import MADE_AT, Keeper, atena, inquiry, registration


def _changed(name: str, **changes: Any) -> AdapterConfig:
    values = preset(name).model_dump()
    for path, value in changes.items():
        part, _, item = path.partition("__")
        values[part][item] = value
    return AdapterConfig.model_validate(values)


def test_the_three_sample_prefectures_are_there_and_under_contract() -> None:
    assert {"nara", "hiroshima", "osaka"} <= set(preset_names()) <= set(CASES)
    with pytest.raises(ConfigurationInvalid):
        preset("../nara")


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_configuration_survives_its_form(name: str) -> None:
    assert from_form(form_values(CASES[name])) == CASES[name]


def test_every_form_entry_speaks_japanese_and_has_its_words() -> None:
    groups = form_schema()
    assert [group.title for group in groups] == ["通信", "書式", "文字", "日付", "手順", "職員情報"]
    fields = [field for group in groups for field in group.fields]
    assert len({field.name for field in fields}) == len(fields)
    for field in fields:
        assert not field.label.isascii(), field.name
        assert field.help or field.name.endswith(".kind"), field.name
        if field.type in ("choice", "choices"):
            assert field.choices, field.name
            assert field.type == "choices" or field.default in dict(field.choices), field.name


def test_form_choices_are_all_accepted() -> None:
    for name in ("nara", "osaka"):
        values = form_values(preset(name))
        for field in (field for group in form_schema() for field in group.fields):
            if field.name in values and field.type == "choice" and not field.name.endswith(".kind"):
                for choice, _ in field.choices:
                    companions = {
                        "dialect.bom": "false", "workflow.required_operator": "", "transport.client_id": "c",
                        "transport.download_hosts": "127.0.0.1",
                    }  # fmt: skip
                    assert from_form(values | companions | {field.name: choice})


def test_problems_are_told_in_japanese_by_entry() -> None:
    values = form_values(preset("nara")) | {
        "transport.base_url": "ftp://x",
        "transport.attempts": "x",
        "workflow.batch_limit": "0",
        "dialect.layouts.inquiry": "明細番号=a\nfoo=b",
        "transport.auth": "magic",
    }
    with pytest.raises(ValidationError) as caught:
        from_form(values)
    problems = {problem.name: problem for problem in config_problems(caught.value)}
    assert set(problems) == {
        "transport.base_url", "transport.attempts", "workflow.batch_limit", "dialect.layouts", "transport.auth",
    }  # fmt: skip
    assert problems["transport.base_url"].label == "接続先"
    assert not any(problem.message.isascii() for problem in problems.values())


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("nara", {"transport__base_url": "http://example.test"}),
        ("nara", {"transport__base_url": "https://user:pass@example.test"}),
        ("nara", {"transport__submit_path": "/x"}),
        ("nara", {"transport__submit_path": "/{kind}/{batch.__class__}"}),
        ("nara", {"transport__submit_path": "/{kind}/{individual_number}"}),
        ("nara", {"transport__submit_path": "/{kind}/{batch"}),
        ("osaka", {"transport__request_name": "../{kind}{batch}"}),
        ("osaka", {"transport__folder": "relative"}),
        ("osaka", {"transport__request_folder": ".."}),
        ("osaka", {"dialect__bom": True}),
        ("osaka", {"transport__names": {"registration": "A", "linkage": "A", "inquiry": "B"}}),
        ("osaka", {"workflow__operator_source": "none"}),
        ("osaka", {"workflow__inquiry_kinds": []}),
        ("osaka", {"dialect__codes": {"kinds": {"resident": "1", "tax": "1", "welfare": "2"}}}),
        ("osaka", {"dialect__codes": {"kinds": {"resident": "1", "tax": "2"}}}),
        ("osaka", {"dialect__layouts": {"inquiry": ["line_id=a", "kind=b"]}}),
        ("osaka", {"dialect__layouts": {"linkage": ["atena_number=a", "atena_number=b"]}}),
        ("osaka", {"dialect__layouts": {"linkage": [{"title": "x"}, "atena_number=b"]}}),
        ("osaka", {"surprise__x": 1}),
    ],
)
def test_configurations_that_cannot_work_are_refused(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, KeyError)):
        _changed(name, **changes)


def test_secrets_stay_names_in_the_configuration() -> None:
    with pytest.raises(ConfigurationInvalid, match="token"):
        build(preset("nara"), keep=Keeper())
    adapter = build(preset("nara"), keep=Keeper(), secrets={"token": SecretStr("hush-hush")})
    assert "hush-hush" not in preset("nara").model_dump_json()
    assert "hush-hush" not in repr(vars(adapter))


def _osaka(tmp_path: Path, **workflow: Any) -> Any:
    for name in ("irai", "juryo", "kaito"):
        (tmp_path / name).mkdir(exist_ok=True)
    config = _changed("osaka", **{f"workflow__{item}": value for item, value in workflow.items()})
    return build(relocated(config, folder=str(tmp_path)), keep=Keeper(), bounds=Bounds(tmp_path))


def test_batches_that_break_a_rule_are_refused_before_anything_is_sent(tmp_path: Path) -> None:
    adapter = _osaka(tmp_path, batch_limit=2)
    whole = inquiry(InquiryKind.TAX, 1, 2, 3, batch_id="b")
    no_approval = InquiryBatch("b", MADE_AT, Operator("S"), lines=whole.lines[:1])
    doubled = InquiryBatch("b", MADE_AT, whole.operator, lines=whole.lines[:1] * 2)
    empty = InquiryBatch("b", MADE_AT, whole.operator)
    for batch, text in ((whole, "2件"), (no_approval, "決裁番号"), (doubled, "二度"), (empty, "明細がありません")):
        with pytest.raises(BatchInvalid, match=text):
            adapter.submit_inquiry(batch)
    assert not list((tmp_path / "irai").iterdir())


@pytest.mark.parametrize("batch_id", ["", "a/b", "../x", "あ", "x" * 41, "a b"])
def test_batch_ids_are_safe_names(batch_id: str) -> None:
    with pytest.raises(BatchInvalid):
        RegistrationBatch(batch_id, MADE_AT)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(BatchInvalid, match="タイムゾーン"):
        RegistrationBatch("b", MADE_AT.replace(tzinfo=None))


def test_kinds_that_may_not_be_asked_are_not_sent(tmp_path: Path) -> None:
    adapter = _osaka(tmp_path, inquiry_kinds=["resident"])
    receipt = adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="b"))
    assert isinstance(adapter.collect(receipt).outcomes["L1"], Refused)
    assert not list((tmp_path / "irai").iterdir())


def test_registration_can_be_left_to_the_other_side(tmp_path: Path) -> None:
    with pytest.raises(BatchInvalid, match="統合宛名側"):
        _osaka(tmp_path, registers=False).register(registration(1, batch_id="b"))


def test_a_fixed_operator_replaces_the_person(tmp_path: Path) -> None:
    adapter = _osaka(tmp_path, operator_source="fixed", fixed_staff_number="F1")
    assert adapter.capabilities().operator_fields == frozenset({"approval_number"})
    adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="b"))
    (request,) = (tmp_path / "irai").iterdir()
    assert b"R8-0001" in request.read_bytes()
    assert b"S0001" not in request.read_bytes()


def test_the_unified_number_can_be_the_key(tmp_path: Path) -> None:
    values = preset("osaka").model_dump()
    values["transport"]["folder"] = str(tmp_path)
    values["dialect"]["layouts"]["inquiry"] = ["line_id=a", "unified_number=b", "kind=c"]
    (tmp_path / "irai").mkdir()
    adapter = build(AdapterConfig.model_validate(values), keep=Keeper(), bounds=Bounds(tmp_path))
    assert adapter.capabilities().needs_unified_number
    lines = tuple(
        InquiryLine(f"L{n}", f"A{n}", InquiryKind.TAX, date(2025, 12, 31), 2026, "", "915" * n) for n in range(2)
    )
    receipt = adapter.submit_inquiry(InquiryBatch("b", MADE_AT, Operator("", "", "R8"), lines=lines))
    assert set(receipt.rejected) == {"L0"}
    (request,) = (tmp_path / "irai").iterdir()
    assert request.read_bytes() == b'"L1","915","02"\r\n"E","1"\r\n'


def test_without_a_link_nothing_is_sent_and_it_says_so() -> None:
    adapter = build(AdapterConfig(), keep=Keeper())
    with pytest.raises(BatchInvalid, match="連携が設定されていません"):
        adapter.register(registration(1, batch_id="b"))
    with pytest.raises(BatchInvalid, match="連携が設定されていません"):
        adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="b"))
    assert not adapter.health().ok
    assert not adapter.capabilities().sends
    assert [result.state for result in adapter.check_config()] == [CheckState.FAILED]


def test_a_retired_link_reads_its_history_and_sends_nothing() -> None:
    values = preset("osaka").model_dump()
    values["transport"] = {"kind": "retired"}
    retired = build(AdapterConfig.model_validate(values), keep=Keeper())
    with pytest.raises(BatchInvalid, match="廃止"):
        retired.register(registration(1, batch_id="b"))
    with pytest.raises(BatchInvalid, match="廃止"):
        retired.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="b"))
    assert not retired.capabilities().sends
    assert [result.state for result in retired.check_config()] == [CheckState.FAILED]
    asked = (AskedLine(atena(1), atena(1)), AskedLine(atena(2), atena(2)))
    receipt = SubmissionReceipt(RequestKind.REGISTRATION, "b", 0, MADE_AT, MADE_AT, "", asked)
    assert retired.collect(receipt).outcomes[atena(1)] == Pending()
    kept = f'"D2","{atena(1)}","9001","K",""\r\n"E","1"\r\n'.encode("cp932")
    assert retired.reread(receipt, [kept]).outcomes == {atena(1): Registered("9001"), atena(2): Pending()}


def test_hours_may_run_past_midnight_and_skip_days() -> None:
    values = preset("osaka").model_dump()
    values["workflow"] |= {"open_from": "22:00", "open_until": "02:00", "open_weekdays": ["月", "火"]}
    workflow = AdapterConfig.model_validate(values).workflow
    monday = datetime(2026, 6, 1, tzinfo=JAPAN)
    assert [workflow.is_open(monday.replace(hour=hour)) for hour in (21, 22, 23, 1, 2)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert not workflow.is_open(monday.replace(day=3, hour=23))


def test_a_missing_folder_fails_the_check(tmp_path: Path) -> None:
    adapter = build(relocated(preset("osaka"), folder=str(tmp_path)), keep=Keeper(), bounds=Bounds(tmp_path))
    assert not adapter.health().ok
    assert CheckState.FAILED in {result.state for result in adapter.check_config()}
