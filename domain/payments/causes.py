"""Why a payment is not what it was: against the calculation before, or against what an approved round paid."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import TextChoices


class Cause(TextChoices):
    """In the order they are named to people."""

    NEW = "new", "新たに経費が出た児童生徒"
    GONE = "gone", "経費がなくなった児童生徒"
    EXPENSES = "expenses", "使用経費の追加・変更"
    STATUS = "status", "支弁区分・就学状況の変更"
    CARRIED = "carried", "ほかの支給回での支給"
    OUTSIDE = "outside", "管理外学校支給額の登録・取消し"
    PACK = "pack", "年度定義の変更"
    OTHER = "other", "計算方法の変更"


def in_order(causes: Iterable[Cause]) -> list[Cause]:
    """Each once, in the order of `Cause`; a difference that nothing explains is OTHER."""
    found = set(causes)
    return [cause for cause in Cause if cause in found] or [Cause.OTHER]


def in_words(causes: Iterable[str]) -> str:
    """使用経費の追加・変更、…: of a stored list of causes."""
    return "、".join(Cause(cause).label for cause in causes)
