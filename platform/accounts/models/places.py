"""Where numbers may be handled (取扱区域): the prefecture's networks and its registered terminals."""

from __future__ import annotations

from django.db import models


class TenantNetwork(models.Model):
    """An address range of the prefecture. While one is registered, number pages open from these alone."""

    cidr = models.CharField("アドレスの範囲", max_length=43, unique=True)
    name = models.CharField("名称", max_length=60)
    added_by = models.CharField("登録した人", max_length=80)
    added_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "庁内の回線"
        ordering = ["cidr"]

    def __str__(self) -> str:
        return f"{self.name}（{self.cidr}）"


class RegisteredTerminal(models.Model):
    """A terminal (端末ID) for numbers. While one is registered, number pages open on these alone."""

    terminal = models.CharField("端末ID", max_length=16, unique=True)
    name = models.CharField("設置場所", max_length=60)
    added_by = models.CharField("登録した人", max_length=80)
    added_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "番号を扱う端末"
        ordering = ["name", "terminal"]

    def __str__(self) -> str:
        return f"{self.name}（{self.terminal}）"
