"""抽出確認: which 調書 a person has opened since logging in, so that 異常なし is never decided unseen."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

NEEDED = 3
KEY = "statements.opened"
KEPT = 1000


def note_opened(request: HttpRequest, statement_id: int) -> None:
    opened = [pk for pk in request.session.get(KEY, []) if pk != statement_id]
    request.session[KEY] = [*opened, statement_id][-KEPT:]


def opened(request: HttpRequest) -> set[int]:
    return set(request.session.get(KEY, []))


def sample_of(request: HttpRequest, ids: Iterable[int]) -> list[int]:
    """Those of `ids` the person has opened."""
    return sorted(opened(request) & set(ids))


def still_needed(opened: int, how_many: int) -> int:
    """How many more must be opened before `how_many` may be proposed in one act, `opened` of them being opened."""
    return max(0, min(NEEDED, how_many) - opened)
