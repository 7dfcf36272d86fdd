"""The dialects there are.  A new record form adds a configuration model and one line here."""

from __future__ import annotations

from integrations.atena_adapters.config import AnyDialect, FixedDialect, JsonDialect
from integrations.atena_adapters.dialects.base import Dialect
from integrations.atena_adapters.dialects.delimited import DelimitedCodec
from integrations.atena_adapters.dialects.fixed import FixedCodec
from integrations.atena_adapters.dialects.json_lines import JsonCodec


def build_dialect(config: AnyDialect) -> Dialect:
    """The dialect for a configuration."""
    if isinstance(config, FixedDialect):
        return FixedCodec(config)
    return JsonCodec(config) if isinstance(config, JsonDialect) else DelimitedCodec(config)
