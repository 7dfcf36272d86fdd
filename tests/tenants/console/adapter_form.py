"""What the tests of the adapter pages have in common: the form as it is filled, and the versions that came of it."""

from __future__ import annotations

from typing import Any

from tests.tenants.console.conftest import filled

HERE = "/prefectures/290009/adapter/"
SECRET = "secret-value.transport.auth_secret"
VALUE = "zettai-ni-misenai-atai"


def typed(operator: Any, query: str = "?preset=nara", **changes: Any) -> dict[str, Any]:
    page = operator.get(f"{HERE}new/{query}")
    return {**filled(page.content.decode()), SECRET: VALUE, **changes}


def drafts() -> list[Any]:
    from tenants.console.models import AdapterDraft

    return list(AdapterDraft.objects.filter(prefecture__code="290009").order_by("version"))


def newest() -> Any:
    return drafts()[-1]
