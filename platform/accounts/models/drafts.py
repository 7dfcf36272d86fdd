"""Drafts of unsaved input (保存前の入力): what somebody had typed when their session ran out or a step-up came between."""

from __future__ import annotations

import json
import uuid
from typing import Final

from django.db import models

from tenants.core import keys

PURPOSE: Final = "input-draft"
LONGEST_PAGE: Final = 1000
LONGEST_ACTION: Final = 500


class InputDraft(models.Model):
    """Of one person, page and form; the contents lie sealed and open for nobody else's row. Gone after hours (`services.drafts`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        "accounts.User", verbose_name="利用者", on_delete=models.CASCADE, related_name="input_drafts"
    )
    terminal = models.CharField("端末", max_length=16)
    page = models.CharField("画面", max_length=LONGEST_PAGE)
    action = models.CharField("送り先", max_length=LONGEST_ACTION)
    sealed = models.BinaryField("封をした入力")
    saved_at = models.DateTimeField("保存日時", db_index=True)

    class Meta:
        verbose_name = "保存前の入力"
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["user", "action"], name="one_input_draft_per_form")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.saved_at:%Y-%m-%d %H:%M}"

    def seal(self, fields: list[tuple[str, str]]) -> None:
        self.sealed = keys.seal(PURPOSE, json.dumps(fields).encode(), self._bound())

    def fields(self) -> list[tuple[str, str]]:
        """Raises SealBroken or KeyMissing."""
        return [(name, value) for name, value in json.loads(keys.unseal(PURPOSE, bytes(self.sealed), self._bound()))]

    def _bound(self) -> str:
        return f"accounts.draft|{self.user_id}|{self.terminal}|{self.action}"
