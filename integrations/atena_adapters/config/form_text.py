"""Values of the configuration as the texts of a form, in Japanese words, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal

from integrations.atena_adapters.config.layouts import Column, measure_text
from integrations.atena_adapters.fields import Message, specs

FieldType = Literal["text", "number", "boolean", "choice", "choices", "secret", "path", "table", "columns"]

_WORDS: dict[str, dict[str, str]] = {
    "kinds": {"resident": "住民票", "tax": "地方税", "welfare": "生活保護"},
    "registration_results": {"registered": "付番済", "rejected": "付番不可", "pending": "処理中"},
    "act_results": {"done": "完了", "rejected": "不可", "pending": "処理中"},
    "acts": {"add": "追加", "change": "変更", "delete": "削除"},
    "lists": {"incoming": "保留の照会", "records": "情報提供等記録"},
    "sides": {"asked": "照会", "provided": "提供"},
    "decisions": {"release": "提供する", "refuse": "提供しない"},
    "linkage_results": {"linked": "取得済", "pending": "取得中", "not_linked": "なし"},
    "inquiry_results": {
        "answered": "回答あり",
        "not_found": "該当なし",
        "not_declared": "未申告",
        "held": "保留",
        "refused": "拒否",
        "communication_error": "通信エラー(再送可)",
        "communication_stopped": "通信エラー(再送不可)",
        "expired": "期限切れ",
        "pending": "回答待ち",
    },
    "receipt_statuses": {"accepted": "受領", "partly": "一部受領", "rejected": "受領不可"},
    "yes_no": {"yes": "あり", "no": "なし"},
}

_CONTROL_ITEMS = {
    "message": "データ種別",
    "batch": "送信単位",
    "made_on": "作成日",
    "sequence": "通番",
    "count": "件数",
    "sum": "金額合計",
    "hash": "ハッシュ合計",
}


def to_text(name: str, value: Any) -> str:
    """The text of a value; `name` is the dotted path, which decides the words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        words = _words(name)
        return "\n".join(f"{words.get(key, key)}={text}" for key, text in value.items())
    if isinstance(value, tuple):
        columns = any(isinstance(item, Column) for item in value)
        return ("\n" if columns else ",").join(to_text(name, item) for item in value)
    if isinstance(value, Column):
        return _column_text(value, _items(name))
    return str(value.value) if isinstance(value, Enum) else str(value)


def to_value(name: str, kind: FieldType, text: str) -> Any:
    """The value that a text means, for validation; the internal words are understood as well."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "table":
        inner = {shown: word for word, shown in _words(name).items()}
        return {inner.get(key.strip(), key.strip()): wire for key, _, wire in (line.partition("=") for line in lines)}
    if kind == "columns":
        inner = {shown: item for item, shown in _items(name).items()}
        return [_column_value(line, inner) for line in lines]
    if kind == "choices":
        return [choice for choice in text.split(",") if choice]
    return text == "true" if kind == "boolean" else text


def _words(name: str) -> dict[str, str]:
    return _WORDS.get(name.rpartition(".")[2], {})


def _items(name: str) -> dict[str, str]:
    word = name.rpartition(".")[2]
    if word not in set(Message):
        return _CONTROL_ITEMS
    return {item: spec.title for item, spec in specs(Message(word)).items()}


def _column_text(column: Column, items: Mapping[str, str]) -> str:
    if column.max_bytes is not None:
        return json.dumps(column.model_dump(exclude_none=True), ensure_ascii=False)
    if column.constant is not None:
        return f"={column.title}={column.constant}{measure_text(column)}"
    return f"{items.get(column.field, column.field)}={column.title}{measure_text(column)}"


def _column_value(line: str, items: Mapping[str, str]) -> Any:
    if line.startswith("{"):
        try:
            return json.loads(line)
        except ValueError:
            return {"title": line}
    item, equals, title = line.partition("=")
    return items.get(item.strip(), item.strip()) + equals + title
