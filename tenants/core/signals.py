"""Between two requests or two tasks a thread belongs to nobody: it goes back to the gateway login."""

from __future__ import annotations

from typing import Any

from django.core.signals import request_finished

from tenants.core.db.base import current


def connect() -> None:
    request_finished.connect(_back_to_gateway, dispatch_uid="tenants.core.back_to_gateway")


def _back_to_gateway(**_: Any) -> None:
    wrapper = current()
    if not wrapper.walks_schemas and not wrapper.in_atomic_block:
        wrapper.set_schema_to_public()
