"""The registry of prefectures and their host names (schema public; the gateway login may read it)."""

from __future__ import annotations

import base64
import secrets

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


def new_schema_name() -> str:
    """Opaque: any login can list schema names, so they must not tell whose they are."""
    return "p_" + base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]


class Prefecture(TenantMixin):  # type: ignore[misc]
    """A prefectural board of education (都道府県教育委員会): one tenant."""

    class State(models.TextChoices):
        PREPARING = "preparing", "準備中"
        TESTING = "testing", "接続試験"
        LIVE = "live", "稼働"
        SUSPENDED = "suspended", "停止"

    OPEN_STATES = (State.TESTING, State.LIVE)

    code = models.CharField("団体コード", max_length=6, unique=True)
    name = models.CharField("名称", max_length=40)
    slug = models.SlugField("ホスト名の先頭", max_length=30, unique=True)
    sample = models.BooleanField("サンプル", default=False)
    state = models.CharField("状態", max_length=12, choices=State.choices, default=State.PREPARING)
    working_year = models.PositiveSmallIntegerField("取扱年度", default=0)
    migrations = models.CharField("表の版", max_length=64, blank=True)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    auto_create_schema = False
    auto_drop_schema = False

    class Meta:
        verbose_name = "都道府県"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class Host(DomainMixin):  # type: ignore[misc]
    """A host name that leads to a prefecture."""

    class Meta:
        verbose_name = "ホスト名"
