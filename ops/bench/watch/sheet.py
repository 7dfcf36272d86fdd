"""The sheet a person reads: explained accesses drawn by chance, each with all that a 監視担当 could see of it at that moment.

`make bench-watch` leaves it in var/bench/watch/sheet.txt. The reader judges each line: whether the reason named was really
there, and whether it is a reason to open this record. What the simulation knows (whether work was behind the access) is not
printed. What the reader found is kept in `judged`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ops.bench.watch.work import Access

SEED, DRAWN = 20_261_122, 200
RECENT = timedelta(days=50)


class Sheet:
    """Draws from a stream of unknown length, each access as likely as any other (reservoir)."""

    def __init__(self) -> None:
        self.chance = np.random.default_rng(SEED)
        self.lines: list[str] = []
        self.seen = 0

    def told(self, access: Access, day: date, reason: str) -> None:
        self.seen += 1
        place = len(self.lines) if len(self.lines) < DRAWN else int(self.chance.integers(self.seen))
        if place < DRAWN:
            self.lines[place : place + 1] = [line_of(access, day, reason)]

    def text(self) -> str:
        lines = [f"{place:03} {line}" for place, line in enumerate(self.lines)]
        return "\n".join([*lines, f"drawn of {self.seen} explained accesses; seed {SEED}", ""])


def line_of(access: Access, day: date, reason: str) -> str:
    """Who (role, school), when, which page of which household, the reason, and what the records of the household say."""
    from accounts.roles import Role
    from domain.households.homes import homes_of
    from domain.households.models import Household

    home = Household.objects.get(pk=homes_of([access.subject])[access.subject])
    held = access.user.role_assignments.get()
    who = f"{access.user.display_name}({Role(held.role).label}{held.school_code and ' ' + held.school_code})"
    what = f"{access.page.value.split(':')[1]} of {home.number} {home.guardian_name}{' 支援措置' if home.address_hidden else ''}"
    return f"{day} {who} | {what} | {reason} | {'; '.join(_facts(home.pk, day)) or 'nothing'}"


def _facts(home: int, day: date) -> list[str]:
    from django.db.models import F

    from domain.households.models import Pupil, StatusPeriod
    from domain.linkage.models import Inquiry
    from domain.payments.models import Expense
    from domain.statements.models import Statement
    from web.moments import start_of

    first = day - RECENT
    since = start_of(first)
    of_home, of_member = {"pupil__member__household": home}, {"member__household": home}
    facts = [f"調書{row.get_state_display()} {row.created_at:%m/%d}開始@{row.school_id}" + "".join(
        f" {step.at:%m/%d}{step.to_state}" for step in row.steps.all()) for row in Statement.objects.filter(household=home)]  # fmt: skip
    facts += [
        f"経費入力{at:%m/%d}"
        for at in Expense.objects.filter(**of_home, updated_at__gte=since).values_list("updated_at", flat=True)
    ]
    facts += [
        f"状況{starts:%m/%d}〜登録{at:%m/%d}"
        for starts, at in StatusPeriod.objects.filter(**of_home, recorded_at__gte=since).values_list(
            "starts_on", "recorded_at"
        )
    ]
    facts += [
        f"入学{on:%y/%m/%d}"
        for on in Pupil.objects.filter(**of_member, enrolled_on__gte=first).values_list("enrolled_on", flat=True)
    ]
    answered = Inquiry.objects.filter(**of_member, answered_at__isnull=False).order_by(F("answered_at").desc())
    return facts + [f"回答{at:%m/%d}" for at in answered.values_list("answered_at", flat=True)]
