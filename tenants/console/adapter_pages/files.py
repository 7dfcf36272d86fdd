"""One version of a configuration as one signed JSON file, to carry it to another prefecture or deployment.

Secrets stay here; their names travel along, so that whoever takes the file in knows what to enter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.problems import config_problems
from tenants.console.adapter_pages import signing
from tenants.console.adapters import secrets_of
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


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says: the configuration, whose version it was, names of its secrets, and whether we signed it ourselves."""

    config: dict[str, Any]
    prefecture: str
    version: int
    secret_names: tuple[str, ...]
    ours: bool


def written(draft: AdapterDraft) -> bytes:
    """The configuration mentions secrets by name only, so nothing has to be taken out."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "prefecture": draft.prefecture.code,
        "version": draft.version,
        "config": draft.config,
        "secrets": sorted(secrets_of(draft)),
    }
    content["signature"] = signing.sign(_signed(content))
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read(data: bytes, typed_fingerprint: str = "") -> ReadFile:
    """What stands in a file, its signature verified and its configuration validated. Raises FileRefused.

    A file that another deployment signed is taken only with the fingerprint of its signer, which people tell each other.
    """
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
    ours = _require_signature(content, typed_fingerprint)
    config = _valid(content.get("config"))
    names = content.get("secrets")
    told = tuple(str(name) for name in names) if isinstance(names, list) else ()
    version = content.get("version")
    return ReadFile(config, str(content.get("prefecture", "")), version if isinstance(version, int) else 0, told, ours)


def _require_signature(content: dict[str, Any], typed: str) -> bool:
    signer = signing.signer_of(_signed(content), content.get("signature"))
    if signer is None:
        raise FileRefused(
            "署名が合いません。書き出した後に変わったか、署名のないファイルです。書き出し直してください。"
        )
    if signing.is_ours(signer):
        return True
    if not typed.strip():
        raise FileRefused(
            "別の環境で署名されたファイルです。書き出した人に署名者の指紋を聞き、入力して取り込んでください。"
        )
    if not signing.is_fingerprint_of(signer, typed):
        raise FileRefused("署名者の指紋が、ファイルの署名と合いません。書き出した人にもう一度確かめてください。")
    return False


def _signed(content: dict[str, Any]) -> bytes:
    """What the signature covers: everything but itself, however the file is laid out."""
    rest = {name: value for name, value in content.items() if name != "signature"}
    return json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _valid(config: Any) -> dict[str, Any]:
    if not isinstance(config, dict):
        raise FileRefused("設定（config）がありません。書き出したファイルをそのまま選んでください。")
    try:
        return AdapterConfig.model_validate(config).model_dump(mode="json")
    except ValidationError as error:
        found = [f"{one.label or one.name}: {one.message}" for one in config_problems(error)]
        more = f" ほか{len(found) - _MOST_PROBLEMS}件" if len(found) > _MOST_PROBLEMS else ""
        raise FileRefused(f"設定に直すところがあります。{'／'.join(found[:_MOST_PROBLEMS])}{more}") from error
