"""Hardware tokens (ハードウェアトークン, OATH TOTP): bought with their seeds, kept in stock, handed to one person by serial."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenants.core import keys


class HardwareToken(models.Model):
    """One token. The seed is sealed with the scope's key and bound to the serial; it is never shown."""

    class State(models.TextChoices):
        STOCK = "stock", "在庫"
        ASSIGNED = "assigned", "貸出中"
        LOST = "lost", "紛失"
        RETIRED = "retired", "廃止"

    serial = models.CharField("製造番号", max_length=40, unique=True)
    maker = models.CharField("製造者", max_length=60, blank=True)
    sealed_seed = models.BinaryField("封をした種")
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.STOCK)
    user = models.OneToOneField(
        "accounts.User",
        verbose_name="利用者",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="hardware_token",
    )
    loaded_at = models.DateTimeField("登録日時")
    loaded_by = models.CharField("登録した人", max_length=80)
    changed_at = models.DateTimeField("状態の変更日時")

    class Meta:
        verbose_name = "ハードウェアトークン"
        ordering = ["serial"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="assigned", user__isnull=False) | (~Q(state="assigned") & Q(user=None)),
                name="token_is_somebodys_while_assigned",
            )
        ]

    def __str__(self) -> str:
        return f"{self.serial}（{self.get_state_display()}）"

    def seal_seed(self, seed: bytes) -> None:
        self.sealed_seed = keys.seal("otp-token", seed, self._bound())

    def seed(self) -> bytes:
        return keys.unseal("otp-token", bytes(self.sealed_seed), self._bound())

    def _bound(self) -> str:
        return f"accounts.hardwaretoken|seed|{self.serial}"
