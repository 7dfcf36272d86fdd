"""One version of a configuration as a JSON file, to carry it to another prefecture or deployment. Without secrets."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.problems import config_problems
from tenants.console.models import AdapterDraft

FORMAT = "shugaku-adapter"
FORMAT_VERSION = 1
LARGEST_BYTES = 200_000
MEDIA_TYPE = "application/json"
_MOST_PROBLEMS = 5


class FileRefused(ValueError):
    """`console.adapter-file-refused`: the file is not a configuration of ours; the message says why and what to do."""

    identifier = "console.adapter-file-refused"


def file_name(draft: AdapterDraft) -> str:
    return f"adapter-{draft.prefecture.code}-v{draft.version}.json"


def written(draft: AdapterDraft) -> bytes:
    """The configuration mentions secrets by name only, so nothing has to be taken out."""
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "prefecture": draft.prefecture.code,
        "version": draft.version,
        "config": draft.config,
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read(data: bytes) -> dict[str, Any]:
    """The configuration in a file, validated. Raises FileRefused."""
    if len(data) > LARGEST_BYTES:
        raise FileRefused("ファイルが大きすぎます。このシステムが書き出した設定ファイル（JSON）を選んでください。")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FileRefused("JSONとして読めません。書き出したファイルをそのまま選んでください。") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileRefused("宛名接続の設定ファイルではありません。「書き出す」で作ったファイルを選んでください。")
    if content.get("format_version") != FORMAT_VERSION:
        raise FileRefused("このファイルの形式の版には対応していません。同じ版のシステムで書き出し直してください。")
    return _valid(content.get("config"))


def _valid(config: Any) -> dict[str, Any]:
    if not isinstance(config, dict):
        raise FileRefused("設定（config）がありません。書き出したファイルをそのまま選んでください。")
    try:
        return AdapterConfig.model_validate(config).model_dump(mode="json")
    except ValidationError as error:
        found = [f"{one.label or one.name}: {one.message}" for one in config_problems(error)]
        more = f" ほか{len(found) - _MOST_PROBLEMS}件" if len(found) > _MOST_PROBLEMS else ""
        raise FileRefused(f"設定に直すところがあります。{'／'.join(found[:_MOST_PROBLEMS])}{more}") from error
