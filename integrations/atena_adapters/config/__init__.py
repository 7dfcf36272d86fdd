"""The description of one prefecture's link.  A new prefecture is a value of `AdapterConfig`, not code."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from integrations.atena_adapters.config.dialect import DelimitedDialect, JsonDialect
from integrations.atena_adapters.config.entries import Settings
from integrations.atena_adapters.config.fixed import FixedDialect
from integrations.atena_adapters.config.transport import FolderTransport, HttpTransport, NoTransport, RetiredTransport
from integrations.atena_adapters.config.workflow import Workflow

__all__ = [
    "AdapterConfig", "AnyDialect", "AnyTransport", "DelimitedDialect", "FixedDialect", "FolderTransport", "HttpTransport", "JsonDialect",
    "NoTransport", "RetiredTransport", "Workflow",
]  # fmt: skip

AnyTransport = Annotated[HttpTransport | FolderTransport | NoTransport | RetiredTransport, Field(discriminator="kind")]
AnyDialect = Annotated[JsonDialect | DelimitedDialect | FixedDialect, Field(discriminator="kind")]


class AdapterConfig(Settings):
    """transport x dialect x workflow."""

    transport: AnyTransport = Field(default_factory=NoTransport)
    dialect: AnyDialect = Field(default_factory=JsonDialect)
    workflow: Workflow = Field(default_factory=Workflow)
