"""Two people for one act: the rules of the whole product, deputies (代決・代理) included; and acts on accounts.

Each room states its rules with `two_person(...)`. Nobody is their own second person: not by themselves, not by acting in the
place of who did the first half, not where the first half was done in one's own place, and not where both halves are done in
the place of one and the same third person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.access import may, roles_in_force, visible_schools
from accounts.errors import NeedsSecondPerson, RequestStale, SamePerson
from accounts.models import RoleAssignment, User
from accounts.permissions import Permission, roles_with
from audit.trail.actors import ActorKind, current_actor
from tenants.core.context import scope
from web.formatting import format_moment

LAPSES_AFTER: Final = timedelta(days=14)
"""So long what one person asked for waits for the second one. Two weeks reach over the longest run of days off (年末年始, 大型連休)
and one person's absence around it. Later the facts, reasons and roles it was asked on are of another month, and a request that
waits without end is a key for whoever finds an inattentive second person one day."""

Row = TypeVar("Row", bound=Model)

BY_DEPUTY: Final = (
    "先の操作をした人と、代決・代理の間柄にあるため、二人目になれません。間柄のない別の職員に依頼してください。"
)

FOR_THE_SAME: Final = (
    "先の操作をした人も、あなたも、同じ人の代決・代理のため、二人目になれません。"
    "その人の代決・代理でない別の職員に依頼してください。"
)


def lapses_at(asked_at: datetime) -> datetime:
    """From when on nobody may approve what was asked for at that moment."""
    return asked_at + LAPSES_AFTER


def has_lapsed(asked_at: datetime) -> bool:
    return lapses_at(asked_at) <= timezone.now()


def lapsed_before() -> datetime:
    """What was asked for at this moment or earlier has lapsed: for queries that count what waits."""
    return timezone.now() - LAPSES_AFTER


@dataclass(frozen=True, slots=True)
class TwoPersonRule:
    """One act in two halves. `first` is None where no permission of its own stands for the first half.

    `everywhere`: it touches all schools, so who asks holds `first` for all of them. `again`: what to do, in the room's words,
    with a request that nobody may approve any more. Such a request never keeps the same from being asked for again (`gives_way`).
    `asker`, `asked_at`: the columns of a request that say who asked (職員ID) and when; no `asked_at`: it never goes stale.
    """

    name: str
    title: str
    first: Permission | None
    second: Permission
    refusal: str = ""
    again: str = "必要なら、もう一度申請してください。前の申請は、そのときに取り下げられます。"
    everywhere: bool = False
    asker: str = "proposed_by"
    asked_at: str = "proposed_at"

    def require(self, first: str, user: User) -> None:
        """Raises SamePerson unless `user` may be the second one after `first` (職員ID; "" is refused)."""
        if refused := self.why_refused(first, user):
            raise SamePerson(refused)

    def refuses(self, first: str, user: User) -> bool:
        return bool(self.why_refused(first, user))

    def why_refused(self, first: str, user: User) -> str:
        """Why `user` may not be the second one after `first` (職員ID; "" is refused); "" when they may. For a room's own error."""
        if not first or first == user.username:
            return self.refusal or str(SamePerson())
        principals = self._principals(first)
        if user.pk in principals or acts_only_for(user, first, self.second):
            return BY_DEPUTY
        return FOR_THE_SAME if principals & _only_in_place_of(user, self.second) else ""

    def require_current(self, first: str, asked_at: datetime, schools: Collection[str] = ()) -> None:
        """Raises RequestStale where `why_stale` has a reason."""
        if reason := self.why_stale(first, asked_at, schools):
            raise RequestStale(reason)

    def why_stale(self, first: str, asked_at: datetime, schools: Collection[str] = ()) -> str:
        """Why nobody may approve any more what `first` (職員ID) asked for at `asked_at`; "" while somebody may.

        It has lapsed; or who asked has left, or may not ask for it any more at all of these schools.
        """
        return self.each_why_stale([(first, asked_at, schools)])[0]

    def each_why_stale(self, asked: Sequence[tuple[str, datetime, Collection[str]]]) -> list[str]:
        """`why_stale` of each of several, for a list: the number of queries does not grow with them."""
        askers = with_roles({first for first, _, _ in asked})
        return [self._why_lapsed(at) or self._why_not_by(askers.get(first), schools) for first, at, schools in asked]

    def each_row_why_stale(self, rows: Iterable[Model]) -> list[str]:
        """The same of requests, by their columns; for acts that do not hang on schools."""
        return self.each_why_stale([self._asked(row) for row in rows])

    def may_still_ask(self, asker: User | None) -> bool:
        """Whether who asked is still here and entitled; schools apart."""
        return not self._why_not_by(asker, ())

    def gives_way(
        self,
        waiting: QuerySet[Row],
        withdraw: Callable[[Row], object],
        *,
        why_stale: Callable[[Row], str] | None = None,
    ) -> list[Row]:
        """Withdraw those of the `waiting` requests that nobody may approve any more; returns those that wait in earnest.

        For the transaction in which the same is asked for again. `withdraw`: the room's own act, on a locked row that still waits.
        `why_stale`: the room's, where more than time and asker decides. A request in earnest is not locked: whoever is deciding it
        at this moment is not waited for.
        """
        rows = list(waiting.order_by("pk"))
        reasons = self.each_row_why_stale(rows) if why_stale is None else [why_stale(row) for row in rows]
        stale = {row.pk for row, reason in zip(rows, reasons, strict=True) if reason}
        for row in waiting.filter(pk__in=stale).select_for_update(of=("self",)).order_by("pk"):
            withdraw(row)
        return [row for row in rows if row.pk not in stale]

    def _asked(self, row: Model) -> tuple[str, datetime, tuple[str, ...]]:
        said: Any = row
        return getattr(said, self.asker), getattr(said, self.asked_at), ()

    def _why_lapsed(self, asked_at: datetime) -> str:
        if not has_lapsed(asked_at):
            return ""
        ended = format_moment(lapses_at(asked_at))
        days = LAPSES_AFTER.days
        return (
            f"{days}日のあいだ、二人目が決めませんでした。{ended}に期限が切れたため、もう承認できません。{self.again}"
        )

    def _why_not_by(self, asker: User | None, schools: Collection[str]) -> str:
        if asker is None or not asker.is_current(timezone.localdate()):
            return f"申請した人の利用が終わっているため、承認できません。{self.again}"
        if self.first is not None and not self._may_ask(asker, self.first, schools):
            return f"申請した人に、いま「{self.first.label}」の権限がないため、承認できません。{self.again}"
        return ""

    def _may_ask(self, asker: User, permission: Permission, schools: Collection[str]) -> bool:
        known = visible_schools(asker, permission)
        return may(asker, permission) and (known is None or (not self.everywhere and set(schools) <= set(known)))

    def _principals(self, first: str) -> set[int]:
        """For whom `first` stands or stood in with the right to the first half, without such a right of their own then.

        Since the oldest request that may still be approved: what lies before has lapsed, and one who stood in for somebody once
        is not their deputy for good.
        """
        held = RoleAssignment.objects.filter(user__username=first)
        if self.first:
            held = held.filter(role__in=roles_with(self.first))
        since = timezone.localdate(lapsed_before()) if self.asked_at else date.min
        own = [role for role in held if role.acting_for_id is None]
        return {
            role.acting_for_id
            for role in held
            if role.acting_for_id is not None
            and _last_day(role) >= since
            and not any(_lasts_over(one, role, since) for one in own)
        }


