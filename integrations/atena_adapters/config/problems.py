"""What is wrong with a configuration, in Japanese, entry by entry."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from integrations.atena_adapters.config.form import form_schema

_TEXTS = {
    "missing": "入力してください。",
    "int_parsing": "整数で入力してください。",
    "int_type": "整数で入力してください。",
    "float_parsing": "数で入力してください。",
    "bool_parsing": "「はい」か「いいえ」を選んでください。",
    "literal_error": "選べる値の中から選んでください。",
    "enum": "選べる値の中から選んでください。",
    "greater_than": "{gt} より大きい値にしてください。",
    "greater_than_equal": "{ge} 以上の値にしてください。",
    "less_than_equal": "{le} 以下の値にしてください。",
    "extra_forbidden": "この設定項目はありません。",
    "union_tag_invalid": "接続の方法か書式の種類が正しくありません。",
    "union_tag_not_found": "接続の方法か書式の種類を選んでください。",
}
_OTHERWISE = "値が正しくありません。"
_TAGS = frozenset(
    {"http", "folder", "sftp", "database", "medium", "terminal", "none", "retired", "json", "delimited", "fixed"}
)


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing to put right: the dotted name of the entry (or of its part), its label, and what to do."""

    name: str
    label: str
    message: str


def config_problems(error: ValidationError) -> list[ConfigProblem]:
    """The problems of a rejected configuration."""
    labels = {field.name: field.label for group in form_schema() for field in group.fields}
    found = []
    for item in error.errors(include_url=False, include_input=False):
        path = [str(part) for part in item["loc"]]
        name = ".".join(part for at, part in enumerate(path) if not (at == 1 and part in _TAGS))
        context = item.get("ctx", {})
        text = str(context["error"]) if "error" in context else _TEXTS.get(item["type"], _OTHERWISE).format(**context)
        found.append(ConfigProblem(name, _label(name, labels), text))
    return found


def _label(name: str, labels: dict[str, str]) -> str:
    """The label of the entry, or of the entry that contains the part."""
    while name and name not in labels:
        name = name.rpartition(".")[0]
    return labels.get(name, "")
