"""Refusals of this room. Each has a stable id and a Japanese message: what, where, what to do."""

from __future__ import annotations

from typing import ClassVar


class YearpackError(Exception):
    """An act on a 年度定義 that cannot be done. The message is shown to the person."""

    identifier: ClassVar[str] = "yearpacks.refused"


class RevisionUnknown(YearpackError):
    """`yearpacks.revision-unknown`: no approved revision of this prefecture has the name."""

    identifier = "yearpacks.revision-unknown"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"年度定義「{name}」は、この団体の承認済みの改訂にありません。名前と承認の状態を確かめてください。"
        )


class ContentChanged(YearpackError):
    """`yearpacks.content-changed`: what is stored no longer gives the digest it was approved or decided with."""

    identifier = "yearpacks.content-changed"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"年度定義「{name}」の内容が、承認したときの指紋と一致しません。算定には使わず、運用者に連絡してください。"
        )
