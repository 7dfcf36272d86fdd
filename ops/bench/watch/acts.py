"""What people of the made-up office do besides opening records: wrong passwords, backup codes, searches, exports, roles, outages.

Hung on the log-ins of `office`. Reads no rule and no threshold; how often is in `assumed`. Everything is fictitious.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import numpy as np

from audit.detection.calendar import TOKYO, Hours, is_working_day
from audit.trail.entries import JSON, Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event
from ops.bench.watch.assumed import rate
from ops.bench.watch.office import Visit

WORKING_DAYS, WORKING_DAYS_A_YEAR = 20, 242
BUSY = (4, 5)
NUMBER_SEASON = (4, 5, 6, 7)
A_HALF_DAY = timedelta(hours=6)
CLERKS, HANDLERS, BOARD = 20, 8, 6
"""Of thirty: the first twenty are clerks (eight of them 個人番号取扱者 too), six of the board; the rest manage and watch."""


def role_of(person: str) -> str:
    """Persons are p000 … p029, and newcomers of leavers."""
    number = int(person[-3:])
    return "clerk" if number < CLERKS else "board" if number < CLERKS + BOARD else "manager"


@dataclass(slots=True)
class PersonDay:
    """What happened: `events` by the person, `about` the account. `away`: days since the last log-in before, where a leave lies
    between that nobody registered; `changed_at`: the authenticator's last change; `has_left`: the account has ended; `unfit`: whose
    number was looked at for a purpose of which nothing is recorded.
    """

    person: str
    on: date
    events: list[TrailEvent] = field(default_factory=list)
    about: list[TrailEvent] = field(default_factory=list)
    away: int = 0
    changed_at: datetime | None = None
    has_left: bool = False
    unfit: set[Subject] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Announced:
    """An act that is judged as it happens: `kind` as the product names it, `what` it was. `is_approved`: by a second person."""

    kind: str
    at: datetime
    person: str
    what: str
    session: str = ""
    has_worked: bool = True
    is_approved: bool = False
    has_left: bool = False


@dataclass(slots=True)
class OfficeDay:
    on: date
    people: dict[str, PersonDay] = field(default_factory=dict)
    announced: list[Announced] = field(default_factory=list)
    failures: list[TrailEvent] = field(default_factory=list)
    vendor: list[TrailEvent] = field(default_factory=list)
    trail_away: timedelta = timedelta(0)
    clock_step: float = 0.0
    is_canary_opened: bool = False


def days(visits: Sequence[Visit], seed: int) -> Iterator[OfficeDay]:
    """Day by day, from the first log-in on."""
    maker = _Maker(np.random.default_rng([seed, 23]))
    by_day: dict[date, dict[str, list[Visit]]] = defaultdict(lambda: defaultdict(list))
    for visit in visits:
        by_day[datetime.fromtimestamp(visit.login.seconds, TOKYO).date()][visit.login.person].append(visit)
    for on in sorted(by_day):
        yield maker.day(on, by_day[on])


class _Maker:
    def __init__(self, chance: np.random.Generator) -> None:
        self.chance = chance
        self.number = 0
        self.changed: dict[str, datetime] = {}

    def day(self, on: date, visits: dict[str, list[Visit]]) -> OfficeDay:
        self.office = OfficeDay(on)
        for person in sorted(visits):
            self._person(person, on, sorted(visits[person], key=lambda visit: visit.login.seconds))
        if is_working_day(on, Hours()):
            self._tenant(on, sorted(visits))
        if (on.month, on.day) in ((4, 1), (4, 2)):
            self._april(on, sorted(visits))
        for day in self.office.people.values():
            day.events.sort(key=lambda event: event.occurred_at)
            day.about.sort(key=lambda event: event.occurred_at)
        self.office.failures.sort(key=lambda event: event.occurred_at)
        return self.office

    # --- one person's day -----------------------------------------------------------------------------------------------------

    def _person(self, person: str, on: date, visits: Sequence[Visit]) -> None:
        self.today = PersonDay(person, on, changed_at=self.changed.get(person))
        self.office.people[person] = self.today
        has_no_authenticator = self._in_a_year("no_authenticator")
        if self._in_a_year("forgot_password"):
            self._forget_password(visits[0])
        ends = [*(nxt for _, nxt in pairwise(visits)), None]
        fetched = has_no_authenticator and self._hits(rate("fetched"))
        for visit, following in zip(visits, ends, strict=True):
            is_later = visit is not visits[0]
            self._session(visit, following, has_no_authenticator and not (fetched and is_later))
        first, session = visits[0], self._session_of(visits[0])
        began, kind = _moment(first), int(person[1:])
        if kind < CLERKS:
            self._search(began, first, session, on)
        self._exports(visits, monthly=rate("exports") * {"board": 4, "clerk": 1}.get(role_of(person), 0))
        if kind < HANDLERS and self._hits(rate("reveals") * (1 if on.month in NUMBER_SEASON else 0.1)):
            self._reveals(visits[-1] if self._hits(0.2) else first)
        if self._in_a_year("new_authenticator"):
            self._new_authenticator(began + timedelta(hours=1), first, is_handler=kind < HANDLERS)
        if self._in_a_year("new_codes"):
            self._announce("factor_change", began, "backup_issued")
            self.today.about.append(self._event(Event.SESSION_BACKUP_CODES_ISSUED, began, first, session))
        if self._in_a_year("lost_authenticator"):
            self._announce("factor_change", began, "declared_lost")
            self._new_authenticator(began + timedelta(hours=2), first, is_handler=kind < HANDLERS)
        if self._in_a_year("cookie_lost"):
            self._end(began + timedelta(minutes=30), first, session, Event.SESSION_OTHER_ENDED, "terminal", 1800)
        if self._in_a_year("mistaken_disowning"):
            self._announce("disowned", began, "", session)
        if self._in_a_year("long_leave") and self._hits(0.5):
            self.today.away = int(self.chance.integers(61, 400))

    def _session(self, visit: Visit, following: Visit | None, has_no_authenticator: bool) -> None:
        began, session = _moment(visit), self._session_of(visit)
        self._slips(visit, began)
        method = "backup" if has_no_authenticator else "totp"
        if has_no_authenticator:
            for step_up in range(1 + int(self.chance.poisson(0.5))):
                self._backup_code(began + timedelta(minutes=40 * step_up), visit)
        detail: dict[str, JSON] = {"method": method, "new_terminal": False, "session": session}
        self._did(Event.SESSION_LOGIN_SUCCEEDED, began, visit, session, detail)
        last = began + timedelta(minutes=float(self.chance.gamma(2.0, 45.0)))
        midnight = datetime.combine(began.astimezone(TOKYO).date(), datetime.max.time(), TOKYO)
        reason, closed = ("logout", timedelta(0)) if self._hits(0.4) else ("idle", timedelta(minutes=30))
        if following is not None:
            then = _moment(following)
            is_elsewhere = following.login.features["terminal"] != visit.login.features["terminal"]
            if is_elsewhere and then - began < A_HALF_DAY and self._hits(rate("walked_over")):
                last = then - timedelta(minutes=float(self.chance.uniform(1, 8)))
                reason, closed = (
                    ("replaced", then - last) if self._hits(rate("left_open")) else ("logout", timedelta(0))
                )
            else:
                last = min(last, then - timedelta(minutes=float(self.chance.uniform(31, 90))))
        last = max(last, began + timedelta(minutes=1))
        self._acts(began, last, visit, session)
        end = min(last + closed, midnight)
        word = {"logout": Event.SESSION_LOGOUT_DONE, "idle": Event.SESSION_TIMEOUT_DONE}.get(
            reason, Event.SESSION_OTHER_ENDED
        )
        self._end(end, visit, session, word, reason, int((end - began).total_seconds()))

    def _acts(self, began: datetime, last: datetime, visit: Visit, session: str) -> None:
        """A page every few minutes; the last one at the end."""
        steps = max(1, int((last - began) / timedelta(minutes=6)))
        for step in range(1, steps + 1):
            self._did(Event.READ_LIST_SHOWN, began + (last - began) * (step / steps), visit, session)

    def _slips(self, visit: Visit, began: datetime) -> None:
        """Wrong passwords, then wrong one-time passwords, each some seconds apart, before the log-in; one sent twice after it."""
        at = began - timedelta(seconds=20)
        for word, first, again, detail in (
            (Event.SESSION_OTP_FAILED, rate("wrong_code"), rate("code_again"), {"reason": "wrong"}),
            (Event.SESSION_OTP_FAILED, rate("clock_off"), rate("code_again"), {"reason": "clock"}),
            (
                Event.SESSION_PASSWORD_FAILED,
                rate("wrong_password"),
                rate("wrong_again"),
                {"network": visit.login.features["network"]},
            ),
        ):
            if self._hits(first):
                for _ in range(int(self.chance.geometric(1 - again))):
                    self._failed(word, at, visit, dict(detail))
                    at -= timedelta(seconds=float(self.chance.uniform(8, 40)))
        if self._hits(rate("sent_twice")):
            self._failed(
                Event.SESSION_OTP_FAILED,
                began + timedelta(seconds=float(self.chance.uniform(0.2, 30))),
                visit,
                {"reason": "replayed"},
            )

    def _forget_password(self, visit: Visit) -> None:
        """Tried for some minutes; the log-in that follows is that with a new password, half an hour later at the earliest."""
        at = _moment(visit) - timedelta(minutes=45)
        for _ in range(int(self.chance.integers(2, 9))):
            self._failed(Event.SESSION_PASSWORD_FAILED, at, visit, {"network": visit.login.features["network"]})
            at += timedelta(seconds=float(self.chance.uniform(15, 120)))
        self._new_authenticator(at + timedelta(minutes=10), visit, is_handler=False)

    def _backup_code(self, at: datetime, visit: Visit) -> None:
        self.today.about.append(self._event(Event.SESSION_BACKUP_CODE_USED, at, visit, "", {"where": "login"}))
        self._announce("factor_change", at, "backup_used")

    def _new_authenticator(self, at: datetime, visit: Visit, *, is_handler: bool) -> None:
        """Enrolled at the machine the person sits at."""
        self._announce("factor_change", at, "activation_issued", is_approved=True)
        done = at + timedelta(minutes=float(self.chance.uniform(5, 60)))
        self._announce("factor_change", done, "totp_enrolled", is_approved=True)
        for word in (Event.SESSION_OTP_ENROLLED, Event.SESSION_BACKUP_CODES_ISSUED):
            self.today.about.append(self._event(word, done, visit, "", {}))
        self.changed[self.today.person] = self.today.changed_at = done
        if is_handler and self._hits(rate("reveals_after_change")):
            self.today.events.append(
                self._event(Event.NUMBER_INDIVIDUAL_REFUSED, done + timedelta(hours=1), None, "s", {"reason": "factor"})
            )

    def _search(self, began: datetime, visit: Visit, session: str, on: date) -> None:
        for _ in range(int(self.chance.poisson(rate("searches")))):
            at = began + timedelta(minutes=float(self.chance.uniform(5, 420)))
            self._searched(at, visit, session, 0 if self._hits(0.12) else 1 + int(self.chance.poisson(2)))
        if on.month in BUSY and self._hits(rate("list_checked")):
            self._series(began + timedelta(minutes=20), visit, session, int(self.chance.integers(4, 16)), (15, 60), 0)
        if self._hits(rate("classes_checked")):
            self._series(began + timedelta(minutes=20), visit, session, int(self.chance.integers(3, 10)), (20, 90), 8)

    def _series(
        self, at: datetime, visit: Visit, session: str, times: int, apart: tuple[float, float], listed: int
    ) -> None:
        for number in range(times):
            self._searched(at, visit, session, listed, is_next=bool(listed) and number > 0)
            at += timedelta(seconds=float(self.chance.uniform(*apart)))

    def _searched(self, at: datetime, visit: Visit, session: str, listed: int, *, is_next: bool = False) -> None:
        first = int(self.chance.integers(10_000))
        subjects = tuple(Subject("household", str(first + place)) for place in range(listed))
        detail: dict[str, JSON] = {"next_prefix": True} if is_next else {}
        self.today.events.append(self._event(Event.READ_SEARCH_SHOWN, at, visit, session, detail, subjects))

    def _exports(self, visits: Sequence[Visit], monthly: float) -> None:
        """In any of the day's sessions."""
        files = int(self.chance.poisson(monthly / WORKING_DAYS))
        prints = int(self.chance.poisson(rate("prints") / WORKING_DAYS)) if monthly else 0
        for number in range(files + prints):
            visit = visits[int(self.chance.integers(len(visits)))]
            at, session = _moment(visit) + timedelta(minutes=float(self.chance.uniform(5, 60))), self._session_of(visit)
            if number < files:
                self._taken(
                    Event.EXPORT_FILE_DOWNLOADED, at, visit, session, is_approved=self._hits(rate("approved_exports"))
                )
            else:
                self._taken(Event.PRINT_NOTICE_MADE, at, visit, session, is_approved=True)

    def _taken(self, word: Event, at: datetime, visit: Visit, session: str, *, is_approved: bool) -> None:
        detail: dict[str, JSON] = {"taken_out": 1 + int(np.exp(self.chance.normal(3.5, 1.0))), "place": self.number}
        approved: dict[str, JSON] = {"approved_as": "approved_round"} if is_approved else {}
        self.today.events.append(self._event(word, at, visit, session, detail | approved))

    def _reveals(self, visit: Visit) -> None:
        """Numbers of some households, each with its own case."""
        at, session = _moment(visit) + timedelta(minutes=15), self._session_of(visit)
        self._announce("reveal", at, "", session)
        is_unfit = self._hits(rate("wrong_purpose"))
        for _ in range(int(self.chance.integers(1, 7))):
            subject = Subject("member", str(10_000_000 + self.number * 7 % 999_983))
            case = "書類の確認のため" if self._hits(rate("own_words")) else f"世帯{subject.id}"
            event = self._event(Event.NUMBER_INDIVIDUAL_REVEALED, at, visit, session, {}, (subject,), case)
            self.today.events.append(replace(event, duty=DUTY))
            self.today.unfit.update({subject} if is_unfit else ())
            at += timedelta(minutes=float(self.chance.uniform(1, 4)))

    # --- the tenant's day -----------------------------------------------------------------------------------------------------

    def _tenant(self, on: date, people: Sequence[str]) -> None:
        noon = datetime(on.year, on.month, on.day, 13, tzinfo=TOKYO)
        anybody = people[int(self.chance.integers(len(people)))]
        self.today = self.office.people[anybody]
        if self._in_a_month("strong_role"):
            self._announce("role_given", noon, "number_handler", is_approved=True)
        if self._in_a_month("short_role"):
            for word, at in (
                (Event.ACCOUNT_ROLE_ASSIGNED, noon),
                (Event.ACCOUNT_ROLE_ENDED, noon + timedelta(hours=4)),
            ):
                self.today.about.append(self._event(word, at, None, "", {"role": "board_officer"}))
            self.today.events.append(self._event(Event.READ_LIST_SHOWN, noon + timedelta(hours=1), None, "s"))
        if self._hits(rate("number_in_file") / WORKING_DAYS_A_YEAR):
            self._announce("number_in_file", noon, "名簿", f"file{on}")
        if self._in_a_month("vendor_early"):
            self.office.vendor.append(self._event(Event.VENDOR_ENTRY_REFUSED, noon, None, ""))
        if self._hits(rate("trail_away") / WORKING_DAYS_A_YEAR):
            self.office.trail_away = timedelta(minutes=float(self.chance.uniform(6, 60)))
        if self._hits(rate("clock_step") / WORKING_DAYS_A_YEAR):
            self.office.clock_step = float(self.chance.uniform(5.5, 60))
        if self._in_a_month("canary_opened"):
            self.office.is_canary_opened = True
            self.today.events.append(self._event(Event.READ_HOUSEHOLD_SHOWN, noon, None, "s", {}, (CANARY,)))

    def _april(self, on: date, people: Sequence[str]) -> None:
        """Newcomers enrol for the first time; some who moved open old bookmarks; some who left try once more."""
        noon = datetime(on.year, on.month, on.day, 13, tzinfo=TOKYO)
        for person in people:
            self.today = self.office.people[person]
            if not self._hits(rate("moved_in_april")):
                continue
            self._announce("factor_change", noon, "totp_enrolled", has_worked=False)
            self._announce("role_given", noon, "number_handler", has_worked=False)
            if self._hits(rate("other_school")):
                for minute in range(int(self.chance.integers(1, 6))):
                    at = noon + timedelta(minutes=minute)
                    self.today.events.append(self._event(Event.ACCESS_SCHOOL_REFUSED, at, None, "s"))
            if self._hits(rate("token_returned")):
                self._announce("factor_change", noon, "token_returned", has_left=True)
            if self._hits(rate("leaver_tries")):
                leaver = PersonDay(f"left-{person}", on, has_left=True)
                leaver.about.append(self._event(Event.SESSION_PASSWORD_FAILED, noon, None, ""))
                self.office.people[leaver.person] = leaver

    # --- making events --------------------------------------------------------------------------------------------------------

    def _hits(self, odds: float) -> bool:
        return bool(self.chance.random() < odds)

    def _in_a_year(self, name: str) -> bool:
        return self._hits(rate(name) / WORKING_DAYS_A_YEAR)

    def _in_a_month(self, name: str) -> bool:
        return self._hits(rate(name) / WORKING_DAYS)

    def _did(
        self, word: Event, at: datetime, visit: Visit, session: str, detail: dict[str, JSON] | None = None
    ) -> None:
        self.today.events.append(self._event(word, at, visit, session, detail))

    def _failed(self, word: Event, at: datetime, visit: Visit, detail: dict[str, JSON]) -> None:
        event = self._event(word, at, visit, "", detail)
        self.today.about.append(event)
        self.office.failures.append(event)

    def _end(self, at: datetime, visit: Visit, session: str, word: Event, reason: str, seconds: int) -> None:
        self.today.about.append(
            self._event(word, at, visit, "", {"reason": reason, "seconds": seconds, "session": session})
        )

    def _announce(self, kind: str, at: datetime, what: str, session: str = "", **facts: bool) -> None:
        self.office.announced.append(Announced(kind, at, self.today.person, what, session, **facts))

    def _session_of(self, visit: Visit) -> str:
        return f"{visit.login.person}-{visit.login.seconds}"

    def _event(
        self, word: Event, at: datetime, visit: Visit | None, session: str, detail: dict[str, JSON] | None = None,
        subjects: tuple[Subject, ...] = (), case: str = "",
    ) -> TrailEvent:  # fmt: skip
        self.number += 1
        moment = at.astimezone(UTC)
        return TrailEvent(
            id=UUID(int=self.number), occurred_at=moment, recorded_at=moment, event=word.value, actor_kind="person",
            actor_id=self.today.person if hasattr(self, "today") else "", actor_name="", actor_role="",
            terminal=visit.login.features["terminal"] if visit else "T-1", session=session, job_id=None,
            subjects=subjects, detail=detail or {}, allowed_by="", duty="", case=case,
        )  # fmt: skip


DUTY = "V01"
CANARY = Subject("household", "999999999")


def _moment(visit: Visit) -> datetime:
    return datetime.fromtimestamp(visit.login.seconds, UTC)
