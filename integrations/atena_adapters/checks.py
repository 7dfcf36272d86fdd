"""接続試験: connection, credentials and refusal of a deliberately invalid request.  No person is asked about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from integrations.atena_adapters.config.workflow import Workflow
from integrations.atena_adapters.detection import Detection
from integrations.atena_adapters.dialects.base import Dialect
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.port import CheckResult, CheckState
from integrations.atena_adapters.refusal import NAME, Keep, check_refusal
from integrations.atena_adapters.roundtrip import check_round_trip
from integrations.atena_adapters.transports.base import Transport


def check_guards(found: Detection) -> CheckResult:
    """What notices a changed birth date or amount; figures that nothing guards are named (and printed in 成績書)."""
    name = "書き換えの検出"
    if found.unguarded:
        text = f"1か所の書き換えに気づけない項目があります: {'、'.join(dict.fromkeys(found.unguarded))}"
        remedy = "合計の付いた書式か、SHA-256を確かめる受け渡しにできないか、統合宛名の担当に相談してください。"
        return CheckResult(name, CheckState.WARNING, text, remedy)
    how = "、".join(filter(None, ("末尾レコードの合計" if found.by_content else "", found.on_the_way)))
    more = "" if found.by_content else "書式そのものには合計がないため、送る前の書き換えには気づけません。"
    return CheckResult(name, CheckState.OK, f"生年月日と金額の書き換えに気づけます({how})。{more}")


def run_checks(
    transport: Transport,
    dialect: Dialect,
    workflow: Workflow,
    clock: Callable[[], datetime],
    keep: Keep,
    guards: CheckResult,
) -> list[CheckResult]:
    """All checks; later ones are left out when the connection itself fails."""
    results = [*_settings(workflow), check_round_trip(dialect, workflow), guards, *transport.check()]
    if any(result.state is CheckState.FAILED for result in results):
        return results
    if transport.by_people:
        text = "人が運ぶか入力する連携のため、無効な照会は送りません。最初の実物のやり取りで書式を確かめてください。"
        return [
            *results,
            CheckResult(NAME, CheckState.WARNING, text, "試験用の媒体か端末で、一度往復させてください。"),
        ]
    try:
        return [*results, check_refusal(transport, dialect, workflow, clock(), keep)]
    except AtenaError as error:
        return [
            *results,
            CheckResult(NAME, CheckState.FAILED, error.message, "接続先・認証・書式の設定を確かめてください。"),
        ]


def _settings(workflow: Workflow) -> list[CheckResult]:
    fixed = workflow.fixed_operator()
    needed = [] if workflow.operator_source == "person" else workflow.missing_operator_items(fixed)
    missing = [title for title in needed if title != "決裁番号"]
    if not missing:
        return [CheckResult("職員情報", CheckState.OK, "職員情報の設定はそろっています。")]
    text = f"決まった職員情報が空です: {'、'.join(missing)}"
    return [CheckResult("職員情報", CheckState.FAILED, text, "職員情報の設定に値を入れてください。")]
