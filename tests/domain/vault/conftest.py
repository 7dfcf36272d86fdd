"""A school with a household, a deposit key, and numbers handed in the way a school hands them in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from domain.households.models import Household, Member, Pupil, School
from domain.vault.models import NumberDeposit
from integrations.atena_adapters.individual_numbers import sample_number
from integrations.sealed_file import seal
from tests.support.records import staff

KEY = bytes(range(32))
PREFECTURE = "290009"
SERIES = 7

HandIn = Callable[..., NumberDeposit]


def number(n: int) -> str:
    """The n-th sample number (fictitious; first digits 0000)."""
    return sample_number(SERIES, n)


def line(household: str, key: str, text: str) -> dict[str, str]:
    return {"household_number": household, "member_number": key, "individual_number": text}


def sealed(lines: Sequence[Mapping[str, Any]], key: bytes = KEY, tenant: str = PREFECTURE, **options: Any) -> bytes:
    plain = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines).encode()
    return seal(plain, key, kind=options.pop("kind", "individual-numbers"), tenant=tenant, **options)


def make_household(school: School, household_number: str, keys: str = "123", pupil: str = "3") -> dict[str, Member]:
    """A household whose member `pupil` attends the school."""
    household = Household.objects.create(
        number=household_number, guardian_name="見本　太郎", guardian_kana="みほん　たろう", address="見本町1丁目",
        winter_zone=6, living_cost_grade="1-2", maintained_by=school,
    )  # fmt: skip
    members = {
        key: Member.objects.create(
            household=household, key=key, atena_number=f"{household_number[-6:]}-{key}", name=f"見本　{key}",
            kana="みほん", name_key=f"見本{key}", kana_key="ミホン", born="1985-05-06", is_guardian=key != pupil,
        )
        for key in keys
    }  # fmt: skip
    Pupil.objects.create(
        school=school, member=members[pupil], student_number=f"S-{household_number}", name="見本　三", kana="みほん",
        enrolled_on="2025-04-01",
    )  # fmt: skip
    return members


@pytest.fixture(autouse=True)
def keys_of_this_test() -> Iterator[None]:
    """The keys made in a test are undone with it: the process must not go on using them."""
    from tenants.core.keys import forget_kept_keys

    forget_kept_keys()
    yield
    forget_kept_keys()


@pytest.fixture
def school(in_a: Any) -> School:
    return School.objects.create(code="S29001", name="サンプル第一支援学校")


@pytest.fixture
def two(in_a: Any) -> tuple[User, User]:
    return staff(Role.NUMBER_HANDLER, "proposer"), staff(Role.SECURITY_MANAGER, "approver-of-numbers")


@pytest.fixture
def members(school: School) -> dict[str, Member]:
    return make_household(school, "H29-000001")


@pytest.fixture
def deposit_key(in_a: Any) -> bytes:
    from domain.vault.services import set_deposit_key

    set_deposit_key(KEY)
    return KEY


@pytest.fixture
def handler_acts() -> Iterator[None]:
    from audit.trail.actors import Actor, ActorKind, acting_as

    with acting_as(Actor(ActorKind.PERSON, "999999", "見本 番号", "個人番号取扱者")):
        yield


def work_off(deposit: NumberDeposit) -> Any:
    """Do the waiting job of a deposit, as a worker does; returns the job."""
    from jobs.models import Job
    from jobs.running import run_job

    job = Job.objects.filter(key=f"vault.import_numbers:{deposit.pk}:{deposit.run}").latest("created_at", "id")
    run_job(job.pk)
    job.refresh_from_db()
    deposit.refresh_from_db()
    return job


@pytest.fixture
def hand_in(school: School, deposit_key: bytes, handler_acts: None) -> HandIn:
    """Seal lines, receive the file, do its job."""

    def run(*lines: Mapping[str, Any], at: School = school, data: bytes | None = None) -> NumberDeposit:
        from domain.vault.services import receive_numbers

        deposit = receive_numbers(at, "numbers.sealed", data or sealed(list(lines)))
        if deposit.state == NumberDeposit.State.WAITING:
            work_off(deposit)
        return deposit

    return run


@pytest.fixture
def three(hand_in: HandIn, members: dict[str, Member]) -> dict[str, Member]:
    """The household with a number for each of its three members."""
    hand_in(*[line("H29-000001", key, number(int(key))) for key in members])
    return members
