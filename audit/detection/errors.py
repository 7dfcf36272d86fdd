"""Refusals of this room, shown to people."""

from __future__ import annotations

from typing import ClassVar


class CalendarError(Exception):
    """An act on the calendar that cannot be done."""

    identifier: ClassVar[str] = "detection.refused"


class HoursInverted(CalendarError):
    """`detection.hours-inverted`: the hours end before they begin."""

    identifier = "detection.hours-inverted"

    def __init__(self) -> None:
        super().__init__("終了時刻が開始時刻より前です。時刻を確かめてください（24時まで使うときは 0:00）。")


class HoursWaiting(CalendarError):
    """`watch.hours-waiting`: longer hours, or the removal of this day off, wait for a second person already."""

    identifier = "watch.hours-waiting"

    def __init__(self) -> None:
        super().__init__("この変更は、もう承認を待っています。「見守りの承認」の画面で確かめてください。")


class CanaryWaiting(CalendarError):
    """`watch.canary-waiting`: the removal of this decoy household waits for a second person already."""

    identifier = "watch.canary-waiting"

    def __init__(self) -> None:
        super().__init__("このおとりの世帯の除去は、もう承認を待っています。「見守りの承認」の画面で確かめてください。")


class DayOffThere(CalendarError):
    """`detection.day-off-there`: the day is registered already."""

    identifier = "detection.day-off-there"

    def __init__(self) -> None:
        super().__init__("この日は既に休業日として登録されています。一覧を確かめてください。")


class NoticeUnfit(CalendarError):
    """`detection.notice-unfit`: a notice whose time or person does not do. The message says which."""

    identifier = "detection.notice-unfit"


class ThresholdUnfit(CalendarError):
    """`watch.threshold-unfit`: a value that would make a rule deaf or deafening, or of a rule that has none."""

    identifier = "watch.threshold-unfit"


class ExceptionUnfit(CalendarError):
    """`watch.exception-unfit`: an exception over already, or longer than a quarter, or with a number in its reason.

    `field`: what has to be changed of `username`, `until` and `reason`.
    """

    identifier = "watch.exception-unfit"

    def __init__(self, message: str, field: str = "until") -> None:
        super().__init__(message)
        self.field = field


class LooseningClosed(CalendarError):
    """`watch.loosening-closed`: an application that was decided already, or whose exception would be over."""

    identifier = "watch.loosening-closed"

    def __init__(self, state: str) -> None:
        super().__init__(
            f"この申請は「{state}」です。一覧を開き直して確かめてください。必要なら、もう一度申請してください。"
        )
