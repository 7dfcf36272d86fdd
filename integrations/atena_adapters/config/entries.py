"""One way to declare a configuration item: the group it stands in, its label and its help, all Japanese."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticUndefined

_HOST = re.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39}")


class Group(StrEnum):
    """The groups of the configuration form, in the order shown."""

    COMMUNICATION = "通信"
    LAYOUT = "書式"
    CHARACTERS = "文字"
    DATES = "日付"
    PROCEDURE = "手順"
    STAFF = "職員情報"


class Settings(BaseModel):
    """Base of all configuration models: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def entry(
    group: Group,
    title: str,
    description: str,
    default: Any = PydanticUndefined,
    *,
    kind: str = "",
    words: dict[str, str] | None = None,
    **limits: Any,
) -> Any:
    """A configuration item.

    `kind` overrides the input type of the form (secret, path, columns, table); `words` are the Japanese words for
    the values of a choice.
    """
    extra: dict[str, Any] = {"group": group.value, "kind": kind, "words": words or {}}
    return Field(default=default, title=title, description=description, json_schema_extra=extra, **limits)


def _plain_host(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise ValueError("ホスト名だけを書いてください。")
    return host.lower()


HostName = Annotated[str, AfterValidator(_plain_host)]
"""A name or an address (IPv4, IPv6), without scheme, port or path."""
