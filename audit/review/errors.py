"""Refusals of this room, shown to people."""

from __future__ import annotations

from typing import ClassVar

from accounts.errors import SamePerson


class ReviewError(Exception):
    """A step of the loop that cannot be done."""

    identifier: ClassVar[str] = "review.refused"


class MoveRefused(ReviewError):
    """`review.move-refused`: the alert's state does not allow the act; somebody else was faster, usually."""

    identifier = "review.move-refused"

    def __init__(self, label: str, state: str, what: str = "警報") -> None:
        super().__init__(f"この{what}はいま「{state}」のため、「{label}」はできません。画面を開き直してください。")


class NoOtherManager(ReviewError):
    """`review.no-other-manager`: there is no 情報セキュリティ管理者 but the person the alert is about."""

    identifier = "review.no-other-manager"

    def __init__(self) -> None:
        super().__init__(
            "連絡できる情報セキュリティ管理者がいません（本人に関する警報は、別の管理者が受けます）。"
            "利用者管理の担当者に、別の職員への役割の付与を依頼してください。"
        )


class TextUnfit(ReviewError):
    """`review.text-unfit`: a written text is missing, too short, or holds something like an individual number."""

    identifier = "review.text-unfit"


class DayUnfit(ReviewError):
    """`review.day-unfit`: a report cannot have been made on that day."""

    identifier = "review.day-unfit"


class MonthNotOver(ReviewError):
    """`review.month-not-over`: the month still runs, so its figures are not final."""

    identifier = "review.month-not-over"

    def __init__(self) -> None:
        super().__init__("この月はまだ終わっていません。翌月になってから点検してください。")


class MonthTooEarly(ReviewError):
    """`review.month-too-early`: the month was over before the prefecture began, so there is nothing to look at."""

    identifier = "review.month-too-early"

    def __init__(self) -> None:
        super().__init__(
            "この月は団体の利用が始まる前のため、点検できません。月次点検の一覧から、点検する月を選んでください。"
        )


class MonthClosed(ReviewError):
    """`review.month-closed`: somebody has closed the review of this month already."""

    identifier = "review.month-closed"

    def __init__(self) -> None:
        super().__init__("この月の点検は、もう終わっています。画面を開き直して内容を確かめてください。")


class OwnAlert(SamePerson):
    """`review.own-alert`: nobody handles or judges an alert about themselves, or about whom they stand in for."""

    identifier = "review.own-alert"

    def __init__(self) -> None:
        Exception.__init__(
            self,
            "自分に関する警報には対応も判定もできません。別の監視担当・情報セキュリティ管理者が行います。"
            "代決・代理の相手に関する警報も同じです。",
        )
