"""The hours at which a person logs in: 48 half-hours × working day / day off, of 180 days, with the alert's moment marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from accounts.models import SessionRecord, User
from audit.detection.calendar import Hours, is_inside, is_working_day, local
from audit.detection.queries import STANDARD, hours_in_force
from audit.review.models import Alert

DAYS = 180
HALF_HOURS = 48
LABEL_WIDTH, CELL_WIDTH, ROW_HEIGHT, TOP = 64, 14, 30, 24
WIDTH = LABEL_WIDTH + HALF_HOURS * CELL_WIDTH
HEIGHT = TOP + 2 * ROW_HEIGHT + 30
_LEVELS = (1, 2, 5, 10)
"""From so many log-ins on, a cell is one shade darker."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A half-hour in the picture. `level` 0 (none) to 4; coordinates in SVG units."""

    x: int
    y: int
    level: int
    is_marked: bool
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A half-hour in the table."""

    clock: str
    working: int
    off: int
    is_marked: bool


@dataclass(frozen=True, slots=True)
class HourPicture:
    """`total` log-ins, of which `outside` outside the hours. `open_x`, `open_width`: the service hours as a bar."""

    cells: list[Cell]
    lines: list[Line]
    ticks: list[tuple[int, str]]
    total: int
    outside: int
    open_x: int
    open_width: int
    mark_x: int
    mark_y: int
    words: str


def picture_of(alert: Alert, person: User | None) -> HourPicture:
    """The person's log-ins of the 180 days before the alert (its own session is the mark, not history)."""
    since = alert.occurred_at - timedelta(days=DAYS)
    earlier = SessionRecord.objects.filter(user=person, started_at__gte=since, started_at__lt=alert.occurred_at)
    if alert.session:
        earlier = earlier.exclude(pk=alert.session)
    return draw(earlier.values_list("started_at", flat=True), alert.occurred_at, hours_in_force() or STANDARD)


def draw(moments: Iterable[datetime], marked: datetime, hours: Hours) -> HourPicture:
    """The picture of aware moments, and of the marked one."""
    seen = list(moments)
    counts = Counter(_place(moment, hours) for moment in seen)
    mark = _place(marked, hours)
    outside = sum(not is_inside(moment, hours, ()) for moment in seen)
    opens, closes = _bin(hours.opens_at), _bin(hours.closes_at) or HALF_HOURS
    return HourPicture(
        cells=[
            _cell(row, half, counts[row, half], (row, half) == mark) for row in (0, 1) for half in range(HALF_HOURS)
        ],
        lines=_lines(counts, mark),
        ticks=[(_x(half), f"{half // 2}時") for half in range(0, HALF_HOURS, 6)],
        total=len(seen),
        outside=outside,
        open_x=_x(opens),
        open_width=(closes - opens) * CELL_WIDTH,
        mark_x=_x(mark[1]) + CELL_WIDTH // 2,
        mark_y=TOP + 2 * ROW_HEIGHT + 16,
        words=_words(len(seen), outside),
    )


def _words(total: int, outside: int) -> str:
    if not total:
        return f"過去{DAYS}日にほかのログインはありません。"
    return f"過去{DAYS}日のログイン {total:,}回、うち利用時間の外 {outside:,}回。"


def _place(moment: datetime, hours: Hours) -> tuple[int, int]:
    """Row (0 working day, 1 day off) and half-hour."""
    there = local(moment)
    return (0 if is_working_day(there.date(), hours) else 1, _bin(there.time()))


def _bin(clock: time) -> int:
    return clock.hour * 2 + clock.minute // 30


def _x(half: int) -> int:
    return LABEL_WIDTH + half * CELL_WIDTH


def _cell(row: int, half: int, count: int, is_marked: bool) -> Cell:
    level = sum(count >= least for least in _LEVELS)
    kind = "休日" if row else "業務日"
    words = f"{kind} {_clock(half)} {count}回{'（この警報）' if is_marked else ''}"
    return Cell(_x(half), TOP + row * ROW_HEIGHT, level, is_marked, words)


def _lines(counts: Counter[tuple[int, int]], mark: tuple[int, int]) -> list[Line]:
    """Half-hours with anything in them, and the marked one."""
    shown = sorted({half for _, half in counts} | {mark[1]})
    return [Line(_clock(half), counts[0, half], counts[1, half], half == mark[1]) for half in shown]


def _clock(half: int) -> str:
    end = half + 1
    return f"{half // 2}:{half % 2 * 30:02}〜{end // 2}:{end % 2 * 30:02}"
