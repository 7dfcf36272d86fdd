"""The limits that the deployment sets to a prefecture's adapter, whoever writes its configuration."""

from __future__ import annotations

from django.conf import settings

from integrations.atena_adapters.bounds import Bounds


def bounds_of(prefecture_code: str) -> Bounds:
    """Each prefecture exchanges files below a folder of its own, named by its 団体コード."""
    return Bounds(
        exchange_root=settings.EXCHANGE_ROOT / prefecture_code,
        allowed_hosts=frozenset(settings.ATENA_ALLOWED_HOSTS),
        certificates=settings.ATENA_CERTIFICATES,
    )
