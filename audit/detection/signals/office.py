"""Rules about the whole office at one moment, not about one person's day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.detection.rules import Described
from audit.detection.signals.base import Answer, Found
from audit.trail.reader import TrailEvent
from audit.trail.sealing.health import Health
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Night:
    """How many writes without their event, lost events, changed heads and events not of the application a night found. `until`:
    the first transaction that it did not look at."""

    id: int
    at: datetime
    unrecorded: int
    lost: int
    changed_heads: int
    unsigned: int = 0
    until: int = 0

    @property
    def differs(self) -> bool:
        return bool(self.unrecorded or self.lost or self.changed_heads or self.unsigned)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many events without the application's signature the relay set aside within one hour, and when the first of them."""

    at: datetime
    events: int


@dataclass(frozen=True, slots=True)
class Office:
    """`failures`: wrong passwords of the last while, oldest first; `used_terminals`: those of their terminals at which anybody ever
    completed a log-in. `waiting_since`: the oldest event not yet in the trail.
    `vendor`: entries of the vendor that were refused in the last while; `foreign`: what was tried with another prefecture's
    things, or refused by the database, without a proved person. `trail`: chain and clocks, None where they could not be read;
    `nights`: the last nightly comparisons, the newest first; `refused`: events that the relay set aside in the last days.
    """

    now: datetime
    failures: tuple[TrailEvent, ...]
    waiting_since: datetime | None
    vendor: tuple[TrailEvent, ...] = ()
    foreign: tuple[TrailEvent, ...] = ()
    trail: Health | None = None
    nights: tuple[Night, ...] = ()
    refused: tuple[Refusals, ...] = ()
    used_terminals: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class OfficeRule(Described):
    evaluate: Callable[[Office, float], Answer]

    @property
    def looks_at(self) -> str:
        return "団体全体の操作の記録（30秒ごと）"


NO_NETWORK = "初めての端末からのパスワード誤りの接続元が分からないため、端末IDを捨てて試しているかを判定できません。"


def spray(office: Office, threshold: float) -> Answer:
    """Signal 12. By terminal first: a whole office shares one address behind its NAT, but not one terminal id.

    A terminal id is a cookie, and whoever throws it away has a new one with each try. So what comes from terminals at which
    nobody ever completed a log-in, and does not stand out by itself, is counted by network as well.
    """
    failures = [event for event in office.failures if event.event == Event.SESSION_PASSWORD_FAILED]
    by_terminal, strange = defaultdict(list), defaultdict(list)
    for event in failures:
        by_terminal[event.terminal].append(event)
    found, told = [], set()
    for terminal, events in by_terminal.items():
        if one := _sprayed(f"端末{terminal}で", terminal, events, threshold):
            found.append(one)
            told.add(terminal)
    for event in failures:
        if event.terminal not in told and event.terminal not in office.used_terminals:
            strange[str(event.detail.get("network", ""))].append(event)
    for network, events in strange.items():
        one = _sprayed(f"接続元{network}の、誰もログインしたことのない端末から", network, events, threshold)
        if one and network:
            found.append(one)
        elif one and not found:
            return NO_NETWORK
    return found


def _sprayed(where: str, mark: str, events: Sequence[TrailEvent], threshold: float) -> Found | None:
    """Each failure for an account that does not exist is an account of its own."""
    last = events[-1].occurred_at
    accounts = {event.actor_id or event.id.hex for event in events if last - event.occurred_at <= SPAN}
    if len(accounts) < threshold:
        return None
    sentence = f"{where}10分間に{len(accounts)}人のパスワードの誤りがあった。片端から試しているおそれ。"
    return Found(f"{mark}:{last:%Y%m%d%H}", last, sentence, detail={"人数": len(accounts)})


def gap(office: Office, threshold: float) -> Answer:
    """Signal 30, the part seen from here: events wait too long on their way to the audit database."""
    sentence = "操作の記録が{minutes:.0f}分前から記録用データベースに届いていない。情報システムの担当者に連絡する。"
    return too_long_since(office.waiting_since, office.now, threshold, sentence, "%Y%m%d%H%M")


def too_long_since(since: datetime | None, now: datetime, threshold: float, sentence: str, mark: str) -> Answer:
    """One finding when something has waited for more than so many minutes; `mark` is the form of its moment, `{minutes}` how long."""
    if since is None or now - since <= timedelta(minutes=threshold):
        return []
    minutes = (now - since).total_seconds() / 60
    return [Found(since.strftime(mark), now, sentence.format(minutes=minutes))]


def vendor_entry(office: Office, threshold: float) -> Answer:
    """Signal 29: somebody tried the door of the vendor without an open window."""
    tries = [event for event in office.vendor if event.event == Event.VENDOR_ENTRY_REFUSED]
    if len(tries) < threshold:
        return []
    sentence = f"開いている立入りのないまま、運用事業者の入口から入ろうとして{len(tries)}回断られた。"
    return [Found(f"{tries[0].occurred_at:%Y%m%d%H}", tries[-1].occurred_at, sentence, detail={"回数": len(tries)})]


SPRAY = OfficeRule(
    id="spray",
    number="12",
    title="多数の利用者への試し打ち",
    needs="パスワード誤りの記録と端末ID、接続元（/24、IPv6は/64）、これまでのログインの端末",
    threshold=(
        "一つの端末で、または一つの接続元の、誰もログインしたことのない端末を合わせて、10分間にしきい値以上の利用者のパスワード誤り"
    ),
    control=(
        "ログインに使われたことのある端末は端末IDだけで数える（庁内は一つの接続元に見える）。初めての端末は、ログインが済めば数えない。"
        "端末・接続元ごとに1時間に1件"
    ),
    certainty="高い",
    example="端末T-7K2M-9QRTで10分間に5人のパスワードの誤りがあった。片端から試しているおそれ。",
    standard=5,
    unit="人",
    evaluate=spray,
)
GAP = OfficeRule(
    id="trail_gap",
    number="30",
    title="記録の遅れ",
    needs="送信待ちの記録の最も古い日時",
    threshold="しきい値の分数より長く届かない記録があるとき",
    control="届かない間の警報は1件",
    certainty="確実",
    example="操作の記録が6分前から記録用データベースに届いていない。情報システムの担当者に連絡する。",
    standard=5,
    unit="分",
    evaluate=gap,
)
VENDOR = OfficeRule(
    id="vendor_entry",
    number="29",
    title="運用事業者の断られた立入り",
    needs="立入りの拒否の記録",
    threshold="開いている立入りのない試みが、15分間にしきい値以上",
    control="団体が開けた立入りの間は鳴らない。1時間に1件",
    certainty="確実（断ったこと）。予定の行き違いのこともある",
    example="開いている立入りのないまま、運用事業者の入口から入ろうとして1回断られた。",
    standard=1,
    unit="回",
    evaluate=vendor_entry,
)
