"""A workbook a school handed in, whatever is in it: where it is kept, how far its reading is, what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from web.states import Tone

TAKEN = ("new", "changed", "same")
LEFT_OUT = ("parked", "wrong")


class ReceivedFile(models.Model):
    """One file; the same bytes are taken in once. It may be read again: `run` counts the readings.

    `counts`: rows by what became of them, as each kind of file keeps them (`by_kind` adds them up).
    """

    class State(models.TextChoices):
        LOOKED = "looked", "取込前"
        WAITING = "waiting", "取込待ち"
        REFUSED = "refused", "取込不可"
        IMPORTED = "imported", "取込済"

    fiscal_year = models.PositiveSmallIntegerField("年度")
    file_name = models.CharField("ファイル名", max_length=120)
    path = models.CharField("保存先", max_length=200, blank=True)
    digest = models.CharField("SHA-256", max_length=64)
    state = models.CharField("状態", max_length=10, choices=State.choices, default=State.WAITING)
    run = models.PositiveSmallIntegerField("読取り回数", default=1)
    counts = models.JSONField("件数", default=dict)
    created_by = models.CharField("登録者", max_length=200)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name

    def by_kind(self) -> Mapping[str, int]:
        """Rows by new, changed, same, parked, wrong."""
        counts: Mapping[str, int] = self.counts
        return counts

    def outcome(self, waiting: int) -> tuple[str, Tone]:
        """The state in a word of its own: a file that was read to its end but gave nothing is not 取込済.

        `waiting`: rows that still wait for somebody. Without any, the gaps were closed by a later file or by people.
        """
        if self.state != self.State.IMPORTED:
            return self.get_state_display(), Tone.STOPPED if self.state == self.State.REFUSED else Tone.HALF
        rows = self.by_kind()
        not_taken = sum(rows.get(kind, 0) for kind in LEFT_OUT)
        if not sum(rows.get(kind, 0) for kind in TAKEN):
            return "取込0件", Tone.ATTENTION if waiting or not not_taken else Tone.DONE
        if not waiting:
            return "取込済", Tone.DONE
        return "一部保留" if rows.get("parked") else "一部取込", Tone.ATTENTION
