"""The description of one prefecture's link.  A new prefecture is a value of `AdapterConfig`, not code."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from integrations.atena_adapters.config.carried import MediumTransport, TerminalTransport
from integrations.atena_adapters.config.database import DatabaseTransport, sound_name
from integrations.atena_adapters.config.dialect import DelimitedDialect, JsonDialect
from integrations.atena_adapters.config.entries import Settings
from integrations.atena_adapters.config.files import FolderTransport, SftpTransport
from integrations.atena_adapters.config.fixed import FixedDialect
from integrations.atena_adapters.config.transport import HttpTransport, NoTransport, RetiredTransport
from integrations.atena_adapters.config.workflow import Workflow
from integrations.atena_adapters.fields import Message

__all__ = [
    "AdapterConfig", "AnyDialect", "AnyTransport", "DatabaseTransport", "DelimitedDialect", "FixedDialect",
    "FolderTransport", "HttpTransport", "JsonDialect", "MediumTransport", "NoTransport", "RetiredTransport", "SftpTransport",
    "TerminalTransport", "Workflow",
]  # fmt: skip

AnyTransport = Annotated[
    HttpTransport
    | FolderTransport
    | SftpTransport
    | DatabaseTransport
    | MediumTransport
    | TerminalTransport
    | NoTransport
    | RetiredTransport,
    Field(discriminator="kind"),
]
AnyDialect = Annotated[JsonDialect | DelimitedDialect | FixedDialect, Field(discriminator="kind")]


class AdapterConfig(Settings):
    """transport x dialect x workflow."""

    transport: AnyTransport = Field(default_factory=NoTransport)
    dialect: AnyDialect = Field(default_factory=JsonDialect)
    workflow: Workflow = Field(default_factory=Workflow)

    @model_validator(mode="after")
    def _fit_together(self) -> AdapterConfig:
        if isinstance(self.transport, DatabaseTransport):
            if not isinstance(self.dialect, JsonDialect):
                raise ValueError("データベースの連携では、書式の種類をJSONにしてください(キーが列の名前になります)。")
            for message in Message:
                for column in self.dialect.layouts.of(message):
                    sound_name(column.title)
        if isinstance(self.transport, TerminalTransport) and not isinstance(self.dialect, JsonDialect):
            raise ValueError("手入力の連携では、書式の種類をJSONにしてください(キーが作業票の見出しになります)。")
        return self
