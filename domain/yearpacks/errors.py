"""Refusals of this room. Each has a stable id and a Japanese message: what, where, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from domain.yearpacks.titles import pack_title
from web.dates import fiscal_year_label

SHOWN = 8


class YearpackError(Exception):
    """An act on a 年度定義 that cannot be done. The message is shown to the person."""

    identifier: ClassVar[str] = "yearpacks.refused"


class RevisionUnknown(YearpackError):
    """`yearpacks.revision-unknown`: no approved revision of this prefecture has the name or digest."""

    identifier = "yearpacks.revision-unknown"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"年度定義「{pack_title(name)}」は、この団体の承認済みの版にありません。名前と承認の状態を確かめてください。"
        )


class ContentChanged(YearpackError):
    """`yearpacks.content-changed`: what is stored no longer gives the digest it was approved or decided with."""

    identifier = "yearpacks.content-changed"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"年度定義「{pack_title(name)}」の内容が、承認したときの指紋と一致しません。算定には使わず、運用者に連絡してください。"
        )


class BaseUnknown(YearpackError):
    """`yearpacks.base-unknown`: a revision can only be laid over a shipped pack of its year."""

    identifier = "yearpacks.base-unknown"

    def __init__(self, name: str, fiscal_year: int) -> None:
        super().__init__(
            f"「{pack_title(name)}」は{fiscal_year_label(fiscal_year)}の年度定義ではありません。もとにする年度定義を選び直してください。"
        )


class WrongState(YearpackError):
    """`yearpacks.wrong-state`: the act is not possible in the state the revision or proposal is in now."""

    identifier = "yearpacks.wrong-state"

    def __init__(self, state: str) -> None:
        super().__init__(f"いまの状態が「{state}」のため、この操作はできません。画面を開き直して確かめてください。")


class NoLongerDraft(WrongState):
    """`yearpacks.no-longer-draft`: rows are typed into drafts only; says who moved the revision, when and why."""

    identifier = "yearpacks.no-longer-draft"

    def __init__(self, happened: str) -> None:
        YearpackError.__init__(self, f"{happened}作成中ではないため、この版には何も反映していません。")


class NotYourProposal(YearpackError):
    """`yearpacks.not-your-proposal`: only who proposed a revision, or that it be used, takes the proposal back."""

    identifier = "yearpacks.not-your-proposal"

    def __init__(self) -> None:
        super().__init__(
            "この提案を取り下げられるのは、提案した本人です。直すところがあれば、承認者に差戻しを依頼してください。"
        )


class NothingToPropose(YearpackError):
    """`yearpacks.nothing-to-propose`: the draft says nothing the shipped pack does not say."""

    identifier = "yearpacks.nothing-to-propose"

    def __init__(self) -> None:
        super().__init__(
            "この改訂には、まだ何も入力されていません。値を入力するか、未確認の値を採用してから提案してください。"
        )


class ContentRefused(YearpackError):
    """`yearpacks.content-refused`: the rows contradict each other or the rules of a pack; each fault is named."""

    identifier = "yearpacks.content-refused"

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        shown = " / ".join(self.faults[:SHOWN])
        more = f" ほか{len(self.faults) - SHOWN}件" if len(self.faults) > SHOWN else ""
        super().__init__(f"この内容では年度定義として使えないため、保存していません。{shown}{more}")


class ReasonMissing(YearpackError):
    """`yearpacks.reason-missing`: the act needs a reason in words."""

    identifier = "yearpacks.reason-missing"

    def __init__(self) -> None:
        super().__init__("理由を入力してください（例: 県の決裁 7教特第12号で額を確認した）。")


class PastDecided(YearpackError):
    """`yearpacks.past-decided`: from the day on there are decisions already; a pack never replaces theirs."""

    identifier = "yearpacks.past-decided"

    def __init__(self, decided: Sequence[str]) -> None:
        self.decided = tuple(decided)
        shown = "、".join(self.decided[:SHOWN])
        more = f" ほか{len(self.decided) - SHOWN}件" if len(self.decided) > SHOWN else ""
        super().__init__(
            f"この日以後に、別の年度定義で決めたものがあります: {shown}{more}。"
            "決定・支給に使った年度定義は差し替えられません。これらより後の日から適用し、過去の分は再決定で改めてください。"
        )


class DayRefused(YearpackError):
    """`yearpacks.day-refused`: a day on which the pack cannot come into force."""

    identifier = "yearpacks.day-refused"


class UploadRefused(YearpackError):
    """`yearpacks.upload-refused`: the workbook's rows cannot be taken over now."""

    identifier = "yearpacks.upload-refused"