def with_roles(usernames: Collection[str]) -> dict[str, User]:
    """People by their 職員ID, their roles read with them."""
    people = User.objects.filter(username__in=usernames).prefetch_related("role_assignments")
    return {person.username: person for person in people}


def acts_only_for(user: User, username: str, *permissions: Permission) -> bool:
    """Whether `user` holds these permissions in the place of that person (職員ID) alone, in no right of their own."""
    wanted = {role for permission in permissions for role in roles_with(permission)}
    rights = [role for role in roles_in_force(user) if role.role in wanted]
    return bool(rights) and all(role.acting_for is not None and role.acting_for.username == username for role in rights)


def _only_in_place_of(user: User, permission: Permission) -> set[int]:
    """In whose places the person holds this permission now; nobody's when also in their own right."""
    wanted = roles_with(permission)
    principals = {role.acting_for_id for role in roles_in_force(user) if role.role in wanted}
    return set() if None in principals else {one for one in principals if one is not None}


def _last_day(stand_in: RoleAssignment) -> date:
    last = stand_in.ends_on or date.max
    return last if stand_in.ended_at is None else min(last, timezone.localdate(stand_in.ended_at))


def _lasts_over(own: RoleAssignment, stand_in: RoleAssignment, since: date) -> bool:
    """Whether the own role is in force on every day from `since` on which the person stands or stood in.

    It counts from when it was given: one that is given later and dated back, or later on the same day, does not change in whose
    place something was done.
    """
    own_from = max(own.starts_on, timezone.localdate(own.created_at))
    begins = max(stand_in.starts_on, since)
    at_once = own_from == stand_in.starts_on == begins and own.created_at <= stand_in.created_at
    return (own_from < begins or at_once) and _last_day(stand_in) <= (own.ends_on or date.max)


_rules: dict[str, TwoPersonRule] = {}


def two_person(
    name: str,
    title: str,
    *,
    second: Permission,
    first: Permission | None = None,
    everywhere: bool = False,
    **words: str,
) -> TwoPersonRule:
    """State a rule; `words`: its `refusal` and `again`, and its columns. Raises ValueError when another one has the name."""
    rule = TwoPersonRule(name, title, first, second, everywhere=everywhere, **words)
    if _rules.setdefault(name, rule) != rule:
        raise ValueError(f"two rules are called {name}")
    return rule


def rules() -> list[TwoPersonRule]:
    """All that the loaded rooms have stated, by name."""
    return [_rules[name] for name in sorted(_rules)]


_approved: ContextVar[bool] = ContextVar("an approved request is being carried out", default=False)


@contextmanager
def carrying_out() -> Iterator[None]:
    """What happens inside was asked for by one person and approved by another."""
    token = _approved.set(True)
    try:
        yield
    finally:
        _approved.reset(token)


def is_founding(user_id: int | str) -> bool:
    """Whether no other person who can approve has ever come in: then the first テナント管理者 must begin alone.

    It is over for good with the first log-in of another such person.
    """
    return not User.objects.filter(came_as_approver=True).exclude(pk=int(user_id)).exists()


def is_approved() -> bool:
    """Whether what happens now was asked for by one person and approved by another."""
    return _approved.get()


def is_alone() -> bool:
    """Whether a person of a prefecture acts by themselves where a second one is asked for."""
    actor = current_actor()
    if actor.kind is not ActorKind.PERSON or not actor.id.isdigit() or scope() == "console":
        return False
    return not _approved.get() and not is_founding(actor.id)


def require_second_person() -> None:
    """Raises NeedsSecondPerson for a person acting alone; commands, jobs and the console's own people pass."""
    if is_alone():
        raise NeedsSecondPerson
