"""接続試験成績書: what one run of 接続試験 found, as a PDF to hand to the prefecture. Made anew from the kept run each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.detection import detection
from integrations.atena_adapters.transports.clocks import CLOCK
from tenants.console.adapter_pages.checks import shown_checks
from tenants.console.adapter_pages.words import choice_word
from tenants.console.models import AdapterTrial
from typesetting import render_pdf
from typesetting.office_data import AdapterReport, AdapterReports
from web.formatting import format_moment

MEDIA_TYPE = "application/pdf"
_NO_CLOCK = "この接続の方法では測れません"
_UNREAD = "設定を読めないため、調べていません"
_WHOLE = "合格（この版は有効化できます）"
_FAILED = "不合格（この版は有効化できません）"


def file_name(trial: AdapterTrial) -> str:
    return f"adapter-{trial.draft.prefecture.code}-v{trial.draft.version}-trial{trial.number}.pdf"


def pdf(trial: AdapterTrial) -> bytes:
    """Raises TypesettingError."""
    data: AdapterReports = {
        "sample": trial.draft.prefecture.sample,
        "printed": {"at": format_moment(trial.ended_at), "by": trial.by},
        "documents": [document(trial)],
    }
    return render_pdf("adapter_report", data).pdf


def document(trial: AdapterTrial) -> AdapterReport:
    draft, checks = trial.draft, shown_checks(trial.results)
    guards, unguarded = _guards(draft.config)
    kinds = {part: str(draft.config.get(part, {}).get("kind", "")) for part in ("transport", "dialect")}
    return {
        "number": f"第{draft.version}版 第{trial.number}回",
        "owner": draft.prefecture.name,
        "version": f"第{draft.version}版（第{trial.number}回の試験）",
        "transport": choice_word("transport.kind", kinds["transport"]),
        "dialect": choice_word("dialect.kind", kinds["dialect"]),
        "began": format_moment(trial.started_at),
        "ended": format_moment(trial.ended_at),
        "by": trial.by,
        "clock": next((check.message for check in checks if check.name == CLOCK), _NO_CLOCK),
        "digest": trial.config_digest,
        "verdict": _WHOLE if trial.green else _FAILED,
        "checks": [
            {"name": check.name, "result": check.word, "message": check.message, "remedy": check.remedy or "–"}
            for check in checks
        ],
        "guards": guards,
        "unguarded": unguarded,
    }


def _guards(stored: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What guards the figures, and the items that nothing guards; of a configuration that cannot be read, only that it cannot."""
    try:
        found = detection(AdapterConfig.model_validate(stored))
    except ValidationError:
        return [_UNREAD], []
    guards = [
        f"ファイルの中の合計で守られる項目: {'、'.join(dict.fromkeys(found.by_content)) or 'なし'}",
        f"受け渡しの途中を守るもの: {found.on_the_way or 'なし'}",
    ]
    return guards, list(dict.fromkeys(found.unguarded))
