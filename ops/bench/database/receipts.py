"""A fictitious prefecture of pupils with receipts of expenses (領収書), ready for a payment round."""

from __future__ import annotations

import datetime
import itertools

from domain.households.models import Household, Member, Pupil, School, StatusPeriod
from domain.payments.models import Expense
from ops.bench.households import FISCAL_YEAR

ITEMS = [*(("school_lunch", month) for month in (4, 5, 6, 7)), ("commuting_self", 4), ("commuting_self", 5)]


def day(month: int, number: int = 20) -> datetime.date:
    """A day of the first months of the fiscal year."""
    return datetime.date(FISCAL_YEAR, month, number)


def pupils_with_receipts(where: School, count: int) -> list[Pupil]:
    """`count` pupils of 小学部 and 高等部, commuters and boarders, all three categories, eight receipts each."""
    homes = Household.objects.bulk_create(
        Household(number=f"V{n:05}", guardian_name="見本", guardian_kana="みほん", address="見本町", winter_zone=6,
                  living_cost_grade="1-1", bank_code="9990", branch_code="901", account_type="1",
                  account_number=f"{n:07}", account_holder="ミホン") for n in range(count)
    )  # fmt: skip
    members = Member.objects.bulk_create(
        Member(household=home, key="1", atena_number=f"V{n:09}", name="見本", kana="ミホン", born=day(5, 5))
        for n, home in enumerate(homes)
    )
    pupils = Pupil.objects.bulk_create(
        Pupil(school=where, member=member, student_number=f"V{n:05}", name="見本", kana="みほん", enrolled_on=day(4, 1))
        for n, member in enumerate(members)
    )
    StatusPeriod.objects.bulk_create(
        StatusPeriod(pupil=who, starts_on=day(4, 1), department=("elementary", "senior_high")[n % 2], grade=1 + n % 3,
                     attendance=("commuter", "boarder")[n // 2 % 2], category=1 + n % 3) for n, who in enumerate(pupils)
    )  # fmt: skip
    serial = itertools.count()
    Expense.objects.bulk_create(
        (
            Expense(school=where, pupil=who, fiscal_year=FISCAL_YEAR, item=item, amount=4_000 + n % 97,
                    used_on=day(month), evidence=f"V{next(serial):06}", created_by="見本")
            for n, who in enumerate(pupils)
            for item, month in [*ITEMS, ("school_supplies", 5),
                                ("dormitory_meals" if n // 2 % 2 else "online_learning", 6)]
        ),
        batch_size=5_000,
    )  # fmt: skip
    return pupils
